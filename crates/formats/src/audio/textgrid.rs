//! Praat's TextGrid, long, short and anything between (Praat manual, "TextGrid file formats"): what counts is the stream
//! of free-standing numbers and quoted texts. A tier is a class; the text of an interval is its attribute `text`.

use super::{CARRIES, TRANSCRIPT};
use crate::{
    carries::Carries,
    names::Stems,
    options::{FormatOption, Way},
    record::{Clock, DirectoryView, RecordError, Settings, Sink, Stop, give},
    registry::{Format, Job},
    sink::ArchiveSink,
    spans, text,
};
use labelwright_core::{Answer, Region, Value};
use std::io;

pub const FORMAT: Format = Format {
    id: "textgrid",
    title: "Praat TextGrid",
    carries: Carries { words: "tiers of intervals and points with text", attributes: TRANSCRIPT, ..CARRIES },
    options: &[FormatOption {
        key: "form",
        help: "the long or the short text form",
        values: &["long", "short"],
        way: Way::Write,
    }],
    sniff: |view| if spans::files(view, &[".textgrid"]).is_empty() { 0.0 } else { 0.97 },
    read: Some(read),
    write: Some(write),
    ..Format::NEW
};

/// Text in one of Praat's encodings.
fn decoded(bytes: &[u8]) -> Result<String, String> {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair)).collect();
        String::from_utf16(&units).map_err(|_| "the text is not UTF-16".to_owned())
    };
    match bytes {
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec()).map_err(|_| "the text is not UTF-8".into()),
        _ if bytes.starts_with(b"ooBinaryFile") => Err("binary files are not read: save it as a text file".into()),
        // Praat falls back to Latin-1.
        _ => {
            Ok(String::from_utf8(bytes.to_vec())
                .unwrap_or_else(|_| bytes.iter().map(|byte| char::from(*byte)).collect()))
        }
    }
}

#[derive(Debug, PartialEq)]
enum Item {
    Number(f64),
    Text(String),
    Flag(bool),
}

/// The free-standing items of a text, with their lines.
fn items(text: &str) -> Vec<(usize, Item)> {
    let mut found = Vec::new();
    let mut line = 1;
    let mut rest = text;
    while let Some(sign) = rest.chars().next() {
        if sign == '"' {
            let (begun, mut said) = (line, String::new());
            let mut signs = rest[1..].char_indices().peekable();
            let mut end = rest.len();
            while let Some((at, sign)) = signs.next() {
                line += usize::from(sign == '\n');
                if sign == '"' && signs.next_if(|(_, next)| *next == '"').is_none() {
                    end = at + 2;
                    break;
                }
                said.push(sign);
            }
            found.push((begun, Item::Text(said)));
            rest = &rest[end..];
        } else if sign == '!' {
            rest = rest.find('\n').map_or("", |at| &rest[at..]);
        } else if sign.is_whitespace() {
            line += usize::from(sign == '\n');
            rest = &rest[sign.len_utf8()..];
        } else {
            let end = rest.find(|c: char| c.is_whitespace()).unwrap_or(rest.len());
            match &rest[..end] {
                "<exists>" => found.push((line, Item::Flag(true))),
                "<absent>" => found.push((line, Item::Flag(false))),
                word => found.extend(crate::numbers::parse(word).map(|number| (line, Item::Number(number)))),
            }
            rest = &rest[end..];
        }
    }
    found
}

struct Stream {
    items: std::vec::IntoIter<(usize, Item)>,
    line: usize,
}

impl Stream {
    fn next(&mut self, what: &str) -> Result<Item, (usize, String)> {
        let (line, item) =
            self.items.next().ok_or_else(|| (self.line, format!("the file ends where {what} is expected")))?;
        self.line = line;
        Ok(item)
    }

    fn number(&mut self, what: &str) -> Result<f64, (usize, String)> {
        match self.next(what)? {
            Item::Number(number) => Ok(number),
            other => Err((self.line, format!("{what} is a number, and not {other:?}"))),
        }
    }

    fn text(&mut self, what: &str) -> Result<String, (usize, String)> {
        match self.next(what)? {
            Item::Text(text) => Ok(text),
            other => Err((self.line, format!("{what} is a text in quotes, and not {other:?}"))),
        }
    }
}

/// Regions, length in seconds, and what is wrong with single intervals.
type Grid = (Vec<Region>, f64, Vec<(usize, &'static str, String)>);

fn grid(text: &str) -> Result<Grid, (usize, String)> {
    let mut stream = Stream { items: items(text).into_iter(), line: 1 };
    let kind = (stream.text("the kind of file")?, stream.text("the class")?);
    if kind.0 != "ooTextFile" || kind.1 != "TextGrid" {
        return Err((stream.line, format!("this is no TextGrid, but {} {}", kind.0, kind.1)));
    }
    let (_, length) = (stream.number("xmin")?, stream.number("xmax")?);
    let (mut regions, mut problems) = (Vec::new(), Vec::new());
    if stream.next("<exists>")? == Item::Flag(false) {
        return Ok((regions, length, problems));
    }
    let count = stream.number("the number of tiers")?;
    let mut tier = 0.0;
    while tier < count {
        tier += 1.0;
        let (kind, name) = (stream.text("the kind of a tier")?, stream.text("the name of a tier")?);
        stream.number("xmin")?;
        stream.number("xmax")?;
        let intervals = stream.number("the number of intervals")?;
        let mut at = 0.0;
        while at < intervals {
            at += 1.0;
            let start = stream.number("a time")?;
            let end = if kind == "IntervalTier" { stream.number("the end of an interval")? } else { start + 0.001 };
            let said = stream.text("the text of an interval")?;
            if said.is_empty() && kind == "IntervalTier" {
                // Intervals without text only fill the tier.
                continue;
            }
            match super::read_interval(regions.len(), &name, start, end) {
                Ok(mut region) => {
                    if said != "\u{b7}" && !said.is_empty() {
                        region.attributes.insert("text".into(), Value::Text(said));
                    }
                    regions.push(region);
                }
                Err((code, message)) => problems.push((stream.line, code, message)),
            }
        }
    }
    Ok((regions, length, problems))
}

fn read(view: &dyn DirectoryView, _: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let media = super::media(view);
    for name in spans::files(view, &[".textgrid"]) {
        let read = text::whole_file(view, &name).and_then(|bytes| {
            let text = decoded(&bytes).map_err(|message| RecordError::new(&name, "not_text", message))?;
            grid(&text).map_err(|(line, message)| RecordError::new(format!("{name}:{line}"), "malformed", message))
        });
        let (regions, length, problems) = match read {
            Ok(grid) => grid,
            Err(error) => {
                give(sink, Err(error))?;
                continue;
            }
        };
        for (line, code, message) in problems {
            give(sink, Err(RecordError::new(format!("{name}:{line}"), code, message)))?;
        }
        let stem = &name[..name.len() - ".textgrid".len()];
        let mut record = super::record(&media, stem, &name, Answer { regions, ..Answer::default() });
        let ticks = super::ticks(length).filter(|ticks| *ticks > 0);
        record.clock = Some(Clock { ticks, ..Clock::new(super::MILLISECONDS) });
        give(sink, Ok(record))?;
    }
    Ok(())
}

/// Start, end and text of the intervals of one tier.
type Tier<'a> = Vec<(f64, f64, &'a str)>;

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let long = !job.head.options.is("form", "short");
    let mut names = Stems::default();
    for item in job.items {
        let name = names.name("", &item.key, job.losses);
        if let Some(source) = &item.media {
            out.media(&name, source)?;
        }
        let all = super::intervals(&item);
        let last = all.iter().map(|(_, end, _)| *end).fold(0.0, f64::max);
        let length = item
            .clock
            .and_then(|clock| clock.ticks)
            .map_or(last, |ticks| (ticks as f64 / super::per_second(&item)).max(last));
        let length = if length > 0.0 { length } else { 1.0 };
        // Intervals of one tier may not overlap: a class gets as many tiers of its name as it needs.
        let mut tiers: Vec<(&str, Tier<'_>)> = Vec::new();
        for (start, end, region) in &all {
            // Praat takes an interval without text for a gap.
            let said = super::said(region, "text").filter(|text| !text.is_empty()).unwrap_or("\u{b7}");
            if super::said(region, "text").is_some_and(str::is_empty) {
                job.losses.add("values", "an empty text is the same as none", &item.key);
            }
            let fits = |(class, list): &&mut (&str, Tier<'_>)| {
                *class == region.class && list.last().is_none_or(|(_, before, _)| *before <= *start)
            };
            match tiers.iter_mut().find(fits) {
                Some((_, list)) => list.push((*start, *end, said)),
                None => tiers.push((&region.class, vec![(*start, *end, said)])),
            }
        }
        out.begin(&format!("{name}.TextGrid"))?;
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let (a, b) = if long { ("xmin = ", "xmax = ") } else { ("", "") };
        let label = |text: &'static str| if long { text } else { "" };
        writeln!(out, "File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\n{a}0\n{b}{length}")?;
        writeln!(out, "{}<exists>\n{}{}", label("tiers? "), label("size = "), tiers.len())?;
        if long {
            writeln!(out, "item []:")?;
        }
        for (at, (class, list)) in tiers.iter().enumerate() {
            let mut filled: Tier<'_> = Vec::new();
            let mut now = 0.0;
            for (start, end, said) in list {
                if *start > now {
                    filled.push((now, *start, ""));
                }
                filled.push((*start, *end, said));
                now = *end;
            }
            if now < length {
                filled.push((now, length, ""));
            }
            if long {
                writeln!(out, "    item [{}]:", at + 1)?;
            }
            writeln!(
                out,
                "{}\"IntervalTier\"\n{}{}",
                label("        class = "),
                label("        name = "),
                quoted(class)
            )?;
            writeln!(out, "{}0\n{}{length}", label("        xmin = "), label("        xmax = "))?;
            writeln!(out, "{}{}", label("        intervals: size = "), filled.len())?;
            for (number, (start, end, said)) in filled.iter().enumerate() {
                if long {
                    writeln!(out, "        intervals [{}]:", number + 1)?;
                }
                writeln!(out, "{}{start}\n{}{end}", label("            xmin = "), label("            xmax = "))?;
                writeln!(out, "{}{}", label("            text = "), quoted(said))?;
            }
        }
    }
    Ok(())
}
