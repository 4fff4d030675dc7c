//! Who may call which route: the policy, said a second time and route by route, so that a mistake has to be made
//! twice. A route without a line here fails the walk.

use labelwright_core::Action::{self, *};

/// What decides whether a caller gets through.
#[derive(Debug, Clone, Copy)]
pub enum Rule {
    /// Nobody has to be signed in; the body itself is the credential.
    Public,
    /// Anybody who is signed in, and it tells nothing of others.
    SignedIn,
    /// Somebody who has signed in with a browser: an API token is refused.
    Browser,
    /// A member of the workspace whose role may do it.
    Workspace(Action),
    /// A member of the workspace, or of one of its projects.
    Guest,
    /// Somebody whose role in the project may do it.
    Project(Action),
    /// Somebody who may see the dataset, or labels the item in a project.
    Item,
    /// Only the one who made it.
    Own,
    /// Whoever started the job, and managers of the workspace.
    Job,
}

pub const RULES: &[(&str, Rule)] = &[
    ("POST /api/v1/annotations/{annotation}/reviews", Rule::Project(Review)),
    ("POST /api/v1/auth/accept-invitation", Rule::Public),
    ("POST /api/v1/auth/link", Rule::Public),
    ("POST /api/v1/auth/sign-in", Rule::Public),
    ("POST /api/v1/auth/sign-out", Rule::SignedIn),
    ("POST /api/v1/datasets/{dataset}/imports", Rule::Workspace(ManageData)),
    ("GET /api/v1/datasets/{dataset}/items", Rule::Workspace(ManageData)),
    ("GET /api/v1/exports/{export}/file", Rule::Project(Export)),
    ("GET /api/v1/formats", Rule::SignedIn),
    ("GET /api/v1/items/{item}", Rule::Item),
    ("GET /api/v1/items/{item}/media", Rule::Item),
    ("GET /api/v1/jobs/{job}", Rule::Job),
    ("POST /api/v1/jobs/{job}/cancel", Rule::Job),
    ("GET /api/v1/jobs/{job}/problems", Rule::Job),
    ("POST /api/v1/jobs/{job}/retry", Rule::Job),
    ("GET /api/v1/me", Rule::SignedIn),
    ("PATCH /api/v1/me", Rule::Browser),
    ("GET /api/v1/me/tokens", Rule::SignedIn),
    ("POST /api/v1/me/tokens", Rule::Browser),
    ("DELETE /api/v1/me/tokens/{id}", Rule::Own),
    ("GET /api/v1/projects/{project}", Rule::Project(View)),
    ("DELETE /api/v1/projects/{project}", Rule::Project(ManageProject)),
    ("PATCH /api/v1/projects/{project}", Rule::Project(ManageProject)),
    ("GET /api/v1/projects/{project}/agreement", Rule::Project(ViewQuality)),
    ("GET /api/v1/projects/{project}/distribution", Rule::Project(ViewQuality)),
    ("GET /api/v1/projects/{project}/exports", Rule::Project(Export)),
    ("GET /api/v1/projects/{project}/guidelines", Rule::Project(View)),
    ("PUT /api/v1/projects/{project}/guidelines", Rule::Project(ManageProject)),
    ("POST /api/v1/projects/{project}/guidelines/read", Rule::Project(View)),
    ("GET /api/v1/projects/{project}/datasets", Rule::Project(ManageProject)),
    ("GET /api/v1/projects/{project}/labelers", Rule::Project(ViewQuality)),
    ("GET /api/v1/projects/{project}/members", Rule::Project(ViewQuality)),
    ("PUT /api/v1/projects/{project}/members/{user}", Rule::Project(ManageMembers)),
    ("DELETE /api/v1/projects/{project}/members/{user}", Rule::Project(ManageMembers)),
    ("GET /api/v1/projects/{project}/mine", Rule::Project(Label)),
    ("POST /api/v1/projects/{project}/next", Rule::Project(Label)),
    ("POST /api/v1/projects/{project}/resolve", Rule::Project(ManageProject)),
    ("POST /api/v1/projects/{project}/review/next", Rule::Project(Review)),
    ("GET /api/v1/projects/{project}/snapshots", Rule::Project(Export)),
    ("POST /api/v1/projects/{project}/snapshots", Rule::Project(Export)),
    ("GET /api/v1/projects/{project}/tasks", Rule::Project(Review)),
    ("GET /api/v1/schema-templates", Rule::SignedIn),
    ("GET /api/v1/schema-versions/{version}", Rule::Workspace(View)),
    ("POST /api/v1/schemas/validate", Rule::SignedIn),
    ("GET /api/v1/schemas/{schema}/versions", Rule::Workspace(View)),
    ("POST /api/v1/schemas/{schema}/versions", Rule::Workspace(ManageData)),
    ("POST /api/v1/snapshots/{snapshot}/exports", Rule::Project(Export)),
    ("GET /api/v1/tasks/{task}", Rule::Project(Review)),
    ("PATCH /api/v1/tasks/{task}", Rule::Project(ManageProject)),
    ("GET /api/v1/tasks/{task}/assignment", Rule::Project(Label)),
    ("GET /api/v1/tasks/{task}/comments", Rule::Project(Label)),
    ("POST /api/v1/tasks/{task}/comments", Rule::Project(Label)),
    ("POST /api/v1/tasks/{task}/consensus", Rule::Project(Review)),
    ("PUT /api/v1/tasks/{task}/draft", Rule::Project(Label)),
    ("POST /api/v1/tasks/{task}/flag", Rule::Project(Label)),
    ("POST /api/v1/tasks/{task}/release", Rule::Project(Label)),
    ("POST /api/v1/tasks/{task}/renew", Rule::Project(Label)),
    ("POST /api/v1/tasks/{task}/skip", Rule::Project(Label)),
    ("POST /api/v1/tasks/{task}/submit", Rule::Project(Label)),
    ("GET /api/v1/uploads/{upload}", Rule::Own),
    ("DELETE /api/v1/uploads/{upload}", Rule::Own),
    ("PATCH /api/v1/uploads/{upload}", Rule::Own),
    ("GET /api/v1/workspaces/{workspace}/audit", Rule::Workspace(ManageWorkspace)),
    ("GET /api/v1/workspaces/{workspace}/datasets", Rule::Workspace(ManageData)),
    ("POST /api/v1/workspaces/{workspace}/datasets", Rule::Workspace(ManageData)),
    ("GET /api/v1/workspaces/{workspace}/invitations", Rule::Workspace(ManageMembers)),
    ("POST /api/v1/workspaces/{workspace}/invitations", Rule::Workspace(ManageMembers)),
    ("DELETE /api/v1/workspaces/{workspace}/invitations/{invitation}", Rule::Workspace(ManageMembers)),
    ("GET /api/v1/workspaces/{workspace}/jobs", Rule::Workspace(ManageData)),
    ("GET /api/v1/workspaces/{workspace}/members", Rule::Workspace(ViewQuality)),
    ("DELETE /api/v1/workspaces/{workspace}/members/{user}", Rule::Workspace(ManageMembers)),
    ("PATCH /api/v1/workspaces/{workspace}/members/{user}", Rule::Workspace(ManageMembers)),
    ("GET /api/v1/workspaces/{workspace}/projects", Rule::Guest),
    ("POST /api/v1/workspaces/{workspace}/projects", Rule::Workspace(ManageProject)),
    ("GET /api/v1/workspaces/{workspace}/schemas", Rule::Workspace(View)),
    ("POST /api/v1/workspaces/{workspace}/schemas", Rule::Workspace(ManageData)),
    ("POST /api/v1/workspaces/{workspace}/uploads", Rule::Workspace(ManageData)),
];
