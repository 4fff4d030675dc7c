//! From several answers to one by the methods that a project chose: regions and most fields item by item, and fields with
//! a method that weighs labelers by all that they said. Enters: answers. Leaves: the consensus answer of a task.

use crate::{
    Error, Result, Workflow,
    plan::settings_of,
    quality::Loaded,
    resolve::{ADJUDICATED, MAJORITY, counted, counts},
};
use labelwright_core::{Answer, LabelSchema, ProjectId};
use labelwright_quality::{
    Judgement, consensus,
    project::consensus::{DEFAULT_METHOD, FieldModel, Settled, fit},
};
use labelwright_store::{
    StoreError, Tx,
    records::{
        annotations::{AnnotationRow, ConsensusRow},
        models,
        projects::ProjectRow,
    },
};
use std::collections::BTreeMap;

#[derive(Debug, Default)]
pub(crate) struct Settler {
    threshold: f64,
    /// Field id to its method, where that is not the default one.
    methods: BTreeMap<String, String>,
    /// What the methods made of all items at once: task to field to value.
    by_task: BTreeMap<i64, BTreeMap<String, Settled>>,
    /// What they learned, for tasks that came later.
    models: BTreeMap<String, FieldModel>,
}

impl Settler {
    fn blank(project: &ProjectRow) -> Self {
        let settings = settings_of(project);
        let chosen = settings.fields.into_iter().filter_map(|(id, field)| Some((id, field.consensus?)));
        let methods = chosen.filter(|(_, method)| method != DEFAULT_METHOD).collect();
        Self { threshold: settings.iou_threshold, methods, ..Self::default() }
    }

    /// Runs the project's methods on all its answers.
    pub async fn fitted(workflow: &Workflow, project: &ProjectRow) -> Result<Self> {
        let mut settler = Self::blank(project);
        if settler.methods.is_empty() {
            return Ok(settler);
        }
        let schema = workflow.schema_of(project.schema_version).await?;
        let loaded = workflow.load_answers(project, false, usize::MAX).await?;
        workflow.blocking(move || settler.fit(&schema, &loaded).map(|()| settler)).await?
    }

    fn fit(&mut self, schema: &LabelSchema, loaded: &Loaded) -> Result<()> {
        let answers = loaded.timed();
        for field in &schema.fields {
            let Some(method) = self.methods.get(&field.id) else { continue };
            let found = fit(field, method, &answers, &loaded.gold).map_err(|error| {
                Error::invalid(&format!("/settings/fields/{}/consensus", field.id), "method_fails", error.to_string())
            })?;
            let Some(found) = found else { continue };
            for (task, settled) in found.settled() {
                self.by_task.entry(task).or_default().insert(field.id.clone(), settled);
            }
            self.models.extend(found.model(method).map(|model| (field.id.clone(), model)));
        }
        Ok(())
    }

    /// What is kept of the last run: enough for one task, and nothing is looked at but that task's answers.
    pub async fn kept(tx: &mut Tx, project: &ProjectRow) -> std::result::Result<Self, StoreError> {
        let mut settler = Self::blank(project);
        if !settler.methods.is_empty() {
            for (field, model) in models::of_project(tx, project.id).await? {
                let model: Option<FieldModel> = serde_json::from_str(&model).ok();
                let fits = |model: &FieldModel| settler.methods.get(&field) == Some(&model.method);
                if let Some(model) = model.filter(fits) {
                    settler.models.insert(field, model);
                }
            }
        }
        Ok(settler)
    }

    /// Keeps what the methods learned.
    pub async fn keep(&self, workflow: &Workflow, project: ProjectId) -> Result<()> {
        let mut kept = Vec::new();
        for (field, model) in &self.models {
            let text = serde_json::to_string(model).map_err(|error| Error::internal(error.to_string()))?;
            kept.push((field.clone(), text));
        }
        let now = workflow.now();
        workflow
            .write(move |tx| {
                Box::pin(async move {
                    for (field, model) in kept {
                        models::keep(tx, project, &field, &model, now).await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// The name under which a consensus is stored.
    pub fn method(&self) -> String {
        let mut names: Vec<&str> = self.methods.values().map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        if names.is_empty() { MAJORITY.to_owned() } else { names.join("+") }
    }

    /// The consensus of a task: the adjudicated one if there is one, else what the methods make of the answers that
    /// count. None without answers.
    pub fn consensus(&self, heads: &[AnnotationRow], stored: Option<&ConsensusRow>) -> Option<(Answer, String)> {
        if let Some(stored) = stored.filter(|stored| stored.method == ADJUDICATED)
            && let Ok(answer) = serde_json::from_str(&stored.answer)
        {
            return Some((answer, ADJUDICATED.to_owned()));
        }
        let counted = counted(heads);
        let judgements: Vec<Judgement<'_>> = counted
            .iter()
            .filter_map(|(head, answer)| Some(Judgement { item: head.task.0, labeler: head.author?.0, answer }))
            .collect();
        let mut answer = match counted.as_slice() {
            [(_, only)] => only.clone(),
            _ => consensus::majority(&judgements, self.threshold)?.answer,
        };
        for field in self.methods.keys() {
            if let Some(settled) = self.settled(field, &judgements) {
                answer.fields.insert(field.clone(), settled.value);
            }
        }
        Some((answer, self.method()))
    }

    fn settled(&self, field: &str, judgements: &[Judgement<'_>]) -> Option<Settled> {
        let task = judgements.first()?.item;
        if let Some(settled) = self.by_task.get(&task).and_then(|fields| fields.get(field)) {
            return Some(settled.clone());
        }
        let given: Vec<_> =
            judgements.iter().filter_map(|one| Some((one.labeler, one.answer.fields.get(field)?))).collect();
        self.models.get(field)?.settle(&given)
    }

    /// As [`Self::consensus`], in canonical JSON: what is stored so already is not read and written again.
    pub fn frozen(&self, heads: &[AnnotationRow], stored: Option<&ConsensusRow>) -> Option<(String, String)> {
        if let Some(stored) = stored.filter(|stored| stored.method == ADJUDICATED) {
            return Some((stored.answer.clone(), ADJUDICATED.to_owned()));
        }
        let mut counting = heads.iter().filter(|head| counts(head));
        if let (true, Some(only), None) = (self.methods.is_empty(), counting.next(), counting.next()) {
            return Some((only.answer.clone(), MAJORITY.to_owned()));
        }
        self.consensus(heads, stored).map(|(answer, method)| (answer.canonical_json(), method))
    }
}
