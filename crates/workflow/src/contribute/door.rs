//! The public side of a call. A [`Door`] is the proof that somebody holds a link of a call, a [`Contributor`] that they
//! hold the secret that was made when they agreed to its terms; only this file makes either. Nothing here tells more of a
//! project than what its call says.

use super::{
    codes,
    pace::Pace,
    settings::{CallSettings, FormField, Kind, State},
};
use crate::{Error, Result, Workflow, secret};
use labelwright_core::Timestamp;
use labelwright_store::records::{
    calls::{self, CallRow, TermsRow},
    contributions::{self, Taken},
    contributors::{self, ContributorRow, NewContributor},
};

/// Contributions of one's own that are told.
const OWN_MAXIMUM: i64 = 500;
const PANEL_CHARS: usize = 200;

/// The proof that somebody holds a link of a call.
pub struct Door {
    pub(super) call: CallRow,
    pub(super) settings: CallSettings,
    /// The link was replaced by another one: it is good for withdrawing only.
    ended: bool,
}

/// The proof that somebody is a contributor of the call of a door.
pub struct Contributor {
    pub(super) row: ContributorRow,
}

/// What a panel says of the person whom it sends.
#[derive(Debug, Clone, Default)]
pub struct Panel {
    pub participant: String,
    pub study: String,
    pub session: String,
}

#[derive(Debug, Clone)]
pub struct CategorySeen {
    pub id: String,
    pub title: String,
    /// How many are still wanted; None for any number.
    pub left: Option<i64>,
}

/// A call as everybody with its link sees it.
#[derive(Debug, Clone)]
pub struct CallSeen {
    pub title: String,
    pub instructions: String,
    pub licence: String,
    pub kinds: Vec<Kind>,
    pub fields: Vec<FormField>,
    pub categories: Vec<CategorySeen>,
    pub left: Option<i64>,
    pub most_each: Option<u32>,
    pub terms: TermsRow,
    pub state: State,
    pub opens_at: Option<Timestamp>,
    pub closes_at: Option<Timestamp>,
}

/// How a contributor stands in a call.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Has agreed to the newest terms and not withdrawn since.
    pub consented: bool,
    /// Contributions that count.
    pub given: i64,
    pub left: Option<i64>,
    /// The code for the panel, and its address.
    pub completion: Option<(String, Option<String>)>,
}

/// One of a contributor's own contributions.
#[derive(Debug, Clone)]
pub struct OwnContribution {
    pub key: String,
    pub kind: String,
    pub category: String,
    pub state: String,
    pub reason: String,
    pub given_at: Timestamp,
}

impl Door {
    pub(super) fn state(&self, now: Timestamp) -> State {
        if self.ended { State::Closed } else { self.settings.state(now) }
    }
}

/// What is left of a quota; never less than nothing.
pub(super) fn left(most: Option<u32>, taken: i64) -> Option<i64> {
    most.map(|most| (i64::from(most) - taken).max(0))
}

pub(super) fn taken_of(taken: &Taken, category: &str) -> i64 {
    taken.by_category.iter().find(|(id, _)| id == category).map_or(0, |(_, count)| *count)
}

pub(super) fn settings_of(call: &CallRow) -> Result<CallSettings> {
    serde_json::from_str(&call.settings)
        .map_err(|error| Error::internal(format!("the settings of call {} cannot be read: {error}", call.id)))
}

impl Workflow {
    /// Looks who is at the door. `from` is the network address that asks, for the pace.
    pub async fn door(&self, token: &str, from: &str) -> Result<Door> {
        self.paces.take(Pace::Address, from, self.now())?;
        let hash = secret::hash(token);
        let found = self.read(move |tx| Box::pin(async move { Ok(calls::by_link(tx, &hash).await?) })).await?;
        let (call, ended) = found.ok_or(Error::NotFound("the call for contributions"))?;
        let settings = settings_of(&call)?;
        Ok(Door { call, settings, ended })
    }

    /// Who shows this secret at the door?
    pub async fn contributor(&self, door: &Door, shown: &str) -> Result<Contributor> {
        let (call, hash) = (door.call.id, secret::hash(shown));
        let row =
            self.read(move |tx| Box::pin(async move { Ok(contributors::by_secret(tx, call, &hash).await?) })).await?;
        let row = row.ok_or_else(|| Error::Unauthenticated("agree to the terms first".into()))?;
        Ok(Contributor { row })
    }

    pub async fn see_call(&self, door: &Door) -> Result<CallSeen> {
        let (call, version) = (door.call.id, door.call.terms_version);
        let (taken, terms) = self
            .read(move |tx| {
                Box::pin(async move {
                    let terms = calls::terms(tx, call, version).await?.ok_or(Error::NotFound("the terms"))?;
                    Ok((contributions::taken(tx, call, None).await?, terms))
                })
            })
            .await?;
        let settings = &door.settings;
        let categories: Vec<CategorySeen> = settings
            .categories
            .iter()
            .map(|one| CategorySeen {
                id: one.id.clone(),
                title: one.title.clone(),
                left: left(one.most, taken_of(&taken, &one.id)),
            })
            .collect();
        let left = left(settings.most, taken.all);
        let no_category = !categories.is_empty() && categories.iter().all(|one| one.left == Some(0));
        let state = match door.state(self.now()) {
            State::Open if left == Some(0) || no_category => State::Full,
            state => state,
        };
        Ok(CallSeen {
            title: settings.title.clone(),
            instructions: settings.instructions.clone(),
            licence: settings.licence.clone(),
            kinds: settings.kinds.clone(),
            fields: settings.fields.clone(),
            categories,
            left,
            most_each: settings.most_each,
            terms,
            state,
            opens_at: settings.opens_at,
            closes_at: settings.closes_at,
        })
    }

    /// Notes that somebody agrees to the newest terms. Who is new gets a secret, which is shown this once.
    pub async fn consent(
        &self,
        door: &Door,
        contributor: Option<&Contributor>,
        terms_version: i64,
        panel: Panel,
        from: &str,
    ) -> Result<Option<String>> {
        let now = self.now();
        self.paces.take(Pace::Consent, from, now)?;
        self.paces.take(Pace::CallConsent, &door.call.id.to_string(), now)?;
        if !matches!(door.state(now), State::Open | State::NotYet) {
            return Err(closed());
        }
        for (place, text) in [("participant", &panel.participant), ("study", &panel.study), ("session", &panel.session)]
        {
            if text.chars().count() > PANEL_CHARS || text.chars().any(char::is_control) {
                let message = format!("at most {PANEL_CHARS} characters, none of them a control character");
                return Err(Error::invalid(&format!("/{place}"), "too_long", message));
            }
        }
        let known = contributor.map(|known| known.row.id);
        let made = if known.is_none() { Some(secret::generate("lwc_")?) } else { None };
        let (call, hash) = (door.call.id, made.as_deref().map(secret::hash).unwrap_or_default());
        self.write(move |tx| {
            Box::pin(async move {
                let row = calls::held(tx, call).await?.ok_or(Error::NotFound("the call for contributions"))?;
                if row.terms_version != terms_version {
                    return Err(changed());
                }
                let terms = calls::terms(tx, call, terms_version).await?.ok_or_else(changed)?;
                let id = match known {
                    Some(id) => id,
                    None => {
                        let new = NewContributor {
                            call,
                            secret_hash: &hash,
                            participant: &panel.participant,
                            study: &panel.study,
                            session: &panel.session,
                            now,
                        };
                        contributors::create(tx, &new).await?
                    }
                };
                contributors::consent(tx, id, terms_version, &terms.hash, now).await?;
                Ok(())
            })
        })
        .await?;
        Ok(made)
    }

    pub async fn standing(&self, door: &Door, contributor: &Contributor) -> Result<Standing> {
        let (call, version, row) = (door.call.id, door.call.terms_version, contributor.row.clone());
        let (id, participant) = (row.id, row.participant.clone());
        let (taken, consent) = self
            .read(move |tx| {
                Box::pin(async move {
                    let taken = contributions::taken(tx, call, Some((id, &participant))).await?;
                    Ok((taken, contributors::consented(tx, id, version).await?))
                })
            })
            .await?;
        let completion = match &door.settings.completion {
            Some(wanted) if taken.own >= i64::from(wanted.least) && !row.participant.is_empty() => {
                let code = codes::completion(&door.call, &row)?;
                let url = wanted.url.as_deref().map(|url| codes::way_back(url, &code, &row));
                Some((code, url))
            }
            _ => None,
        };
        Ok(Standing {
            consented: consent.is_some() && row.withdrawn_at.is_none(),
            given: taken.own,
            left: left(door.settings.most_each, taken.own),
            completion,
        })
    }

    /// What the contributor gave, the newest first.
    pub async fn own_contributions(&self, contributor: &Contributor) -> Result<Vec<OwnContribution>> {
        let id = contributor.row.id;
        let rows = self
            .read(move |tx| Box::pin(async move { Ok(contributions::of_contributor(tx, id, OWN_MAXIMUM).await?) }))
            .await?;
        let own = rows.into_iter().map(|row| OwnContribution {
            key: row.key,
            kind: row.kind,
            category: row.category,
            state: row.state,
            reason: row.reason,
            given_at: row.given_at,
        });
        Ok(own.collect())
    }
}

pub(super) fn closed() -> Error {
    Error::conflict("closed", "nothing is taken any more: the call is closed")
}

pub(super) fn changed() -> Error {
    Error::conflict("terms_changed", "the terms have changed; read and agree to them first")
}
