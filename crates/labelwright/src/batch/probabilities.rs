//! Class probabilities as columns: p0, p1, ... of a table, with ids.

use super::{Interner, Table};
use crate::environment::Failure;
use std::path::Path;

/// Rows of probabilities by id.
#[derive(Debug, Default)]
pub struct Probabilities {
    /// In natural order; the rows are in the same.
    pub ids: Interner,
    /// Rows x classes.
    pub values: Vec<f64>,
    /// The given label's column for each row, or rows x classes of 0 and 1; empty without a label column.
    pub labels: Vec<u32>,
    /// What each row is a part of, by its number in `group_names`; empty without a group column.
    pub groups: Vec<u32>,
    /// In natural order.
    pub group_names: Interner,
    pub classes: Classes,
}

/// What the column `label` holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Labels {
    /// There is none.
    None,
    /// One class.
    One,
    /// Any number of classes, with `|` between.
    Set,
}

/// What to read beside p0, p1, ...
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The name of the column of ids.
    pub id: &'a str,
    pub labels: Labels,
    /// The name of the column that says what a row is a part of.
    pub group: Option<&'a str>,
    /// Names of the classes; their numbers where there are none.
    pub classes: &'a [String],
}

/// What p0, p1, ... stand for.
#[derive(Debug, Clone, Default)]
pub struct Classes {
    names: Vec<Vec<u8>>,
}

impl Classes {
    /// The names given on the command line, or the numbers of the columns.
    pub fn new(columns: usize, names: &[String]) -> Result<Self, Failure> {
        if !names.is_empty() && names.len() != columns {
            return Err(format!("{} class names for {columns} probability columns", names.len()).into());
        }
        let names = if names.is_empty() {
            (0..columns).map(|column| column.to_string().into_bytes()).collect()
        } else {
            names.iter().map(|name| name.clone().into_bytes()).collect()
        };
        Ok(Self { names })
    }

    pub fn len(&self) -> usize {
        self.names.len()
    }

    pub fn name(&self, class: u32) -> &[u8] {
        self.names.get(class as usize).map(Vec::as_slice).unwrap_or_default()
    }

    /// The number of the class with this name.
    ///
    /// # Errors
    /// What is wrong with the name, and which there are.
    pub fn read(&self, label: &[u8]) -> Result<u32, String> {
        let found = self.names.iter().position(|name| name == label).map(|class| class as u32);
        found.ok_or_else(|| {
            let names: Vec<String> = self.names.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
            let text = String::from_utf8_lossy(label);
            format!("{text:?} is no class; they are {} (see --classes)", names.join(", "))
        })
    }
}

/// p0, p1, ... in order, as many as there are.
fn columns(table: &Table, path: &Path) -> Result<Vec<String>, Failure> {
    let is_there = |name: &String| table.columns().contains(name);
    let found: Vec<String> = (0..).map(|column| format!("p{column}")).take_while(is_there).collect();
    if found.len() < 2 {
        return Err(format!(
            "{}: needs the columns p0, p1, ... (at least two); the columns are {}",
            path.display(),
            table.columns().join(", ")
        )
        .into());
    }
    Ok(found)
}

impl Probabilities {
    pub fn read(path: &Path, wanted: Wanted<'_>) -> Result<Self, Failure> {
        let table = Table::open(path)?;
        let columns = columns(&table, path)?;
        let classes = Classes::new(columns.len(), wanted.classes)?;
        let mut names = vec![wanted.id];
        if wanted.labels != Labels::None {
            names.push("label");
        }
        let group = wanted.group.map(|group| {
            names.push(group);
            names.len() - 1
        });
        let first = names.len();
        names.extend(columns.iter().map(String::as_str));
        // All at once where the guess is right: to grow means to have everything twice for a while.
        let mut found = Self { classes, ..Self::default() };
        let expected = expected_rows(&table, columns.len());
        // All at once where the guess is right: to grow means to have everything twice for a while. Where there is no
        // such room, it grows as it comes.
        found.values.try_reserve_exact(expected * columns.len()).ok();
        found.ids.reserve(expected);
        if wanted.labels == Labels::One {
            found.labels.try_reserve_exact(expected).ok();
        }
        let mut room = Vec::new();
        let mut rows = 0;
        table.read(&names, |row| {
            found.ids.intern(row.required(0, &mut room)?).ok_or(TOO_MANY)?;
            rows += 1;
            if found.ids.len() < rows {
                return Err(row.wrong(0, "the id was there before"));
            }
            match wanted.labels {
                Labels::None => {}
                Labels::One => {
                    let class = found.classes.read(row.required(1, &mut room)?).map_err(|text| row.wrong(1, &text))?;
                    found.labels.push(class);
                }
                Labels::Set => {
                    let start = found.labels.len();
                    found.labels.resize(start + found.classes.len(), 0);
                    let given = row.text(1, &mut room).unwrap_or_default();
                    for one in given.split(|byte| *byte == b'|').filter(|one| !one.is_empty()) {
                        let class = found.classes.read(one).map_err(|text| row.wrong(1, &text))?;
                        found.labels[start + class as usize] = 1;
                    }
                }
            }
            if let Some(column) = group {
                let number = found.group_names.intern(row.required(column, &mut room)?).ok_or(TOO_MANY)?;
                found.groups.push(number);
            }
            for column in first..names.len() {
                let value = row.required_number(column)?;
                if !(0.0..=1.0 + 1e-9).contains(&value) {
                    return Err(row.wrong(column, &format!("{value} is not a probability, 0 to 1")));
                }
                found.values.push(value);
            }
            Ok(())
        })?;
        found.sort();
        Ok(found)
    }

    /// Ids and groups in natural order, everything else with them.
    fn sort(&mut self) {
        let new_of_group = self.group_names.sort();
        for group in &mut self.groups {
            *group = new_of_group.get(*group as usize).copied().unwrap_or(0);
        }
        let Some(new_of) = self.ids.reorder() else { return };
        permute(&mut self.values, &new_of, self.classes.len());
        let width = if self.labels.len() > new_of.len() { self.classes.len() } else { 1 };
        permute(&mut self.labels, &new_of, width);
        permute(&mut self.groups, &new_of, 1);
    }
}

/// How many rows to make room for. A file may lie about them: what is beyond grows as it comes.
fn expected_rows(table: &Table, columns: usize) -> usize {
    const MOST_VALUES: usize = 1 << 28;
    (table.expected_rows() + table.expected_rows() / 64).min(MOST_VALUES / columns.max(1))
}

const TOO_MANY: &str = "more than 4,294,967,295 ids";

/// Rows of `width` values to their new places; nothing where there are no values.
fn permute<T: Copy + Default>(values: &mut Vec<T>, new_of: &[u32], width: usize) {
    let mut moved = vec![T::default(); values.len()];
    for (from, new) in values.chunks_exact(width).zip(new_of) {
        if let Some(to) = moved.get_mut(*new as usize * width..(*new as usize + 1) * width) {
            to.copy_from_slice(from);
        }
    }
    *values = moved;
}
