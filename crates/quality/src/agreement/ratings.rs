//! The table that coefficients for single values read: which labeler gave which value to which unit. Sparse, so that a
//! million labelers with one answer each cost what a million answers cost. A missing value has no cell.

use super::coefficient::AgreementError;
use std::collections::HashMap;

/// One rating: numbers of the unit, the labeler and the category (in the lists given with it).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rating {
    pub unit: u32,
    pub rater: u32,
    pub category: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Ratings {
    /// In their order: numbers by value, words by bytes, or as the caller lists them.
    categories: Vec<String>,
    /// Sorted by bytes.
    raters: Vec<String>,
    /// Unit number to its first cell; one longer than the units.
    starts: Vec<usize>,
    /// Labeler and category, sorted within a unit.
    cells: Vec<(u32, u32)>,
}

/// Units with the same values in them, whoever gave them: `runs` holds category and how often it was given.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Profile {
    pub runs: Vec<(u32, f64)>,
    /// Values in a unit.
    pub size: f64,
}

/// Distinct contents of units and how often each occurs, in the order of the contents.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Distinct<T> {
    pub contents: Vec<T>,
    pub counts: Vec<u64>,
}

impl<T> Distinct<T> {
    pub fn weights(&self) -> Vec<f64> {
        self.counts.iter().map(|count| *count as f64).collect()
    }
}

impl Ratings {
    /// `units` is their number; `raters` and `categories` the names that the ratings' numbers stand for. Names are
    /// put in order here, so that no result depends on the order of rows. `order` lists the categories from lowest to
    /// highest, with those that nobody used.
    pub fn new(
        units: usize,
        raters: &[String],
        categories: &[String],
        ratings: &[Rating],
        order: Option<&[String]>,
    ) -> Result<Self, AgreementError> {
        let (raters, rater_places) = sorted_names(raters, |one, other| one.cmp(other));
        let (categories, category_places) = match order {
            None if categories.iter().all(|name| number(name).is_some()) => sorted_names(categories, |one, other| {
                number(one).unwrap_or(0.0).total_cmp(&number(other).unwrap_or(0.0)).then_with(|| one.cmp(other))
            }),
            None => sorted_names(categories, |one, other| one.cmp(other)),
            Some(order) => {
                let places: HashMap<&String, u32> = order.iter().zip(0..).collect();
                let found: Result<Vec<u32>, AgreementError> = categories
                    .iter()
                    .map(|name| places.get(name).copied().ok_or_else(|| AgreementError::UnknownCategory(name.clone())))
                    .collect();
                (order.to_vec(), found?)
            }
        };
        let mut starts = vec![0_usize; units + 1];
        for rating in ratings {
            if let Some(start) = starts.get_mut(rating.unit as usize + 1) {
                *start += 1;
            }
        }
        for at in 0..units {
            starts[at + 1] += starts[at];
        }
        let mut next = starts.clone();
        let mut cells = vec![(0, 0); starts[units]];
        for rating in ratings {
            let place = |list: &[u32], at: u32| list.get(at as usize).copied().unwrap_or(0);
            if let Some(slot) = next.get_mut(rating.unit as usize)
                && let Some(cell) = cells.get_mut(*slot)
            {
                *cell = (place(&rater_places, rating.rater), place(&category_places, rating.category));
                *slot += 1;
            }
        }
        for unit in 0..units {
            let own = &mut cells[starts[unit]..starts[unit + 1]];
            own.sort_unstable();
            if let Some(twice) = own.windows(2).find(|pair| pair[0].0 == pair[1].0) {
                return Err(AgreementError::Duplicate { rater: raters[twice[0].0 as usize].clone(), unit });
            }
        }
        Ok(Self { categories, raters, starts, cells })
    }

    /// Units given as lists of values, the labelers unnamed: for coefficients that do not ask who.
    pub fn anonymous(units: &[Vec<String>]) -> Self {
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        let mut categories = Vec::new();
        let mut ratings = Vec::new();
        let mut most = 0;
        for (unit, values) in (0..).zip(units) {
            most = most.max(values.len());
            for (rater, value) in (0..).zip(values) {
                let category = *numbers.entry(value).or_insert_with(|| {
                    categories.push(value.clone());
                    categories.len() as u32 - 1
                });
                ratings.push(Rating { unit, rater, category });
            }
        }
        let raters: Vec<String> = (0..most).map(|rater| rater.to_string()).collect();
        // Labelers are numbered within a unit and no order is given, so that neither error can occur.
        Self::new(units.len(), &raters, &categories, &ratings, None).unwrap_or(Self {
            categories: Vec::new(),
            raters: Vec::new(),
            starts: vec![0],
            cells: Vec::new(),
        })
    }

    pub fn categories(&self) -> &[String] {
        &self.categories
    }

    pub fn raters(&self) -> &[String] {
        &self.raters
    }

    pub fn units(&self) -> usize {
        self.starts.len() - 1
    }

    /// Labeler and category of each value of a unit.
    pub fn unit(&self, unit: usize) -> &[(u32, u32)] {
        match (self.starts.get(unit), self.starts.get(unit + 1)) {
            (Some(start), Some(end)) => self.cells.get(*start..*end).unwrap_or(&[]),
            _ => &[],
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[(u32, u32)]> {
        (0..self.units()).map(|unit| self.unit(unit))
    }

    /// Units with two values or more, and the values in them.
    pub fn pairable(&self) -> (usize, usize) {
        self.iter()
            .filter(|unit| unit.len() >= 2)
            .fold((0, 0), |(units, values), unit| (units + 1, values + unit.len()))
    }

    /// The part that these two labelers gave (numbers into `raters`).
    #[must_use]
    pub fn of_pair(&self, one: u32, other: u32) -> Self {
        self.kept(|(rater, _)| rater == one || rater == other)
    }

    /// One category against all others, called `category` and `other`.
    #[must_use]
    pub fn of_category(&self, category: u32) -> Self {
        let name = self.categories.get(category as usize).cloned().unwrap_or_default();
        let mut changed = self.clone();
        changed.categories = vec![name, "other".to_owned()];
        changed.cells.iter_mut().for_each(|cell| cell.1 = u32::from(cell.1 != category));
        changed
    }

    fn kept(&self, keep: impl Fn((u32, u32)) -> bool) -> Self {
        let mut starts = vec![0];
        let mut cells = Vec::new();
        for unit in self.iter() {
            cells.extend(unit.iter().copied().filter(|cell| keep(*cell)));
            starts.push(cells.len());
        }
        let mut used: Vec<u32> = cells.iter().map(|cell| cell.0).collect();
        used.sort_unstable();
        used.dedup();
        for cell in &mut cells {
            cell.0 = used.binary_search(&cell.0).unwrap_or(0) as u32;
        }
        let raters = used.iter().filter_map(|rater| self.raters.get(*rater as usize).cloned()).collect();
        Self { categories: self.categories.clone(), raters, starts, cells }
    }

    /// Distinct value profiles of the units with at least `least` values.
    pub(crate) fn profiles(&self, least: usize) -> Distinct<Profile> {
        let mut packed: HashMap<u64, u64> = HashMap::new();
        let mut long: HashMap<Box<[u32]>, u64> = HashMap::new();
        // Up to four values of fewer than 65,535 categories fit into one word; that is nearly every unit there is.
        let small = self.categories.len() < usize::from(u16::MAX);
        let mut values: Vec<u32> = Vec::new();
        for unit in self.iter().filter(|unit| unit.len() >= least) {
            values.clear();
            values.extend(unit.iter().map(|cell| cell.1));
            values.sort_unstable();
            if small && values.len() <= 4 {
                let key = values.iter().fold(0_u64, |key, value| key << 16 | u64::from(value + 1));
                *packed.entry(key).or_default() += 1;
            } else if let Some(count) = long.get_mut(values.as_slice()) {
                *count += 1;
            } else {
                long.insert(values.as_slice().into(), 1);
            }
        }
        for (mut key, count) in packed {
            values.clear();
            while key > 0 {
                values.push((key & 0xffff) as u32 - 1);
                key >>= 16;
            }
            values.reverse();
            long.insert(values.as_slice().into(), count);
        }
        let mut all: Vec<(Box<[u32]>, u64)> = long.into_iter().collect();
        all.sort_unstable();
        let (contents, counts) = all.into_iter().map(|(values, count)| (profile(&values), count)).unzip();
        Distinct { contents, counts }
    }

    /// Distinct (labeler, category) lists of the units with at least `least` values.
    pub(crate) fn rows(&self, least: usize) -> Distinct<Vec<(u32, u32)>> {
        let mut found: HashMap<&[(u32, u32)], u64> = HashMap::new();
        for unit in self.iter().filter(|unit| unit.len() >= least) {
            *found.entry(unit).or_default() += 1;
        }
        let mut all: Vec<(&[(u32, u32)], u64)> = found.into_iter().collect();
        all.sort_unstable();
        let (contents, counts) = all.into_iter().map(|(unit, count)| (unit.to_vec(), count)).unzip();
        Distinct { contents, counts }
    }
}

fn profile(values: &[u32]) -> Profile {
    let runs = values.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as f64)).collect();
    Profile { runs, size: values.len() as f64 }
}

/// A finite number written as text.
pub(crate) fn number(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|value| value.is_finite())
}

/// Names in order without repetitions, and for each old place its new one.
fn sorted_names(names: &[String], order: impl Fn(&String, &String) -> std::cmp::Ordering) -> (Vec<String>, Vec<u32>) {
    let mut places: Vec<usize> = (0..names.len()).collect();
    places.sort_by(|one, other| order(&names[*one], &names[*other]));
    let mut sorted: Vec<String> = Vec::with_capacity(names.len());
    let mut new = vec![0_u32; names.len()];
    for place in places {
        if sorted.last() != Some(&names[place]) {
            sorted.push(names[place].clone());
        }
        new[place] = sorted.len() as u32 - 1;
    }
    (sorted, new)
}
