//! SMOTE-NC (N. Chawla et al., 2002): a new row lies on the line between a row and one of its nearest neighbours of the
//! same class; words are the most frequent ones among the neighbours. Distances are of columns divided by their
//! deviations; words that differ count as one deviation, as the paper's median does when all deviations are one.

use super::{Cell, Drawn, Table, Values};
use crate::{GenerateError, Random};

/// Rows of a class that neighbours are looked for among; more are drawn from.
const ROWS_MAXIMUM: usize = 20_000;

pub struct Smote<'a> {
    table: &'a Table,
    classes: Vec<(usize, Vec<usize>)>,
    /// The class of each new row.
    plan: Vec<u32>,
    deviations: Vec<f64>,
}

impl<'a> Smote<'a> {
    pub fn of(table: &'a Table, count: usize, seed: u64) -> Result<Self, GenerateError> {
        let classes = classes(table, seed);
        let usable: Vec<usize> = (0..classes.len()).filter(|class| classes[*class].1.len() > 1).collect();
        if usable.is_empty() {
            return Err(GenerateError::Input(
                "no class has two rows, and there is nothing between; use method copula".into(),
            ));
        }
        let plan = plan(table, &classes, &usable, count).into_iter().map(|class| class as u32).collect();
        Ok(Self { table, classes, plan, deviations: deviations(table) })
    }

    pub fn row(&self, at: usize, random: &mut Random) -> Vec<Cell> {
        let class = self.plan.get(at).map_or(0, |class| *class as usize);
        row(self.table, &self.classes[class].1, &self.deviations, random)
    }
}

/// How many rows each class has, and those that are looked at. Without a label there is one class.
fn classes(table: &Table, seed: u64) -> Vec<(usize, Vec<usize>)> {
    let mut classes: Vec<Vec<usize>> = match table.label.and_then(|at| table.columns.get(at)) {
        Some(Values::Words(places, words)) => {
            let mut classes = vec![Vec::new(); words.len()];
            places.iter().enumerate().for_each(|(row, class)| classes[*class].push(row));
            classes
        }
        _ => vec![(0..table.rows).collect()],
    };
    let sizes: Vec<usize> = classes.iter().map(Vec::len).collect();
    for rows in classes.iter_mut().filter(|rows| rows.len() > ROWS_MAXIMUM) {
        Random::of(seed, "class", 0).shuffle(rows);
        rows.truncate(ROWS_MAXIMUM);
    }
    sizes.into_iter().zip(classes).collect()
}

/// The class of each new row.
fn plan(table: &Table, classes: &[(usize, Vec<usize>)], usable: &[usize], count: usize) -> Vec<usize> {
    let sizes: Vec<usize> = classes.iter().map(|(size, _)| *size).collect();
    let mut made = vec![0_usize; classes.len()];
    (0..count)
        .map(|_| {
            // The class that is furthest behind; of equal ones the first.
            let behind = |class: &usize| match table.recipe.balance {
                true => (sizes[*class] + made[*class]) as f64,
                false => (made[*class] + 1) as f64 / sizes[*class] as f64,
            };
            let class = usable.iter().copied().min_by(|a, b| behind(a).total_cmp(&behind(b))).unwrap_or(0);
            made[class] += 1;
            class
        })
        .collect()
}

fn deviations(table: &Table) -> Vec<f64> {
    let deviation = |values: &Values| match values {
        Values::Words(..) => 1.0,
        Values::Numbers(numbers, _) => {
            let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
            let variance = numbers.iter().map(|number| (number - mean).powi(2)).sum::<f64>() / numbers.len() as f64;
            if variance > 0.0 { variance.sqrt() } else { 1.0 }
        }
    };
    table.columns.iter().map(deviation).collect()
}

fn row(table: &Table, class: &[usize], deviations: &[f64], random: &mut Random) -> Vec<Cell> {
    let base = random.pick(class).copied().unwrap_or(0);
    let distance = |other: usize| -> f64 {
        table
            .columns
            .iter()
            .zip(deviations)
            .map(|(column, deviation)| match column {
                Values::Numbers(numbers, _) => ((numbers[base] - numbers[other]) / deviation).powi(2),
                Values::Words(places, _) => f64::from(u8::from(places[base] != places[other])),
            })
            .sum()
    };
    let mut near: Vec<(f64, usize)> =
        class.iter().filter(|other| **other != base).map(|other| (distance(*other), *other)).collect();
    let most = table.recipe.neighbours.min(near.len());
    if most < near.len() {
        near.select_nth_unstable_by(most, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        near.truncate(most);
    }
    near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let other = random.pick(&near).map_or(base, |(_, row)| *row);
    let share = random.unit();
    let cells = table.columns.iter().enumerate().map(|(at, column)| {
        let drawn = match column {
            Values::Numbers(numbers, _) => Drawn::Number(numbers[base] + (numbers[other] - numbers[base]) * share),
            Values::Words(places, words) => {
                let mut counts = vec![0_usize; words.len()];
                near.iter().for_each(|(_, row)| counts[places[*row]] += 1);
                // Of equally frequent words the row's own, otherwise the first.
                let best = counts.iter().copied().max().unwrap_or(0);
                let own = places[base];
                let first = counts.iter().position(|count| *count == best).unwrap_or(own);
                Drawn::Word(if counts.get(own) == Some(&best) { own } else { first })
            }
        };
        table.cell(at, drawn)
    });
    cells.collect()
}
