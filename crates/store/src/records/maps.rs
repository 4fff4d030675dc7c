//! The map of a project: where each of its items lies in the plane, and which are nearest to it.

use crate::{Result, Tx};
use labelwright_core::{ProjectId, Timestamp};

#[derive(Debug, Clone)]
pub struct MapRow {
    /// Id of the method that laid it out.
    pub method: String,
    pub points: Vec<u8>,
    /// JSON.
    pub cards: String,
    pub at: Timestamp,
}

sql! { KEEP_MAP = "INSERT INTO maps (project_id, method, points, neighbors, cards, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (project_id) DO UPDATE SET method = excluded.method, points = excluded.points, neighbors = excluded.neighbors, cards = excluded.cards, at = excluded.at" }

/// Takes the place of the map that was there.
pub async fn keep(tx: &mut Tx, project: ProjectId, map: MapRow, neighbors: Vec<u8>) -> Result<()> {
    let values = args![project, map.method, map.points, neighbors, map.cards, map.at];
    tx.execute(KEEP_MAP, &values).await.map(|_| ())
}

sql! { MAP = "SELECT method, points, cards, at FROM maps WHERE project_id = $1" }

pub async fn of_project(tx: &mut Tx, project: ProjectId) -> Result<Option<MapRow>> {
    let row = tx.optional(MAP, &args![project]).await?;
    row.map(|row| {
        Ok(MapRow {
            method: row.text(0)?.to_owned(),
            points: row.bytes(1)?.to_vec(),
            cards: row.text(2)?.to_owned(),
            at: Timestamp(row.int(3)?),
        })
    })
    .transpose()
}

sql! { NEIGHBORS = "SELECT neighbors FROM maps WHERE project_id = $1" }

pub async fn neighbors(tx: &mut Tx, project: ProjectId) -> Result<Option<Vec<u8>>> {
    tx.optional(NEIGHBORS, &args![project]).await?.map(|row| Ok(row.bytes(0)?.to_vec())).transpose()
}
