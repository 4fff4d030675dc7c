//! Members of workspaces and projects, and invitations.

use crate::{
    app::App,
    extract::{Body, Caller, Path},
    problem::Result,
    views::UserView,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use labelwright_core::{Action, ProjectId, Role, Timestamp, UserId, WorkspaceId};
use labelwright_workflow::stored::MemberRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(members))
        .routes(routes!(set_member, remove_member))
        .routes(routes!(invitations, invite))
        .routes(routes!(withdraw))
        .routes(routes!(project_members))
        .routes(routes!(set_project_member, remove_project_member))
}

#[derive(Serialize, ToSchema)]
struct MemberView {
    user: UserView,
    role: Role,
}

fn member(row: MemberRow) -> MemberView {
    MemberView { user: UserView { id: row.user.id.0, email: row.user.email, name: row.user.name }, role: row.role }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RoleBody {
    role: Role,
}

/// The members of a workspace.
#[utoipa::path(get, path = "/workspaces/{workspace}/members", tag = "people", params(("workspace" = i64, Path)), responses((status = 200, body = Vec<MemberView>)))]
async fn members(State(app): State<App>, Caller(caller): Caller, Path(id): Path<i64>) -> Result<Json<Vec<MemberView>>> {
    let workspace = app.workflow.permit_workspace(&caller, WorkspaceId(id), Action::ViewQuality).await?;
    Ok(Json(app.workflow.members(&workspace).await?.into_iter().map(member).collect()))
}

/// Gives a member another role.
#[utoipa::path(patch, path = "/workspaces/{workspace}/members/{user}", tag = "people", params(("workspace" = i64, Path), ("user" = i64, Path)), request_body = RoleBody, responses((status = 204)))]
async fn set_member(
    State(app): State<App>,
    Caller(caller): Caller,
    Path((id, user)): Path<(i64, i64)>,
    Body(body): Body<RoleBody>,
) -> Result<StatusCode> {
    let workspace = app.workflow.permit_workspace(&caller, WorkspaceId(id), Action::ManageMembers).await?;
    app.workflow.set_member(&workspace, UserId(user), Some(body.role)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends a membership.
#[utoipa::path(delete, path = "/workspaces/{workspace}/members/{user}", tag = "people", params(("workspace" = i64, Path), ("user" = i64, Path)), responses((status = 204)))]
async fn remove_member(
    State(app): State<App>,
    Caller(caller): Caller,
    Path((id, user)): Path<(i64, i64)>,
) -> Result<StatusCode> {
    let workspace = app.workflow.permit_workspace(&caller, WorkspaceId(id), Action::ManageMembers).await?;
    app.workflow.set_member(&workspace, UserId(user), None).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, ToSchema)]
struct InvitationView {
    id: i64,
    email: String,
    role: Role,
    project_id: Option<i64>,
    expires_at: Timestamp,
    /// Shown once, when the invitation is made: give it to the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Invite {
    email: String,
    role: Role,
    /// Only into this project.
    project_id: Option<i64>,
}

/// Open invitations.
#[utoipa::path(get, path = "/workspaces/{workspace}/invitations", tag = "people", params(("workspace" = i64, Path)), responses((status = 200, body = Vec<InvitationView>)))]
async fn invitations(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
) -> Result<Json<Vec<InvitationView>>> {
    let workspace = app.workflow.permit_workspace(&caller, WorkspaceId(id), Action::ManageMembers).await?;
    let rows = app.workflow.invitations(&workspace).await?;
    let view = |row: labelwright_workflow::members::InvitedRow| InvitationView {
        id: row.id,
        email: row.email,
        role: row.role,
        project_id: row.project.map(|id| id.0),
        expires_at: row.expires_at,
        link: None,
    };
    Ok(Json(rows.into_iter().map(view).collect()))
}

/// Invites somebody; the answer holds the link to give them.
#[utoipa::path(post, path = "/workspaces/{workspace}/invitations", tag = "people", params(("workspace" = i64, Path)), request_body = Invite, responses((status = 200, body = InvitationView)))]
async fn invite(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    headers: HeaderMap,
    Body(body): Body<Invite>,
) -> Result<Json<InvitationView>> {
    let workspace = app.workflow.permit_workspace(&caller, WorkspaceId(id), Action::ManageMembers).await?;
    let made = app.workflow.invite(&workspace, &body.email, body.role, body.project_id.map(ProjectId)).await?;
    let host = headers.get("host").and_then(|value| value.to_str().ok());
    Ok(Json(InvitationView {
        id: made.row.id,
        email: made.row.email,
        role: made.row.role,
        project_id: body.project_id,
        expires_at: made.row.expires_at,
        link: Some(format!("{}/join#{}", app.base_url(host), made.secret)),
    }))
}

/// Takes an invitation back.
#[utoipa::path(delete, path = "/workspaces/{workspace}/invitations/{invitation}", tag = "people", params(("workspace" = i64, Path), ("invitation" = i64, Path)), responses((status = 204)))]
async fn withdraw(
    State(app): State<App>,
    Caller(caller): Caller,
    Path((id, invitation)): Path<(i64, i64)>,
) -> Result<StatusCode> {
    let workspace = app.workflow.permit_workspace(&caller, WorkspaceId(id), Action::ManageMembers).await?;
    app.workflow.withdraw_invitation(&workspace, invitation).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// People with a role of their own in a project.
#[utoipa::path(get, path = "/projects/{project}/members", tag = "people", params(("project" = i64, Path)), responses((status = 200, body = Vec<MemberView>)))]
async fn project_members(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
) -> Result<Json<Vec<MemberView>>> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ViewQuality).await?;
    Ok(Json(app.workflow.project_members(&project).await?.into_iter().map(member).collect()))
}

/// Gives a member a role of their own in a project.
#[utoipa::path(put, path = "/projects/{project}/members/{user}", tag = "people", params(("project" = i64, Path), ("user" = i64, Path)), request_body = RoleBody, responses((status = 204)))]
async fn set_project_member(
    State(app): State<App>,
    Caller(caller): Caller,
    Path((id, user)): Path<(i64, i64)>,
    Body(body): Body<RoleBody>,
) -> Result<StatusCode> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageMembers).await?;
    app.workflow.set_project_member(&project, UserId(user), Some(body.role)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes that role away again.
#[utoipa::path(delete, path = "/projects/{project}/members/{user}", tag = "people", params(("project" = i64, Path), ("user" = i64, Path)), responses((status = 204)))]
async fn remove_project_member(
    State(app): State<App>,
    Caller(caller): Caller,
    Path((id, user)): Path<(i64, i64)>,
) -> Result<StatusCode> {
    let project = app.workflow.permit_project(&caller, ProjectId(id), Action::ManageMembers).await?;
    app.workflow.set_project_member(&project, UserId(user), None).await?;
    Ok(StatusCode::NO_CONTENT)
}
