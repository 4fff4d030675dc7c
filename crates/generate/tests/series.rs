//! Time series: what operations do to rows, and to labels.
#![allow(clippy::unwrap_used)]

use labelwright_core::{
    Answer, Region, Target,
    geometry::{Geometry, Interval, Points},
};
use labelwright_generate::{
    Random,
    augment::{Classes, Lineage, SeriesItem, Sourced, augment_series},
    recipe::Recipe,
    series::{Column, Series},
};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn series(rows: usize) -> Series {
    let names = ["tick", "time", "load", "state"].map(str::to_owned).to_vec();
    let column = |cell: &dyn Fn(usize) -> String| (0..rows).map(cell).collect::<Vec<String>>();
    let cells = vec![
        column(&|row| row.to_string()),
        column(&|row| format!("2026-01-01T00:{:02}:{:02}", row / 60 % 60, row % 60)),
        column(&|row| if row % 17 == 3 { String::new() } else { (row * 10).to_string() }),
        column(&|row| if row < rows / 2 { "on".into() } else { "off, \"cold\"".into() }),
    ];
    Series::of(names, cells).unwrap()
}

fn region(id: &str, start: i64, end: i64) -> Region {
    Region {
        id: id.into(),
        target: Target::Item,
        geometry: Geometry::Interval(Interval { start, end }),
        class: "odd".into(),
        attributes: BTreeMap::new(),
        score: None,
    }
}

fn made(recipe: &str, series: Series, regions: Vec<Region>, seed: u64) -> (SeriesItem, Lineage) {
    let recipe = Recipe::parse(recipe).unwrap();
    let answers = vec![Sourced { source: "anna".into(), answer: Answer { regions, ..Answer::default() } }];
    let item = SeriesItem { key: "a.csv".into(), series, answers };
    augment_series(&recipe, &Classes::default(), item, &mut Random::new(seed))
}

fn numbers(series: &Series) -> &[Option<f64>] {
    let Column::Numbers(values) = &series.columns[2] else { panic!() };
    values
}

#[test]
fn columns_are_understood_and_written_back() {
    let own = series(20);
    assert_eq!(own.columns[0], Column::Counter(0));
    assert!(matches!((&own.columns[1], &own.columns[3]), (Column::Time(_), Column::Words(_))));
    let text = own.csv();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines.len(), lines[0]), (21, "tick,time,load,state"));
    assert_eq!(lines[4], "3,2026-01-01T00:00:03,,on");
    assert_eq!(lines[20], "19,2026-01-01T00:00:19,190,\"off, \"\"cold\"\"\"");
    // A row of one missing value is no empty line.
    let alone = Series::of(vec!["x".into()], vec![vec!["1".into(), String::new()]]).unwrap();
    assert_eq!(alone.csv(), "x\n1\n\"\"\n");
    for (names, cells) in [
        (vec!["t".to_owned()], vec![vec!["1".to_owned()]]),
        (vec!["x".to_owned()], vec![vec![]]),
        (vec!["x".to_owned(), "y".to_owned()], vec![vec!["1".to_owned()]]),
    ] {
        assert!(Series::of(names, cells).is_err());
    }
}

#[test]
fn jitter_and_scale_change_channels_alone() {
    let before = series(2000);
    let (after, lineage) =
        made("[[operation]]\nop = 'jitter'\nshare = 0.1", before.clone(), vec![region("a", 3, 9)], 1);
    assert_eq!((&after.series.columns[0], &after.series.columns[3]), (&before.columns[0], &before.columns[3]));
    let differences: Vec<f64> =
        numbers(&after.series).iter().zip(numbers(&before)).filter_map(|(a, b)| Some((*a)? - (*b)?)).collect();
    let deviation = |values: &[f64]| {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt()
    };
    let whole: Vec<f64> = numbers(&before).iter().flatten().copied().collect();
    assert!((deviation(&differences) / deviation(&whole) - 0.1).abs() < 0.01);
    assert_eq!(numbers(&after.series).iter().filter(|value| value.is_none()).count(), 2000_usize.div_ceil(17));
    assert_eq!((lineage.operations[0]["op"].as_str(), after.answers[0].answer.regions.len()), (Some("jitter"), 1));
    let (after, lineage) =
        made("[[operation]]\nop = 'scale'\nfactor = 2.5\nchannels = ['load']", before.clone(), vec![], 1);
    assert_eq!(numbers(&after.series)[10], Some(250.0));
    assert_eq!(lineage.operations[0]["factors"]["load"], 2.5);
    let (_, lineage) = made("[[operation]]\nop = 'scale'\nchannels = ['lode']", before, vec![], 1);
    assert_eq!((lineage.operations.len(), lineage.notes["no_such_channel"]), (0, 1));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]
    /// A window is a part: its rows are those of the series, and labels count from its first one.
    #[test]
    fn windows_are_parts(rows in 5..300_usize, share in 0.05_f64..0.95, place in (0..290_i64, 1..80_i64), seed in any::<u64>()) {
        let before = series(rows);
        let start = place.0.min(rows as i64 - 2);
        let own = region("a", start, (start + place.1).min(rows as i64));
        let point = region("p", start, start + 1);
        let marks = Region {
            geometry: Geometry::Points(Points { points: vec![[start as f64 + 0.25, 7.0]] }),
            ..region("m", 0, 1)
        };
        let recipe = format!("visibility = 0\n[[operation]]\nop = 'window'\nshare = {share}");
        let (after, lineage) = made(&recipe, before.clone(), vec![own.clone(), point, marks], seed);
        let Some(told) = lineage.operations.first() else { return Ok(()) };
        let (first, kept) = (told["start"].as_u64().unwrap() as usize, told["rows"].as_u64().unwrap() as usize);
        prop_assert_eq!((after.series.rows, &after.series.columns[0]), (kept, &Column::Counter(0)));
        prop_assert_eq!(numbers(&after.series), &numbers(&before)[first..first + kept]);
        let Geometry::Interval(Interval { start: from, end }) = own.geometry else { unreachable!() };
        let (from, to) = ((from - first as i64).max(0), (end - first as i64).min(kept as i64));
        let find = |id: &str| after.answers[0].answer.regions.iter().find(|region| region.id == id).map(|region| &region.geometry);
        let wanted = (from < to).then_some(Geometry::Interval(Interval { start: from, end: to }));
        if end - start > 1 {
            prop_assert_eq!(find("a"), wanted.as_ref());
        }
        let at = start - first as i64;
        let inside = (0..kept as i64).contains(&at);
        let wanted = inside.then(|| Geometry::Interval(Interval { start: at, end: at + 1 }));
        prop_assert_eq!(find("p"), wanted.as_ref());
        let there = at as f64 + 0.25;
        let wanted = (there >= 0.0 && there <= kept as f64).then(|| Geometry::Points(Points { points: vec![[there, 7.0]] }));
        prop_assert_eq!(find("m"), wanted.as_ref());
    }

    /// Time is warped and never turned: values of a series that rises still rise, labels keep their order and lie where
    /// their values went.
    #[test]
    fn warps_are_monotone_and_labels_go_with_values(
        rows in 20..400_usize, strength in 0.05_f64..0.9, place in (0..380_i64, 5..80_i64), seed in any::<u64>(),
    ) {
        let mut before = series(rows);
        let Column::Numbers(values) = &mut before.columns[2] else { unreachable!() };
        values.iter_mut().enumerate().for_each(|(row, value)| *value = Some(row as f64));
        let start = place.0.min(rows as i64 - 6);
        let end = (start + place.1).min(rows as i64);
        let recipe = format!("visibility = 0\n[[operation]]\nop = 'time_warp'\nstrength = {strength}");
        let (after, lineage) = made(&recipe, before, vec![region("a", start, end)], seed);
        prop_assert_eq!(after.series.rows, rows);
        let values: Vec<f64> = numbers(&after.series).iter().map(|value| value.unwrap()).collect();
        prop_assert!(values.windows(2).all(|pair| pair[0] <= pair[1]));
        prop_assert_eq!(lineage.operations.len(), 1);
        let Geometry::Interval(Interval { start: from, end: to }) = after.answers[0].answer.regions[0].geometry else { unreachable!() };
        prop_assert!(0 <= from && from < to && to <= rows as i64);
        // Rows in the label come from rows in the label, to the row that is cut through at each end.
        for row in from..to {
            let origin = values[row as usize] + 0.5;
            let slack = 0.5 * (1.0 + strength) / (1.0 - strength) + 1e-9;
            prop_assert!(origin >= start as f64 - slack && origin <= end as f64 + slack, "{} {} {}", origin, start, end);
        }
    }
}
