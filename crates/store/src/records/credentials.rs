//! Secrets that prove who somebody is: browser sessions, API tokens, one-time sign-in links, invitations.
//! Only hashes are stored: a stolen database signs nobody in.

use crate::{Result, Row, Tx};
use labelwright_core::{ProjectId, Role, Timestamp, UserId, WorkspaceId};

/// What a secret is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialKind {
    Session,
    Token,
    Link,
}

impl CredentialKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Token => "token",
            Self::Link => "link",
        }
    }
}

#[derive(Debug, Clone)]
pub struct CredentialRow {
    pub id: i64,
    pub user: UserId,
    pub name: String,
    /// Space-separated scopes; empty for everything the user may do.
    pub scopes: String,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    pub expires_at: Timestamp,
}

fn credential_of(row: &Row) -> Result<CredentialRow> {
    Ok(CredentialRow {
        id: row.int(0)?,
        user: UserId(row.int(1)?),
        name: row.text(2)?.to_owned(),
        scopes: row.text(3)?.to_owned(),
        created_at: Timestamp(row.int(4)?),
        last_used_at: row.int_or_null(5)?.map(Timestamp),
        expires_at: Timestamp(row.int(6)?),
    })
}

pub struct NewCredential<'a> {
    pub user: UserId,
    pub kind: CredentialKind,
    pub token_hash: &'a str,
    pub name: &'a str,
    pub scopes: &'a str,
    pub now: Timestamp,
    pub expires_at: Timestamp,
}

sql! { INSERT_CREDENTIAL = "INSERT INTO credentials (user_id, kind, token_hash, name, scopes, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id" }

pub async fn create(tx: &mut Tx, new: NewCredential<'_>) -> Result<i64> {
    let kind = new.kind.as_str();
    let values = args![new.user, kind, new.token_hash, new.name, new.scopes, new.now, new.expires_at];
    tx.one(INSERT_CREDENTIAL, &values).await?.int(0)
}

sql! { LIVE_CREDENTIAL = "SELECT c.id, c.user_id, c.name, c.scopes, c.created_at, c.last_used_at, c.expires_at FROM credentials c JOIN users u ON u.id = c.user_id WHERE c.token_hash = $1 AND c.kind = $2 AND c.revoked_at IS NULL AND c.expires_at > $3 AND u.disabled = 0" }

/// The credential behind a hash, unless it is revoked, expired, or its user is disabled.
pub async fn live(tx: &mut Tx, kind: CredentialKind, hash: &str, now: Timestamp) -> Result<Option<CredentialRow>> {
    tx.optional(LIVE_CREDENTIAL, &args![hash, kind.as_str(), now]).await?.as_ref().map(credential_of).transpose()
}

sql! { TOUCH_CREDENTIAL = "UPDATE credentials SET last_used_at = $2, expires_at = $3 WHERE id = $1" }

/// Notes a use and moves the idle expiry.
pub async fn touch(tx: &mut Tx, id: i64, now: Timestamp, expires_at: Timestamp) -> Result<()> {
    tx.execute(TOUCH_CREDENTIAL, &args![id, now, expires_at]).await.map(|_| ())
}

sql! { REVOKE_CREDENTIAL = "UPDATE credentials SET revoked_at = $3 WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL" }

/// Ends one credential of a user; false when there was none to end.
pub async fn revoke(tx: &mut Tx, id: i64, user: UserId, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(REVOKE_CREDENTIAL, &args![id, user, now]).await? > 0)
}

sql! { REVOKE_SESSIONS = "UPDATE credentials SET revoked_at = $3 WHERE user_id = $1 AND kind = 'session' AND id <> $2 AND revoked_at IS NULL" }

/// Ends every session of a user but one (after a password change).
pub async fn revoke_other_sessions(tx: &mut Tx, user: UserId, keep: i64, now: Timestamp) -> Result<u64> {
    tx.execute(REVOKE_SESSIONS, &args![user, keep, now]).await
}

sql! { NEVER_USED = "SELECT id FROM users WHERE (SELECT COUNT(*) FROM users) = 1 AND password_hash IS NULL AND NOT EXISTS (SELECT 1 FROM credentials WHERE kind = 'session')" }

/// The only person there is, while they have never signed in.
pub async fn never_used(tx: &mut Tx) -> Result<Option<UserId>> {
    tx.optional(NEVER_USED, &[]).await?.map(|row| Ok(UserId(row.int(0)?))).transpose()
}

sql! { LIST_TOKENS = "SELECT id, user_id, name, scopes, created_at, last_used_at, expires_at FROM credentials WHERE user_id = $1 AND kind = 'token' AND revoked_at IS NULL ORDER BY id" }

pub async fn tokens_of(tx: &mut Tx, user: UserId) -> Result<Vec<CredentialRow>> {
    tx.rows(LIST_TOKENS, &args![user]).await?.iter().map(credential_of).collect()
}

#[derive(Debug, Clone)]
pub struct InvitationRow {
    pub id: i64,
    pub workspace: WorkspaceId,
    pub project: Option<ProjectId>,
    pub email: String,
    pub role: Role,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

fn invitation_of(row: &Row) -> Result<InvitationRow> {
    Ok(InvitationRow {
        id: row.int(0)?,
        workspace: WorkspaceId(row.int(1)?),
        project: row.int_or_null(2)?.map(ProjectId),
        email: row.text(3)?.to_owned(),
        role: super::parsed(row.text(4)?, "role")?,
        created_at: Timestamp(row.int(5)?),
        expires_at: Timestamp(row.int(6)?),
    })
}

pub struct NewInvitation<'a> {
    pub workspace: WorkspaceId,
    pub project: Option<ProjectId>,
    pub email: &'a str,
    pub role: Role,
    pub token_hash: &'a str,
    pub created_by: UserId,
    pub now: Timestamp,
    pub expires_at: Timestamp,
}

sql! { INSERT_INVITATION = "INSERT INTO invitations (workspace_id, project_id, email, role, token_hash, created_by, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id" }

pub async fn invite(tx: &mut Tx, new: NewInvitation<'_>) -> Result<i64> {
    let (email, role) = (new.email.to_lowercase(), new.role.as_str());
    let values =
        args![new.workspace, new.project, email, role, new.token_hash, new.created_by, new.now, new.expires_at];
    tx.one(INSERT_INVITATION, &values).await?.int(0)
}

sql! { OPEN_INVITATIONS = "SELECT id, workspace_id, project_id, email, role, created_at, expires_at FROM invitations WHERE workspace_id = $1 AND accepted_at IS NULL ORDER BY id" }

pub async fn open_invitations(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<InvitationRow>> {
    tx.rows(OPEN_INVITATIONS, &args![workspace]).await?.iter().map(invitation_of).collect()
}

sql! { OPEN_INVITATION = "SELECT id, workspace_id, project_id, email, role, created_at, expires_at FROM invitations WHERE token_hash = $1 AND accepted_at IS NULL AND expires_at > $2" }

/// The invitation behind a hash; None when it is unknown, used or expired.
pub async fn open_invitation(tx: &mut Tx, token_hash: &str, now: Timestamp) -> Result<Option<InvitationRow>> {
    tx.optional(OPEN_INVITATION, &args![token_hash, now]).await?.as_ref().map(invitation_of).transpose()
}

sql! { ACCEPT_INVITATION = "UPDATE invitations SET accepted_at = $2 WHERE token_hash = $1 AND accepted_at IS NULL AND expires_at > $2 RETURNING id, workspace_id, project_id, email, role, created_at, expires_at" }

/// Uses an invitation up. None when it is unknown, used or expired.
pub async fn accept_invitation(tx: &mut Tx, token_hash: &str, now: Timestamp) -> Result<Option<InvitationRow>> {
    tx.optional(ACCEPT_INVITATION, &args![token_hash, now]).await?.as_ref().map(invitation_of).transpose()
}

sql! { DELETE_INVITATION = "DELETE FROM invitations WHERE id = $1 AND workspace_id = $2 AND accepted_at IS NULL" }

pub async fn withdraw_invitation(tx: &mut Tx, id: i64, workspace: WorkspaceId) -> Result<bool> {
    Ok(tx.execute(DELETE_INVITATION, &args![id, workspace]).await? > 0)
}
