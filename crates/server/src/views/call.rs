//! What the API and the command line show of calls for contributions, of what was given and of who gave it.

use super::json;
use labelwright_core::Timestamp;
use labelwright_workflow::contribute::{Call, CallSettings, Contribution, ContributorSeen, Flag};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub struct CallCounts {
    pub waiting: i64,
    /// Of those that wait: what checks found something about.
    pub flagged: i64,
    pub accepted: i64,
    pub rejected: i64,
    pub withdrawn: i64,
}

#[derive(Serialize, ToSchema)]
pub struct CallView {
    pub id: i64,
    /// Where what is accepted becomes items.
    pub dataset_id: i64,
    pub settings: CallSettings,
    pub terms: String,
    pub terms_version: i64,
    pub counts: CallCounts,
    pub contributors: i64,
    pub created_at: Timestamp,
}

impl From<Call> for CallView {
    fn from(from: Call) -> Self {
        let of = |state: &str| from.counts.iter().find(|(known, ..)| known == state);
        let count = |state: &str| of(state).map_or(0, |(_, all, _)| *all);
        Self {
            id: from.id,
            dataset_id: from.dataset.0,
            terms: from.terms.text,
            terms_version: from.terms.version,
            counts: CallCounts {
                waiting: count("waiting"),
                flagged: of("waiting").map_or(0, |(_, _, flagged)| *flagged),
                accepted: count("accepted"),
                rejected: count("rejected"),
                withdrawn: count("withdrawn"),
            },
            contributors: from.contributors,
            created_at: from.created_at,
            settings: from.settings,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct ContributionView {
    pub id: i64,
    pub contributor_id: i64,
    pub kind: String,
    /// Empty without one.
    pub category: String,
    pub modality: String,
    pub media_type: String,
    pub bytes: i64,
    /// A short text; longer ones are behind the address.
    pub text: Option<String>,
    /// What was filled into a form.
    pub fields: Value,
    pub shape: Value,
    pub flags: Vec<Flag>,
    /// `waiting`, `accepted`, `rejected` or `withdrawn`.
    pub state: String,
    pub reason: String,
    pub item_id: Option<i64>,
    pub made_at: Timestamp,
    pub given_at: Timestamp,
    pub media_url: String,
}

impl ContributionView {
    /// Of the project of this number.
    pub fn of(project: i64, row: Contribution) -> Self {
        Self {
            media_url: format!("/api/v1/projects/{project}/calls/{}/contributions/{}/media", row.call, row.id),
            id: row.id,
            contributor_id: row.contributor,
            kind: row.kind,
            category: row.category,
            modality: row.modality,
            media_type: row.media_type,
            bytes: row.bytes,
            text: row.content,
            fields: json(&row.fields),
            shape: json(&row.shape),
            flags: serde_json::from_str(&row.flags).unwrap_or_default(),
            state: row.state,
            reason: row.reason,
            item_id: row.item.map(|item| item.0),
            made_at: row.made_at,
            given_at: row.given_at,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct ContributorView {
    pub id: i64,
    /// Who they are to a panel, in which study and session; empty where no panel sent them.
    pub participant: String,
    pub study: String,
    pub session: String,
    pub terms_version: i64,
    pub consented_at: Timestamp,
    pub withdrawn_at: Option<Timestamp>,
    /// Contributions that wait or were accepted; accepted ones; rejected ones.
    pub given: i64,
    pub accepted: i64,
    pub rejected: i64,
    /// The completion code that is theirs, to compare with what they show; empty where there is none.
    pub code: String,
}

impl From<ContributorSeen> for ContributorView {
    fn from(from: ContributorSeen) -> Self {
        let told = from.told;
        Self {
            id: told.row.id,
            participant: told.row.participant,
            study: told.row.study,
            session: told.row.session,
            terms_version: told.terms_version,
            consented_at: told.consented_at,
            withdrawn_at: told.row.withdrawn_at,
            given: told.given,
            accepted: told.accepted,
            rejected: told.rejected,
            code: from.code,
        }
    }
}
