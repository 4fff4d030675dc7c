//! What the clusters of a map are like: their middles, their words, and how one-sided people's answers to them are.

use crate::{Error, Result, Workflow, automation::labels, policy::Permit};
use labelwright_core::TaskId;
use labelwright_store::records::projects::ProjectRow;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the job keeps of a cluster.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Card {
    pub cluster: i16,
    /// The tasks nearest to its middle, nearest first.
    pub medoids: Vec<i64>,
    /// Words that tell its texts from the others.
    pub words: Vec<String>,
}

/// A cluster with what people said so far.
#[derive(Debug, Clone)]
pub struct Cluster {
    pub card: Card,
    pub items: usize,
    /// Items whose value is known, and each value with its count, the most frequent first.
    pub labeled: usize,
    pub values: Vec<(String, usize)>,
}

impl Workflow {
    /// The clusters of a project's map, with the known values of a field that takes one option.
    pub async fn clusters(&self, project: &Permit<ProjectRow>, field: Option<String>) -> Result<Vec<Cluster>> {
        let (id, schema) = (project.resource().id, self.schema_of(project.resource().schema_version).await?);
        let (row, points) = self.map_row(id).await?.ok_or(Error::NotFound("the map"))?;
        let cards: Vec<Card> = serde_json::from_str(&row.cards)
            .map_err(|error| Error::internal(format!("the cards of the map cannot be read: {error}")))?;
        let known = match field {
            Some(field) => {
                labels::options(&schema, &field, "/query/field")?;
                self.known_values(id, &field).await?
            }
            None => BTreeMap::new(),
        };
        let mut items = BTreeMap::<i16, usize>::new();
        let mut values = BTreeMap::<i16, BTreeMap<&str, usize>>::new();
        for (task, cluster) in points.tasks.iter().zip(&points.cluster) {
            *items.entry(*cluster).or_default() += 1;
            if let Some(value) = known.get(&TaskId(*task)) {
                *values.entry(*cluster).or_default().entry(value).or_default() += 1;
            }
        }
        let cluster = |card: Card| {
            let counts = values.get(&card.cluster);
            let mut found: Vec<(String, usize)> =
                counts.into_iter().flatten().map(|(value, count)| ((*value).to_owned(), *count)).collect();
            found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            let labeled = found.iter().map(|(_, count)| count).sum();
            Cluster { items: items.get(&card.cluster).copied().unwrap_or(0), labeled, values: found, card }
        };
        Ok(cards.into_iter().map(cluster).collect())
    }
}
