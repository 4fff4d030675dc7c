//! CoNLL-2003 (E. Tjong Kim Sang and F. De Meulder, 2003): a token a line with its tag in the last column, an empty
//! line after a sentence, `-DOCSTART-` before a document. Only flat, contiguous spans fit. All tag schemes are read
//! (L. Ramshaw and M. Marcus, 1995; L. Ratinov and D. Roth, 2009); the option says which one is written.

use crate::{
    carries::{Carries, ClassText},
    options::{FormatOption, Way},
    record::{Data, DirectoryView, Record, RecordError, Settings, Sink, Stop, give},
    registry::{Format, Job},
    sink::ArchiveSink,
    text,
    tokens::tokens,
};
use labelwright_core::{Answer, Geometry, GeometryKind, Region, Target, geometry::Span};
use std::{collections::BTreeMap, io};

pub const FORMAT: Format = Format {
    id: "conll2003",
    title: "CoNLL-2003",
    carries: Carries {
        words: "texts with flat spans (IOB2, IOB1, IOE, IOBES, BILOU)",
        geometry: &[GeometryKind::Span],
        class_text: ClassText::Word,
        ..Carries::TEXTS
    },
    options: &[FormatOption {
        key: "scheme",
        help: "how tags are written; every scheme is read",
        values: &SCHEMES,
        way: Way::Write,
    }],
    sniff: |view| {
        let fits = |name: &String| name.ends_with(".conll") || name.ends_with(".bio") || name.ends_with(".iob");
        f64::from(u8::from(view.list().iter().any(|(name, _)| fits(name)))) * 0.9
    },
    read: Some(read),
    write: Some(write),
    extension: "conll",
};

pub(crate) const SCHEMES: [&str; 7] = ["iob2", "iob1", "ioe1", "ioe2", "iobes", "bilou", "io"];

/// Tags in a scheme of flat spans: for each token the number of its span, if it lies in one, and its class.
pub(crate) fn tags(scheme: &str, spans: &[Option<(usize, &str)>]) -> Vec<String> {
    let at = |index: Option<usize>| index.and_then(|index| spans.get(index)).copied().flatten();
    let tag = |index: usize| {
        let Some((number, class)) = at(Some(index)) else { return "O".to_owned() };
        let (before, after) = (at(index.checked_sub(1)), at(Some(index + 1)));
        let begins = before.is_none_or(|(other, _)| other != number);
        let ends = after.is_none_or(|(other, _)| other != number);
        let follows = before.is_some_and(|(_, other)| other == class);
        let goes_on = after.is_some_and(|(_, other)| other == class);
        let letter = match (scheme, begins, ends) {
            ("iobes", true, true) => 'S',
            ("bilou", true, true) => 'U',
            ("iobes", _, true) => 'E',
            ("bilou", _, true) => 'L',
            ("ioe2", _, true) => 'E',
            ("ioe1", _, true) if goes_on => 'E',
            ("iob1", true, _) if follows => 'B',
            ("iob1" | "ioe1" | "ioe2" | "io", ..) => 'I',
            (_, true, _) => 'B',
            _ => 'I',
        };
        format!("{letter}-{class}")
    };
    (0..spans.len()).map(tag).collect()
}

/// Does a tag with this prefix go on with a span that is open? And does it end its span?
pub(crate) fn reads(prefix: &str) -> (bool, bool) {
    let ends = matches!(prefix, "E" | "L" | "S" | "U" | "W");
    (matches!(prefix, "I" | "E" | "L" | "M"), ends)
}

/// One document while it is being read.
#[derive(Default)]
struct Document {
    text: String,
    chars: u32,
    spans: Vec<(String, u32, u32)>,
    open: bool,
    place: String,
}

impl Document {
    fn token(&mut self, word: &str, tag: &str, place: &str) {
        if self.text.is_empty() {
            self.place = place.to_owned();
        } else if !self.text.ends_with('\n') {
            self.text.push(' ');
            self.chars += 1;
        }
        let (start, end) = (self.chars, self.chars + word.chars().count() as u32);
        self.text.push_str(word);
        self.chars = end;
        let (prefix, class) = tag.split_once('-').unwrap_or(("O", ""));
        // IOB1 begins a span with I- too: it goes on only directly after a token of the same class.
        let (inner, ends) = reads(prefix);
        let goes_on = inner && self.open && self.spans.last().is_some_and(|span| span.0 == class);
        match self.spans.last_mut() {
            Some(last) if goes_on => last.2 = end,
            _ if class.is_empty() => {}
            _ => self.spans.push((class.to_owned(), start, end)),
        }
        self.open = !class.is_empty() && !ends;
    }

    fn end_sentence(&mut self) {
        self.open = false;
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
            self.chars += 1;
        }
    }

    fn finish(self, number: usize) -> Option<Record> {
        if self.text.is_empty() {
            return None;
        }
        let region = |(index, (class, start, end)): (usize, (String, u32, u32))| Region {
            id: format!("s{}", index + 1),
            target: Target::Item,
            geometry: Geometry::Span(Span::new(start, end)),
            class,
            attributes: BTreeMap::new(),
            score: None,
        };
        let answer = Answer { regions: self.spans.into_iter().enumerate().map(region).collect(), ..Answer::default() };
        let text = self.text.trim_end_matches('\n').to_owned();
        Some(Record::new(format!("document-{number:06}"), Data::Text(text), self.place).answered(answer))
    }
}

fn read(view: &dyn DirectoryView, _: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let mut number = 0;
    for (name, _) in view.list() {
        let mut document = Document::default();
        text::each_line(view, &name, |at, line| {
            let place = format!("{name}:{at}");
            let line = match line {
                Ok(line) => line,
                Err(error) => return give(sink, Err(error)),
            };
            let columns: Vec<&str> = line.split_whitespace().collect();
            match columns.as_slice() {
                [] => document.end_sentence(),
                ["-DOCSTART-", ..] => {
                    if let Some(record) = std::mem::take(&mut document).finish(number + 1) {
                        number += 1;
                        give(sink, Ok(record))?;
                    }
                }
                [word, .., tag] if *tag == "O" || tag.contains('-') => document.token(word, tag, &place),
                _ => {
                    let message = "a line has a token first and its tag (O, B-X, I-X) last";
                    give(sink, Err(RecordError::new(place, "bad_line", message)))?;
                }
            }
            Ok(())
        })?;
        if let Some(record) = document.finish(number + 1) {
            number += 1;
            give(sink, Ok(record))?;
        }
    }
    Ok(())
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let losses = job.losses;
    let scheme = job.head.options.get("scheme").unwrap_or("iob2");
    out.begin("labels.conll")?;
    for item in job.items {
        let Some(text) = &item.text else { continue };
        let none = Answer::default();
        let answer = item.answers.first().map_or(&none, |answer| &answer.answer);
        let cut = tokens(text);
        let mut marks: Vec<Option<(usize, &str)>> = vec![None; cut.len()];
        let mut spans: Vec<(u32, u32, &str)> = answer.regions.iter().filter_map(flat_span).collect();
        spans.sort_by_key(|(start, end, _)| (*start, std::cmp::Reverse(*end)));
        for (number, (start, end, class)) in spans.into_iter().enumerate() {
            let first = cut.partition_point(|token| token.end <= start);
            let covered: Vec<usize> = (first..cut.len()).take_while(|at| cut[*at].start < end).collect();
            let exact = covered.first().is_some_and(|at| cut[*at].start == start)
                && covered.last().is_some_and(|at| cut[*at].end == end);
            if covered.iter().any(|at| marks[*at].is_some()) {
                losses.add("overlap", "a span that overlaps another one is left out", &item.key);
                continue;
            }
            if !exact {
                losses.add("token_border", "a span that cuts a token is widened to whole tokens", &item.key);
            }
            for at in covered {
                marks[at] = Some((number, class));
            }
        }
        let tags = tags(scheme, &marks);
        writeln!(out, "-DOCSTART- -X- -X- O\n")?;
        for (index, (token, tag)) in cut.iter().zip(&tags).enumerate() {
            if token.begins_sentence && index > 0 {
                writeln!(out)?;
            }
            writeln!(out, "{} -X- -X- {tag}", token.text)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn flat_span(region: &Region) -> Option<(u32, u32, &str)> {
    match &region.geometry {
        Geometry::Span(Span { ranges }) if ranges.len() == 1 => Some((ranges[0][0], ranges[0][1], &region.class)),
        _ => None,
    }
}
