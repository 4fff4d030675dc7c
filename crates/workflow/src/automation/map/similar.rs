//! What is near: items like one, items that are nearly the same, and items that are like no other.

use super::points::{Near, Points};
use crate::{
    Error, Result, Workflow,
    policy::{Permit, TaskInProject},
};
use labelwright_core::ProjectId;
use labelwright_store::records::{maps, projects::ProjectRow};

/// Items that are told as like no other.
const STRANGE_MAXIMUM: usize = 50;
/// Groups of items that are nearly the same.
const GROUPS_MAXIMUM: usize = 50;
/// Items of a group that are told.
const GROUP_MAXIMUM: usize = 20;
/// Nearly the same: closer than this share of what lies between an item and its nearest one in the middle of the project.
const SAME: f32 = 0.2;

#[derive(Debug, Clone)]
pub struct Similar {
    pub task: i64,
    /// In the space of the features; 0 is the same.
    pub distance: f32,
}

/// Nearly the same items, and those that are like no other.
#[derive(Debug, Clone, Default)]
pub struct Oddities {
    /// Groups of tasks, the largest first; at most fifty.
    pub duplicates: Vec<Vec<i64>>,
    /// How many groups there are in all.
    pub duplicate_groups: usize,
    /// Furthest from what is near them first: mean distance to the nearest items, against the middle of the project.
    pub strange: Vec<(i64, f32)>,
}

impl Workflow {
    async fn near(&self, project: ProjectId) -> Result<(Points, Near)> {
        let (_, points) = self.map_row(project).await?.ok_or(Error::NotFound("the map"))?;
        let bytes = self.read(move |tx| Box::pin(async move { Ok(maps::neighbors(tx, project).await?) })).await?;
        let near = bytes.and_then(|bytes| Near::read(&bytes));
        Ok((points, near.ok_or_else(|| Error::internal("the stored neighbours cannot be read"))?))
    }

    /// The items nearest to one, nearest first. An item that came after the map was made is on none.
    pub async fn similar(&self, task: &Permit<TaskInProject>) -> Result<Vec<Similar>> {
        let id = task.resource().task.id.0;
        let (points, near) = self.near(task.resource().project.id).await?;
        let Ok(point) = points.tasks.binary_search(&id) else {
            return Err(Error::conflict("not_on_the_map", "this item came after the map was made; make the map again"));
        };
        let found = near.of(point).filter_map(|(other, distance)| Some((*points.tasks.get(other)?, distance)));
        Ok(found.map(|(task, distance)| Similar { task, distance }).collect())
    }

    pub async fn oddities(&self, project: &Permit<ProjectRow>) -> Result<Oddities> {
        let (points, near) = self.near(project.resource().id).await?;
        self.blocking(move || oddities(&points, &near)).await
    }
}

fn oddities(points: &Points, near: &Near) -> Oddities {
    let count = points.tasks.len();
    let nearest: Vec<f32> = (0..count).filter_map(|point| near.of(point).next().map(|(_, far)| far)).collect();
    let limit = SAME * middle(&nearest);
    let mut groups: Vec<usize> = (0..count).collect();
    for point in 0..count {
        for (other, _) in near.of(point).take_while(|(_, far)| *far <= limit) {
            let (one, two) = (head(&mut groups, point), head(&mut groups, other));
            if let Some(group) = groups.get_mut(one.max(two)) {
                *group = one.min(two);
            }
        }
    }
    let mut members = std::collections::BTreeMap::<usize, Vec<i64>>::new();
    for (point, task) in points.tasks.iter().enumerate() {
        members.entry(head(&mut groups, point)).or_default().push(*task);
    }
    let mut duplicates: Vec<Vec<i64>> = members.into_values().filter(|group| group.len() > 1).collect();
    duplicates.sort_by_key(|group| (std::cmp::Reverse(group.len()), group.first().copied()));
    let duplicate_groups = duplicates.len();
    duplicates.truncate(GROUPS_MAXIMUM);
    duplicates.iter_mut().for_each(|group| group.truncate(GROUP_MAXIMUM));
    let usual = middle(&points.distance).max(f32::MIN_POSITIVE);
    let mut strange: Vec<(i64, f32)> =
        points.tasks.iter().zip(&points.distance).map(|(task, far)| (*task, far / usual)).collect();
    strange.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    strange.truncate(STRANGE_MAXIMUM);
    Oddities { duplicates, duplicate_groups, strange }
}

/// The number of a point's group, with shorter ways for the next one who asks.
fn head(groups: &mut [usize], mut point: usize) -> usize {
    while let Some(next) = groups.get(point).copied().filter(|next| *next != point) {
        let over = groups.get(next).copied().unwrap_or(next);
        if let Some(way) = groups.get_mut(point) {
            *way = over;
        }
        point = over;
    }
    point
}

fn middle(values: &[f32]) -> f32 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f32::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_that_are_the_same_and_one_that_is_alone() {
        // Places on a line: 0, 0.01, 1, 2, 2.02, 9.
        let places = [0.0_f32, 0.01, 1.0, 2.0, 2.02, 9.0];
        let mut near = Near { each: 2, ..Near::default() };
        let mut distance = Vec::new();
        for (point, place) in places.iter().enumerate() {
            let mut others: Vec<(f32, usize)> = places
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != point)
                .map(|(other, there)| ((place - there).abs(), other))
                .collect();
            others.sort_by(|a, b| a.0.total_cmp(&b.0));
            near.rows.extend(others.iter().take(2).map(|(_, other)| *other as u32));
            near.distances.extend(others.iter().take(2).map(|(far, _)| *far));
            distance.push(others.iter().take(2).map(|(far, _)| far).sum::<f32>() / 2.0);
        }
        // The nearest ones lie 0.01, 0.01, 0.99, 0.02, 0.02 and 6.98 away: the middle is 0.02.
        let points = Points { tasks: vec![1, 2, 3, 4, 5, 6], distance, cluster: vec![0; 6], ..Points::default() };
        let found = oddities(&points, &near);
        assert!(found.duplicates.is_empty(), "closer than a fifth of the usual: {found:?}");
        near.distances[0] = 0.001;
        assert_eq!(oddities(&points, &near).duplicates, [[1, 2]]);
        assert_eq!(found.strange.first().map(|(task, _)| *task), Some(6));
    }
}
