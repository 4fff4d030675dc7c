//! Calls as managers make and change them.

use super::{
    codes,
    door::settings_of,
    settings::{CallSettings, TERMS_CHARS},
};
use crate::{
    Error, Result, Workflow,
    people::{Shown, check_name},
    policy::Permit,
    secret,
};
use labelwright_core::{DatasetId, Timestamp};
use labelwright_store::{
    Tx, audit,
    blobs::Blobs,
    records::{
        calls::{self, CallRow, NewCall, TermsRow},
        contributions,
        contributors::{self, ContributorTold},
        datasets,
        projects::{self, ProjectRow},
    },
};

/// Where what is accepted goes.
#[derive(Debug, Clone)]
pub enum Goal {
    Dataset(DatasetId),
    /// A new dataset of this name.
    New(String),
}

#[derive(Debug, Clone)]
pub struct CallDraft {
    pub settings: CallSettings,
    pub terms: String,
    pub into: Goal,
}

/// A call as managers see it.
#[derive(Debug, Clone)]
pub struct Call {
    pub id: i64,
    pub dataset: DatasetId,
    pub settings: CallSettings,
    pub terms: TermsRow,
    /// (state, contributions, of them flagged).
    pub counts: Vec<(String, i64, i64)>,
    pub contributors: i64,
    pub created_at: Timestamp,
}

/// A contributor with the code that they may show to their panel.
#[derive(Debug, Clone)]
pub struct ContributorSeen {
    pub told: ContributorTold,
    /// Empty where no panel sent them, or the call has no code.
    pub code: String,
}

fn check_terms(terms: &str) -> Result<String> {
    let terms = terms.trim().to_owned();
    if terms.is_empty() {
        return Err(Error::invalid("/terms", "required", "say what contributors agree to"));
    }
    if terms.chars().count() > TERMS_CHARS {
        return Err(Error::invalid("/terms", "too_long", format!("terms have at most {TERMS_CHARS} characters")));
    }
    Ok(terms)
}

fn checked(settings: &CallSettings) -> Result<String> {
    let problems = settings.check();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    serde_json::to_string(settings).map_err(|error| Error::internal(error.to_string()))
}

async fn seen(tx: &mut Tx, row: CallRow) -> Result<Call> {
    let terms = calls::terms(tx, row.id, row.terms_version).await?.ok_or(Error::NotFound("the terms"))?;
    Ok(Call {
        id: row.id,
        dataset: row.dataset,
        settings: settings_of(&row)?,
        terms,
        counts: contributions::counts(tx, row.id).await?,
        contributors: contributors::count(tx, row.id).await?,
        created_at: row.created_at,
    })
}

impl Workflow {
    /// Makes a call: its number, and the token of its link, which is shown this once.
    pub async fn create_call(&self, project: &Permit<ProjectRow>, draft: CallDraft) -> Result<Shown<i64>> {
        let (settings, terms) = (checked(&draft.settings)?, check_terms(&draft.terms)?);
        let name = match &draft.into {
            Goal::New(name) => Some(check_name("/dataset_name", name)?),
            Goal::Dataset(_) => None,
        };
        let (token, signing) = (secret::generate("")?, secret::generate("")?);
        let (row, actor, now) = (project.resource().clone(), project.user(), self.now());
        let (token_hash, terms_hash, title) =
            (secret::hash(&token), Blobs::hash(terms.as_bytes()), draft.settings.title.clone());
        let id = self
            .write(move |tx| {
                Box::pin(async move {
                    let dataset = match (draft.into, name) {
                        (Goal::New(_), Some(name)) => datasets::create_dataset(tx, row.workspace, &name, now).await?,
                        (Goal::Dataset(id), _) => {
                            let known =
                                datasets::dataset(tx, id).await?.filter(|known| known.workspace == row.workspace);
                            let missing = || Error::invalid("/dataset_id", "unknown", "there is no such dataset");
                            known.ok_or_else(missing)?.id
                        }
                        (Goal::New(_), None) => return Err(Error::internal("the dataset has no name")),
                    };
                    projects::attach_dataset(tx, row.id, dataset).await?;
                    let new =
                        NewCall { project: row.id, dataset, secret: &signing, settings: &settings, author: actor, now };
                    let id = calls::create(tx, &new).await?;
                    calls::publish_terms(tx, id, &terms, &terms_hash, now).await?;
                    calls::set_link(tx, id, &token_hash, now).await?;
                    let detail = serde_json::json!({ "title": title, "project": row.id, "dataset": dataset });
                    audit::record(tx, row.workspace, Some(actor), "call.create", &format!("call:{id}"), &detail, now)
                        .await?;
                    Ok(id)
                })
            })
            .await?;
        self.announce(project.resource().workspace, "project", project.resource().id.0);
        Ok(Shown { secret: token, row: id })
    }

    /// Changes what a call asks for. Other terms are a new version, to which everybody is asked to agree again.
    pub async fn change_call(
        &self,
        project: &Permit<ProjectRow>,
        id: i64,
        settings: &CallSettings,
        terms: &str,
    ) -> Result<Call> {
        let (settings, terms) = (checked(settings)?, check_terms(terms)?);
        let (row, actor, now) = (project.resource().clone(), project.user(), self.now());
        self.write(move |tx| {
            Box::pin(async move {
                calls::call(tx, row.id, id).await?.ok_or(Error::NotFound("the call"))?;
                let call = calls::held(tx, id).await?.ok_or(Error::NotFound("the call"))?;
                calls::set_settings(tx, id, &settings).await?;
                let hash = Blobs::hash(terms.as_bytes());
                let known = calls::terms(tx, id, call.terms_version).await?;
                let version = match known {
                    Some(known) if known.hash == hash => known.version,
                    _ => calls::publish_terms(tx, id, &terms, &hash, now).await?,
                };
                let detail = serde_json::json!({ "terms_version": version });
                let target = format!("call:{id}");
                audit::record(tx, row.workspace, Some(actor), "call.change", &target, &detail, now).await?;
                let call = calls::call(tx, row.id, id).await?.ok_or(Error::NotFound("the call"))?;
                seen(tx, call).await
            })
        })
        .await
    }

    /// A new link; with those before it people can only withdraw what they gave.
    pub async fn renew_call_link(&self, project: &Permit<ProjectRow>, id: i64) -> Result<String> {
        let token = secret::generate("")?;
        let (row, actor, now, hash) = (project.resource().clone(), project.user(), self.now(), secret::hash(&token));
        self.write(move |tx| {
            Box::pin(async move {
                calls::call(tx, row.id, id).await?.ok_or(Error::NotFound("the call"))?;
                calls::set_link(tx, id, &hash, now).await?;
                let target = format!("call:{id}");
                let detail = serde_json::json!({});
                audit::record(tx, row.workspace, Some(actor), "call.link", &target, &detail, now).await?;
                Ok(())
            })
        })
        .await?;
        Ok(token)
    }

    /// The calls of a project, the newest first.
    pub async fn calls(&self, project: &Permit<ProjectRow>) -> Result<Vec<Call>> {
        let id = project.resource().id;
        self.read(move |tx| {
            Box::pin(async move {
                let mut found = Vec::new();
                for row in calls::calls(tx, id).await? {
                    found.push(seen(tx, row).await?);
                }
                Ok(found)
            })
        })
        .await
    }

    pub async fn call(&self, project: &Permit<ProjectRow>, id: i64) -> Result<Call> {
        let project = project.resource().id;
        self.read(move |tx| {
            Box::pin(async move {
                let row = calls::call(tx, project, id).await?.ok_or(Error::NotFound("the call"))?;
                seen(tx, row).await
            })
        })
        .await
    }

    /// A page of the people who gave something, with what their panel asks for.
    pub async fn contributors(
        &self,
        project: &Permit<ProjectRow>,
        id: i64,
        after: i64,
        limit: i64,
    ) -> Result<Vec<ContributorSeen>> {
        let project = project.resource().id;
        let (call, rows) = self
            .read(move |tx| {
                Box::pin(async move {
                    let call = calls::call(tx, project, id).await?.ok_or(Error::NotFound("the call"))?;
                    let rows = contributors::contributors_after(tx, id, after, limit).await?;
                    Ok((call, rows))
                })
            })
            .await?;
        let has_code = settings_of(&call)?.completion.is_some();
        rows.into_iter()
            .map(|told| {
                let known = has_code && !told.row.participant.is_empty();
                let code = if known { codes::completion(&call, &told.row)? } else { String::new() };
                Ok(ContributorSeen { told, code })
            })
            .collect()
    }
}
