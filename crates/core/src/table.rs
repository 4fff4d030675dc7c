//! Records: one row with its columns, two that may mean the same thing, or a small table, all in one shape.
//!
//! `{"columns": ["name", "price"], "rows": [["Pump", 12.5], ["pump", null]], "titles"?: ["left", "right"]}` with cells that
//! are texts, numbers, truth values or nothing. Labels name a cell by its row and column, counted from 0.

use crate::{MediaShape, Problem};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, MapAccess, Visitor},
};
use serde_json::Value as Json;
use std::{
    collections::{HashMap, HashSet},
    fmt,
};

const ROWS_MAXIMUM: usize = 1000;
const COLUMNS_MAXIMUM: usize = 1000;
const CELLS_MAXIMUM: usize = 20_000;
const TITLE_CHARS: usize = 100;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Table {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Json>>,
    /// What the rows are called, where they are not all of one kind.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub titles: Vec<String>,
}

/// A JSON object whose keys keep their order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Object(pub Vec<(String, Json)>);

/// Names of the two sides of a pair: before the name of a column, or behind it.
const SIDES: [[&str; 2]; 2] = [["left", "right"], ["ltable", "rtable"]];

impl Object {
    fn take(&mut self, key: &str) -> Option<Json> {
        let at = self.0.iter().position(|(known, _)| known == key)?;
        Some(self.0.remove(at).1)
    }

    fn has(&self, key: &str) -> bool {
        self.0.iter().any(|(known, _)| known == key)
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;

        impl<'de> Visitor<'de> for Keys {
            type Value = Object;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let (mut object, mut known) = (Vec::new(), HashSet::new());
                while let Some((key, value)) = map.next_entry::<String, Json>()? {
                    if !known.insert(key.clone()) {
                        return Err(A::Error::custom(format!("the key {key:?} is there twice")));
                    }
                    object.push((key, value));
                }
                Ok(Object(object))
            }
        }

        deserializer.deserialize_map(Keys)
    }
}

fn wrong<T>(at: impl Into<String>, code: &str, message: impl Into<String>) -> Result<T, Problem> {
    Err(Problem::new(at, code, message))
}

/// Whole numbers beyond this are not exact in a browser.
const EXACT: u64 = 1 << 53;

/// What a cell can be; what has parts, and numbers that a browser would change, are kept as text.
fn cell(value: Json) -> Json {
    match value {
        Json::Array(_) | Json::Object(_) => value.to_string().into(),
        Json::Number(number) if number.as_i64().map_or(number.is_u64(), |whole| whole.unsigned_abs() > EXACT) => {
            number.to_string().into()
        }
        simple => simple,
    }
}

impl Table {
    /// Reads a table out of an object, and gives what else was in it. Known are the form in which tables are stored, a list
    /// of `records`, a `left` and a `right` record, columns for both sides (`left_name` and `right_name`, `name_left`,
    /// `ltable_name` as py_entitymatching and DeepMatcher write them), and one record: every other object.
    ///
    /// # Errors
    /// The first thing that is wrong, with its place.
    pub fn read(mut object: Object) -> Result<(Self, Object), Problem> {
        let table = if object.has("columns") && object.has("rows") {
            plain(&mut object)?
        } else if let Some(records) = object.take("records") {
            let records: Vec<Object> = serde_json::from_value(records)
                .map_err(|_| Problem::new("/records", "wrong_type", "records are a list of objects"))?;
            Self::of_records(records, Vec::new())
        } else if let Some(sides) = SIDES.iter().find(|sides| sides.iter().all(|side| is_object(&object, side))) {
            let records = sides.iter().filter_map(|side| serde_json::from_value(object.take(side)?).ok()).collect();
            Self::of_records(records, sides.iter().map(|side| (*side).to_owned()).collect())
        } else {
            match SIDES.iter().find_map(|sides| pair(&object, sides)) {
                Some((table, rest)) => {
                    object = rest;
                    table
                }
                None => Self::of_records(vec![std::mem::take(&mut object)], Vec::new()),
            }
        };
        table.check()?;
        Ok((table, object))
    }

    /// Objects as rows; a column is where it came first. What an object has not is nothing.
    fn of_records(records: Vec<Object>, titles: Vec<String>) -> Self {
        let (mut columns, mut known) = (Vec::new(), HashSet::new());
        for (name, _) in records.iter().flat_map(|record| &record.0) {
            if known.insert(name.clone()) {
                columns.push(name.clone());
            }
        }
        let row = |record: Object| {
            let mut cells: HashMap<String, Json> = record.0.into_iter().collect();
            columns.iter().map(|name| cell(cells.remove(name).unwrap_or_default())).collect()
        };
        let rows = records.into_iter().map(row).collect();
        Self { columns, rows, titles }
    }

    fn check(&self) -> Result<(), Problem> {
        let (rows, columns) = (self.rows.len(), self.columns.len());
        if rows == 0 || columns == 0 {
            return wrong("", "empty", "there is no record, or it has no columns");
        }
        if rows > ROWS_MAXIMUM || columns > COLUMNS_MAXIMUM || rows * columns > CELLS_MAXIMUM {
            let limits = format!("{ROWS_MAXIMUM} rows, {COLUMNS_MAXIMUM} columns and {CELLS_MAXIMUM} cells");
            return wrong("", "too_many", format!("{rows} rows of {columns} columns; there are at most {limits}"));
        }
        let mut known = HashSet::new();
        for (at, name) in self.columns.iter().enumerate() {
            if name.is_empty() {
                return wrong(format!("/columns/{at}"), "empty", "a column has a name");
            }
            if !known.insert(name) {
                return wrong(format!("/columns/{at}"), "duplicate", format!("the column {name:?} is there twice"));
            }
        }
        if let Some(at) = self.rows.iter().position(|row| row.len() != columns) {
            let message = format!("{} cells, there are {columns} columns", self.rows.get(at).map_or(0, Vec::len));
            return wrong(format!("/rows/{at}"), "wrong_cell_count", message);
        }
        let mut texts =
            self.rows.iter().flatten().filter_map(Json::as_str).chain(self.columns.iter().map(String::as_str));
        if texts.any(|text| text.contains('\0')) {
            return wrong("", "not_text", "there is a NUL character in it");
        }
        if !self.titles.is_empty() && self.titles.len() != rows {
            return wrong("/titles", "wrong_type", "there is a title for each row, or none");
        }
        if let Some(at) = self.titles.iter().position(|title| title.chars().count() > TITLE_CHARS) {
            return wrong(format!("/titles/{at}"), "too_long", format!("a title has at most {TITLE_CHARS} characters"));
        }
        Ok(())
    }

    /// The extent that answers are checked against.
    pub fn shape(&self) -> MediaShape {
        MediaShape::Table { rows: self.rows.len() as u32, columns: self.columns.len() as u32 }
    }

    /// The same bytes for the same table: what is stored and hashed.
    pub fn canonical_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads what [`Self::canonical_json`] wrote.
    pub fn stored(text: &str) -> Option<Self> {
        let mut object = serde_json::from_str(text).ok()?;
        plain(&mut object).ok().filter(|table| table.check().is_ok())
    }

    /// A row as text: a line for each cell that says something.
    fn lines(&self, row: &[Json]) -> String {
        let said = self.columns.iter().zip(row).filter_map(|(name, value)| Some((name, words(value)?)));
        said.map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("\n")
    }

    /// All of it as text, for search and for models that read.
    pub fn text(&self) -> String {
        self.rows.iter().map(|row| self.lines(row)).collect::<Vec<_>>().join("\n\n")
    }
}

/// What a cell says; None where it says nothing.
pub fn words(value: &Json) -> Option<String> {
    match value {
        Json::Null => None,
        Json::String(text) if text.is_empty() => None,
        Json::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// The form in which tables are stored.
fn plain(object: &mut Object) -> Result<Table, Problem> {
    let mut part = |key: &str| object.take(key).unwrap_or_default();
    let columns = serde_json::from_value(part("columns"))
        .map_err(|_| Problem::new("/columns", "wrong_type", "columns are a list of names"))?;
    let rows: Vec<Vec<Json>> = serde_json::from_value(part("rows"))
        .map_err(|_| Problem::new("/rows", "wrong_type", "rows are a list of lists of cells"))?;
    let titles: Option<Vec<String>> = serde_json::from_value(part("titles"))
        .map_err(|_| Problem::new("/titles", "wrong_type", "titles are a list of texts"))?;
    let rows = rows.into_iter().map(|row| row.into_iter().map(cell).collect()).collect();
    Ok(Table { columns, rows, titles: titles.unwrap_or_default() })
}

fn is_object(object: &Object, key: &str) -> bool {
    object.0.iter().any(|(known, value)| known == key && value.is_object())
}

/// The side and the column that a name means: `left_price`, `left.price`, `price_left`.
fn side_of<'a>(name: &'a str, sides: &[&str; 2]) -> Option<(usize, &'a str)> {
    let joint = ['_', '.', '-', ' '];
    sides.iter().enumerate().find_map(|(side, word)| {
        let before = name.strip_prefix(word).and_then(|rest| rest.strip_prefix(joint));
        let column = before.or_else(|| name.strip_suffix(word).and_then(|rest| rest.strip_suffix(joint)))?;
        Some((side, column)).filter(|_| !column.is_empty())
    })
}

/// Two records out of columns for both sides, where there is at least one that both have; all else is left over.
fn pair(object: &Object, sides: &[&str; 2]) -> Option<(Table, Object)> {
    let (mut records, mut rest) = ([Object::default(), Object::default()], Object::default());
    for (name, value) in &object.0 {
        match side_of(name, sides).and_then(|(side, column)| Some((records.get_mut(side)?, column))) {
            // One column of one side by two names: these are no sides.
            Some((record, column)) if record.has(column) => return None,
            Some((record, column)) => record.0.push((column.to_owned(), value.clone())),
            None => rest.0.push((name.clone(), value.clone())),
        }
    }
    let [left, right] = &records;
    if !left.0.iter().any(|(name, _)| right.has(name)) {
        return None;
    }
    let titles = sides.iter().map(|side| (*side).to_owned()).collect();
    Some((Table::of_records(records.into(), titles), rest))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "table_tests.rs"]
mod tests;
