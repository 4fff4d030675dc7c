//! API tokens: secrets for programs, with scopes and an end, shown once.

use crate::{
    Error, Result, Workflow,
    people::{Shown, check_name, plus},
    policy::{Principal, Via},
    secret,
};
use labelwright_core::{Action, UserId};
use labelwright_store::records::credentials::{self, CredentialKind, CredentialRow, NewCredential};

pub use labelwright_store::records::credentials::CredentialRow as TokenRow;

const DAY_SECONDS: i64 = 86_400;

impl Workflow {
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
        self.make_token(principal.user, name, scopes, expires_in_days).await
    }

    /// A token for somebody, made by whoever operates the machine or by themselves.
    pub(crate) async fn make_token(
        &self,
        user: UserId,
        name: &str,
        scopes: &[String],
        expires_in_days: u32,
    ) -> Result<Shown<CredentialRow>> {
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
        let (secret, now) = (secret::generate("lw_")?, self.now());
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
pub(crate) fn scope_actions(scopes: &str) -> Option<Vec<Action>> {
    let mut actions: Vec<Action> = scopes.split_whitespace().filter_map(scope_action).collect();
    if actions.is_empty() {
        return None;
    }
    actions.push(Action::View);
    Some(actions)
}
