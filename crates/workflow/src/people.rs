//! Who is who. Enters: e-mail addresses, passwords, links and tokens. Leaves: a [`Principal`], memberships,
//! invitations. Keeps: no default account; secrets are shown once and stored as hashes; a failed sign-in tells
//! nothing about which part was wrong and gets slower to repeat.

use crate::{
    Error, Result, Workflow,
    policy::{Permit, Principal, Via},
    secret,
};
use labelwright_core::{Action, ProjectId, Role, Timestamp, UserId, WorkspaceId, may_assign};
use labelwright_store::{
    Tx, audit,
    records::{
        credentials::{self, CredentialKind, CredentialRow, InvitationRow, NewCredential, NewInvitation},
        people::{self, MemberRow, UserRow, WorkspaceRow},
        projects,
    },
};

pub use labelwright_store::records::credentials::{CredentialRow as TokenRow, InvitationRow as InvitedRow};

const DAY_SECONDS: i64 = 86_400;
/// A session ends after this long without use.
const SESSION_IDLE_SECONDS: i64 = 14 * DAY_SECONDS;
/// A session ends after this long, used or not.
const SESSION_ABSOLUTE_SECONDS: i64 = 90 * DAY_SECONDS;
const LINK_SECONDS: i64 = DAY_SECONDS;
const INVITATION_SECONDS: i64 = 14 * DAY_SECONDS;
/// A session's last use is written at most this often.
const TOUCH_SECONDS: i64 = 300;

/// What the signed-in person gets told about themselves.
#[derive(Debug, Clone)]
pub struct Me {
    pub user: UserRow,
    pub workspaces: Vec<WorkspaceRow>,
}

/// A signed-in session: the secret goes into the cookie, and nowhere else.
pub struct SignedIn {
    pub secret: String,
    pub user: UserId,
}

/// A secret that its owner sees once.
pub struct Shown<T> {
    pub secret: String,
    pub row: T,
}

fn plus(now: Timestamp, seconds: i64) -> Timestamp {
    Timestamp(now.0 + seconds * 1_000_000)
}

pub(crate) fn check_email(email: &str) -> Result<String> {
    let email = email.trim().to_lowercase();
    let shape = email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.len() > 2);
    if !shape || email.len() > 254 || email.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(Error::invalid("/email", "not_an_address", "this is not an e-mail address"));
    }
    Ok(email)
}

pub(crate) fn check_name(pointer: &str, name: &str) -> Result<String> {
    let name = name.trim().to_owned();
    if name.is_empty() {
        return Err(Error::invalid(pointer, "required", "a name is needed"));
    }
    if name.chars().count() > 200 {
        return Err(Error::invalid(pointer, "too_long", "a name has at most 200 characters"));
    }
    if name.chars().any(char::is_control) {
        return Err(Error::invalid(pointer, "control_character", "a name has no control characters"));
    }
    Ok(name)
}

async fn open_session(tx: &mut Tx, user: UserId, now: Timestamp) -> Result<SignedIn> {
    let secret = secret::generate("")?;
    let new = NewCredential {
        user,
        kind: CredentialKind::Session,
        token_hash: &secret::hash(&secret),
        name: "browser",
        scopes: "",
        now,
        expires_at: plus(now, SESSION_IDLE_SECONDS),
    };
    credentials::create(tx, new).await?;
    Ok(SignedIn { secret, user })
}

impl Workflow {
    /// The first start: an owner, a workspace and a link that signs the owner in once. None when people exist.
    pub async fn first_run(&self, workspace: &str, email: &str, name: &str) -> Result<Option<String>> {
        let (workspace, email) = (check_name("/workspace", workspace)?, check_email(email)?);
        let (name, now) = (check_name("/name", name)?, self.now());
        let created = self
            .write(move |tx| {
                Box::pin(async move {
                    if people::count_users(tx).await? > 0 {
                        return Ok(None);
                    }
                    let user = people::create_user(tx, &email, &name, None, now).await?;
                    let workspace = people::create_workspace(tx, &workspace, now).await?;
                    people::set_member(tx, workspace, user, Role::Owner).await?;
                    Ok(Some(user))
                })
            })
            .await?;
        match created {
            Some(user) => self.sign_in_link(user).await.map(Some),
            None => Ok(None),
        }
    }

    /// A secret that signs a user in once, good for a day. For the operator of the machine, never for the API.
    pub async fn sign_in_link(&self, user: UserId) -> Result<String> {
        let (secret, now) = (secret::generate("")?, self.now());
        let hash = secret::hash(&secret);
        self.write(move |tx| {
            Box::pin(async move {
                let new = NewCredential {
                    user,
                    kind: CredentialKind::Link,
                    token_hash: &hash,
                    name: "sign-in link",
                    scopes: "",
                    now,
                    expires_at: plus(now, LINK_SECONDS),
                };
                credentials::create(tx, new).await?;
                Ok(())
            })
        })
        .await?;
        Ok(secret)
    }

    pub async fn sign_in(&self, email: &str, password: &str) -> Result<SignedIn> {
        let email = email.trim().to_lowercase();
        self.attempts.check(&email, self.now())?;
        let lookup = email.clone();
        let user = self.read(move |tx| Box::pin(async move { Ok(people::user_by_email(tx, &lookup).await?) })).await?;
        let user = user.filter(|user| !user.disabled);
        let (password, stored) = (password.to_owned(), user.as_ref().and_then(|user| user.password_hash.clone()));
        let good = self.blocking(move || secret::verify_password(&password, stored.as_deref())).await?;
        let Some(user) = user.filter(|_| good) else {
            self.attempts.failed(&email, self.now());
            return Err(Error::Unauthenticated("the e-mail address or the password is wrong".into()));
        };
        self.attempts.succeeded(&email);
        let now = self.now();
        self.write(move |tx| Box::pin(open_session_boxed(tx, user.id, now))).await
    }

    pub async fn sign_in_by_link(&self, token: &str) -> Result<SignedIn> {
        let (hash, now) = (secret::hash(token), self.now());
        self.write(move |tx| {
            Box::pin(async move {
                let link = credentials::live(tx, CredentialKind::Link, &hash, now).await?;
                let Some(link) = link else {
                    return Err(Error::Unauthenticated("this sign-in link was used or has expired".into()));
                };
                credentials::revoke(tx, link.id, link.user, now).await?;
                open_session(tx, link.user, now).await
            })
        })
        .await
    }

    /// Who shows this session secret?
    pub async fn principal_of_session(&self, secret: &str) -> Result<Principal> {
        self.principal(CredentialKind::Session, secret).await
    }

    /// Who shows this API token?
    pub async fn principal_of_token(&self, secret: &str) -> Result<Principal> {
        self.principal(CredentialKind::Token, secret).await
    }

    async fn principal(&self, kind: CredentialKind, secret: &str) -> Result<Principal> {
        let (hash, now) = (secret::hash(secret), self.now());
        let found = self
            .read(move |tx| {
                Box::pin(async move {
                    let Some(credential) = credentials::live(tx, kind, &hash, now).await? else { return Ok(None) };
                    let user = people::user(tx, credential.user).await?;
                    Ok(user.map(|user| (credential, user)))
                })
            })
            .await?;
        let (credential, user) = found.ok_or_else(|| Error::Unauthenticated("sign in first".into()))?;
        self.keep_alive(kind, &credential, now).await?;
        let via = match kind {
            CredentialKind::Token => Via::Token(scope_actions(&credential.scopes)),
            CredentialKind::Session | CredentialKind::Link => Via::Session,
        };
        Ok(Principal { user: user.id, name: user.name, email: user.email, credential: credential.id, via })
    }

    /// Moves a session's idle expiry now and then; a token keeps its expiry and only notes its use.
    async fn keep_alive(&self, kind: CredentialKind, credential: &CredentialRow, now: Timestamp) -> Result<()> {
        let last = credential.last_used_at.unwrap_or(credential.created_at);
        if now.0 - last.0 < TOUCH_SECONDS * 1_000_000 {
            return Ok(());
        }
        let expires_at = match kind {
            CredentialKind::Session => {
                let absolute = plus(credential.created_at, SESSION_ABSOLUTE_SECONDS);
                plus(now, SESSION_IDLE_SECONDS).min(absolute)
            }
            CredentialKind::Token | CredentialKind::Link => credential.expires_at,
        };
        let id = credential.id;
        self.write(move |tx| Box::pin(async move { Ok(credentials::touch(tx, id, now, expires_at).await?) })).await
    }

    pub async fn sign_out(&self, principal: &Principal) -> Result<()> {
        let (id, user, now) = (principal.credential, principal.user, self.now());
        self.write(move |tx| Box::pin(async move { Ok(credentials::revoke(tx, id, user, now).await.map(|_| ())?) }))
            .await
    }

    pub async fn me(&self, user: UserId) -> Result<Me> {
        self.read(move |tx| {
            Box::pin(async move {
                let row = people::user(tx, user).await?.ok_or(Error::NotFound("the user"))?;
                Ok(Me { user: row, workspaces: people::workspaces_of(tx, user).await? })
            })
        })
        .await
    }

    /// Changes one's own name or password. A new password ends all other sessions.
    pub async fn change_me(
        &self,
        principal: &Principal,
        name: Option<String>,
        password: Option<String>,
        current: Option<String>,
    ) -> Result<Me> {
        if principal.via != Via::Session {
            return Err(Error::Forbidden("an API token cannot change the account; sign in with a browser".into()));
        }
        let me = self.me(principal.user).await?;
        let name = name.map_or(Ok(me.user.name.clone()), |name| check_name("/name", &name))?;
        let changes_password = password.is_some();
        let hash = match password {
            None => me.user.password_hash.clone(),
            Some(password) => {
                if let Some(stored) = me.user.password_hash.clone() {
                    let current = current.unwrap_or_default();
                    if !self.blocking(move || secret::verify_password(&current, Some(&stored))).await? {
                        return Err(Error::invalid("/current_password", "wrong", "the current password is wrong"));
                    }
                }
                Some(self.blocking(move || secret::hash_password(&password)).await??)
            }
        };
        let (user, keep, now) = (principal.user, principal.credential, self.now());
        self.write(move |tx| {
            Box::pin(async move {
                people::update_user(tx, user, &name, hash.as_deref()).await?;
                if changes_password {
                    credentials::revoke_other_sessions(tx, user, keep, now).await?;
                }
                Ok(())
            })
        })
        .await?;
        self.me(user).await
    }

    pub async fn create_token(
        &self,
        principal: &Principal,
        name: &str,
        scopes: &[String],
        expires_in_days: u32,
    ) -> Result<Shown<CredentialRow>> {
        if principal.via != Via::Session {
            return Err(Error::Forbidden("an API token cannot make API tokens; sign in with a browser".into()));
        }
        let name = check_name("/name", name)?;
        if let Some(at) = scopes.iter().position(|scope| scope_action(scope).is_none()) {
            let known = SCOPES.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
            return Err(Error::invalid(
                &format!("/scopes/{at}"),
                "unknown_scope",
                format!("a scope is one of {known}"),
            ));
        }
        if !(1..=366).contains(&expires_in_days) {
            return Err(Error::invalid("/expires_in_days", "out_of_range", "a token lives for 1 to 366 days"));
        }
        let (secret, now, user) = (secret::generate("lw_")?, self.now(), principal.user);
        let (hash, scopes) = (secret::hash(&secret), scopes.join(" "));
        let row = self
            .write(move |tx| {
                Box::pin(async move {
                    let expires_at = plus(now, i64::from(expires_in_days) * DAY_SECONDS);
                    let kind = CredentialKind::Token;
                    let new =
                        NewCredential { user, kind, token_hash: &hash, name: &name, scopes: &scopes, now, expires_at };
                    let id = credentials::create(tx, new).await?;
                    Ok(CredentialRow { id, user, name, scopes, created_at: now, last_used_at: None, expires_at })
                })
            })
            .await?;
        Ok(Shown { secret, row })
    }

    pub async fn tokens(&self, principal: &Principal) -> Result<Vec<CredentialRow>> {
        let user = principal.user;
        self.read(move |tx| Box::pin(async move { Ok(credentials::tokens_of(tx, user).await?) })).await
    }

    pub async fn revoke_token(&self, principal: &Principal, id: i64) -> Result<()> {
        if matches!(principal.via, Via::Token(Some(_))) {
            return Err(Error::Forbidden("the scopes of this API token do not cover it".into()));
        }
        let (user, now) = (principal.user, self.now());
        let done =
            self.write(move |tx| Box::pin(async move { Ok(credentials::revoke(tx, id, user, now).await?) })).await?;
        if done { Ok(()) } else { Err(Error::NotFound("the token")) }
    }

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

    /// Turns an invitation into a membership. Somebody new gets an account; somebody known proves it by password.
    pub async fn accept_invitation(&self, token: &str, name: &str, password: &str) -> Result<SignedIn> {
        let (token_hash, now) = (secret::hash(token), self.now());
        let name = check_name("/name", name)?;
        let plain = password.to_owned();
        let hash = self.blocking(move || secret::hash_password(&plain)).await??;
        let password = password.to_owned();
        self.write(move |tx| {
            Box::pin(async move {
                let invitation = credentials::accept_invitation(tx, &token_hash, now).await?;
                let Some(invitation) = invitation else {
                    return Err(Error::Unauthenticated("this invitation was used, withdrawn or has expired".into()));
                };
                let user = match people::user_by_email(tx, &invitation.email).await? {
                    None => people::create_user(tx, &invitation.email, &name, Some(&hash), now).await?,
                    Some(user) if secret::verify_password(&password, user.password_hash.as_deref()) => user.id,
                    Some(_) => {
                        return Err(Error::invalid(
                            "/password",
                            "wrong",
                            "this address has an account already; use its password",
                        ));
                    }
                };
                match invitation.project {
                    Some(project) => people::set_project_member(tx, project, user, invitation.role).await?,
                    None => people::set_member(tx, invitation.workspace, user, invitation.role).await?,
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

async fn open_session_boxed(tx: &mut Tx, user: UserId, now: Timestamp) -> Result<SignedIn> {
    open_session(tx, user, now).await
}

/// The words of API token scopes, and the actions that they stand for.
pub const SCOPES: &[(&str, Action)] = &[
    ("view", Action::View),
    ("label", Action::Label),
    ("review", Action::Review),
    ("quality", Action::ViewQuality),
    ("projects", Action::ManageProject),
    ("data", Action::ManageData),
    ("export", Action::Export),
    ("members", Action::ManageMembers),
];

fn scope_action(word: &str) -> Option<Action> {
    SCOPES.iter().find(|(known, _)| *known == word).map(|(_, action)| *action)
}

/// No scopes at all means everything; viewing is part of every scope.
fn scope_actions(scopes: &str) -> Option<Vec<Action>> {
    let mut actions: Vec<Action> = scopes.split_whitespace().filter_map(scope_action).collect();
    if actions.is_empty() {
        return None;
    }
    actions.push(Action::View);
    Some(actions)
}
