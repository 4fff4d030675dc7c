//! Lists of concepts, which people bring along: ids with names, synonyms and a description, found by how their names
//! begin. A list is replaced as a whole, by generations: each has the number of the job that loads it, so that a later load
//! wins over an earlier one, whichever ends first.

use crate::{Arg, Result, Row, Tx, bulk::BulkInsert};
use labelwright_core::{Timestamp, WorkspaceId};

#[derive(Debug, Clone, PartialEq)]
pub struct ListRow {
    pub id: i64,
    pub name: String,
    /// The generation that is seen, the number of its job; 0 while the first one is loaded.
    pub generation: i64,
    pub concepts: i64,
    pub updated_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ConceptRow {
    pub code: String,
    pub name: String,
    pub synonyms: Vec<String>,
    pub description: String,
}

/// How a term belongs to its concept: what is found first has the smallest number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermKind {
    /// The id, or the whole name.
    Name = 0,
    /// A whole synonym.
    Synonym = 1,
    /// A name or a synonym from a later word on.
    Within = 2,
}

pub const TERM_KINDS: [TermKind; 3] = [TermKind::Name, TermKind::Synonym, TermKind::Within];

/// Bytes of a term that are kept: below what one entry of an index may have.
pub const TERM_BYTES: usize = 400;

fn list_of(row: &Row) -> Result<ListRow> {
    Ok(ListRow {
        id: row.int(0)?,
        name: row.text(1)?.to_owned(),
        generation: row.int(2)?,
        concepts: row.int(3)?,
        updated_at: Timestamp(row.int(4)?),
    })
}

fn concept_of(row: &Row) -> Result<ConceptRow> {
    let synonyms = row.text(2)?;
    Ok(ConceptRow {
        code: row.text(0)?.to_owned(),
        name: row.text(1)?.to_owned(),
        synonyms: synonyms.split('\n').filter(|one| !one.is_empty()).map(str::to_owned).collect(),
        description: row.text(3)?.to_owned(),
    })
}

sql! { LISTS = "SELECT id, name, generation, concepts, updated_at FROM concept_lists WHERE workspace_id = $1 ORDER BY id" }

pub async fn lists(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<ListRow>> {
    tx.rows(LISTS, &args![workspace]).await?.iter().map(list_of).collect()
}

sql! { LIST = "SELECT id, name, generation, concepts, updated_at FROM concept_lists WHERE workspace_id = $1 AND name = $2" }

pub async fn list(tx: &mut Tx, workspace: WorkspaceId, name: &str) -> Result<Option<ListRow>> {
    tx.optional(LIST, &args![workspace, name]).await?.as_ref().map(list_of).transpose()
}

sql! { INSERT_LIST = "INSERT INTO concept_lists (workspace_id, name, generation, concepts, updated_at) VALUES ($1, $2, 0, 0, $3) ON CONFLICT (workspace_id, name) DO NOTHING" }

/// Makes a list without concepts, if there is none of this name.
pub async fn create(tx: &mut Tx, workspace: WorkspaceId, name: &str, now: Timestamp) -> Result<()> {
    tx.execute(INSERT_LIST, &args![workspace, name, now]).await.map(|_| ())
}

const CONCEPTS: BulkInsert = BulkInsert {
    table: "concepts",
    columns: &["list_id", "generation", "code", "name", "synonyms", "description"],
    conflict: " ON CONFLICT (list_id, generation, code) DO NOTHING",
};

const TERMS: BulkInsert = BulkInsert {
    table: "concept_terms",
    columns: &["list_id", "generation", "kind", "term", "code"],
    conflict: " ON CONFLICT (list_id, generation, kind, term, code) DO NOTHING",
};

/// Adds concepts to a generation that nobody sees yet; one whose id is there already is left out. `terms` are those of
/// all of them, in small letters.
pub async fn add(
    tx: &mut Tx,
    (list, generation): (i64, i64),
    concepts: &[ConceptRow],
    terms: &[(TermKind, String, String)],
) -> Result<()> {
    let mut values = Vec::with_capacity(concepts.len() * CONCEPTS.columns.len());
    for one in concepts {
        let synonyms = one.synonyms.join("\n");
        values.extend(args![list, generation, &one.code, &one.name, synonyms, &one.description]);
    }
    tx.insert(&CONCEPTS, values).await?;
    let mut values: Vec<Arg> = Vec::with_capacity(terms.len() * TERMS.columns.len());
    for (kind, term, code) in terms {
        let bytes = term.as_bytes()[..term.len().min(TERM_BYTES)].to_vec();
        values.extend(args![list, generation, *kind as i64, bytes, code]);
    }
    tx.insert(&TERMS, values).await
}

sql! { COUNT = "SELECT COUNT(*) FROM concepts WHERE list_id = $1 AND generation = $2" }

pub async fn count(tx: &mut Tx, list: i64, generation: i64) -> Result<i64> {
    tx.one(COUNT, &args![list, generation]).await?.int(0)
}

sql! { SHOW = "UPDATE concept_lists SET generation = $2, concepts = $3, updated_at = $4 WHERE id = $1 AND generation <= $2" }

/// From now on this generation is the list; false when a later one is it already.
pub async fn show(tx: &mut Tx, list: i64, generation: i64, concepts: i64, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(SHOW, &args![list, generation, concepts, now]).await? > 0)
}

sql! { DROP_CONCEPTS = "DELETE FROM concepts WHERE list_id = $1 AND generation = $2 AND code IN (SELECT code FROM concepts WHERE list_id = $1 AND generation = $2 ORDER BY code LIMIT $3)" }
sql! { DROP_TERMS = "DELETE FROM concept_terms WHERE list_id = $1 AND generation = $2 AND (kind, term, code) IN (SELECT kind, term, code FROM concept_terms WHERE list_id = $1 AND generation = $2 ORDER BY kind, term, code LIMIT $3)" }

/// Removes at most `limit` rows of each kind of a generation; how many there were.
pub async fn drop_some(tx: &mut Tx, list: i64, generation: i64, limit: i64) -> Result<u64> {
    let concepts = tx.execute(DROP_CONCEPTS, &args![list, generation, limit]).await?;
    Ok(concepts + tx.execute(DROP_TERMS, &args![list, generation, limit]).await?)
}

sql! { OLDER = "SELECT MAX(generation) FROM concept_terms WHERE list_id = $1 AND generation < $2" }

/// The latest generation before this one of which something is left: each concept has terms, and they go last.
pub async fn older(tx: &mut Tx, list: i64, generation: i64) -> Result<Option<i64>> {
    tx.one(OLDER, &args![list, generation]).await?.int_or_null(0)
}

sql! { CONCEPT = "SELECT code, name, synonyms, description FROM concepts WHERE list_id = $1 AND generation = $2 AND code = $3" }

pub async fn concept(tx: &mut Tx, list: &ListRow, code: &str) -> Result<Option<ConceptRow>> {
    tx.optional(CONCEPT, &args![list.id, list.generation, code]).await?.as_ref().map(concept_of).transpose()
}

// The last bound is the prefix with a byte that no text has.
sql! { BY_TERM = "SELECT c.code, c.name, c.synonyms, c.description, t.term FROM concept_terms t JOIN concepts c ON c.list_id = t.list_id AND c.generation = t.generation AND c.code = t.code WHERE t.list_id = $1 AND t.generation = $2 AND t.kind = $3 AND t.term >= $4 AND t.term < $5 ORDER BY t.term, t.code LIMIT $6" }

/// Concepts with a term that begins with this one, in small letters; in the order of those terms, so that one that is
/// equal comes first. The flag says that it is equal.
pub async fn beginning_with(
    tx: &mut Tx,
    list: &ListRow,
    kind: TermKind,
    prefix: &str,
    limit: i64,
) -> Result<Vec<(ConceptRow, bool)>> {
    let from = prefix.as_bytes()[..prefix.len().min(TERM_BYTES)].to_vec();
    let mut to = from.clone();
    to.push(0xff);
    let values = args![list.id, list.generation, kind as i64, from.clone(), to, limit];
    tx.rows(BY_TERM, &values).await?.iter().map(|row| Ok((concept_of(row)?, row.bytes(4)? == from))).collect()
}
