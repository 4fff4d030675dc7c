//! Who belongs to a workspace or a project, as what, and how people come in. Keeps: nobody hands out more than they have,
//! the last owner stays, an invitation works once.

use crate::{
    Error, Result, Workflow,
    people::{Shown, SignedIn, check_email, check_name, open_session, plus},
    policy::Permit,
    secret,
};
use labelwright_core::{ProjectId, Role, UserId, WorkspaceId, may_assign};
use labelwright_store::{
    audit,
    records::{
        credentials::{self, InvitationRow, NewInvitation},
        people::{self, MemberRow},
        projects,
    },
};

pub use labelwright_store::records::credentials::InvitationRow as InvitedRow;

const INVITATION_SECONDS: i64 = 14 * 86_400;

impl Workflow {
    pub async fn members(&self, workspace: &Permit<WorkspaceId>) -> Result<Vec<MemberRow>> {
        let id = *workspace.resource();
        self.read(move |tx| Box::pin(async move { Ok(people::members(tx, id).await?) })).await
    }

    /// Gives a member another role, or takes the membership away (`None`). The last owner stays.
    pub async fn set_member(&self, workspace: &Permit<WorkspaceId>, user: UserId, role: Option<Role>) -> Result<()> {
        let (id, actor, actor_role, now) = (*workspace.resource(), workspace.user(), workspace.role(), self.now());
        self.write(move |tx| {
            Box::pin(async move {
                let old = people::workspace_role(tx, id, user).await?.ok_or(Error::NotFound("the member"))?;
                if !may_assign(actor_role, old) || role.is_some_and(|role| !may_assign(actor_role, role)) {
                    return Err(Error::Forbidden("only an owner can make, change or remove an owner".into()));
                }
                if old == Role::Owner && role != Some(Role::Owner) && people::count_owners(tx, id).await? <= 1 {
                    return Err(Error::conflict("last_owner", "a workspace keeps at least one owner"));
                }
                match role {
                    Some(role) => people::set_member(tx, id, user, role).await?,
                    None => people::remove_member(tx, id, user).await.map(|_| ())?,
                }
                let detail = serde_json::json!({ "user": user.0, "from": old, "to": role });
                audit::record(tx, id, Some(actor), "member.role", &format!("user:{user}"), &detail, now).await?;
                Ok(())
            })
        })
        .await
    }

    pub async fn project_members(&self, project: &Permit<projects::ProjectRow>) -> Result<Vec<MemberRow>> {
        let id = project.resource().id;
        self.read(move |tx| Box::pin(async move { Ok(people::project_members(tx, id).await?) })).await
    }

    pub async fn set_project_member(
        &self,
        project: &Permit<projects::ProjectRow>,
        user: UserId,
        role: Option<Role>,
    ) -> Result<()> {
        let (row, actor, actor_role, now) = (project.resource().clone(), project.user(), project.role(), self.now());
        self.write(move |tx| {
            Box::pin(async move {
                let known = people::workspace_role(tx, row.workspace, user).await?.is_some()
                    || people::project_role(tx, row.id, user).await?.is_some();
                if !known {
                    return Err(Error::NotFound("the member"));
                }
                match role {
                    Some(role) if !may_assign(actor_role, role) => {
                        return Err(Error::Forbidden("only an owner can make an owner".into()));
                    }
                    Some(role) => people::set_project_member(tx, row.id, user, role).await?,
                    None => people::remove_project_member(tx, row.id, user).await.map(|_| ())?,
                }
                let detail = serde_json::json!({ "project": row.id.0, "user": user.0, "to": role });
                let target = format!("project:{}", row.id);
                audit::record(tx, row.workspace, Some(actor), "project_member.role", &target, &detail, now).await?;
                Ok(())
            })
        })
        .await
    }

    pub async fn invite(
        &self,
        workspace: &Permit<WorkspaceId>,
        email: &str,
        role: Role,
        project: Option<ProjectId>,
    ) -> Result<Shown<InvitationRow>> {
        let email = check_email(email)?;
        if !may_assign(workspace.role(), role) {
            return Err(Error::Forbidden("only an owner can invite an owner".into()));
        }
        let (secret, id, actor, now) = (secret::generate("")?, *workspace.resource(), workspace.user(), self.now());
        let hash = secret::hash(&secret);
        let row = self
            .write(move |tx| {
                Box::pin(async move {
                    if let Some(project) = project {
                        let found = projects::project(tx, project).await?.filter(|row| row.workspace == id);
                        found.ok_or(Error::NotFound("the project"))?;
                    }
                    let expires_at = plus(now, INVITATION_SECONDS);
                    let new = NewInvitation {
                        workspace: id,
                        project,
                        email: &email,
                        role,
                        token_hash: &hash,
                        created_by: actor,
                        now,
                        expires_at,
                    };
                    let invitation = credentials::invite(tx, new).await?;
                    let detail = serde_json::json!({ "email": email, "role": role });
                    let target = format!("invitation:{invitation}");
                    audit::record(tx, id, Some(actor), "member.invite", &target, &detail, now).await?;
                    Ok(InvitationRow {
                        id: invitation,
                        workspace: id,
                        project,
                        email,
                        role,
                        created_at: now,
                        expires_at,
                    })
                })
            })
            .await?;
        Ok(Shown { secret, row })
    }

    pub async fn invitations(&self, workspace: &Permit<WorkspaceId>) -> Result<Vec<InvitationRow>> {
        let id = *workspace.resource();
        self.read(move |tx| Box::pin(async move { Ok(credentials::open_invitations(tx, id).await?) })).await
    }

    pub async fn withdraw_invitation(&self, workspace: &Permit<WorkspaceId>, invitation: i64) -> Result<()> {
        let id = *workspace.resource();
        let done = self
            .write(move |tx| Box::pin(async move { Ok(credentials::withdraw_invitation(tx, invitation, id).await?) }))
            .await?;
        if done { Ok(()) } else { Err(Error::NotFound("the invitation")) }
    }

    /// Turns an invitation into a membership. Somebody new gets an account; somebody known proves it by password, with
    /// as many tries as a sign-in has, and keeps the higher of two roles.
    pub async fn accept_invitation(&self, token: &str, name: &str, password: &str) -> Result<SignedIn> {
        let (token_hash, now) = (secret::hash(token), self.now());
        let name = check_name("/name", name)?;
        let hash = token_hash.clone();
        let (invitation, known) = self
            .read(move |tx| {
                Box::pin(async move {
                    let invitation = credentials::open_invitation(tx, &hash, now).await?.ok_or_else(used)?;
                    let known = people::user_by_email(tx, &invitation.email).await?;
                    Ok((invitation, known))
                })
            })
            .await?;
        let plain = password.to_owned();
        let password_hash = match &known {
            None => Some(self.blocking(move || secret::hash_password(&plain)).await??),
            Some(user) => {
                self.attempts.check(&user.email, now)?;
                let stored = user.password_hash.clone();
                if !self.blocking(move || secret::verify_password(&plain, stored.as_deref())).await? {
                    self.attempts.failed(&user.email, now);
                    let message = "this address has an account already; use its password";
                    return Err(Error::invalid("/password", "wrong", message));
                }
                self.attempts.succeeded(&user.email);
                None
            }
        };
        self.write(move |tx| {
            Box::pin(async move {
                credentials::accept_invitation(tx, &token_hash, now).await?.ok_or_else(used)?;
                let user = match known {
                    Some(user) => user.id,
                    None => people::create_user(tx, &invitation.email, &name, password_hash.as_deref(), now).await?,
                };
                match invitation.project {
                    Some(project) => {
                        let role = people::project_role(tx, project, user).await?.max(Some(invitation.role));
                        people::set_project_member(tx, project, user, role.unwrap_or(invitation.role)).await?;
                    }
                    None => {
                        let own = people::workspace_role(tx, invitation.workspace, user).await?;
                        let role = own.max(Some(invitation.role)).unwrap_or(invitation.role);
                        people::set_member(tx, invitation.workspace, user, role).await?;
                    }
                }
                let detail = serde_json::json!({ "role": invitation.role });
                let target = format!("user:{user}");
                audit::record(tx, invitation.workspace, Some(user), "member.join", &target, &detail, now).await?;
                open_session(tx, user, now).await
            })
        })
        .await
    }
}

fn used() -> Error {
    Error::Unauthenticated("this invitation was used, withdrawn or has expired".into())
}
