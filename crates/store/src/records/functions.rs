//! Labeling functions: a project's rules, each of which votes for one option of a choice field or is silent.

use crate::{Result, Row, Tx};
use labelwright_core::{ProjectId, Timestamp, UserId};

#[derive(Debug, Clone)]
pub struct FunctionRow {
    pub id: i64,
    pub project: ProjectId,
    /// Field id of the schema.
    pub field: String,
    pub name: String,
    /// The option that it votes for.
    pub value: String,
    /// JSON of the rule.
    pub rule: String,
    /// Only those that are enabled vote in the job.
    pub enabled: bool,
    pub updated_at: Timestamp,
}

fn function_of(row: &Row) -> Result<FunctionRow> {
    Ok(FunctionRow {
        id: row.int(0)?,
        project: ProjectId(row.int(1)?),
        field: row.text(2)?.to_owned(),
        name: row.text(3)?.to_owned(),
        value: row.text(4)?.to_owned(),
        rule: row.text(5)?.to_owned(),
        enabled: row.int(6)? != 0,
        updated_at: Timestamp(row.int(7)?),
    })
}

sql! { FUNCTIONS = "SELECT id, project_id, field, name, value, rule, enabled, updated_at FROM labeling_functions WHERE project_id = $1 ORDER BY id" }

pub async fn of_project(tx: &mut Tx, project: ProjectId) -> Result<Vec<FunctionRow>> {
    tx.rows(FUNCTIONS, &args![project]).await?.iter().map(function_of).collect()
}

sql! { FUNCTION = "SELECT id, project_id, field, name, value, rule, enabled, updated_at FROM labeling_functions WHERE id = $1" }

pub async fn function(tx: &mut Tx, id: i64) -> Result<Option<FunctionRow>> {
    tx.optional(FUNCTION, &args![id]).await?.as_ref().map(function_of).transpose()
}

/// What a person writes of a function.
#[derive(Debug, Clone)]
pub struct NewFunction<'a> {
    pub field: &'a str,
    pub name: &'a str,
    pub value: &'a str,
    pub rule: &'a str,
    pub enabled: bool,
    pub author: UserId,
    pub now: Timestamp,
}

sql! { INSERT_FUNCTION = "INSERT INTO labeling_functions (project_id, field, name, value, rule, enabled, author_id, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id" }

/// A constraint error when the field has a function of this name already.
pub async fn create(tx: &mut Tx, project: ProjectId, new: &NewFunction<'_>) -> Result<i64> {
    let values = args![project, new.field, new.name, new.value, new.rule, new.enabled, new.author, new.now];
    tx.one(INSERT_FUNCTION, &values).await?.int(0)
}

sql! { UPDATE_FUNCTION = "UPDATE labeling_functions SET field = $2, name = $3, value = $4, rule = $5, enabled = $6, author_id = $7, updated_at = $8 WHERE id = $1" }

pub async fn change(tx: &mut Tx, id: i64, new: &NewFunction<'_>) -> Result<()> {
    let values = args![id, new.field, new.name, new.value, new.rule, new.enabled, new.author, new.now];
    tx.execute(UPDATE_FUNCTION, &values).await.map(|_| ())
}

sql! { DELETE_FUNCTION = "DELETE FROM labeling_functions WHERE id = $1" }

pub async fn delete(tx: &mut Tx, id: i64) -> Result<()> {
    tx.execute(DELETE_FUNCTION, &args![id]).await.map(|_| ())
}
