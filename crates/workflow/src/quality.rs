//! What all answers of a project say together: suspicious answers, labelers, change over time. Enters: head answers,
//! gold, and what came with the data. Leaves: tables for people who manage the project.

mod tables;

use crate::{
    Error, Result, Workflow,
    companions::in_panes,
    monitor::{ANNOTATIONS_MAXIMUM, parsed},
    plan::settings_of,
    policy::Permit,
    prelabels::fitted,
};
use labelwright_core::{Answer, LabelSchema, MediaShape, ProjectId, TaskId, UserId};
use labelwright_quality::{
    labelers::gold_scoring::Rules,
    project::{
        Timed,
        drift::{self, Drift},
        labelers::{self, Card, Setting},
        suspects::{self, Suspect},
    },
};
use labelwright_store::{
    Tx,
    records::{
        companions::{self, CompanionRow},
        datasets::{self, PredictionRow},
        projects::ProjectRow,
        tasks,
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

pub use tables::Table;

/// Tasks a page while predictions are read.
const PAGE: i64 = 1000;
/// Suspicious answers that are told.
const SUSPECTS_MAXIMUM: usize = 1000;

/// All answers of a project in memory.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    rows: Vec<Row>,
    pub gold: BTreeMap<i64, Answer>,
    pub names: BTreeMap<i64, String>,
}

#[derive(Debug)]
struct Row {
    task: i64,
    labeler: i64,
    answer: Answer,
    at: i64,
    took_ms: i64,
}

impl Loaded {
    pub fn timed(&self) -> Vec<Timed<'_>> {
        self.rows
            .iter()
            .map(|row| Timed {
                item: row.task,
                labeler: row.labeler,
                answer: &row.answer,
                at: row.at,
                took_ms: row.took_ms,
            })
            .collect()
    }
}

/// Suspicious answers with what a list shows of them.
#[derive(Debug, Clone)]
pub struct Suspects {
    /// Likeliest first; at most a thousand.
    pub found: Vec<Suspect>,
    /// How many there are in all.
    pub all: usize,
    pub names: BTreeMap<i64, String>,
    /// Item keys of the tasks that were found.
    pub keys: BTreeMap<i64, String>,
    /// Tasks with at least two answers or predictions: without any, nothing can be told.
    pub compared: usize,
}

impl Workflow {
    /// Head answers of people (without those that were sent back), gold, and with `predictions` also what came with the
    /// data: each source of it is one more labeler, numbered from -1 down in the order of their names.
    /// `most` bounds what a page may ask for; what is stored (a consensus) rests on all answers.
    pub(crate) async fn load_answers(&self, project: &ProjectRow, predictions: bool, most: usize) -> Result<Loaded> {
        let (id, mut loaded) = (project.id, Loaded::default());
        for head in self.judgements(id, most).await?.iter().filter(|head| crate::resolve::counts(head)) {
            if let (Some(author), Some(answer)) = (head.author, parsed(head)) {
                loaded.names.insert(author.0, head.author_name.clone());
                loaded.rows.push(Row {
                    task: head.task.0,
                    labeler: author.0,
                    answer,
                    at: head.at.0,
                    took_ms: head.took_ms,
                });
            }
        }
        let gold = self.read(move |tx| Box::pin(async move { Ok(tasks::gold_of_project(tx, id).await?) })).await?;
        loaded.gold =
            gold.into_iter().filter_map(|(task, text)| Some((task.0, serde_json::from_str(&text).ok()?))).collect();
        if predictions {
            let schema = self.schema_of(project.schema_version).await?;
            self.load_predictions(id, &schema, &mut loaded).await?;
        }
        Ok(loaded)
    }

    async fn load_predictions(&self, project: ProjectId, schema: &Arc<LabelSchema>, loaded: &mut Loaded) -> Result<()> {
        let (mut after, mut found) = (TaskId(0), Vec::<(String, i64, Answer)>::new());
        loop {
            let has_panes = !schema.panes.is_empty();
            let page = self
                .read(move |tx| {
                    Box::pin(async move {
                        let page = datasets::predictions_after(tx, project, after, PAGE).await?;
                        let Some((last, rows)) = page else { return Ok(None) };
                        let mut beside = BTreeMap::<TaskId, Vec<CompanionRow>>::new();
                        if has_panes {
                            for (task, row) in companions::of_page(tx, project, after, last).await? {
                                beside.entry(task).or_default().push(row);
                            }
                        }
                        Ok(Some((last, rows, beside)))
                    })
                })
                .await?;
            let Some((last, rows, beside)) = page else { break };
            after = last;
            for row in rows {
                let text = self.words_in(&row.modality, row.content.as_ref(), &row.hash).await?;
                let own = self.media_shape(&row.shape, text.as_deref()).await?;
                let companions = in_panes(schema, beside.get(&row.task).cloned().unwrap_or_default());
                let shape = self.whole_shape(own, &companions).await?;
                found.extend(fitting(row, &shape, schema));
            }
        }
        let sources: BTreeSet<String> = found.iter().map(|(source, ..)| source.clone()).collect();
        let number: BTreeMap<&String, i64> = sources.iter().zip((1..).map(|at: i64| -at)).collect();
        for (source, task, answer) in found {
            let labeler = number.get(&source).copied().unwrap_or(-1);
            loaded.names.insert(labeler, source);
            loaded.rows.push(Row { task, labeler, answer, at: 0, took_ms: 0 });
        }
        Ok(())
    }

    /// Answers that are probably wrong, with a probability of at least `least` (0 to 1).
    pub async fn suspects(&self, project: &Permit<ProjectRow>, least: f64) -> Result<Suspects> {
        if !(0.0..=1.0).contains(&least) {
            return Err(Error::invalid("/least", "out_of_range", "the probability is 0 to 1"));
        }
        let row = project.resource();
        let (schema, threshold) = (self.schema_of(row.schema_version).await?, settings_of(row).iou_threshold);
        let loaded = self.load_answers(row, true, ANNOTATIONS_MAXIMUM).await?;
        let suspects = self.blocking(move || {
            let answers = loaded.timed();
            let mut found = suspects::suspects(&answers, &schema, threshold, least);
            let mut counts = BTreeMap::<i64, usize>::new();
            answers.iter().for_each(|timed| *counts.entry(timed.item).or_default() += 1);
            let (all, compared) = (found.len(), counts.values().filter(|count| **count > 1).count());
            found.truncate(SUSPECTS_MAXIMUM);
            Suspects { found, all, names: loaded.names, keys: BTreeMap::new(), compared }
        });
        let mut suspects = suspects.await?;
        let wanted: BTreeSet<i64> = suspects.found.iter().map(|one| one.item).collect();
        suspects.keys = self.read(move |tx| Box::pin(keys_of(tx, wanted))).await?;
        Ok(suspects)
    }

    /// Sends tasks whose answers are suspicious to review. Tasks that wait for answers, or for review already, are left
    /// as they are; tells how many were sent.
    pub async fn send_to_review(&self, project: &Permit<ProjectRow>, wanted: Vec<TaskId>) -> Result<usize> {
        let (row, user, now) = (project.resource().clone(), project.user(), self.now());
        let workspace = row.workspace;
        let id = row.id;
        let sent = self
            .write(move |tx| {
                Box::pin(async move {
                    let mut sent = 0;
                    for task in &wanted {
                        let found = tasks::task(tx, *task).await?.filter(|found| found.project == id);
                        let found = found.ok_or(Error::NotFound("the task"))?;
                        if found.state == "labeled" || found.state == "done" {
                            tasks::set_state(tx, *task, "in_review", now).await?;
                            sent += 1;
                        }
                    }
                    let detail = serde_json::json!({ "tasks": sent });
                    let target = format!("project:{id}");
                    labelwright_store::audit::record(
                        tx,
                        row.workspace,
                        Some(user),
                        "project.send_to_review",
                        &target,
                        &detail,
                        now,
                    )
                    .await?;
                    Ok(sent)
                })
            })
            .await?;
        self.announce(workspace, "project", id.0);
        Ok(sent)
    }

    /// What the answers say about each person.
    pub async fn skill_cards(&self, project: &Permit<ProjectRow>) -> Result<BTreeMap<UserId, Card>> {
        let row = project.resource();
        let (schema, settings) = (self.schema_of(row.schema_version).await?, settings_of(row));
        let loaded = self.load_answers(row, false, ANNOTATIONS_MAXIMUM).await?;
        self.blocking(move || {
            let rules = Rules { overlap: settings.iou_threshold, ..Rules::default() };
            let setting =
                Setting { schema: &schema, gold: &loaded.gold, rules, gold_threshold: settings.gold_threshold };
            let cards = labelers::cards(&loaded.timed(), setting);
            cards.into_iter().map(|card| (UserId(card.labeler), card)).collect()
        })
        .await
    }

    /// How labels changed: before and after `split` (microseconds since 1970), or the first and the second half of the
    /// answers. None with too few answers.
    pub async fn drift(&self, project: &Permit<ProjectRow>, split: Option<i64>) -> Result<Option<Drift>> {
        let row = project.resource();
        let schema = self.schema_of(row.schema_version).await?;
        let loaded = self.load_answers(row, false, ANNOTATIONS_MAXIMUM).await?;
        self.blocking(move || drift::drift(&loaded.timed(), &schema, split)).await
    }
}

async fn keys_of(tx: &mut Tx, wanted: BTreeSet<i64>) -> Result<BTreeMap<i64, String>> {
    let mut keys = BTreeMap::new();
    for id in wanted {
        if let Some(task) = tasks::task(tx, TaskId(id)).await? {
            keys.insert(id, task.key);
        }
    }
    Ok(keys)
}

fn fitting(row: PredictionRow, shape: &MediaShape, schema: &LabelSchema) -> Option<(String, i64, Answer)> {
    let answer: Answer = serde_json::from_str(&row.answer).ok()?;
    Some((row.source, row.task.0, fitted(&answer, schema, shape)?))
}
