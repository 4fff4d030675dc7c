//! Signing in and out, one's own account and API tokens.

use crate::{
    app::App,
    extract::{Body, Caller, Path},
    problem::Result,
    views::MeView,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use labelwright_core::Timestamp;
use labelwright_workflow::{Error, people::SignedIn};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(sign_in))
        .routes(routes!(sign_in_by_link))
        .routes(routes!(accept_invitation))
        .routes(routes!(sign_out))
        .routes(routes!(me, change_me))
        .routes(routes!(tokens, create_token))
        .routes(routes!(revoke_token))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignIn {
    email: String,
    password: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Link {
    token: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AcceptInvitation {
    token: String,
    name: String,
    password: String,
}

async fn with_cookie(app: &App, signed: SignedIn) -> Result<Response> {
    let me = MeView::from(app.workflow.me(signed.user).await?);
    let secure = if app.secure() { "; Secure" } else { "" };
    let cookie =
        format!("{}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age=7776000{secure}", app.cookie_name(), signed.secret);
    let value = HeaderValue::from_str(&cookie).map_err(|_| Error::internal("the cookie cannot be made"))?;
    let mut response = Json(me).into_response();
    response.headers_mut().insert(header::SET_COOKIE, value);
    Ok(response)
}

/// Signs in with a password.
#[utoipa::path(post, path = "/auth/sign-in", tag = "sessions", request_body = SignIn, responses((status = 200, body = MeView)))]
async fn sign_in(State(app): State<App>, Body(body): Body<SignIn>) -> Result<Response> {
    let signed = app.workflow.sign_in(&body.email, &body.password).await?;
    with_cookie(&app, signed).await
}

/// Signs in with a link that works once.
#[utoipa::path(post, path = "/auth/link", tag = "sessions", request_body = Link, responses((status = 200, body = MeView)))]
async fn sign_in_by_link(State(app): State<App>, Body(body): Body<Link>) -> Result<Response> {
    let signed = app.workflow.sign_in_by_link(&body.token).await?;
    with_cookie(&app, signed).await
}

/// Turns an invitation into an account or a membership.
#[utoipa::path(post, path = "/auth/accept-invitation", tag = "sessions", request_body = AcceptInvitation, responses((status = 200, body = MeView)))]
async fn accept_invitation(State(app): State<App>, Body(body): Body<AcceptInvitation>) -> Result<Response> {
    let signed = app.workflow.accept_invitation(&body.token, &body.name, &body.password).await?;
    with_cookie(&app, signed).await
}

/// Ends the session.
#[utoipa::path(post, path = "/auth/sign-out", tag = "sessions", responses((status = 204)))]
async fn sign_out(State(app): State<App>, Caller(caller): Caller) -> Result<(StatusCode, HeaderMap)> {
    app.workflow.sign_out(&caller).await?;
    let mut headers = HeaderMap::new();
    let secure = if app.secure() { "; Secure" } else { "" };
    let gone = format!("{}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}", app.cookie_name());
    if let Ok(value) = HeaderValue::from_str(&gone) {
        headers.insert(header::SET_COOKIE, value);
    }
    Ok((StatusCode::NO_CONTENT, headers))
}

/// Who am I, and where am I a member?
#[utoipa::path(get, path = "/me", tag = "sessions", responses((status = 200, body = MeView)))]
async fn me(State(app): State<App>, Caller(caller): Caller) -> Result<Json<MeView>> {
    Ok(Json(app.workflow.me(caller.user).await?.into()))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangeMe {
    name: Option<String>,
    password: Option<String>,
    current_password: Option<String>,
}

/// Changes one's own name or password.
#[utoipa::path(patch, path = "/me", tag = "sessions", request_body = ChangeMe, responses((status = 200, body = MeView)))]
async fn change_me(State(app): State<App>, Caller(caller): Caller, Body(body): Body<ChangeMe>) -> Result<Json<MeView>> {
    let me = app.workflow.change_me(&caller, body.name, body.password, body.current_password).await?;
    Ok(Json(me.into()))
}

#[derive(Serialize, ToSchema)]
struct TokenView {
    id: i64,
    name: String,
    scopes: Vec<String>,
    created_at: Timestamp,
    last_used_at: Option<Timestamp>,
    expires_at: Timestamp,
    /// Shown once, when the token is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateToken {
    name: String,
    /// `view`, `label`, `review`, `quality`, `projects`, `data`, `export`, `members`; none for everything.
    #[serde(default)]
    scopes: Vec<String>,
    /// 1 to 366.
    expires_in_days: u32,
}

/// One's API tokens.
#[utoipa::path(get, path = "/me/tokens", tag = "sessions", responses((status = 200, body = Vec<TokenView>)))]
async fn tokens(State(app): State<App>, Caller(caller): Caller) -> Result<Json<Vec<TokenView>>> {
    let rows = app.workflow.tokens(&caller).await?;
    let view = |row: labelwright_workflow::tokens::TokenRow| TokenView {
        id: row.id,
        name: row.name,
        scopes: row.scopes.split_whitespace().map(str::to_owned).collect(),
        created_at: row.created_at,
        last_used_at: row.last_used_at,
        expires_at: row.expires_at,
        secret: None,
    };
    Ok(Json(rows.into_iter().map(view).collect()))
}

/// Makes an API token; its secret is shown this once.
#[utoipa::path(post, path = "/me/tokens", tag = "sessions", request_body = CreateToken, responses((status = 200, body = TokenView)))]
async fn create_token(
    State(app): State<App>,
    Caller(caller): Caller,
    Body(body): Body<CreateToken>,
) -> Result<Json<TokenView>> {
    let made = app.workflow.create_token(&caller, &body.name, &body.scopes, body.expires_in_days).await?;
    Ok(Json(TokenView {
        id: made.row.id,
        name: made.row.name,
        scopes: body.scopes,
        created_at: made.row.created_at,
        last_used_at: None,
        expires_at: made.row.expires_at,
        secret: Some(made.secret),
    }))
}

/// Ends an API token.
#[utoipa::path(delete, path = "/me/tokens/{id}", tag = "sessions", params(("id" = i64, Path)), responses((status = 204)))]
async fn revoke_token(State(app): State<App>, Caller(caller): Caller, Path(id): Path<i64>) -> Result<StatusCode> {
    app.workflow.revoke_token(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
