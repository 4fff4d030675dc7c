//! brat standoff (P. Stenetorp et al., 2012): a text file and a file of annotations beside it. Offsets are code points.
//! Spans may be in pieces; the arguments of an event become relations from its trigger.

use crate::{
    carries::{Carries, ClassText, Names},
    extras::Extras,
    files::read_text,
    labels, names,
    record::{Data, DirectoryView, Record, RecordError, Settings, Sink, Stop, give},
    registry::{Format, Job},
    sink::ArchiveSink,
    spans::{self, Ruler, UNICODE, Unit},
};
use labelwright_core::{Answer, GeometryKind, Relation, Value};
use std::{collections::BTreeMap, io};

pub const FORMAT: Format = Format {
    id: "brat",
    title: "brat standoff",
    carries: Carries {
        words: "texts with spans (in pieces too), relations, events, attributes, notes",
        geometry: &[GeometryKind::Span],
        parts: true,
        attributes: Names::Any,
        relations: Names::Any,
        class_text: ClassText::Word,
        ids: true,
        ..Carries::TEXTS
    },
    options: &[UNICODE],
    sniff: |view| {
        let texts = spans::files(view, &[".txt"]);
        let paired = texts.iter().any(|name| view.list_size(&format!("{}.ann", &name[..name.len() - 4])).is_some());
        if paired { 0.95 } else { 0.0 }
    },
    read: Some(read),
    write: Some(write),
    ..Format::NEW
};

fn read(view: &dyn DirectoryView, settings: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let unit = Unit::of(&settings.options, Unit::Unicode);
    for name in spans::files(view, &[".txt"]) {
        let stem = &name[..name.len() - 4];
        let text = match read_text(view, &name) {
            Ok(text) => text,
            Err(error) => {
                give(sink, Err(error))?;
                continue;
            }
        };
        // BioNLP's shared tasks split the annotations into given and asked for ones.
        let parts = ["ann", "a1", "a2"].map(|ending| format!("{stem}.{ending}"));
        let mut document = Standoff::new(Ruler::new(&text, unit));
        for part in parts.iter().filter(|part| view.list_size(part).is_some()) {
            crate::text::each_line(view, part, |number, line| {
                match line {
                    Ok(line) => {
                        if let Err((code, message)) = document.line(line) {
                            give(sink, Err(RecordError::new(format!("{part}:{number}"), code, message)))?;
                        }
                    }
                    Err(error) => give(sink, Err(error))?,
                }
                Ok(())
            })?;
        }
        let (answer, extras, problems) = document.finish();
        for problem in problems {
            give(sink, Err(RecordError::new(&parts[0], "bad_reference", problem)))?;
        }
        let record = Record::new(stem, Data::Text(text.clone()), &name).answered(answer);
        give(sink, Ok(Record { extras: extras.boxed(), ..record }))?;
    }
    Ok(())
}

struct Standoff<'a> {
    ruler: Ruler<'a>,
    answer: Answer,
    extras: Extras,
    /// Id of the file to the place of the region that it speaks of.
    regions: BTreeMap<String, usize>,
    /// Kind, from, to: resolved when all lines are read.
    links: Vec<(String, String, String)>,
    /// Target, name, value.
    said: Vec<(String, String, Value)>,
}

type Problem = (&'static str, String);

/// The beginning of what is quoted: a line may be very long, and a text longer.
fn start(text: &str) -> &str {
    const CHARS: usize = 200;
    text.char_indices().nth(CHARS).map_or(text, |(end, _)| &text[..end])
}

impl<'a> Standoff<'a> {
    fn new(ruler: Ruler<'a>) -> Self {
        let extras = Extras::of("brat");
        Self { ruler, answer: Answer::default(), extras, regions: BTreeMap::new(), links: Vec::new(), said: Vec::new() }
    }

    fn line(&mut self, line: &str) -> Result<(), Problem> {
        let bad = |message: &str| Err(("bad_line", format!("{message}: {:?}", start(line))));
        if line.trim().is_empty() {
            return Ok(());
        }
        let Some((id, rest)) = line.split_once('\t') else { return bad("a line has an id and a tab") };
        let (body, tail) = rest.split_once('\t').unwrap_or((rest, ""));
        let mut words = body.split(' ').filter(|word| !word.is_empty());
        let Some(kind) = words.next() else { return bad("a line has a type") };
        match id.as_bytes().first() {
            Some(b'T') => {
                let offsets = body.trim_start_matches(' ').get(kind.len()..).unwrap_or_default().trim();
                let mut ranges = Vec::new();
                for piece in offsets.split(';') {
                    let mut ends = piece.split_whitespace().map(str::parse::<u64>);
                    let (Some(Ok(start)), Some(Ok(end)), None) = (ends.next(), ends.next(), ends.next()) else {
                        return bad("offsets are `start end`, pieces with `;` between");
                    };
                    ranges.push(self.ruler.range(start, end)?);
                }
                // With each character in one piece at most, looking at all pieces is no more than a look at the text.
                let chars: u64 = ranges.iter().map(|[start, end]| u64::from(end - start)).sum();
                if chars > u64::from(self.ruler.chars()) {
                    return bad("the pieces of a span lie apart");
                }
                if let Err(found) = self.is_surface(&ranges, tail) {
                    let (offsets, tail) = (start(offsets), start(tail));
                    return Err(("other_text", format!("the text at {offsets} is {found:?} and not {tail:?}")));
                }
                if self.regions.contains_key(id) {
                    return bad("the id is taken");
                }
                self.regions.insert(id.to_owned(), self.answer.regions.len());
                self.answer.regions.push(labels::region(id, kind, spans::span(ranges)));
            }
            Some(b'R') => {
                let ends: Vec<&str> = words.filter_map(|word| word.split_once(':').map(|(_, id)| id)).collect();
                let [from, to] = ends.as_slice() else { return bad("a relation has Arg1:id and Arg2:id") };
                self.links.push((kind.to_owned(), (*from).to_owned(), (*to).to_owned()));
            }
            Some(b'*') => {
                let members: Vec<&str> = words.collect();
                for pair in members.windows(2) {
                    self.links.push((kind.to_owned(), pair[0].to_owned(), pair[1].to_owned()));
                }
            }
            Some(b'E') => {
                let Some((class, trigger)) = kind.split_once(':') else { return bad("an event has Type:trigger") };
                let Some(mut at) = self.regions.get(trigger).copied().filter(|_| trigger.starts_with('T')) else {
                    return bad("the trigger of an event stands before it");
                };
                let mut region = trigger.to_owned();
                let taken = self.extras.parts.get(trigger).is_some_and(|part| part.form.contains_key("event"));
                if taken {
                    // A second event with the same trigger is a region of its own.
                    region = format!("{trigger}-{id}");
                    let mut copy = self.answer.regions[at].clone();
                    copy.id.clone_from(&region);
                    class.clone_into(&mut copy.class);
                    at = self.answer.regions.len();
                    self.answer.regions.push(copy);
                } else {
                    class.clone_into(&mut self.answer.regions[at].class);
                }
                self.extras.parts.entry(region.clone()).or_default().form.insert("event".into(), id.into());
                self.regions.insert(id.to_owned(), at);
                for word in words {
                    let Some((role, argument)) = word.split_once(':') else { return bad("an argument is Role:id") };
                    self.links.push((role.to_owned(), id.to_owned(), argument.to_owned()));
                }
            }
            Some(b'A' | b'M') => {
                let Some(target) = words.next() else { return bad("an attribute has a target") };
                let rest = words.collect::<Vec<_>>().join(" ");
                let value = if rest.is_empty() { Value::Boolean(true) } else { labels::guess(&rest) };
                self.said.push((target.to_owned(), kind.to_owned(), value));
            }
            Some(b'N') => {
                let (Some(target), Some(entry)) = (words.next(), words.next()) else {
                    return bad("a reference has a target and an entry");
                };
                let (name, entry) = labels::reference(kind, entry);
                self.said.push((target.to_owned(), name.to_owned(), Value::Text(entry.to_owned())));
                if !tail.is_empty() {
                    self.said.push((target.to_owned(), format!("{name}_title"), Value::Text(tail.to_owned())));
                }
            }
            Some(b'#') => {
                let Some(target) = words.next() else { return bad("a note has a target") };
                self.said.push((target.to_owned(), "note".into(), Value::Text(tail.to_owned())));
            }
            _ => return bad("an id begins with T, R, *, E, A, M, N or #"),
        }
        Ok(())
    }

    /// Is the text of these ranges the one that the line quotes? White space may be another. If it is not, the beginning
    /// of the text that is there.
    fn is_surface(&self, ranges: &[[u32; 2]], quoted: &str) -> Result<(), String> {
        if quoted.is_empty() {
            return Ok(());
        }
        let pieces = || ranges.iter().map(|[start, end]| self.ruler.cut(*start, *end));
        if pieces().flat_map(str::split_whitespace).eq(quoted.split_whitespace()) {
            return Ok(());
        }
        Err(start(&pieces().take(20).map(start).collect::<Vec<_>>().join(" ")).to_owned())
    }

    fn finish(mut self) -> (Answer, Extras, Vec<String>) {
        let mut problems = Vec::new();
        let mut relations = Vec::new();
        let id = |at: &usize| self.answer.regions.get(*at).map(|region| region.id.clone());
        for (number, (kind, from, to)) in self.links.into_iter().enumerate() {
            match (self.regions.get(&from).and_then(id), self.regions.get(&to).and_then(id)) {
                (Some(from), Some(to)) => relations.push(Relation {
                    id: format!("R{}", number + 1),
                    relation: kind,
                    from,
                    to,
                    attributes: BTreeMap::new(),
                }),
                _ => problems.push(format!("{kind} speaks of {from} and {to}, and one of them is not there")),
            }
        }
        self.answer.relations = relations;
        for (target, name, value) in self.said {
            match self.regions.get(&target).and_then(|at| self.answer.regions.get_mut(*at)) {
                Some(region) => drop(region.attributes.insert(name, value)),
                // Attributes of relations have no place with us.
                None => problems.push(format!("{name} speaks of {target}, which is no span and no event")),
            }
        }
        (self.answer, self.extras, problems)
    }
}

const RENAMED: &str = "the key cannot be a file's name here, or it is taken: it got another one";
const REPLACED: &str = "names and values with white space or colons got `_` in their place";

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let unit = Unit::of(job.head.options, Unit::Unicode);
    let mut taken = names::Stems::default();
    for item in job.items {
        let Some(text) = &item.text else { continue };
        let ruler = Ruler::new(text, unit);
        let name =
            taken.name("", &format!("{}.txt", item.key.strip_suffix(".txt").unwrap_or(&item.key)), &Default::default());
        let stem = name.strip_suffix(".txt").unwrap_or(&name);
        if stem != item.key {
            job.losses.add("renamed", RENAMED, &item.key);
        }
        out.begin(&name)?;
        out.write_all(text.as_bytes())?;
        out.begin(&format!("{stem}.ann"))?;
        let none = Answer::default();
        let answer = item.answers.first().map_or(&none, |answer| &answer.answer);
        let mut ids: BTreeMap<&str, usize> = BTreeMap::new();
        let (mut attributes, mut notes, mut references) = (0, 0, 0);
        for (at, region) in answer.regions.iter().enumerate() {
            ids.insert(&region.id, at + 1);
            let ranges = spans::ranges(region);
            let offsets: Vec<String> = ranges
                .iter()
                .map(|[start, end]| format!("{} {}", ruler.outward(*start), ruler.outward(*end)))
                .collect();
            let surface: Vec<&str> = ranges.iter().map(|[start, end]| ruler.cut(*start, *end)).collect();
            writeln!(
                out,
                "T{}\t{} {}\t{}",
                at + 1,
                region.class,
                offsets.join(";"),
                spans::one_line(&surface.join(" "))
            )?;
        }
        let event = |id: &str| item.extras.as_deref().and_then(|extras| extras.part(id)?.form.get("event")).is_some();
        let mut events = BTreeMap::new();
        for region in answer.regions.iter().filter(|region| event(&region.id)) {
            events.insert(region.id.as_str(), events.len() + 1);
        }
        let mut arguments: BTreeMap<&str, Vec<&Relation>> = BTreeMap::new();
        for one in answer.relations.iter().filter(|one| events.contains_key(one.from.as_str())) {
            arguments.entry(&one.from).or_default().push(one);
        }
        let reference = |id: &str| match events.get(id) {
            Some(number) => format!("E{number}"),
            None => format!("T{}", ids.get(id).copied().unwrap_or(0)),
        };
        let word = |text: &str| {
            let plain: String =
                text.chars().map(|c| if c.is_whitespace() || c.is_control() || c == ':' { '_' } else { c }).collect();
            if plain != text || plain.is_empty() {
                job.losses.add("values", REPLACED, &item.key);
            }
            if plain.is_empty() { "_".to_owned() } else { plain }
        };
        // An entry is `database:id`: its colon stays.
        let entry_word = |text: &str| text.split(':').map(word).collect::<Vec<_>>().join(":");
        for (id, number) in &events {
            let Some((at, region)) = ids.get(id).and_then(|at| Some((*at, answer.regions.get(*at - 1)?))) else {
                continue;
            };
            let arguments = arguments.get(id).into_iter().flatten();
            let arguments: String =
                arguments.map(|one| format!(" {}:{}", word(&one.relation), reference(&one.to))).collect();
            writeln!(out, "E{number}\t{}:T{at}{arguments}", region.class)?;
        }
        for (at, one) in answer.relations.iter().filter(|one| !events.contains_key(one.from.as_str())).enumerate() {
            let (kind, from, to) = (word(&one.relation), reference(&one.from), reference(&one.to));
            match kind.as_str() {
                "Equiv" => writeln!(out, "*\tEquiv {from} {to}")?,
                _ => writeln!(out, "R{}\t{kind} Arg1:{from} Arg2:{to}\t", at + 1)?,
            }
        }
        for region in &answer.regions {
            let target = reference(&region.id);
            for (name, value) in &region.attributes {
                let (text, kind) = labels::as_text(value);
                let list = labels::concept_list(job.head.schema, &region.class, name);
                match (name.as_str(), value) {
                    ("note", Value::Text(text)) => {
                        notes += 1;
                        let line = spans::one_line(text);
                        if line != *text {
                            job.losses.add("values", "line ends within a note become spaces", &item.key);
                        }
                        writeln!(out, "#{notes}\tAnnotatorNotes {target}\t{line}")?;
                    }
                    ("reference", Value::Text(entry)) => {
                        references += 1;
                        let title = match region.attributes.get("reference_title") {
                            Some(Value::Text(title)) => spans::one_line(title),
                            _ => String::new(),
                        };
                        writeln!(out, "N{references}\tReference {target} {}\t{title}", entry_word(entry))?;
                    }
                    (name, Value::Text(code)) if list.is_some() => {
                        references += 1;
                        let list = word(list.unwrap_or_default());
                        writeln!(out, "N{references}\t{} {target} {list}:{}\t", word(name), entry_word(code))?;
                    }
                    ("reference_title", Value::Text(_)) if region.attributes.contains_key("reference") => {}
                    (_, Value::Boolean(true)) => {
                        attributes += 1;
                        writeln!(out, "A{attributes}\t{} {target}", word(name))?;
                    }
                    _ => {
                        if kind.is_some() {
                            job.losses.add("values", "a value is written as a word", &item.key);
                        }
                        attributes += 1;
                        writeln!(out, "A{attributes}\t{} {target} {}", word(name), word(&text))?;
                    }
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes that are looked at for one line of a span in this many pieces.
    fn work(pieces: usize, piece: impl Fn(usize) -> String, text: &str) -> (usize, Result<(), Problem>) {
        let mut document = Standoff::new(Ruler::new(text, Unit::Unicode));
        let offsets: Vec<String> = (0..pieces).map(piece).collect();
        let outcome = document.line(&format!("T1\tX {}\t{text}", offsets.join(";")));
        (document.ruler.cut_bytes.get(), outcome)
    }

    #[test]
    fn spaces_before_a_type_shift_nothing() {
        for line in ["T1\t 東京 0 1\té", "T1\t   X 0 1"] {
            let mut document = Standoff::new(Ruler::new("éa", Unit::Unicode));
            assert_eq!(document.line(line), Ok(()), "{line}");
        }
    }

    #[test]
    fn a_line_of_many_pieces_is_read_in_the_time_of_its_length() {
        let apart = |at: usize| format!("{} {}", 2 * at, 2 * at + 1);
        let whole = |_| "0 800".to_owned();
        for (piece, good) in [(&apart as &dyn Fn(usize) -> String, true), (&whole, false)] {
            let (small, outcome) = work(400, piece, &"é ".repeat(400));
            assert_eq!(outcome.is_ok(), good, "{outcome:?}");
            let (large, outcome) = work(3_200, piece, &"é ".repeat(3_200));
            assert_eq!(outcome.is_ok(), good);
            assert!(large <= 8 * small + 1_000, "{small} bytes and then {large}");
            assert!(outcome.is_ok_and(|()| true) || large == 0, "what overlaps is not looked at");
        }
    }
}
