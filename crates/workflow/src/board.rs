//! Which models people prefer. Enters: head answers to comparisons, the conversations that they are about. Leaves: a
//! board. Only here are the names of models joined to judgments.

use crate::{Error, Result, Workflow, monitor::ANNOTATIONS_MAXIMUM, policy::Permit};
use labelwright_core::{
    Answer, TaskId,
    dialogue::{self, Conversation, order},
    schema::{Field, FieldKind},
};
use labelwright_quality::project::board::{Board, Judged, Verdict, board};
use labelwright_store::records::{
    datasets::{self, ItemRow},
    projects::ProjectRow,
    tasks,
};
use std::collections::{BTreeMap, BTreeSet};

/// The board of one question.
#[derive(Debug, Clone)]
pub struct FieldBoard {
    pub field: String,
    pub title: String,
    pub board: Board,
}

/// Tasks whose items are read at once.
const PAGE: usize = 500;

impl Workflow {
    /// A board for each question that compares responses; none for other schemas.
    pub async fn boards(&self, project: &Permit<ProjectRow>) -> Result<Vec<FieldBoard>> {
        let row = project.resource();
        let schema = self.schema_of(row.schema_version).await?;
        let compares = |field: &&Field| matches!(field.kind, FieldKind::Pairwise { .. } | FieldKind::Ranking { .. });
        if !schema.fields.iter().any(|field| compares(&field)) {
            return Ok(Vec::new());
        }
        let heads = self.judgements(row.id, ANNOTATIONS_MAXIMUM).await?;
        let heads: Vec<(TaskId, i64, Answer)> = heads
            .iter()
            .filter(|head| crate::resolve::counts(head))
            .filter_map(|head| Some((head.task, head.author?.0, crate::monitor::parsed(head)?)))
            .collect();
        let wanted: BTreeSet<TaskId> = heads.iter().map(|(task, ..)| *task).collect();
        let conversations = self.conversations(wanted.into_iter().collect()).await?;
        self.blocking(move || {
            let fields = schema.fields.iter().filter(compares);
            fields.map(|field| of_field(field, &heads, &conversations)).collect()
        })
        .await
    }

    /// The conversations of tasks; those of other kinds of data are left out.
    async fn conversations(&self, wanted: Vec<TaskId>) -> Result<BTreeMap<TaskId, Conversation>> {
        let mut found = BTreeMap::new();
        for page in wanted.chunks(PAGE) {
            let page = page.to_vec();
            let rows: Vec<(TaskId, ItemRow)> = self
                .read(move |tx| {
                    Box::pin(async move {
                        let mut rows = Vec::with_capacity(page.len());
                        for id in page {
                            let task = tasks::task(tx, id).await?.ok_or(Error::NotFound("the task"))?;
                            rows.extend(datasets::item(tx, task.item).await?.map(|item| (id, item)));
                        }
                        Ok(rows)
                    })
                })
                .await?;
            for (task, item) in rows {
                let text = self.text_of(&item).await?;
                found.extend(text.as_deref().and_then(Conversation::stored).map(|conversation| (task, conversation)));
            }
        }
        Ok(found)
    }
}

fn of_field(
    field: &Field,
    heads: &[(TaskId, i64, Answer)],
    conversations: &BTreeMap<TaskId, Conversation>,
) -> FieldBoard {
    let judged: Vec<Judged> = heads
        .iter()
        .filter_map(|(task, labeler, answer)| {
            let conversation = conversations.get(task)?;
            let count = conversation.responses.len();
            let asked = field.when.as_ref().is_none_or(|when| when.holds(&answer.fields));
            let given = answer.fields.get(&field.id).filter(|_| asked)?;
            let verdict = judged_so(dialogue::Verdict::of(field, given, count)?);
            let models = conversation.responses.iter().map(|response| response.model.clone()).collect();
            Some(Judged { labeler: *labeler, models, verdict, order: order(task.0, *labeler, count) })
        })
        .collect();
    FieldBoard { field: field.id.clone(), title: field.title.clone(), board: board(&judged) }
}

/// Alike, all good or all bad: in a comparison of models that is a tie.
fn judged_so(verdict: dialogue::Verdict) -> Verdict {
    match verdict {
        dialogue::Verdict::Best(best, _) => Verdict::Best(best),
        dialogue::Verdict::Places(places) => Verdict::Places(places),
        dialogue::Verdict::AllBad(all) => Verdict::Places(vec![all]),
    }
}
