//! The public side of calls for contributions: nobody signs in. A link leads to a call; a contributor is known by the
//! secret that they got when they agreed to the terms, sent in a header of its own: no browser sends it by itself,
//! so that no other site can.

use super::contributions::WithdrawnView;
use crate::{
    app::App,
    extract::{Body, Path, Query},
    problem::{ApiError, Result},
};
use axum::{
    Json,
    body::Bytes,
    extract::{ConnectInfo, DefaultBodyLimit, FromRequestParts, State},
    http::{HeaderMap, request::Parts},
};
use labelwright_core::Timestamp;
use labelwright_workflow::{
    Error, Workflow,
    contribute::{
        CallSeen, Contributor, Door, FormField, GIVE_BYTES_MAXIMUM, Gift, Given, Kind, OwnContribution, Panel,
        Standing, State as CallState, Wanted,
    },
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, net::SocketAddr};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<App> {
    let give =
        OpenApiRouter::new().routes(routes!(give, given)).layer(DefaultBodyLimit::max(GIVE_BYTES_MAXIMUM + 1024));
    OpenApiRouter::new()
        .routes(routes!(give_call))
        .routes(routes!(give_consent))
        .routes(routes!(give_withdraw))
        .merge(give)
}

const CONTRIBUTOR: &str = "contributor";

/// Somebody with a link, and who they are if they have agreed before. Asked before a body is read.
struct Guest {
    door: Door,
    contributor: Option<Contributor>,
    /// The network address that asks.
    from: String,
}

impl FromRequestParts<App> for Guest {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let Path(places) = Path::<BTreeMap<String, String>>::from_request_parts(parts, app).await?;
        let token = places.get("token").map(String::as_str).unwrap_or_default();
        let from = address(parts);
        let door = app.workflow.door(token, &from).await?;
        let shown = parts.headers.get(CONTRIBUTOR).and_then(|value| value.to_str().ok());
        let contributor = match shown {
            Some(shown) => Some(app.workflow.contributor(&door, shown).await?),
            None => None,
        };
        Ok(Self { door, contributor, from })
    }
}

impl Guest {
    fn contributor(&self) -> Result<&Contributor> {
        let missing = || Error::Unauthenticated("agree to the terms first".into());
        Ok(self.contributor.as_ref().ok_or_else(missing)?)
    }
}

/// For counting only. A proxy of ours on a network of ours says who has asked it.
fn address(parts: &Parts) -> String {
    let Some(ConnectInfo(peer)) = parts.extensions.get::<ConnectInfo<SocketAddr>>() else { return String::new() };
    let is_ours = match peer.ip() {
        std::net::IpAddr::V4(ip) => ip.is_loopback() || ip.is_private(),
        std::net::IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local(),
    };
    let told = parts.headers.get("x-forwarded-for").and_then(|value| value.to_str().ok());
    let last = told.and_then(|told| told.rsplit(',').next()).map(str::trim).filter(|_| is_ours);
    last.and_then(|last| last.parse::<std::net::IpAddr>().ok()).unwrap_or(peer.ip()).to_string()
}

#[derive(Serialize, ToSchema)]
struct CategoryView {
    id: String,
    title: String,
    /// How many are still wanted; absent for any number.
    left: Option<i64>,
}

#[derive(Serialize, ToSchema)]
struct TermsView {
    version: i64,
    text: String,
    /// Of the text.
    sha256: String,
}

#[derive(Serialize, ToSchema)]
struct CompletionView {
    /// For the panel that sent the person.
    code: String,
    /// Leads back to it.
    url: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct GiverView {
    /// Has agreed to these terms and not withdrawn since.
    consented: bool,
    /// Contributions that count, and how many more may come of this person.
    given: i64,
    left: Option<i64>,
    completion: Option<CompletionView>,
}

impl From<Standing> for GiverView {
    fn from(from: Standing) -> Self {
        Self {
            consented: from.consented,
            given: from.given,
            left: from.left,
            completion: from.completion.map(|(code, url)| CompletionView { code, url }),
        }
    }
}

#[derive(Serialize, ToSchema)]
struct GiveView {
    title: String,
    instructions: String,
    licence: String,
    kinds: Vec<Kind>,
    fields: Vec<FormField>,
    categories: Vec<CategoryView>,
    /// How many are still wanted in all; absent for any number.
    left: Option<i64>,
    most_each: Option<u32>,
    most_bytes: usize,
    terms: TermsView,
    state: CallState,
    opens_at: Option<Timestamp>,
    closes_at: Option<Timestamp>,
    /// How the contributor stands whose secret was sent.
    me: Option<GiverView>,
}

async fn view(workflow: &Workflow, guest: &Guest) -> Result<GiveView> {
    let seen: CallSeen = workflow.see_call(&guest.door).await?;
    let me = match &guest.contributor {
        Some(contributor) => Some(workflow.standing(&guest.door, contributor).await?.into()),
        None => None,
    };
    let category = |one: labelwright_workflow::contribute::CategorySeen| CategoryView {
        id: one.id,
        title: one.title,
        left: one.left,
    };
    Ok(GiveView {
        title: seen.title,
        instructions: seen.instructions,
        licence: seen.licence,
        kinds: seen.kinds,
        fields: seen.fields,
        categories: seen.categories.into_iter().map(category).collect(),
        left: seen.left,
        most_each: seen.most_each,
        most_bytes: GIVE_BYTES_MAXIMUM,
        terms: TermsView { version: seen.terms.version, text: seen.terms.text, sha256: seen.terms.hash },
        state: seen.state,
        opens_at: seen.opens_at,
        closes_at: seen.closes_at,
        me,
    })
}

/// What a call asks for, to everybody with its link. With the header `Contributor` also how that person stands.
#[utoipa::path(get, path = "/give/{token}", tag = "give", params(("token" = String, Path), ("Contributor" = Option<String>, Header)), responses((status = 200, body = GiveView), (status = 404, body = crate::problem::ProblemBody), (status = 429, body = crate::problem::ProblemBody)))]
async fn give_call(State(app): State<App>, guest: Guest) -> Result<Json<GiveView>> {
    Ok(Json(view(&app.workflow, &guest).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConsentBody {
    /// The version of the terms that was read.
    terms_version: i64,
    /// What a panel says of the person: participant, study and session.
    #[serde(default)]
    participant: String,
    #[serde(default)]
    study: String,
    #[serde(default)]
    session: String,
}

#[derive(Serialize, ToSchema)]
struct ConsentView {
    /// The secret of a new contributor, for the header `Contributor`. Shown this once.
    contributor: Option<String>,
}

/// Agrees to the terms. Who sends no `Contributor` becomes a new one.
#[utoipa::path(post, path = "/give/{token}/consent", tag = "give", params(("token" = String, Path), ("Contributor" = Option<String>, Header)), request_body = ConsentBody, responses((status = 200, body = ConsentView), (status = 409, body = crate::problem::ProblemBody), (status = 429, body = crate::problem::ProblemBody)))]
async fn give_consent(
    State(app): State<App>,
    guest: Guest,
    Body(body): Body<ConsentBody>,
) -> Result<Json<ConsentView>> {
    let panel = Panel { participant: body.participant, study: body.study, session: body.session };
    let contributor =
        app.workflow.consent(&guest.door, guest.contributor.as_ref(), body.terms_version, panel, &guest.from).await?;
    Ok(Json(ConsentView { contributor }))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct GiftQuery {
    kind: Kind,
    /// One of the categories of the call.
    #[serde(default)]
    category: String,
    /// When it was made, in microseconds since 1970: it may have waited for a network.
    made_at: Option<i64>,
}

#[derive(Serialize, ToSchema)]
struct GivenView {
    key: String,
    /// `waiting` or `accepted`; what it is by now, if it was given before.
    state: String,
    /// Whoever shows it may withdraw the contribution.
    receipt: String,
    me: GiverView,
}

/// Gives one thing: the body is the text, the file, or the filled form as JSON. The header `Idempotency-Key` makes a second
/// sending harmless: it gets the same answer.
#[utoipa::path(post, path = "/give/{token}/contributions", tag = "give", params(("token" = String, Path), ("Contributor" = String, Header), ("Idempotency-Key" = String, Header), GiftQuery), request_body(content_type = "application/octet-stream", content = Vec<u8>), responses((status = 200, body = GivenView), (status = 401, body = crate::problem::ProblemBody), (status = 409, body = crate::problem::ProblemBody), (status = 413), (status = 422, body = crate::problem::ProblemBody), (status = 429, body = crate::problem::ProblemBody)))]
async fn give(
    State(app): State<App>,
    guest: Guest,
    Query(query): Query<GiftQuery>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<GivenView>> {
    let contributor = guest.contributor()?;
    let key = headers.get("idempotency-key").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let key = key.ok_or_else(|| Error::invalid("/headers/Idempotency-Key", "required", "send an idempotency key"))?;
    let made_at = query.made_at.map(Timestamp);
    let gift = Gift { key, kind: query.kind, category: query.category, made_at, body };
    let Given { key, state, receipt } = app.workflow.give(&guest.door, contributor, gift).await?;
    let me = app.workflow.standing(&guest.door, contributor).await?.into();
    Ok(Json(GivenView { key, state, receipt, me }))
}

#[derive(Serialize, ToSchema)]
struct OwnContributionView {
    key: String,
    kind: String,
    category: String,
    /// `waiting`, `accepted`, `rejected` or `withdrawn`.
    state: String,
    /// Why it was rejected.
    reason: String,
    given_at: Timestamp,
}

impl From<OwnContribution> for OwnContributionView {
    fn from(from: OwnContribution) -> Self {
        let OwnContribution { key, kind, category, state, reason, given_at } = from;
        Self { key, kind, category, state, reason, given_at }
    }
}

/// What the contributor gave, the newest first.
#[utoipa::path(get, path = "/give/{token}/contributions", tag = "give", params(("token" = String, Path), ("Contributor" = String, Header)), responses((status = 200, body = Vec<OwnContributionView>), (status = 401, body = crate::problem::ProblemBody)))]
async fn given(State(app): State<App>, guest: Guest) -> Result<Json<Vec<OwnContributionView>>> {
    let own = app.workflow.own_contributions(guest.contributor()?).await?;
    Ok(Json(own.into_iter().map(OwnContributionView::from).collect()))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TakeBackBody {
    /// Whoever has a receipt needs nothing else.
    #[serde(default)]
    receipts: Vec<String>,
    /// Keys of the contributor's own contributions.
    #[serde(default)]
    keys: Vec<String>,
    /// Everything, and the consent itself.
    #[serde(default)]
    all: bool,
}

/// Withdraws what was given, by receipt or as its contributor; also when the call is closed.
#[utoipa::path(post, path = "/give/{token}/withdraw", tag = "give", params(("token" = String, Path), ("Contributor" = Option<String>, Header)), request_body = TakeBackBody, responses((status = 200, body = WithdrawnView), (status = 401, body = crate::problem::ProblemBody), (status = 429, body = crate::problem::ProblemBody)))]
async fn give_withdraw(
    State(app): State<App>,
    guest: Guest,
    Body(body): Body<TakeBackBody>,
) -> Result<Json<WithdrawnView>> {
    let wanted = Wanted { receipts: body.receipts, keys: body.keys, all: body.all };
    let contributor = guest.contributor.as_ref();
    let withdrawn = app.workflow.withdraw_given(&guest.door, contributor, wanted, &guest.from).await?;
    Ok(Json(WithdrawnView { withdrawn }))
}
