//! From several answers to one by the methods that a project chose: regions and most fields item by item, and fields with
//! a method that weighs labelers by all that they said. Enters: answers. Leaves: the consensus answer of a task.

use crate::{
    Error, Result, Workflow,
    plan::settings_of,
    quality::Loaded,
    resolve::{ADJUDICATED, MAJORITY, counted, counts},
};
use labelwright_core::{Answer, GeometryKind, LabelSchema, ProjectId, schema::Field};
use labelwright_quality::{
    Judgement,
    consensus::{self, Rules},
    project::{
        consensus::{FieldModel, Settled, fit, model, settled},
        methods::Form,
    },
};
use labelwright_store::{
    StoreError, Tx,
    records::{
        annotations::{AnnotationRow, ConsensusRow},
        models,
        projects::ProjectRow,
    },
};
use std::{collections::BTreeMap, sync::Arc};

#[derive(Debug)]
pub(crate) struct Settler {
    schema: Arc<LabelSchema>,
    threshold: f64,
    /// Field id to its method, where that is not the default one.
    methods: BTreeMap<String, String>,
    /// Geometry to its method, where that is not the default one.
    shapes: BTreeMap<GeometryKind, String>,
    /// What the methods made of all items at once: task to field to value.
    by_task: BTreeMap<i64, BTreeMap<String, Settled>>,
    /// What they learned, for tasks that came later.
    models: BTreeMap<String, FieldModel>,
}

impl Settler {
    fn blank(project: &ProjectRow, schema: Arc<LabelSchema>) -> Self {
        let settings = settings_of(project);
        let mut methods = BTreeMap::new();
        for field in &schema.fields {
            let form = Form::of_field(&field.kind);
            let chosen = settings.fields.get(&field.id).and_then(|own| own.consensus.clone());
            // A method that a later version of the schema has made unfit is left aside.
            if let Some(method) = chosen.filter(|id| *id != form.default_method().0 && form.has_method(id)) {
                methods.insert(field.id.clone(), method);
            }
        }
        let is_own = |(kind, id): &(GeometryKind, String)| *id != Form::of_geometry(*kind).default_method().0;
        let shapes = settings.shapes.into_iter().filter(is_own).collect();
        let threshold = settings.iou_threshold;
        Self { schema, threshold, methods, shapes, by_task: BTreeMap::new(), models: BTreeMap::new() }
    }

    /// Does a method look at all items at once?
    fn learns(&self) -> bool {
        self.schema
            .fields
            .iter()
            .any(|field| self.methods.contains_key(&field.id) && Form::of_field(&field.kind).is_votes())
    }

    /// Runs the project's methods on all its answers.
    pub async fn fitted(workflow: &Workflow, project: &ProjectRow) -> Result<Self> {
        let schema = workflow.schema_of(project.schema_version).await?;
        let mut settler = Self::blank(project, schema);
        if !settler.learns() {
            return Ok(settler);
        }
        let loaded = workflow.load_answers(project, false, usize::MAX).await?;
        workflow.blocking(move || settler.fit(&loaded).map(|()| settler)).await?
    }

    fn fit(&mut self, loaded: &Loaded) -> Result<()> {
        let answers = loaded.timed();
        let schema = Arc::clone(&self.schema);
        for field in schema.fields.iter().filter(|field| Form::of_field(&field.kind).is_votes()) {
            let Some(method) = self.methods.get(&field.id) else { continue };
            let fits = fit(field, method, &answers, &loaded.gold).map_err(|error| {
                Error::invalid(&format!("/settings/fields/{}/consensus", field.id), "method_fails", error.to_string())
            })?;
            for (task, settled) in settled(field, &fits) {
                self.by_task.entry(task).or_default().insert(field.id.clone(), settled);
            }
            self.models.extend(model(method, &fits).map(|model| (field.id.clone(), model)));
        }
        Ok(())
    }

    /// What is kept of the last run: enough for one task, and nothing is looked at but that task's answers.
    pub async fn kept(
        tx: &mut Tx,
        project: &ProjectRow,
        schema: Arc<LabelSchema>,
    ) -> std::result::Result<Self, StoreError> {
        let mut settler = Self::blank(project, schema);
        if settler.learns() {
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
        let mut names: Vec<&str> = self.methods.values().chain(self.shapes.values()).map(String::as_str).collect();
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
            _ => {
                let (fields, shapes) = (&self.methods, &self.shapes);
                let rules = Rules { schema: &self.schema, threshold: self.threshold, fields, shapes };
                consensus::settle(&judgements, &rules)?.answer
            }
        };
        for field in self.schema.fields.iter().filter(|field| self.methods.contains_key(&field.id)) {
            if let Some(settled) = self.settled(field, &judgements) {
                answer.fields.insert(field.id.clone(), settled.value);
            }
        }
        Some((answer, self.method()))
    }

    fn settled(&self, field: &Field, judgements: &[Judgement<'_>]) -> Option<Settled> {
        let task = judgements.first()?.item;
        if let Some(settled) = self.by_task.get(&task).and_then(|fields| fields.get(&field.id)) {
            return Some(settled.clone());
        }
        let given: Vec<_> =
            judgements.iter().filter_map(|one| Some((one.labeler, one.answer.fields.get(&field.id)?))).collect();
        self.models.get(&field.id)?.settle(field, &given)
    }

    /// As [`Self::consensus`], in canonical JSON: what is stored so already is not read and written again.
    pub fn frozen(&self, heads: &[AnnotationRow], stored: Option<&ConsensusRow>) -> Option<(String, String)> {
        if let Some(stored) = stored.filter(|stored| stored.method == ADJUDICATED) {
            return Some((stored.answer.clone(), ADJUDICATED.to_owned()));
        }
        let mut counting = heads.iter().filter(|head| counts(head));
        if let (true, Some(only), None) = (!self.learns(), counting.next(), counting.next()) {
            return Some((only.answer.clone(), MAJORITY.to_owned()));
        }
        self.consensus(heads, stored).map(|(answer, method)| (answer.canonical_json(), method))
    }
}
