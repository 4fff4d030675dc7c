//! What must hold for every table: the order of rows, the names of labelers and classes do not matter.

#![allow(clippy::unwrap_used)]

use labelwright_quality::agreement::{Distance, METRICS, Options, Rating, Ratings, per_category, per_pair, per_unit};
use proptest::prelude::*;

fn table(cells: &[(u32, u32, u32)], raters: &[String], names: &[String]) -> Option<Ratings> {
    let triples: Vec<Rating> = cells
        .iter()
        .map(|(unit, rater, category)| Rating { unit: *unit, rater: *rater, category: *category })
        .collect();
    Ratings::new(12, raters, names, &triples, None).ok()
}

fn names(prefix: &str, count: usize, turned: bool) -> Vec<String> {
    (0..count).map(|at| format!("{prefix}{}", if turned { 90 - at } else { 10 + at })).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn order_and_names_do_not_matter(
        mut cells in prop::collection::vec((0..12_u32, 0..4_u32, 0..3_u32), 4..40),
        turn in any::<prop::sample::Index>(),
    ) {
        cells.sort_by_key(|cell| (cell.0, cell.1));
        cells.dedup_by_key(|cell| (cell.0, cell.1));
        let raters = names("r", 4, false);
        let plain = table(&cells, &raters, &names("", 3, false)).unwrap();
        let mut turned = cells.clone();
        turned.rotate_left(turn.index(cells.len()));
        turned.reverse();
        let shuffled = table(&turned, &raters, &names("", 3, false)).unwrap();
        prop_assert_eq!(&plain, &shuffled);
        let renamed = table(&cells, &names("who", 4, true), &names("class", 3, true)).unwrap();
        let options = Options::default();
        for metric in METRICS {
            match ((metric.run)(&plain, &options), (metric.run)(&shuffled, &options)) {
                (Ok(one), Ok(other)) => prop_assert_eq!(one, other, "{}", metric.id),
                (one, other) => prop_assert_eq!(one.is_err(), other.is_err()),
            }
            // AC2 takes the order of the classes for their distance; the numeric ones read numbers.
            if !metric.numeric && metric.id != "gwet-ac2" {
                match ((metric.run)(&plain, &options), (metric.run)(&renamed, &options)) {
                    (Ok(one), Ok(other)) => match (one.value, other.value) {
                        (Some(a), Some(b)) => prop_assert!((a - b).abs() < 1e-9, "{}: {a} {b}", metric.id),
                        (a, b) => prop_assert_eq!(a, b),
                    },
                    (one, other) => prop_assert_eq!(one.is_err(), other.is_err()),
                }
            }
        }
    }

    #[test]
    fn a_labeler_counted_twice_does_not_lower_agreement(
        values in prop::collection::vec((0..3_u32, 0..3_u32), 3..12),
    ) {
        let cells: Vec<(u32, u32, u32)> =
            (0..).zip(&values).flat_map(|(unit, (a, b))| [(unit, 0, *a), (unit, 1, *b)]).collect();
        let mut doubled = cells.clone();
        doubled.extend((0..).zip(&values).map(|(unit, (a, _))| (unit, 2, *a)));
        let percent = METRICS.iter().find(|metric| metric.id == "percent").unwrap();
        let of = |cells: &[(u32, u32, u32)]| {
            let table = table(cells, &names("r", 3, false), &names("", 3, false)).unwrap();
            (percent.run)(&table, &Options::default()).unwrap().value.unwrap()
        };
        prop_assert!(of(&doubled) >= of(&cells) - 1e-12);
    }

    #[test]
    fn the_parts_fit_the_whole(cells in prop::collection::vec((0..12_u32, 0..2_u32, 0..2_u32), 6..30)) {
        let mut cells = cells;
        cells.sort_by_key(|cell| (cell.0, cell.1));
        cells.dedup_by_key(|cell| (cell.0, cell.1));
        let table = table(&cells, &names("r", 2, false), &names("", 2, false)).unwrap();
        let percent = METRICS.iter().find(|metric| metric.id == "percent").unwrap();
        let whole = (percent.run)(&table, &Options::default()).unwrap().value;
        let units: Vec<f64> = per_unit(&table, &Options::default().weights).unwrap().into_iter().flatten().collect();
        if let Some(whole) = whole {
            prop_assert!((units.iter().sum::<f64>() / units.len() as f64 - whole).abs() < 1e-12);
            let pairs = per_pair(&table, percent, &Options::default(), 10).unwrap().unwrap();
            prop_assert!((pairs[0].2.value.unwrap() - whole).abs() < 1e-12);
            // With two classes the one against the other is the table itself.
            let alpha = METRICS.iter().find(|metric| metric.id == "krippendorff-alpha").unwrap();
            let nominal = Options { distance: Distance::Nominal, ..Options::default() };
            let of_table = (alpha.run)(&table, &nominal).unwrap().value;
            for (_, of_class) in per_category(&table, alpha, &nominal).unwrap() {
                match (of_class.value, of_table) {
                    (Some(a), Some(b)) => prop_assert!((a - b).abs() < 1e-12),
                    (a, b) => prop_assert_eq!(a, b),
                }
            }
        }
    }
}
