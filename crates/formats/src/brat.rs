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
                match line.map(str::to_owned) {
                    Ok(line) => {
                        if let Err((code, message)) = document.line(&line) {
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
    /// Id of the file to the region that it speaks of.
    regions: BTreeMap<String, String>,
    /// Kind, from, to: resolved when all lines are read.
    links: Vec<(String, String, String)>,
    /// Target, name, value.
    said: Vec<(String, String, Value)>,
}

type Problem = (&'static str, String);

impl<'a> Standoff<'a> {
    fn new(ruler: Ruler<'a>) -> Self {
        let extras = Extras::of("brat");
        Self { ruler, answer: Answer::default(), extras, regions: BTreeMap::new(), links: Vec::new(), said: Vec::new() }
    }

    fn line(&mut self, line: &str) -> Result<(), Problem> {
        let bad = |message: &str| Err(("bad_line", format!("{message}: {line:?}")));
        if line.trim().is_empty() {
            return Ok(());
        }
        let Some((id, rest)) = line.split_once('\t') else { return bad("a line has an id and a tab") };
        let (body, tail) = rest.split_once('\t').unwrap_or((rest, ""));
        let mut words = body.split(' ').filter(|word| !word.is_empty());
        let Some(kind) = words.next() else { return bad("a line has a type") };
        match id.as_bytes().first() {
            Some(b'T') => {
                let offsets = body[kind.len()..].trim();
                let mut ranges = Vec::new();
                for piece in offsets.split(';') {
                    let mut ends = piece.split_whitespace().map(str::parse::<u64>);
                    let (Some(Ok(start)), Some(Ok(end)), None) = (ends.next(), ends.next(), ends.next()) else {
                        return bad("offsets are `start end`, pieces with `;` between");
                    };
                    ranges.push(self.ruler.range(start, end)?);
                }
                let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
                let surface =
                    ranges.iter().map(|[start, end]| self.ruler.cut(*start, *end)).collect::<Vec<_>>().join(" ");
                if !tail.is_empty() && plain(&surface) != plain(tail) {
                    return Err(("other_text", format!("the text at {offsets} is {surface:?} and not {tail:?}")));
                }
                if self.regions.insert(id.to_owned(), id.to_owned()).is_some() {
                    return bad("the id is taken");
                }
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
                let Some(at) = self.answer.regions.iter().position(|region| region.id == trigger) else {
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
                    self.answer.regions.push(copy);
                } else {
                    class.clone_into(&mut self.answer.regions[at].class);
                }
                self.extras.parts.entry(region.clone()).or_default().form.insert("event".into(), id.into());
                self.regions.insert(id.to_owned(), region);
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
                self.said.push((target.to_owned(), "reference".into(), Value::Text(entry.to_owned())));
                if !tail.is_empty() {
                    self.said.push((target.to_owned(), "reference_title".into(), Value::Text(tail.to_owned())));
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

    fn finish(mut self) -> (Answer, Extras, Vec<String>) {
        let mut problems = Vec::new();
        for (number, (kind, from, to)) in self.links.into_iter().enumerate() {
            match (self.regions.get(&from), self.regions.get(&to)) {
                (Some(from), Some(to)) => self.answer.relations.push(Relation {
                    id: format!("R{}", number + 1),
                    relation: kind,
                    from: from.clone(),
                    to: to.clone(),
                    attributes: BTreeMap::new(),
                }),
                _ => problems.push(format!("{kind} speaks of {from} and {to}, and one of them is not there")),
            }
        }
        for (target, name, value) in self.said {
            let region =
                self.regions.get(&target).and_then(|id| self.answer.regions.iter_mut().find(|one| one.id == *id));
            match region {
                Some(region) => drop(region.attributes.insert(name, value)),
                // Attributes of relations have no place with us.
                None => problems.push(format!("{name} speaks of {target}, which is no span and no event")),
            }
        }
        (self.answer, self.extras, problems)
    }
}

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
            job.losses.add(
                "renamed",
                "the key cannot be a file's name here, or it is taken: it got another one",
                &item.key,
            );
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
        let reference = |id: &str| match events.get(id) {
            Some(number) => format!("E{number}"),
            None => format!("T{}", ids.get(id).copied().unwrap_or(0)),
        };
        let word = |text: &str| {
            let plain: String =
                text.chars().map(|c| if c.is_whitespace() || c.is_control() || c == ':' { '_' } else { c }).collect();
            if plain != text || plain.is_empty() {
                job.losses.add(
                    "values",
                    "names and values with white space or colons got `_` in their place",
                    &item.key,
                );
            }
            if plain.is_empty() { "_".to_owned() } else { plain }
        };
        for (id, number) in &events {
            let Some(region) = answer.regions.iter().find(|region| region.id == **id) else { continue };
            let arguments: Vec<String> = answer
                .relations
                .iter()
                .filter(|one| one.from == **id)
                .map(|one| format!(" {}:{}", word(&one.relation), reference(&one.to)))
                .collect();
            writeln!(out, "E{number}\t{}:T{}{}", region.class, ids.get(id).copied().unwrap_or(0), arguments.concat())?;
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
                        writeln!(out, "N{references}\tReference {target} {}\t{title}", word(entry))?;
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
