//! Series of every form that is read, and series that are broken in the usual ways.
#![allow(clippy::unwrap_used)]

use labelwright_core::Moment;
use labelwright_media::{
    Refused,
    series::{
        levels::{Head, read_head},
        prepare,
    },
};
use proptest::prelude::*;
use std::io::{Seek, Write};

fn prepared(text: impl AsRef<[u8]>) -> Result<(Head, Vec<u8>), Refused> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(text.as_ref()).unwrap();
    file.rewind().unwrap();
    let mut levels = Vec::new();
    let head = prepare(file, &mut levels)?;
    assert_eq!(read_head(&mut levels.as_slice()).unwrap(), head);
    Ok((head, levels))
}

/// The code of a refusal and what it says.
fn refused(text: impl AsRef<[u8]>) -> (&'static str, String) {
    match prepared(text) {
        Err(Refused::Data { code, message }) => (code, message),
        Err(other) => panic!("{other}"),
        Ok((head, _)) => panic!("{head:?}"),
    }
}

/// The file behind its head.
fn body(levels: &[u8]) -> &[u8] {
    let length = u32::from_le_bytes(levels[8..12].try_into().unwrap()) as usize;
    &levels[12 + length..]
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(4).map(|one| f32::from_le_bytes(one.try_into().unwrap())).collect()
}

/// Ticks and numbers of all rows.
fn rows(head: &Head, levels: &[u8]) -> Vec<(f64, Vec<f64>)> {
    let (body, channels) = (body(levels), head.channels.len());
    let times = &body[head.times as usize..head.values as usize];
    let times = times.chunks_exact(8).map(|one| f64::from_le_bytes(one.try_into().unwrap()));
    let values = floats(&body[head.values as usize..]);
    assert_eq!(values.len(), head.rows as usize * channels);
    let number = |(at, value): (usize, &f32)| head.channels[at].base + f64::from(*value);
    times.zip(values.chunks_exact(channels)).map(|(t, row)| (t, row.iter().enumerate().map(number).collect())).collect()
}

#[test]
fn times_are_dates_numbers_or_none_at_all() {
    let (head, levels) =
        prepared("time,a,b\n2026-01-31T12:00:00Z,1,10\n2026-01-31T12:00:00.5Z,2,20\n2026-01-31T12:00:02Z,,30\n")
            .unwrap();
    assert_eq!(head.first, Moment::parse("2026-01-31T12:00:00Z").unwrap());
    assert_eq!((head.ticks_per_second, head.ticks, head.rows), (10, 21, 3));
    assert_eq!(
        head.channels.iter().map(|c| (c.name.as_str(), c.low, c.high, c.missing)).collect::<Vec<_>>(),
        [("a", 1.0, 2.0, 1), ("b", 10.0, 30.0, 0)]
    );
    let found = rows(&head, &levels);
    assert_eq!((found[1].0, found[1].1.as_slice()), (5.0, [2.0, 20.0].as_slice()));
    assert!(found[2].1[0].is_nan());

    let (head, _) = prepared("\u{feff}x;t (s);name\n5;0.25;on\n6;0.5;off\n").unwrap();
    assert_eq!((head.first.to_string().as_str(), head.ticks_per_second, head.ticks), ("0.25", 100, 26));
    assert_eq!((head.channels[0].name.as_str(), head.left_out.as_slice()), ("x", ["name".to_owned()].as_slice()));

    let (head, _) = prepared("#a\tb\n1\t2\n3\t4\n\n").unwrap();
    assert_eq!((head.ticks_per_second, head.ticks, head.media_type.as_str()), (1, 2, "text/tab-separated-values"));
    assert_eq!(head.channels[0].name, "a");
}

#[test]
fn small_changes_of_large_numbers_stay() {
    let (head, levels) = prepared("price\n1000000.01\n1000000.02\n999999.99\n").unwrap();
    let found: Vec<f64> = rows(&head, &levels).into_iter().map(|(_, row)| row[0]).collect();
    for (found, expected) in found.iter().zip([1_000_000.01, 1_000_000.02, 999_999.99]) {
        assert!((found - expected).abs() < 1e-8, "{found}");
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    for (text, code, said) in [
        ("", "empty_file", "empty"),
        ("time,a\n", "empty_file", "no rows"),
        ("time,a\n0,x\n1,y\n", "no_channels", "time, a"),
        ("time,a\n0,\n1,\n", "no_channels", "no row has a number"),
        ("time,a\n0,1\n1,two\n", "bad_value", "line 3, column a: \"two\""),
        ("time,a\n0,1\nnoon,2\n", "bad_time", "line 3, column time: \"noon\""),
        ("time,a\n2026-01-01,1\n5,2\n", "bad_time", "line 3"),
        ("time,a\n5,1\n4,2\n", "unordered", "line 3"),
        ("time,a\n0,1,2,3\n", "damaged", "line 2"),
    ] {
        let (found, message) = refused(text);
        assert!(found == code && message.contains(said), "{text:?}: {found} {message}");
    }
    assert_eq!(refused(b"time,a\n0,\xff\xfe\n").0, "damaged");
    assert_eq!(refused(b"\x89PNG\r\n\x1a\n\0\0\0").0, "not_a_series");
    assert_eq!(refused(b"PAR1 and nothing more").0, "damaged");
    let many: Vec<String> = (0..65).map(|at| format!("c{at}")).collect();
    let row = vec!["1"; 65].join(",");
    assert_eq!(refused(format!("{}\n{row}\n", many.join(","))).0, "bad_channels");
}

#[test]
fn a_spike_is_in_every_level() {
    let mut text = String::from("time,a\n");
    for row in 0..100_000 {
        let value = if row == 61_803 { 1e6 } else { f64::from(row % 7) };
        text.push_str(&format!("{},{value}\n", f64::from(row) / 1000.0));
    }
    let (head, levels) = prepared(text).unwrap();
    assert_eq!((head.ticks_per_second, head.ticks), (1000, 100_000));
    assert!(head.levels.len() > 2 && head.levels[0].count <= 512, "{:?}", head.levels);
    let body = body(&levels);
    for level in &head.levels {
        let bytes = &body[level.offset as usize..][..level.count * 8];
        let bins = floats(bytes);
        let at = (61_803 / level.ticks) as usize;
        assert_eq!(f64::from(bins[at * 2 + 1]) + head.channels[0].base, 1e6, "{level:?}");
        assert_eq!(level.count as i64, (head.ticks + level.ticks - 1) / level.ticks);
    }
    // The index says where the rows of a bin begin.
    let finest = head.levels.last().unwrap();
    let index = &body[head.index as usize..][..(finest.count + 1) * 4];
    let index: Vec<u32> = index.chunks_exact(4).map(|one| u32::from_le_bytes(one.try_into().unwrap())).collect();
    assert_eq!((index[0], index[1], *index.last().unwrap()), (0, finest.ticks as u32, 100_000));
}

proptest! {
    /// Whatever the steps are, levels hold the extremes of their rows, and rows what was written.
    #[test]
    fn levels_hold_the_extremes_of_their_rows(steps in proptest::collection::vec((0_u32..5000, -1000_i32..1000), 1..400)) {
        let (mut text, mut at, mut expected) = (String::from("t,a\n"), 0_u64, Vec::new());
        for (step, value) in &steps {
            at += u64::from(*step);
            text.push_str(&format!("{}.{:03},{value}\n", at / 1000, at % 1000));
            expected.push((at, f64::from(*value)));
        }
        let (head, levels) = prepared(text).unwrap();
        let per_milli = 1000 / i64::from(head.ticks_per_second);
        let first = expected[0].0 as i64;
        let found = rows(&head, &levels);
        for ((tick, row), (at, value)) in found.iter().zip(&expected) {
            prop_assert_eq!((*tick as i64) * per_milli, *at as i64 - first);
            prop_assert_eq!(row[0], *value);
        }
        let body = body(&levels);
        for level in &head.levels {
            let bins = floats(&body[level.offset as usize..][..level.count * 8]);
            for (bin, pair) in bins.chunks_exact(2).enumerate() {
                let from = bin as i64 * level.ticks;
                let own: Vec<f64> = found
                    .iter()
                    .filter(|(tick, _)| (from..from + level.ticks).contains(&(*tick as i64)))
                    .map(|(_, row)| row[0])
                    .collect();
                let (low, high) = own.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(*v), high.max(*v)));
                if own.is_empty() {
                    prop_assert!(pair[0].is_nan() && pair[1].is_nan());
                } else {
                    let base = head.channels[0].base;
                    prop_assert_eq!((f64::from(pair[0]) + base, f64::from(pair[1]) + base), (low, high));
                }
            }
        }
    }

    #[test]
    fn no_text_makes_it_fall_over(text in "[0-9a-z,;\t\n.\"#-]{0,200}") {
        drop(prepared(text));
    }
}
