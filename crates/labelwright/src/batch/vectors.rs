//! Features as the learning commands take them: read as [`Features`], checked for what distances cannot bear, and errors
//! that name the id and the column.

use super::{Interner, Table, features::Features};
use crate::environment::Failure;
use labelwright_learn::{LearnError, Matrix, classify::Labels};
use std::path::Path;

/// Feature vectors by id, in natural order of ids.
pub struct Vectors {
    pub ids: Interner,
    pub matrix: Matrix,
}

impl Vectors {
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let Features { ids, values, columns } = Features::read(path)?;
        if ids.is_empty() {
            return Err(format!("{}: there are no rows", path.display()).into());
        }
        let matrix = Matrix::new(values, columns).map_err(|error| match error {
            LearnError::TooLarge { row, column, .. } | LearnError::NotFinite { row, column, .. } => {
                format!("{}: id {:?}, feature {column}: {error}", path.display(), ids.text(row as u32))
            }
            other => format!("{}: {other}", path.display()),
        })?;
        Ok(Self { ids, matrix })
    }
}

/// Labels of some rows, and what their classes are called.
pub struct Known {
    pub labels: Labels,
    /// In natural order.
    pub classes: Interner,
}

impl Known {
    /// Reads `id,label` where labels are classes: too many different ones are an error.
    pub fn read(path: &Path, ids: &Interner) -> Result<Self, Failure> {
        let known = Self::read_any(path, ids)?;
        if known.classes.len() > MOST_CLASSES {
            return Err(format!(
                "{}: {} different labels, and the limit is {MOST_CLASSES}; are these classes?",
                path.display(),
                known.classes.len()
            )
            .into());
        }
        Ok(known)
    }

    /// Reads `id,label`. A file with a header only has no labels; ids that are not among the features, and ids that
    /// come twice, are errors with their lines.
    pub fn read_any(path: &Path, ids: &Interner) -> Result<Self, Failure> {
        let mut classes = Interner::new();
        let mut rows: Vec<(usize, u32)> = Vec::new();
        let mut seen = vec![false; ids.len()];
        let (mut room, mut other_room) = (Vec::new(), Vec::new());
        Table::open(path)?.read(&["id", "label"], |row| {
            let id = row.required(0, &mut room)?;
            let place = ids
                .find_sorted(id)
                .ok_or_else(|| row.wrong(0, &format!("{:?} is not among the features", String::from_utf8_lossy(id))))?
                as usize;
            if seen.get(place).copied().unwrap_or(true) {
                return Err(row.wrong(0, &format!("{:?} was labeled before", String::from_utf8_lossy(id))));
            }
            if let Some(seen) = seen.get_mut(place) {
                *seen = true;
            }
            let class = classes.intern(row.required(1, &mut other_room)?).ok_or("more than 4,294,967,295 labels")?;
            rows.push((place, class));
            Ok(())
        })?;
        let new_of = classes.sort();
        rows.sort_unstable();
        let names = rows.iter().map(|(_, class)| new_of.get(*class as usize).copied().unwrap_or(0)).collect();
        let labels = Labels::new(rows.iter().map(|row| row.0).collect(), names, classes.len(), ids.len())?;
        Ok(Self { labels, classes })
    }

    /// The class of each row by probabilities (rows x classes), labeled rows by their label, with the confidence.
    pub fn decided(&self, probabilities: &[f64]) -> Vec<(u32, f64)> {
        let classes = self.labels.classes.max(1);
        let mut decided: Vec<(u32, f64)> = probabilities
            .chunks_exact(classes)
            .map(|row| {
                let mut best = (0, f64::NEG_INFINITY);
                for (class, value) in row.iter().enumerate().filter(|(_, value)| value.is_finite()) {
                    if *value > best.1 {
                        best = (class as u32, *value);
                    }
                }
                best
            })
            .collect();
        for (row, label) in self.labels.iter() {
            if let Some(place) = decided.get_mut(row) {
                *place = (label as u32, 1.0);
            }
        }
        decided
    }
}

/// Probabilities are kept for every row and class.
const MOST_CLASSES: usize = 1000;

/// A number as the tables have it: short, and the same on every machine.
pub fn written(value: f64) -> String {
    let rounded = (value * 1e6).round() / 1e6;
    rounded.to_string()
}
