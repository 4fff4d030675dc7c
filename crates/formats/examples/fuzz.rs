//! Feeds every reader of the registry with broken forms of what its writer makes: bytes changed, cut out, doubled and
//! put together from two files. A panic, a time of more than ten seconds or a problem without a place ends it with the
//! seed that shows it again: `cargo run --release -p labelwright-formats --example fuzz -- SECONDS [FORMAT [SEED]]`.

#![allow(clippy::unwrap_used, clippy::expect_used, dead_code)]

#[path = "../tests/it/generate.rs"]
mod generate;

use generate::Dice;
use labelwright_formats::{FORMATS, Format, Found, Head, MemorySink, MemoryView, Next, Options, Settings, Stop};
use std::{
    io::Write,
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant},
};

/// Words that readers stumble over.
const HOSTILE: [&str; 24] = [
    "NaN",
    "-1",
    "1e999",
    "18446744073709551616",
    "4294967295",
    "9223372036854775807",
    "null",
    "[]",
    "{}",
    "\"",
    "\\u0000",
    "\u{feff}",
    "\r\n",
    "\t",
    "../../etc/passwd",
    "&lol;",
    "<a>",
    "</a>",
    "]]>",
    "👩\u{200d}👧",
    "\u{0}",
    "true",
    "0",
    ",,,",
];

/// The header of a PNG of 640 x 480 pixels.
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\xe0\x08\x02\0\0\0";

fn files_of(format: &Format, dice: &mut Dice) -> MemoryView {
    if format.write.is_none() {
        let text = ["{\"text\":\"a\"}\n", "a,text\n1,b\n", "https://x.org/a.png\n"];
        let name = ["a.jsonl", "a.csv", "a.txt"];
        let at = dice.below(3) as usize;
        return MemoryView { files: [(name[at].to_owned(), text[at].as_bytes().to_vec())].into() };
    }
    let schema = generate::schema(dice, &format.carries);
    let items = generate::items(dice, format, &schema);
    let (mut sink, options) = (MemorySink::default(), Options::default());
    let head = Head::new("project", &schema, &options);
    format.write_to(&head, &mut items.into_iter(), &mut sink).expect("what is generated can be written");
    // Formats whose labels are the names of pictures write nothing else.
    let media: Vec<String> = std::mem::take(&mut sink.media).into_keys().collect();
    let mut files = sink.into_files();
    files.extend(media.into_iter().map(|name| (name, PICTURE.to_vec())));
    files.entry("README.txt".to_owned()).or_insert_with(|| b"nothing\n".to_vec());
    MemoryView { files }
}

fn mutated(bytes: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..1 + dice.below(4) {
        let at = dice.below(bytes.len() as u64 + 1) as usize;
        let end = (at + dice.below(40) as usize).min(bytes.len());
        match dice.below(8) {
            0 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            3 => bytes.truncate(at),
            4 => {
                let word = dice.pick(&HOSTILE).as_bytes().to_vec();
                bytes.splice(at..end, word);
            }
            5 if !other.is_empty() => {
                let from = dice.below(other.len() as u64) as usize;
                let until = (from + dice.below(200) as usize).min(other.len());
                bytes.splice(at..end, other[from..until].to_vec());
            }
            6 => {
                // A number becomes another one.
                let digits: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at].is_ascii_digit()).collect();
                if !digits.is_empty() {
                    bytes[*dice.pick(&digits)] = b'0' + dice.below(10) as u8;
                }
            }
            _ => {
                let word = dice.pick(&HOSTILE).as_bytes().to_vec();
                bytes.splice(at..at, word);
            }
        }
    }
    bytes
}

/// What is wrong with the reader, if something is.
fn once(format: &Format, seed: u64) -> Option<String> {
    let mut dice = Dice(seed);
    let mut view = files_of(format, &mut dice);
    let names: Vec<String> = view.files.keys().cloned().collect();
    for _ in 0..1 + dice.below(2) {
        let (name, other) = (dice.pick(&names).clone(), dice.pick(&names).clone());
        let (bytes, other) = (view.files[&name].clone(), view.files[&other].clone());
        view.files.insert(name, mutated(&bytes, &other, &mut dice));
    }
    let began = Instant::now();
    let mut complaint = None;
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let _ = (format.sniff)(&view);
        let mut found = 0_u64;
        let read = format.read.unwrap()(&view, &Settings::default(), &mut |one| {
            found += 1;
            if let Found::Problem(error) = &one
                && (error.place.is_empty() || error.message.len() > 2_000)
            {
                complaint = Some(format!("a problem without a place, or too long: {error:?}"));
            }
            if found > 1_000_000 { Next::Stop } else { Next::GoOn }
        });
        if let Err(Stop::Unreadable(error)) = read
            && error.place.is_empty()
        {
            complaint = Some(format!("an error without a place: {error:?}"));
        }
    }));
    match outcome {
        Err(_) => Some("it panics".to_owned()),
        Ok(()) if began.elapsed() > Duration::from_secs(10) => Some(format!("it takes {:?}", began.elapsed())),
        Ok(()) => complaint,
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let seconds: u64 = arguments.first().map_or(60, |text| text.parse().expect("seconds for each reader"));
    let only = arguments.get(1);
    let seed = arguments.get(2).map(|text| text.parse::<u64>().expect("a seed"));
    let mut failed = false;
    for format in FORMATS.iter().filter(|format| format.read.is_some()) {
        if only.is_some_and(|only| only != format.id) {
            continue;
        }
        let (began, mut runs) = (Instant::now(), 0_u64);
        let mut wrong = None;
        while wrong.is_none() && (began.elapsed() < Duration::from_secs(seconds) || seed.is_some() && runs == 0) {
            let seed = seed.unwrap_or(runs);
            wrong = once(format, seed).map(|what| (seed, what));
            runs += 1;
            if arguments.len() > 2 {
                break;
            }
        }
        match wrong {
            Some((seed, what)) => {
                failed = true;
                let _ = writeln!(std::io::stdout(), "{}: {what}; again with: fuzz 1 {} {seed}", format.id, format.id);
            }
            None => {
                let _ = writeln!(std::io::stdout(), "{}: {runs} runs", format.id);
            }
        }
    }
    std::process::exit(i32::from(failed));
}
