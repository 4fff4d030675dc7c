//! A filter as SQL. Every piece of text here is fixed; whatever a person typed is a bound value. Nothing outside the
//! tasks of the project, their items, answers, comments and flags can be reached.

use super::tasks::{TaskRow, task_of};
use crate::{Arg, Dialect, DynamicSql, Result, StoreError, Tx};
use labelwright_core::{
    ProjectId, TaskId,
    filter::{Compare, Filter, Sort, SortKey, Test, Words},
};

/// Where a page of a sorted list begins: behind this task.
#[derive(Debug, Clone, PartialEq)]
pub struct After {
    /// The value that the list is sorted by; the id again when it is sorted by id.
    pub value: f64,
    pub task: TaskId,
}

impl After {
    /// Behind the given row.
    pub fn row(row: &TaskRow, sort: Sort) -> Self {
        let value = match sort.key {
            SortKey::Id => row.id.0 as f64,
            SortKey::Updated => row.updated_at.0 as f64,
            SortKey::Agreement => row.agreement.unwrap_or(-1.0),
            SortKey::Priority => row.priority as f64,
        };
        Self { value, task: row.id }
    }
}

/// A page of the tasks that a filter finds, by keyset.
pub async fn tasks(
    tx: &mut Tx,
    project: ProjectId,
    filter: &Filter,
    sort: Sort,
    after: Option<&After>,
    limit: i64,
) -> Result<Vec<TaskRow>> {
    let mut query = Query { text: String::new(), values: vec![project.into()], dialect: tx.dialect() };
    query.add(
        "SELECT t.id, t.project_id, t.item_id, i.key, i.modality, t.state, t.priority, t.agreement, t.updated_at \
         FROM tasks t JOIN items i ON i.id = t.item_id WHERE t.project_id = $1 AND ",
    );
    query.filter(filter);
    query.order(sort, after);
    query.add(" LIMIT ");
    query.value(limit);
    tx.dynamic_rows(&DynamicSql(query.text), &query.values).await?.iter().map(task_of).collect()
}

/// The place behind so many of the tasks that a filter finds; None when there are not so many. It costs more the further
/// behind it lies, though little an entry: the index is walked through where all tasks are wanted.
pub async fn behind(tx: &mut Tx, project: ProjectId, filter: &Filter, sort: Sort, tasks: i64) -> Result<Option<After>> {
    let mut query = Query { text: String::new(), values: vec![project.into()], dialect: tx.dialect() };
    query.add("SELECT t.id, ");
    query.add(match sort.key {
        SortKey::Id => "t.id",
        SortKey::Updated => "t.updated_at",
        SortKey::Agreement => "COALESCE(t.agreement, -1)",
        SortKey::Priority => "t.priority",
    });
    query.add(" FROM tasks t ");
    if !filter.is_everything() {
        query.add("JOIN items i ON i.id = t.item_id ");
    }
    query.add("WHERE t.project_id = $1 AND ");
    query.filter(filter);
    query.order(sort, None);
    query.add(" LIMIT 1 OFFSET ");
    query.value(tasks - 1);
    let rows = tx.dynamic_rows(&DynamicSql(query.text), &query.values).await?;
    let place = |row: &crate::Row| {
        let value =
            if sort.key == SortKey::Agreement { row.real_or_null(1)?.unwrap_or(-1.0) } else { row.int(1)? as f64 };
        Ok(After { value, task: TaskId(row.int(0)?) })
    };
    rows.first().map(place).transpose()
}

/// How many tasks a filter finds, counted up to `most`.
pub async fn count(tx: &mut Tx, project: ProjectId, filter: &Filter, most: i64) -> Result<i64> {
    let mut query = Query { text: String::new(), values: vec![project.into()], dialect: tx.dialect() };
    query.add(
        "SELECT COUNT(*) FROM (SELECT t.id FROM tasks t JOIN items i ON i.id = t.item_id WHERE t.project_id = $1 AND ",
    );
    query.filter(filter);
    query.add(" LIMIT ");
    query.value(most);
    query.add(") found");
    let rows = tx.dynamic_rows(&DynamicSql(query.text), &query.values).await?;
    rows.first().ok_or(StoreError::NotFound)?.int(0)
}

/// Puts the tasks that a filter finds into a slice, at most so many.
pub(super) async fn into_slice(tx: &mut Tx, project: ProjectId, filter: &Filter, slice: i64, most: i64) -> Result<u64> {
    let mut query = Query { text: String::new(), values: vec![project.into()], dialect: tx.dialect() };
    query.add("INSERT INTO slice_tasks (slice_id, task_id) SELECT ");
    query.value(slice);
    query.add(", t.id FROM tasks t JOIN items i ON i.id = t.item_id WHERE t.project_id = $1 AND ");
    query.filter(filter);
    query.add(" ORDER BY t.id LIMIT ");
    query.value(most);
    tx.dynamic_execute(&DynamicSql(query.text), &query.values).await
}

struct Query {
    text: String,
    values: Vec<Arg>,
    dialect: Dialect,
}

impl Query {
    fn add(&mut self, text: &'static str) {
        self.text.push_str(text);
    }

    /// Binds a value and writes its placeholder.
    fn value(&mut self, value: impl Into<Arg>) {
        self.values.push(value.into());
        self.text.push('$');
        self.text.push_str(&self.values.len().to_string());
    }

    fn filter(&mut self, filter: &Filter) {
        match filter {
            Filter::All(parts) => self.joined(parts, " AND ", "TRUE"),
            Filter::Any(parts) => self.joined(parts, " OR ", "FALSE"),
            Filter::Not(part) => {
                self.add("NOT ");
                self.filter(part);
            }
            Filter::Test(test) => {
                self.add("(");
                self.test(test);
                self.add(")");
            }
        }
    }

    fn joined(&mut self, parts: &[Filter], word: &'static str, empty: &'static str) {
        self.add("(");
        if parts.is_empty() {
            self.add(empty);
        }
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                self.add(word);
            }
            self.filter(part);
        }
        self.add(")");
    }

    fn test(&mut self, test: &Test) {
        match test {
            Test::Status(state) => {
                self.add("t.state = ");
                self.value(state);
            }
            Test::Key(words) => self.words("i.key", words),
            Test::Text(part) => self.contains(part, |query| query.add("COALESCE(i.content, '')")),
            // Without the key there is no value: that must be false and not unknown, or `not` would not find it.
            Test::Metadata { key, value } => {
                self.add("COALESCE(");
                self.metadata(key, value);
                self.add(", FALSE)");
            }
            Test::Class(class) => {
                self.facts("class", class);
                self.add(")");
            }
            Test::ClassCount { class, compare, count: 0 } if *compare == Compare::Equal => {
                self.add("NOT ");
                self.test(&Test::Class(class.clone()));
            }
            Test::ClassCount { class, compare, count } => {
                self.facts("class", class);
                self.add(" AND f.count");
                self.compare(*compare);
                self.value(*count);
                self.add(")");
            }
            Test::Field { field, value } => {
                self.facts("field", field);
                self.add(" AND ");
                self.words("f.value", value);
                self.add(")");
            }
            Test::FieldNumber { field, compare, number } => {
                self.facts("field", field);
                self.add(" AND f.number");
                self.compare(*compare);
                self.value(*number);
                self.add(")");
            }
            Test::Labeler(name) => {
                self.add("EXISTS (SELECT 1 FROM annotations a JOIN users u ON u.id = a.author_id WHERE a.task_id = t.id AND (LOWER(u.name) = LOWER(");
                self.value(name);
                self.add(") OR u.email = LOWER(");
                self.value(name);
                self.add(")))");
            }
            Test::Agreement(compare, number) => {
                self.add("t.agreement IS NOT NULL AND t.agreement");
                self.compare(*compare);
                self.value(*number);
            }
            Test::Answers(compare, count) => {
                self.add("(SELECT COUNT(*) FROM seats s WHERE s.task_id = t.id AND s.state = 2)");
                self.compare(*compare);
                self.value(*count);
            }
            Test::Priority(compare, number) => {
                self.add("t.priority");
                self.compare(*compare);
                self.value(*number);
            }
            Test::Updated(compare, time) => {
                self.add("t.updated_at");
                self.compare(*compare);
                self.value(*time);
            }
            Test::Slice(slice) => {
                self.add("t.id IN (SELECT s.task_id FROM slice_tasks s JOIN slices l ON l.id = s.slice_id AND l.project_id = $1 WHERE s.slice_id = ");
                self.value(*slice);
                self.add(")");
            }
            Test::Flagged(yes) => self.exists(*yes, "EXISTS (SELECT 1 FROM flags g WHERE g.task_id = t.id)"),
            Test::Commented(yes) => self.exists(*yes, "EXISTS (SELECT 1 FROM comments c WHERE c.task_id = t.id)"),
        }
    }

    fn exists(&mut self, yes: bool, text: &'static str) {
        if !yes {
            self.add("NOT ");
        }
        self.add(text);
    }

    /// Opens a look into the label facts; the caller closes the parenthesis.
    fn facts(&mut self, kind: &'static str, name: &str) {
        self.add("t.id IN (SELECT f.task_id FROM label_facts f WHERE f.project_id = $1 AND f.kind = ");
        self.value(kind);
        self.add(" AND f.name = ");
        self.value(name);
    }

    fn compare(&mut self, compare: Compare) {
        self.add(match compare {
            Compare::Equal => " = ",
            Compare::Different => " <> ",
            Compare::Less => " < ",
            Compare::LessOrEqual => " <= ",
            Compare::Greater => " > ",
            Compare::GreaterOrEqual => " >= ",
        });
    }

    fn words(&mut self, column: &'static str, words: &Words) {
        match words {
            Words::Equal(text) => {
                self.add(column);
                self.add(" = ");
                self.value(text);
            }
            Words::Contains(part) => self.contains(part, |query| query.add(column)),
        }
    }

    /// Is the part in the text, whatever the case of its letters? Both databases lower ASCII letters alone: SQLite
    /// always, PostgreSQL under the collation "C".
    fn contains(&mut self, part: &str, text: impl FnOnce(&mut Self)) {
        let (open, middle, close) = match self.dialect {
            Dialect::Sqlite => ("INSTR(LOWER(", "), LOWER(CAST(", " AS TEXT))) > 0"),
            Dialect::Postgres => ("STRPOS(LOWER((", ") COLLATE \"C\"), LOWER(CAST(", " AS TEXT) COLLATE \"C\")) > 0"),
        };
        self.add(open);
        text(self);
        self.add(middle);
        self.value(part);
        self.add(close);
    }

    fn metadata(&mut self, key: &str, value: &Words) {
        let (as_json, as_text) = match self.dialect {
            Dialect::Sqlite => ("i.metadata -> ", "i.metadata ->> "),
            Dialect::Postgres => ("CAST(i.metadata AS JSONB) -> ", "CAST(i.metadata AS JSONB) ->> "),
        };
        // SQLite reads a bound key that begins with $ as a path: such a key is quoted into one.
        let key = match self.dialect {
            Dialect::Sqlite => format!("$.{}", serde_json::Value::from(key)),
            Dialect::Postgres => key.to_owned(),
        };
        match value {
            // As JSON a number or a truth value is its own word on both databases.
            Words::Equal(word) => {
                self.add("CAST(");
                self.add(as_json);
                self.value(key);
                self.add(" AS TEXT) IN (");
                self.value(word);
                self.add(", ");
                self.value(serde_json::Value::from(word.as_str()).to_string());
                self.add(")");
            }
            Words::Contains(part) => self.contains(part, |query| {
                query.add(as_text);
                query.value(key);
            }),
        }
    }

    fn order(&mut self, sort: Sort, after: Option<&After>) {
        let column = match sort.key {
            SortKey::Id => "t.id",
            SortKey::Updated => "t.updated_at",
            SortKey::Agreement => "COALESCE(t.agreement, -1)",
            SortKey::Priority => "t.priority",
        };
        if let Some(after) = after {
            self.add(" AND (");
            self.add(column);
            self.add(", t.id)");
            self.add(if sort.descending { " < (" } else { " > (" });
            match sort.key {
                SortKey::Agreement => self.value(after.value),
                // Whole numbers below 2^53 stay exact on the way through the cursor.
                SortKey::Id | SortKey::Updated | SortKey::Priority => self.value(after.value as i64),
            }
            self.add(", ");
            self.value(after.task);
            self.add(")");
        }
        let direction = if sort.descending { " DESC" } else { "" };
        self.add(" ORDER BY ");
        if sort.key != SortKey::Id {
            self.add(column);
            self.add(direction);
            self.add(", ");
        }
        self.add("t.id");
        self.add(direction);
    }
}
