//! Finding tasks: the filter language, sorted and in pages.

use crate::{Error, Result, Workflow, policy::Permit};
use labelwright_core::{
    TaskId,
    filter::{self, Filter, Sort, SortKey},
};
use labelwright_store::{
    counters,
    records::{
        projects::ProjectRow,
        search::{self, After},
        tasks::TaskRow,
    },
};

/// Found tasks are counted up to this many, all tasks of a project to the last: a count must not cost more the more there
/// are.
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
    /// Begins behind so many tasks instead of at a cursor.
    pub offset: i64,
    pub limit: i64,
}

/// A page of found tasks.
#[derive(Debug, Clone)]
pub struct Found {
    pub tasks: Vec<TaskRow>,
    /// The cursor of the next page; None on the last one.
    pub next: Option<String>,
    /// How many there are in all, with a filter up to [`COUNT_MAXIMUM`]; only on the first page.
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
        if self.offset < 0 || (self.offset > 0 && self.cursor.is_some()) {
            let message = "an offset is from 0, and stands alone: give it or a cursor";
            return Err(Error::invalid("/query/offset", "out_of_range", message));
        }
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
        let (id, limit, offset) = (project.resource().id, wanted.limit, wanted.offset);
        self.read(move |tx| {
            Box::pin(async move {
                let after = match after {
                    None if offset > 0 => match search::behind(tx, id, &filter, sort, offset).await? {
                        None => return Ok(Found { tasks: Vec::new(), next: None, count: None }),
                        found => found,
                    },
                    after => after,
                };
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
                    None if filter.is_everything() => {
                        let counts = counters::counts(tx, id).await?;
                        Some(counts.iter().filter(|(name, _)| name.starts_with("task:")).map(|(_, count)| count).sum())
                    }
                    None => Some(search::count(tx, id, &filter, COUNT_MAXIMUM).await?),
                };
                Ok(Found { tasks, next, count })
            })
        })
        .await
    }
}
