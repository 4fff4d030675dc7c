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
    /// The given label's column for each row; empty without a label column.
    pub labels: Vec<u32>,
    pub classes: Classes,
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

    pub fn find(&self, label: &[u8]) -> Option<u32> {
        self.names.iter().position(|name| name == label).map(|class| class as u32)
    }

    pub fn listed(&self) -> String {
        let names: Vec<String> = self.names.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
        names.join(", ")
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
    /// Reads `id` (its name is given), optionally `label`, and p0, p1, ...
    pub fn read(path: &Path, id: &str, labeled: bool, names: &[String]) -> Result<Self, Failure> {
        let table = Table::open(path)?;
        let columns = columns(&table, path)?;
        let classes = Classes::new(columns.len(), names)?;
        let mut wanted = vec![id];
        if labeled {
            wanted.push("label");
        }
        let first = wanted.len();
        wanted.extend(columns.iter().map(String::as_str));
        let mut found = Self { classes, ..Self::default() };
        let mut room = Vec::new();
        let mut rows = 0;
        table.read(&wanted, |row| {
            found.ids.intern(row.required(0, &mut room)?).ok_or("more than 4,294,967,295 ids")?;
            rows += 1;
            if found.ids.len() < rows {
                return Err(row.wrong(0, "the id was there before"));
            }
            if labeled {
                let label = row.required(1, &mut room)?;
                let class = found.classes.find(label).ok_or_else(|| {
                    let text = String::from_utf8_lossy(label);
                    row.wrong(1, &format!("{text:?} is no class; they are {} (see --classes)", found.classes.listed()))
                })?;
                found.labels.push(class);
            }
            for column in first..wanted.len() {
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

    /// Ids in natural order, rows and labels with them.
    fn sort(&mut self) {
        let new_of = self.ids.sort();
        if new_of.iter().enumerate().all(|(old, new)| old == *new as usize) {
            return;
        }
        let classes = self.classes.len();
        let (mut values, mut labels) = (vec![0.0; self.values.len()], vec![0; self.labels.len()]);
        for (old, new) in new_of.iter().enumerate() {
            let new = *new as usize;
            if let (Some(to), Some(from)) = (
                values.get_mut(new * classes..(new + 1) * classes),
                self.values.get(old * classes..(old + 1) * classes),
            ) {
                to.copy_from_slice(from);
            }
            if let (Some(to), Some(from)) = (labels.get_mut(new), self.labels.get(old)) {
                *to = *from;
            }
        }
        (self.values, self.labels) = (values, labels);
    }
}
