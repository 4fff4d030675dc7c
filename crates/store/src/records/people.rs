//! Users, workspaces, and who is a member of what. Rows only: who may change them is decided elsewhere.

use crate::{Result, Row, Tx};
use labelwright_core::{ProjectId, Role, Timestamp, UserId, WorkspaceId};

#[derive(Debug, Clone)]
pub struct UserRow {
    pub id: UserId,
    pub email: String,
    pub name: String,
    pub password_hash: Option<String>,
    pub disabled: bool,
}

#[derive(Debug, Clone)]
pub struct WorkspaceRow {
    pub id: WorkspaceId,
    pub name: String,
    /// Absent for somebody who is a member of single projects only.
    pub role: Option<Role>,
}

#[derive(Debug, Clone)]
pub struct MemberRow {
    pub user: UserRow,
    pub role: Role,
}

fn user_of(row: &Row) -> Result<UserRow> {
    Ok(UserRow {
        id: UserId(row.int(0)?),
        email: row.text(1)?.to_owned(),
        name: row.text(2)?.to_owned(),
        password_hash: row.text_or_null(3)?.map(str::to_owned),
        disabled: row.int(4)? != 0,
    })
}

fn role_of(row: &Row, column: usize) -> Result<Role> {
    super::parsed(row.text(column)?, "role")
}

sql! { INSERT_USER = "INSERT INTO users (email, name, password_hash, created_at, disabled) VALUES ($1, $2, $3, $4, 0) RETURNING id" }

/// A new user. The e-mail address is kept in lower case; a second one with the same address is a conflict.
pub async fn create_user(
    tx: &mut Tx,
    email: &str,
    name: &str,
    password_hash: Option<&str>,
    now: Timestamp,
) -> Result<UserId> {
    let row = tx.one(INSERT_USER, &args![email.to_lowercase(), name, password_hash, now]).await?;
    Ok(UserId(row.int(0)?))
}

sql! { USER_BY_EMAIL = "SELECT id, email, name, password_hash, disabled FROM users WHERE email = $1" }

pub async fn user_by_email(tx: &mut Tx, email: &str) -> Result<Option<UserRow>> {
    tx.optional(USER_BY_EMAIL, &args![email.to_lowercase()]).await?.as_ref().map(user_of).transpose()
}

sql! { USER_BY_ID = "SELECT id, email, name, password_hash, disabled FROM users WHERE id = $1" }

pub async fn user(tx: &mut Tx, id: UserId) -> Result<Option<UserRow>> {
    tx.optional(USER_BY_ID, &args![id]).await?.as_ref().map(user_of).transpose()
}

sql! { COUNT_USERS = "SELECT COUNT(*) FROM users" }

pub async fn count_users(tx: &mut Tx) -> Result<i64> {
    tx.one(COUNT_USERS, &[]).await?.int(0)
}

sql! { UPDATE_USER = "UPDATE users SET name = $2, password_hash = $3 WHERE id = $1" }

pub async fn update_user(tx: &mut Tx, id: UserId, name: &str, password_hash: Option<&str>) -> Result<()> {
    tx.execute(UPDATE_USER, &args![id, name, password_hash]).await.map(|_| ())
}

sql! { DISABLE_USER = "UPDATE users SET disabled = $2 WHERE id = $1" }

pub async fn set_disabled(tx: &mut Tx, id: UserId, disabled: bool) -> Result<()> {
    tx.execute(DISABLE_USER, &args![id, disabled]).await.map(|_| ())
}

sql! { ALL_USERS = "SELECT id, email, name, password_hash, disabled FROM users ORDER BY id" }

pub async fn users(tx: &mut Tx) -> Result<Vec<UserRow>> {
    tx.rows(ALL_USERS, &[]).await?.iter().map(user_of).collect()
}

sql! { INSERT_WORKSPACE = "INSERT INTO workspaces (name, created_at) VALUES ($1, $2) RETURNING id" }

pub async fn create_workspace(tx: &mut Tx, name: &str, now: Timestamp) -> Result<WorkspaceId> {
    Ok(WorkspaceId(tx.one(INSERT_WORKSPACE, &args![name, now]).await?.int(0)?))
}

sql! { ALL_WORKSPACES = "SELECT id, name FROM workspaces ORDER BY id" }

pub async fn workspaces(tx: &mut Tx) -> Result<Vec<(WorkspaceId, String)>> {
    let rows = tx.rows(ALL_WORKSPACES, &[]).await?;
    rows.iter().map(|row| Ok((WorkspaceId(row.int(0)?), row.text(1)?.to_owned()))).collect()
}

sql! { WORKSPACES_OF = "SELECT w.id, w.name, m.role FROM workspaces w LEFT JOIN members m ON m.workspace_id = w.id AND m.user_id = $1 WHERE m.user_id IS NOT NULL OR EXISTS (SELECT 1 FROM project_members pm JOIN projects p ON p.id = pm.project_id WHERE pm.user_id = $1 AND p.workspace_id = w.id) ORDER BY w.id" }

/// The workspaces that a user can enter, as a member or through a project.
pub async fn workspaces_of(tx: &mut Tx, user: UserId) -> Result<Vec<WorkspaceRow>> {
    tx.rows(WORKSPACES_OF, &args![user])
        .await?
        .iter()
        .map(|row| {
            let role = row.text_or_null(2)?.map(|text| super::parsed(text, "role")).transpose()?;
            Ok(WorkspaceRow { id: WorkspaceId(row.int(0)?), name: row.text(1)?.to_owned(), role })
        })
        .collect()
}

sql! { WORKSPACE_ROLE = "SELECT role FROM members WHERE workspace_id = $1 AND user_id = $2" }

pub async fn workspace_role(tx: &mut Tx, workspace: WorkspaceId, user: UserId) -> Result<Option<Role>> {
    tx.optional(WORKSPACE_ROLE, &args![workspace, user]).await?.map(|row| role_of(&row, 0)).transpose()
}

sql! { PROJECT_ROLE = "SELECT role FROM project_members WHERE project_id = $1 AND user_id = $2" }

pub async fn project_role(tx: &mut Tx, project: ProjectId, user: UserId) -> Result<Option<Role>> {
    tx.optional(PROJECT_ROLE, &args![project, user]).await?.map(|row| role_of(&row, 0)).transpose()
}

sql! { UPSERT_MEMBER = "INSERT INTO members (workspace_id, user_id, role) VALUES ($1, $2, $3) ON CONFLICT (workspace_id, user_id) DO UPDATE SET role = excluded.role" }

pub async fn set_member(tx: &mut Tx, workspace: WorkspaceId, user: UserId, role: Role) -> Result<()> {
    tx.execute(UPSERT_MEMBER, &args![workspace, user, role.as_str()]).await.map(|_| ())
}

sql! { UPSERT_PROJECT_MEMBER = "INSERT INTO project_members (project_id, user_id, role) VALUES ($1, $2, $3) ON CONFLICT (project_id, user_id) DO UPDATE SET role = excluded.role" }

pub async fn set_project_member(tx: &mut Tx, project: ProjectId, user: UserId, role: Role) -> Result<()> {
    tx.execute(UPSERT_PROJECT_MEMBER, &args![project, user, role.as_str()]).await.map(|_| ())
}

sql! { DELETE_MEMBER = "DELETE FROM members WHERE workspace_id = $1 AND user_id = $2" }

pub async fn remove_member(tx: &mut Tx, workspace: WorkspaceId, user: UserId) -> Result<bool> {
    Ok(tx.execute(DELETE_MEMBER, &args![workspace, user]).await? > 0)
}

sql! { DELETE_PROJECT_MEMBER = "DELETE FROM project_members WHERE project_id = $1 AND user_id = $2" }

pub async fn remove_project_member(tx: &mut Tx, project: ProjectId, user: UserId) -> Result<bool> {
    Ok(tx.execute(DELETE_PROJECT_MEMBER, &args![project, user]).await? > 0)
}

sql! { MEMBERS = "SELECT u.id, u.email, u.name, u.password_hash, u.disabled, m.role FROM members m JOIN users u ON u.id = m.user_id WHERE m.workspace_id = $1 ORDER BY u.name, u.id" }

pub async fn members(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<MemberRow>> {
    member_rows(tx.rows(MEMBERS, &args![workspace]).await?)
}

sql! { PROJECT_MEMBERS = "SELECT u.id, u.email, u.name, u.password_hash, u.disabled, m.role FROM project_members m JOIN users u ON u.id = m.user_id WHERE m.project_id = $1 ORDER BY u.name, u.id" }

pub async fn project_members(tx: &mut Tx, project: ProjectId) -> Result<Vec<MemberRow>> {
    member_rows(tx.rows(PROJECT_MEMBERS, &args![project]).await?)
}

fn member_rows(rows: Vec<Row>) -> Result<Vec<MemberRow>> {
    rows.iter().map(|row| Ok(MemberRow { user: user_of(row)?, role: role_of(row, 5)? })).collect()
}

sql! { COUNT_OWNERS = "SELECT COUNT(*) FROM members WHERE workspace_id = $1 AND role = 'owner'" }

pub async fn count_owners(tx: &mut Tx, workspace: WorkspaceId) -> Result<i64> {
    tx.one(COUNT_OWNERS, &args![workspace]).await?.int(0)
}
