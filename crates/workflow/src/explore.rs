//! Finding tasks: the filter language, sorted and in pages.

use crate::{Error, Result, Workflow, policy::Permit};
use labelwright_core::{
    TaskId,
    filter::{self, Filter, Sort, SortKey},
};
use labelwright_store::records::{
    projects::ProjectRow,
    search::{self, After},
    tasks::TaskRow,
};

/// Found tasks are counted up to this many: a count must not cost more the more there are.
pub const COUNT_MAXIMUM: i64 = 10_000;

/// What a list of tasks shows.
#[derive(Debug, Clone, Default)]
pub struct TaskSearch {
    /// In the filter language; empty for all.
    pub filter: String,
    /// `id`, `updated`, `agreement` or `priority`, with `-` before it for the largest first; empty for `id`.
    pub sort: String,
    /// What the page before said as its next.
    pub cursor: Option<String>,
    pub limit: i64,
}

/// A page of found tasks.
#[derive(Debug, Clone)]
pub struct Found {
    pub tasks: Vec<TaskRow>,
    /// The cursor of the next page; None on the last one.
    pub next: Option<String>,
    /// How many there are in all, up to [`COUNT_MAXIMUM`]; only on the first page.
    pub count: Option<i64>,
}

impl TaskSearch {
    fn parsed(&self) -> Result<(Filter, Sort, Option<After>)> {
        let filter = filter::parse(&self.filter).map_err(|problem| Error::Invalid(vec![problem]))?;
        let sort = if self.sort.is_empty() { Some(Sort::default()) } else { Sort::parse(&self.sort) };
        let sort = sort.ok_or_else(|| {
            let message = "sort is id, updated, agreement or priority, with - before it for the largest first";
            Error::invalid("/query/sort", "unknown_sort", message)
        })?;
        let after = self.cursor.as_deref().map(read_cursor).transpose()?;
        Ok((filter, sort, after))
    }
}

fn read_cursor(text: &str) -> Result<After> {
    let parts = text.split_once(',').and_then(|(value, task)| Some((value.parse().ok()?, task.parse().ok()?)));
    match parts {
        Some((value, task)) if f64::is_finite(value) => Ok(After { value, task: TaskId(task) }),
        _ => Err(Error::invalid("/query/cursor", "bad_cursor", "a cursor is what the page before said as next")),
    }
}

impl Workflow {
    /// A page of the tasks that a filter finds.
    pub async fn find_tasks(&self, project: &Permit<ProjectRow>, wanted: TaskSearch) -> Result<Found> {
        let (filter, sort, after) = wanted.parsed()?;
        let (id, limit) = (project.resource().id, wanted.limit);
        self.read(move |tx| {
            Box::pin(async move {
                let tasks = search::tasks(tx, id, &filter, sort, after.as_ref(), limit).await?;
                let more = tasks.len() as i64 == limit;
                let next = tasks.last().filter(|_| more).map(|row| {
                    let After { value, task } = After::row(row, sort);
                    // Ids and priorities are shown as the whole numbers that they are.
                    if sort.key == SortKey::Agreement { format!("{value:?},{task}") } else { format!("{value},{task}") }
                });
                let count = match after {
                    Some(_) => None,
                    None if !more => Some(tasks.len() as i64),
                    None => Some(search::count(tx, id, &filter, COUNT_MAXIMUM).await?),
                };
                Ok(Found { tasks, next, count })
            })
        })
        .await
    }
}
