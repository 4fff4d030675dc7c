//! The random control slice: tasks drawn at random from all of a project's, whatever the model thinks of them. Accuracy on
//! them is honest, and only they carry a certificate. Labelers cannot tell them from other tasks, and see no suggestion
//! for them.
//!
//! Each task has a random place that never changes; the slice is all tasks below a bound. Raising the bound adds random
//! tasks and takes none away.

use crate::{Result, Workflow, settings::shuffled};
use labelwright_core::{ProjectId, TaskId};
use labelwright_store::records::model_runs;

const SEED: u64 = 0x636f_6e74_726f_6c00;
/// Places go from 0 to this.
pub(crate) const WHOLE: i64 = 1 << 20;
/// One task in twenty.
pub(crate) const DEFAULT: i64 = WHOLE / EVERY as i64;
/// One place of the queue in so many is for the slice.
pub(crate) const EVERY: usize = 20;

/// The random place of a task, 0 to [`WHOLE`], the same for ever.
pub(crate) fn place(task: TaskId) -> i64 {
    (shuffled(SEED, task.0 as u64) >> 44) as i64
}

/// Tasks in random order.
pub(crate) fn in_order(tasks: impl Iterator<Item = TaskId>) -> Vec<TaskId> {
    let mut tasks: Vec<TaskId> = tasks.collect();
    tasks.sort_by_key(|task| (place(*task), *task));
    tasks
}

impl Workflow {
    /// The bound of the slice in this project.
    pub(crate) async fn control_bound(&self, project: ProjectId) -> Result<i64> {
        let bound = self.read(move |tx| Box::pin(async move { Ok(model_runs::control(tx, project).await?) })).await?;
        Ok(bound.unwrap_or(DEFAULT))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_in_twenty() {
        let slice = (1..=100_000).filter(|id| place(TaskId(*id)) < DEFAULT).count();
        assert!((4700..5300).contains(&slice), "{slice}");
        assert_eq!(in_order((1..=50).map(TaskId)), in_order((1..=50).rev().map(TaskId)));
    }
}
