//! What is labeled next. Enters: features, labels, and the tasks that wait for labelers. Leaves: the first places of the
//! queue by the project's strategy, one in twenty for the random control slice. Labelers go on by the project's order
//! when these are done.

use super::{control, training::failed};
use crate::{
    Result, Strategy, Workflow,
    automation::{features::Features, labels::Known},
    jobs::{Running, Stopped},
};
use labelwright_core::{ProjectId, TaskId};
use labelwright_learn::{
    active::{self, Request},
    classify::Labels,
    scale::Scaling,
};
use labelwright_store::{
    Tx,
    records::{settled, suggestions},
    seats,
};
use std::{collections::BTreeSet, sync::Arc};

/// Places that are decided ahead: what labelers do until the model has learned from them.
const LENGTH: usize = 200;
/// Why a task of the slice is in the queue.
pub(crate) const CONTROL: &str = "control";

impl Strategy {
    /// The strategy of the learning engine; None where the project's own order holds.
    fn method(self) -> Option<&'static str> {
        match self {
            Self::Order => None,
            Self::Random => Some("random"),
            Self::Uncertainty => Some("margin"),
            Self::Auto => Some("auto"),
        }
    }
}

/// Arranges the queue anew; how many tasks are in it.
pub(crate) async fn arrange(
    running: &mut Running<'_>,
    project: ProjectId,
    strategy: Strategy,
    (features, known, labels): (Arc<Features>, &Known, &Labels),
    seed: u64,
) -> Result<usize, Stopped> {
    let workflow = running.workflow.clone();
    let Some(method) = strategy.method() else {
        workflow.set_queue(project, Vec::new()).await?;
        return Ok(0);
    };
    let bound = workflow.control_bound(project).await?;
    let offered = workflow.read(move |tx| Box::pin(async move { Ok(settled::offered(tx, project).await?) })).await?;
    let waiting: BTreeSet<TaskId> = offered.into_iter().filter(|task| !known.of.contains_key(task)).collect();
    // What is with labelers or machines already is not looked at.
    let seen = |task: &TaskId| waiting.contains(task) || known.of.contains_key(task);
    let rows: Vec<usize> = (0..features.tasks.len()).filter(|row| features.tasks.get(*row).is_some_and(seen)).collect();
    let inner = labels.rows.iter().filter_map(|row| rows.binary_search(row).ok()).collect();
    let given = Labels { rows: inner, labels: labels.labels.clone(), classes: labels.classes };
    let (all, chosen) = (Arc::clone(&features), rows.clone());
    let picks = running
        .compute((0, LENGTH as i64), "choosing what to label next", move || {
            let strategy = active::strategy(method)?;
            let request = Request { count: LENGTH, strategy, scaling: Scaling::None, seed, costs: None };
            if chosen.is_empty() {
                return Ok(Vec::new());
            }
            active::select_for(&all.matrix.select(chosen), &given, &request).map(|found| found.picks)
        })
        .await?
        .map_err(failed)?;
    let picked = picks.iter().filter_map(|pick| features.tasks.get(*rows.get(pick.row)?).copied()).collect();
    let slice = control::in_order(waiting.iter().copied().filter(|task| control::place(*task) < bound));
    Ok(workflow.set_queue(project, interleaved(picked, slice, method)).await?)
}

/// The first place and every twentieth after it are for the slice. Tasks of it that the strategy picked too stay where
/// they come first.
fn interleaved(picked: Vec<TaskId>, slice: Vec<TaskId>, method: &'static str) -> Vec<(TaskId, &'static str)> {
    let (mut queue, mut seen) = (Vec::new(), BTreeSet::new());
    let (mut picked, mut slice) = (picked.into_iter(), slice.into_iter());
    while queue.len() < LENGTH {
        let control = if queue.len() % control::EVERY == 0 { slice.find(|task| !seen.contains(task)) } else { None };
        let next = control.map(|task| (task, CONTROL));
        let next = next.or_else(|| picked.find(|task| !seen.contains(task)).map(|task| (task, method)));
        let Some((task, why)) = next else { break };
        seen.insert(task);
        queue.push((task, why));
    }
    queue
}

impl Workflow {
    /// Puts a queue in the place of the one before: what was in that goes back to where it was planned.
    pub(crate) async fn set_queue(&self, project: ProjectId, queue: Vec<(TaskId, &'static str)>) -> Result<usize> {
        self.write(move |tx| Box::pin(async move { replace(tx, project, &queue).await.map(|()| queue.len()) })).await
    }
}

async fn replace(tx: &mut Tx, project: ProjectId, queue: &[(TaskId, &str)]) -> Result<()> {
    let new: Vec<TaskId> = queue.iter().map(|(task, _)| *task).collect();
    let kept: BTreeSet<TaskId> = new.iter().copied().collect();
    let mut before = suggestions::queued_tasks(tx, project).await?;
    before.retain(|task| !kept.contains(task));
    seats::put_back(tx, project, &before).await?;
    seats::offer(tx, project, &new).await?;
    Ok(suggestions::set_queue(tx, project, queue).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_twentieth_place_is_random() {
        let picked = (1..=500).map(TaskId).collect();
        let queue = interleaved(picked, vec![TaskId(7), TaskId(900), TaskId(901)], "margin");
        assert_eq!(queue.len(), LENGTH);
        assert_eq!(
            (queue[0], queue[20], queue[40]),
            ((TaskId(7), CONTROL), (TaskId(900), CONTROL), (TaskId(901), CONTROL))
        );
        assert_eq!(queue.iter().filter(|(task, _)| *task == TaskId(7)).count(), 1);
        assert_eq!(queue[1], (TaskId(1), "margin"));
        assert!(interleaved(Vec::new(), Vec::new(), "margin").is_empty());
    }
}
