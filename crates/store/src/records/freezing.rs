//! What a snapshot is made of, a page of tasks at a time: four statements a page, however many tasks it has.

use super::{
    annotations::{AnnotationRow, ConsensusRow, annotation_of, consensus_of},
    companions::{self, CompanionRow},
    datasets::{ItemRow, item_of},
};
use crate::{Result, Tx};
use labelwright_core::{ProjectId, TaskId};
use std::collections::HashMap;

/// A task with its item, its answers and its newest consensus.
#[derive(Debug)]
pub struct WholeTask {
    pub task: TaskId,
    pub item: ItemRow,
    /// What comes with the item, by pane.
    pub companions: Vec<CompanionRow>,
    pub annotations: Vec<AnnotationRow>,
    pub consensus: Option<ConsensusRow>,
}

sql! { PAGE_ITEMS = "SELECT i.id, i.dataset_id, i.key, i.modality, i.hash, i.media_type, i.bytes, i.content, i.shape, i.metadata, i.source, t.id FROM (SELECT id, item_id FROM tasks WHERE project_id = $1 AND id > $2 ORDER BY id LIMIT $3) t JOIN items i ON i.id = t.item_id ORDER BY t.id" }
sql! { PAGE_ANNOTATIONS = "SELECT a.id, a.task_id, a.author_kind, a.author_id, COALESCE(u.name, a.author_name), a.state, r.number, r.answer, r.hash, r.took_ms, r.at FROM annotations a JOIN revisions r ON r.annotation_id = a.id AND r.number = a.head LEFT JOIN users u ON u.id = a.author_id WHERE a.task_id > $2 AND a.task_id <= $3 AND a.project_id = $1 ORDER BY a.task_id, a.id" }
sql! { PAGE_CONSENSUS = "SELECT c.task_id, c.number, c.answer, c.method, c.inputs, c.at FROM consensus c JOIN tasks t ON t.id = c.task_id AND t.project_id = $1 WHERE c.task_id > $2 AND c.task_id <= $3 ORDER BY c.task_id, c.number" }

/// A page of a project's tasks, whole, by keyset.
pub async fn whole_tasks(tx: &mut Tx, project: ProjectId, after: TaskId, limit: i64) -> Result<Vec<WholeTask>> {
    let mut page = Vec::new();
    for row in tx.rows(PAGE_ITEMS, &args![project, after, limit]).await? {
        let task = TaskId(row.int(11)?);
        let (item, companions) = (item_of(&row)?, Vec::new());
        page.push(WholeTask { task, item, companions, annotations: Vec::new(), consensus: None });
    }
    let Some(last) = page.last().map(|whole| whole.task) else { return Ok(page) };
    let place: HashMap<TaskId, usize> = page.iter().enumerate().map(|(at, whole)| (whole.task, at)).collect();
    for (task, companion) in companions::of_page(tx, project, after, last).await? {
        if let Some(at) = place.get(&task) {
            page[*at].companions.push(companion);
        }
    }
    for row in tx.rows(PAGE_ANNOTATIONS, &args![project, after, last]).await? {
        let annotation = annotation_of(&row)?;
        if let Some(at) = place.get(&annotation.task) {
            page[*at].annotations.push(annotation);
        }
    }
    for row in tx.rows(PAGE_CONSENSUS, &args![project, after, last]).await? {
        // In the order of their numbers: the newest stays.
        let consensus = consensus_of(&row)?;
        if let Some(at) = place.get(&consensus.task) {
            page[*at].consensus = Some(consensus);
        }
    }
    Ok(page)
}
