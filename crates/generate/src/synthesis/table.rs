//! Rows like those of an example table. Columns are numbers if all of their values are; everything else is a word.

mod copula;
mod smote;

use crate::{
    GenerateError, Random,
    recipe::{Check, document, parameters},
};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Between neighbours of one class.
    Smote,
    /// All columns with their distributions and their correlations.
    Copula,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableRecipe {
    /// A CSV file, named from the recipe's folder.
    pub example: String,
    pub method: Method,
    /// The column that is the label.
    #[serde(default)]
    pub label: Option<String>,
    /// Of SMOTE.
    #[serde(default = "neighbours")]
    pub neighbours: usize,
    /// SMOTE makes rows of the rarest class first; otherwise classes are as frequent as in the example.
    #[serde(default = "balance")]
    pub balance: bool,
}

fn neighbours() -> usize {
    5
}

fn balance() -> bool {
    true
}

impl Check for TableRecipe {
    fn check(&self) -> Result<(), (&'static str, String)> {
        if !(1..=1000).contains(&self.neighbours) {
            return Err(("neighbours", format!("{} does not lie between 1 and 1000", self.neighbours)));
        }
        Ok(())
    }
}

impl TableRecipe {
    /// # Errors
    /// With the place and the way out.
    pub fn parse(recipe: &str) -> Result<Self, GenerateError> {
        parameters("the recipe", document(recipe)?)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Number(f64),
    Word(String),
}

enum Values {
    /// With whether all are whole.
    Numbers(Vec<f64>, bool),
    /// Numbers of words, and the words.
    Words(Vec<usize>, Vec<String>),
}

/// An example, understood.
pub struct Table {
    pub names: Vec<String>,
    columns: Vec<Values>,
    rows: usize,
    label: Option<usize>,
    recipe: TableRecipe,
    /// Rows that have an empty cell and are not learned from.
    pub incomplete: usize,
}

const COLUMNS_MAXIMUM: usize = 500;

impl Table {
    /// # Errors
    /// When there are too few rows, too many columns, or the label is no column of words.
    pub fn new(names: Vec<String>, rows: Vec<Vec<String>>, recipe: TableRecipe) -> Result<Self, GenerateError> {
        let wrong = |message: String| Err(GenerateError::Input(message));
        if names.is_empty() || names.len() > COLUMNS_MAXIMUM {
            return wrong(format!("the example has {} columns; there can be 1 to {COLUMNS_MAXIMUM}", names.len()));
        }
        let all = rows.len();
        let rows: Vec<Vec<String>> = rows
            .into_iter()
            .filter(|row| row.len() == names.len() && row.iter().all(|cell| !cell.trim().is_empty()))
            .collect();
        if rows.len() < 2 {
            return wrong(format!("the example has {} rows without empty cells; at least 2 are needed", rows.len()));
        }
        let label = match &recipe.label {
            None => None,
            Some(name) => match names.iter().position(|known| known == name) {
                Some(at) => Some(at),
                None => {
                    return wrong(format!("label: the example has no column {name:?}; it has: {}", names.join(", ")));
                }
            },
        };
        let columns = (0..names.len()).map(|at| values(&rows, at, label == Some(at))).collect();
        Ok(Self { names, columns, rows: rows.len(), label, recipe, incomplete: all - rows.len() })
    }

    /// The label's column and its values in the order of their first appearance.
    pub fn label(&self) -> Option<(usize, &[String])> {
        match self.columns.get(self.label?)? {
            Values::Words(_, words) => Some((self.label?, words)),
            Values::Numbers(..) => None,
        }
    }

    /// So many new rows, to be made one by one; each depends on the seed and its number alone.
    ///
    /// # Errors
    /// When no class has two rows, so that there is nothing between.
    pub fn rows(&self, count: usize, seed: u64) -> Result<Rows<'_>, GenerateError> {
        let maker = match self.recipe.method {
            Method::Smote => Maker::Smote(smote::Smote::of(self, count, seed)?),
            Method::Copula => Maker::Copula(copula::Copula::of(self)),
        };
        Ok(Rows { maker, seed })
    }

    /// New rows, all of them.
    ///
    /// # Errors
    /// As of [`Self::rows`].
    pub fn make(&self, count: usize, seed: u64) -> Result<Vec<Vec<Cell>>, GenerateError> {
        let rows = self.rows(count, seed)?;
        Ok((0..count).map(|at| rows.row(at)).collect())
    }

    fn cell(&self, column: usize, value: Drawn) -> Cell {
        match (self.columns.get(column), value) {
            (Some(Values::Numbers(_, true)), Drawn::Number(number)) => Cell::Number(number.round()),
            (Some(Values::Words(_, words)), Drawn::Word(word)) => {
                Cell::Word(words.get(word).cloned().unwrap_or_default())
            }
            (_, Drawn::Number(number)) => Cell::Number(number),
            (_, Drawn::Word(word)) => Cell::Number(word as f64),
        }
    }
}

/// Rows that are made as they are asked for.
pub struct Rows<'a> {
    maker: Maker<'a>,
    seed: u64,
}

enum Maker<'a> {
    Smote(smote::Smote<'a>),
    Copula(copula::Copula<'a>),
}

impl Rows<'_> {
    /// The row of a number below the count that was told.
    pub fn row(&self, at: usize) -> Vec<Cell> {
        let mut random = Random::of(self.seed, "row", at as u64);
        match &self.maker {
            Maker::Smote(smote) => smote.row(at, &mut random),
            Maker::Copula(copula) => copula.row(&mut random),
        }
    }
}

/// A value before it is rounded or spelled.
enum Drawn {
    Number(f64),
    Word(usize),
}

fn values(rows: &[Vec<String>], at: usize, label: bool) -> Values {
    let cells = || rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.trim());
    let numbers: Option<Vec<f64>> =
        cells().map(|cell| cell.parse().ok().filter(|number: &f64| number.is_finite())).collect();
    match numbers {
        Some(numbers) if !label => {
            let whole = numbers.iter().all(|number| number.fract() == 0.0);
            Values::Numbers(numbers, whole)
        }
        _ => {
            let (mut words, mut known) = (Vec::new(), BTreeMap::new());
            let places = cells().map(|cell| {
                *known.entry(cell).or_insert_with(|| {
                    words.push(cell.to_owned());
                    words.len() - 1
                })
            });
            let places = places.collect();
            Values::Words(places, words)
        }
    }
}
