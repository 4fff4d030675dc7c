//! How a project stands: progress and pace, agreement, what was labeled, who labeled, one task whole.

use crate::{
    Error, Result, Workflow,
    companions::{self, Companion},
    plan::settings_of,
    policy::{Permit, TaskInProject},
};
use labelwright_core::{Action, AnnotationId, Answer, ProjectId, TaskId, Timestamp, UserId};
use labelwright_quality::{
    Judgement, gold,
    report::{AgreementReport, agreement, item_agreement},
};
use labelwright_store::{
    StoreError, Tx, counters,
    records::{
        annotations::{self, AnnotationRow, ConsensusRow, ReviewRow},
        datasets::{self, ItemRow},
        projects::ProjectRow,
        tasks::{self, CommentRow, SeatRow, TaskRow},
    },
};
use std::collections::BTreeMap;

/// Annotations that an agreement report looks at: beyond it is the analytics engine's work.
pub(crate) const ANNOTATIONS_MAXIMUM: usize = 200_000;

#[derive(Debug, Clone, Default)]
pub struct Progress {
    pub tasks: i64,
    pub by_state: BTreeMap<String, i64>,
    /// Seats that are open, leased, submitted.
    pub seats: [i64; 3],
    pub flagged: i64,
    /// Submits of the last hour.
    pub last_hour: i64,
}

impl Progress {
    /// How many answers the pages that measure quality rest on: the first of them.
    pub fn measured(&self) -> i64 {
        self.seats[2].min(ANNOTATIONS_MAXIMUM as i64)
    }

    /// Seconds until all seats are submitted at the pace of the last hour.
    pub fn eta_seconds(&self) -> Option<f64> {
        let left = self.seats[0] + self.seats[1];
        (self.last_hour > 0 && left > 0).then(|| left as f64 / self.last_hour as f64 * 3600.0)
    }
}

/// All that a reviewer sees of a task.
#[derive(Debug, Clone)]
pub struct TaskDetail {
    pub task: TaskRow,
    pub item: ItemRow,
    /// What is shown in panes beside the item.
    pub companions: Vec<Companion>,
    pub text: Option<String>,
    pub seats: Vec<SeatRow>,
    pub annotations: Vec<AnnotationRow>,
    pub reviews: Vec<ReviewRow>,
    pub consensus: Option<ConsensusRow>,
    pub comments: Vec<CommentRow>,
    pub flags: Vec<(String, String, Timestamp)>,
    /// Only for those who manage the project.
    pub gold: Option<String>,
    pub agreement: Option<f64>,
}

#[derive(Debug, Clone)]
pub struct LabelerStatistics {
    pub user: UserId,
    pub name: String,
    pub submitted: i64,
    pub accepted: i64,
    pub returned: i64,
    pub median_seconds: f64,
    pub gold_score: Option<f64>,
    pub gold_tasks: usize,
}

impl Workflow {
    pub async fn progress(&self, project: &Permit<ProjectRow>) -> Result<Progress> {
        let id = project.resource().id;
        let hour_ago = Timestamp(self.now().0 - 3_600_000_000);
        self.read(move |tx| {
            Box::pin(async move {
                let counts = counters::counts(tx, id).await?;
                let states = counts.iter().filter_map(|(name, n)| Some((name.strip_prefix("task:")?.to_owned(), *n)));
                let by_state: BTreeMap<String, i64> = states.filter(|(_, n)| *n > 0).collect();
                let seats = ["open", "leased", "submitted"].map(|state| counts.get(&format!("seat:{state}")));
                Ok(Progress {
                    tasks: by_state.values().sum(),
                    by_state,
                    seats: seats.map(|n| n.copied().unwrap_or(0)),
                    flagged: tasks::flagged_count(tx, id).await?,
                    last_hour: annotations::submitted_since(tx, id, hour_ago).await?,
                })
            })
        })
        .await
    }

    pub async fn task_detail(&self, task: &Permit<TaskInProject>) -> Result<TaskDetail> {
        let resource = task.resource().clone();
        let manages = task.also(Action::ManageProject);
        let threshold = settings_of(&resource.project).iou_threshold;
        let schema = self.schema_of(resource.project.schema_version).await?;
        let mut detail = self
            .read(move |tx| {
                Box::pin(async move {
                    let id = resource.task.id;
                    let annotations = annotations::of_task(tx, id).await?;
                    let answers: Vec<Answer> = annotations.iter().filter_map(parsed).collect();
                    Ok(TaskDetail {
                        item: datasets::item(tx, resource.task.item).await?.ok_or(Error::NotFound("the item"))?,
                        companions: companions::shown(tx, &schema, resource.task.item).await?,
                        text: None,
                        seats: tasks::seats_of(tx, id).await?,
                        reviews: annotations::reviews_of_task(tx, id).await?,
                        consensus: annotations::consensus(tx, id).await?,
                        comments: tasks::comments(tx, id).await?,
                        flags: tasks::flags(tx, id).await?,
                        gold: if manages { tasks::gold(tx, id).await? } else { None },
                        agreement: item_agreement(&answers.iter().collect::<Vec<_>>(), threshold),
                        annotations,
                        task: resource.task,
                    })
                })
            })
            .await?;
        detail.text = self.shown_text(&detail.item, None).await?;
        self.load_texts(&mut detail.companions, None).await?;
        Ok(detail)
    }

    /// Marks a task as gold with this known answer, or takes the mark away.
    pub async fn set_gold(&self, task: &Permit<TaskInProject>, answer: Option<&str>) -> Result<()> {
        let (resource, user, now) = (task.resource().clone(), task.user(), self.now());
        let schema = self.schema_of(resource.project.schema_version).await?;
        let valid = match answer {
            Some(answer) => Some(self.validated(&resource, &schema, answer).await?.canonical_json()),
            None => None,
        };
        let id = resource.task.id;
        self.write(move |tx| {
            Box::pin(async move {
                match valid {
                    Some(answer) => tasks::set_gold(tx, id, &answer, user, now).await?,
                    None => tasks::remove_gold(tx, id).await?,
                }
                Ok(())
            })
        })
        .await
    }

    pub async fn set_priority(&self, task: &Permit<TaskInProject>, priority: i64) -> Result<()> {
        let (project, id) = (task.resource().project.id, task.resource().task.id);
        self.write(move |tx| {
            Box::pin(async move { Ok(labelwright_store::seats::set_priority(tx, project, id, priority).await?) })
        })
        .await
    }

    /// Head answers of people in a project, at most so many.
    pub(crate) async fn judgements(&self, project: ProjectId, most: usize) -> Result<Vec<AnnotationRow>> {
        self.read(move |tx| Box::pin(all_heads(tx, project, most))).await
    }

    pub async fn agreement(&self, project: &Permit<ProjectRow>) -> Result<(AgreementReport, BTreeMap<i64, String>)> {
        let row = project.resource().clone();
        let schema = self.schema_of(row.schema_version).await?;
        let heads = self.judgements(row.id, ANNOTATIONS_MAXIMUM).await?;
        let settings = settings_of(&row);
        let threshold = settings.iou_threshold;
        let chosen = settings.fields.into_iter();
        let metrics = chosen.filter_map(|(id, field)| Some((id, field.agreement?))).collect();
        self.blocking(move || {
            let names = heads.iter().filter_map(|head| Some((head.author?.0, head.author_name.clone()))).collect();
            let answers: Vec<(i64, i64, Answer)> =
                heads.iter().filter_map(|head| Some((head.task.0, head.author?.0, parsed(head)?))).collect();
            let judgements: Vec<Judgement<'_>> = answers
                .iter()
                .map(|(item, labeler, answer)| Judgement { item: *item, labeler: *labeler, answer })
                .collect();
            (agreement(&judgements, &schema, threshold, &metrics), names)
        })
        .await
    }

    /// How often each class and each field value was given: (kind, name, value, count).
    pub async fn distribution(&self, project: &Permit<ProjectRow>) -> Result<Vec<(String, String, String, i64)>> {
        let id = project.resource().id;
        self.read(move |tx| Box::pin(async move { Ok(annotations::fact_sums(tx, id).await?) })).await
    }

    pub async fn labelers(&self, project: &Permit<ProjectRow>) -> Result<Vec<LabelerStatistics>> {
        let row = project.resource().clone();
        let heads = self.judgements(row.id, ANNOTATIONS_MAXIMUM).await?;
        let id = row.id;
        let gold = self.read(move |tx| Box::pin(async move { Ok(tasks::gold_of_project(tx, id).await?) })).await?;
        let gold: BTreeMap<TaskId, Answer> =
            gold.into_iter().filter_map(|(task, text)| Some((task, serde_json::from_str(&text).ok()?))).collect();
        let threshold = settings_of(&row).iou_threshold;
        let mut by_labeler: BTreeMap<UserId, Vec<AnnotationRow>> = BTreeMap::new();
        for head in heads {
            if let Some(author) = head.author {
                by_labeler.entry(author).or_default().push(head);
            }
        }
        Ok(by_labeler.into_iter().map(|(user, rows)| statistics(user, &rows, &gold, threshold)).collect())
    }
}

fn statistics(
    user: UserId,
    rows: &[AnnotationRow],
    gold: &BTreeMap<TaskId, Answer>,
    threshold: f64,
) -> LabelerStatistics {
    let mut took: Vec<i64> = rows.iter().map(|row| row.took_ms).collect();
    took.sort_unstable();
    let scores: Vec<f64> =
        rows.iter().filter_map(|row| gold::score(&parsed(row)?, gold.get(&row.task)?, threshold)).collect();
    let count = |state: &str| rows.iter().filter(|row| row.state == state).count() as i64;
    LabelerStatistics {
        user,
        name: rows.first().map(|row| row.author_name.clone()).unwrap_or_default(),
        submitted: rows.len() as i64,
        accepted: count("accepted"),
        returned: count("returned"),
        median_seconds: took.get(took.len() / 2).map_or(0.0, |ms| *ms as f64 / 1000.0),
        gold_score: (!scores.is_empty()).then(|| scores.iter().sum::<f64>() / scores.len() as f64),
        gold_tasks: scores.len(),
    }
}

pub(crate) fn parsed(row: &AnnotationRow) -> Option<Answer> {
    serde_json::from_str(&row.answer).ok()
}

async fn all_heads(tx: &mut Tx, project: ProjectId, most: usize) -> Result<Vec<AnnotationRow>> {
    let mut heads: Vec<AnnotationRow> = Vec::new();
    loop {
        let after = heads.last().map_or(AnnotationId(0), |head| head.id);
        let page = annotations::heads_after(tx, project, after, 2000).await?;
        let full = page.len() == 2000;
        heads.extend(page.into_iter().filter(|head| head.author_kind == "human"));
        if !full || heads.len() >= most {
            return Ok(heads);
        }
    }
}

/// Keeps a task's agreement beside it; called in the transaction that changed its answers.
pub(crate) async fn keep_agreement(tx: &mut Tx, task: TaskId, threshold: f64) -> Result<(), StoreError> {
    let heads = annotations::of_task(tx, task).await?;
    tasks::set_agreement(tx, task, item_agreement_of(&heads, threshold)).await
}

/// Mean agreement of each two of the answers that count.
pub(crate) fn item_agreement_of(heads: &[AnnotationRow], threshold: f64) -> Option<f64> {
    let answers: Vec<Answer> = crate::resolve::counted(heads).into_iter().map(|(_, answer)| answer).collect();
    item_agreement(&answers.iter().collect::<Vec<_>>(), threshold)
}
