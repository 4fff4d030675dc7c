//! A document's lines: sentences give the text, columns give what is said of it.

mod finishing;

pub(crate) use finishing::class_feature;

use super::{short, split, unescape, with_id};
use crate::{
    record::{Data, DirectoryView, Record, RecordError, Settings, Sink, Stop, give},
    spans, text,
};
use std::collections::BTreeMap;

/// Longest stretch between two sentences, in UTF-16 units.
const GAP_MAXIMUM: u64 = 1 << 20;

type Problem = (&'static str, String);

pub(super) fn read(view: &dyn DirectoryView, settings: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    for name in spans::files(view, &[".tsv"]) {
        let class = settings.options.get("class").filter(|name| !name.is_empty());
        let mut document = Document { class, ..Document::default() };
        let mut whole = true;
        text::each_line(view, &name, |number, line| {
            let said = match line {
                Ok(line) if number == 1 && !line.starts_with("#FORMAT=WebAnno TSV 3") => {
                    Err(("not_webanno", "the first line is `#FORMAT=WebAnno TSV 3.3`".to_owned()))
                }
                Ok(line) => document.line(number, line),
                Err(error) => {
                    whole = false;
                    return give(sink, Err(error));
                }
            };
            said.or_else(|(code, message)| {
                whole = whole && code != "not_webanno";
                give(sink, Err(RecordError::new(format!("{name}:{number}"), code, message)))
            })
        })?;
        if let Err((code, message)) = document.end_of_sentence() {
            give(sink, Err(RecordError::new(&name, code, message)))?;
        }
        if !whole {
            continue;
        }
        let (text, answer, problems) = document.finish();
        for (line, (code, message)) in problems {
            give(sink, Err(RecordError::new(format!("{name}:{line}"), code, message)))?;
        }
        let key = name.strip_suffix(".tsv").unwrap_or(&name);
        give(sink, Ok(Record::new(key, Data::Text(text), &name).answered(answer)))?;
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Span,
    Chain,
    Relation,
}

enum Column {
    Feature(String),
    /// Roles, and in the next column their targets.
    Slot {
        feature: String,
        target: String,
    },
    Base(String),
}

struct Layer {
    kind: Kind,
    name: String,
    columns: Vec<Column>,
}

/// One annotation, gathered from all lines that it has.
struct Mark {
    layer: usize,
    start: u64,
    end: u64,
    values: Vec<Option<String>>,
    /// Chain and link of a chain's element.
    link: Option<(u64, u64)>,
    line: usize,
}

/// Relation, the unit and id of one end, the mark of the other end or the unit and id to look it up by.
struct Link {
    name: String,
    from: End,
    to: End,
    /// Layer of the ends; None where it is any.
    layer: Option<String>,
    line: usize,
}

enum End {
    Mark(usize),
    At { unit: String, id: Option<String> },
}

#[derive(Default)]
struct Document<'a> {
    class: Option<&'a str>,
    layers: Vec<Layer>,
    text: String,
    units: u64,
    sentence: Vec<String>,
    rows: Vec<(u64, u64, String)>,
    marks: Vec<Mark>,
    /// By layer, unit and id.
    at: BTreeMap<(usize, String, Option<String>), Vec<usize>>,
    by_id: BTreeMap<(usize, String), usize>,
    links: Vec<Link>,
    problems: Vec<(usize, Problem)>,
}

fn bad<T>(message: impl Into<String>) -> Result<T, Problem> {
    Err(("bad_line", message.into()))
}

impl Document<'_> {
    fn line(&mut self, number: usize, line: &str) -> Result<(), Problem> {
        if let Some(text) = line.strip_prefix("#Text=") {
            if !self.rows.is_empty() {
                self.end_of_sentence()?;
            }
            self.sentence.push(text.to_owned());
            return Ok(());
        }
        for (start, kind) in [("#T_SP=", Kind::Span), ("#T_CH=", Kind::Chain), ("#T_RL=", Kind::Relation)] {
            if let Some(rest) = line.strip_prefix(start) {
                return self.layer(kind, rest);
            }
        }
        if line.trim().is_empty() {
            return self.end_of_sentence();
        }
        if line.starts_with('#') { Ok(()) } else { self.row(number, line) }
    }

    fn layer(&mut self, kind: Kind, line: &str) -> Result<(), Problem> {
        let mut parts = line.split('|').map(str::trim).peekable();
        let Some(name) = parts.next().filter(|name| !name.is_empty()) else { return bad("a layer has a name") };
        let mut columns = Vec::new();
        while let Some(part) = parts.next() {
            if part.is_empty() {
                continue;
            }
            columns.push(if let Some(base) = part.strip_prefix("BT_") {
                Column::Base(base.to_owned())
            } else if let Some(role) = part.strip_prefix("ROLE_") {
                let feature = role.split_once(':').map_or(role, |(_, rest)| rest);
                let feature = feature.split_once('_').map_or(feature, |(feature, _)| feature).to_owned();
                let Some(target) = parts.next() else { return bad("a slot feature has the type of its targets") };
                Column::Slot { feature, target: target.to_owned() }
            } else {
                Column::Feature(part.to_owned())
            });
        }
        // A layer without features has one column of stars.
        if columns.is_empty() {
            columns.push(Column::Feature(String::new()));
        }
        self.layers.push(Layer { kind, name: name.to_owned(), columns });
        Ok(())
    }

    fn row(&mut self, number: usize, line: &str) -> Result<(), Problem> {
        let mut cells = line.split('\t');
        let (Some(unit), Some(offsets), Some(token)) = (cells.next(), cells.next(), cells.next()) else {
            return bad("a line has an id, offsets and a token, with tabs between");
        };
        let offset = |text: &str| text.parse::<u64>().ok();
        let ends = offsets.split_once('-').and_then(|(start, end)| Some((offset(start)?, offset(end)?)));
        let Some((start, end)) = ends.filter(|(start, end)| start <= end) else {
            return bad(format!("offsets are `start-end` and not {offsets:?}"));
        };
        self.rows.push((start, end, if unit.contains('.') { String::new() } else { unescape(token) }));
        let layers = std::mem::take(&mut self.layers);
        let mut said = Ok(());
        for (index, layer) in layers.iter().enumerate() {
            let width = layer.columns.iter().map(|c| 1 + usize::from(matches!(c, Column::Slot { .. }))).sum();
            let row: Vec<&str> = (0..width).map_while(|_| cells.next()).collect();
            if row.len() < width {
                said = bad(format!("there are fewer columns than the layer {} has", layer.name));
                break;
            }
            if row.iter().all(|cell| *cell == "_") {
                continue;
            }
            let place = Place { line: number, unit, start, end };
            said = match layer.kind {
                Kind::Relation => self.relations(layer, &row, &place),
                _ => self.marks(index, layer, &row, &place),
            };
            if said.is_err() {
                break;
            }
        }
        self.layers = layers;
        said
    }

    fn relations(&mut self, layer: &Layer, row: &[&str], place: &Place<'_>) -> Result<(), Problem> {
        let base = layer.columns.iter().position(|column| matches!(column, Column::Base(_)));
        let Some((at, Column::Base(base))) = base.map(|at| (at, &layer.columns[at])) else {
            return bad(format!("the relation layer {} has no BT_ column", layer.name));
        };
        let names = split(row[0], '|');
        for (stacked, governor) in split(row[at], '|').into_iter().enumerate() {
            let (from, ids) = with_id(governor);
            let id = |text: &str| (text != "0" && !text.is_empty()).then(|| text.to_owned());
            let (source, target) = ids.and_then(|ids| ids.split_once('_')).unwrap_or_default();
            let name = names.get(stacked).map(|name| with_id(name).0).filter(|name| at > 0 && !"*_".contains(name));
            self.links.push(Link {
                name: name.map_or_else(|| short(&layer.name).to_owned(), unescape),
                from: End::At { unit: from.to_owned(), id: id(source) },
                to: End::At { unit: place.unit.to_owned(), id: id(target) },
                layer: Some(base.clone()),
                line: place.line,
            });
        }
        Ok(())
    }

    fn marks(&mut self, index: usize, layer: &Layer, row: &[&str], place: &Place<'_>) -> Result<(), Problem> {
        let count = row.iter().map(|cell| if *cell == "_" { 0 } else { split(cell, '|').len() }).max().unwrap_or(0);
        for stacked in 0..count {
            let (mut values, mut id, mut link, mut slots, mut at) = (Vec::new(), None, None, Vec::new(), 0);
            for column in &layer.columns {
                let cell = split(row[at], '|').get(stacked).copied().unwrap_or("*");
                at += 1;
                match column {
                    Column::Slot { feature, target } => {
                        let targets = split(row[at], '|').get(stacked).copied().unwrap_or("_");
                        at += 1;
                        let (roles, own) = with_id(cell);
                        id = id.or(own);
                        if targets != "_" && targets != "*" {
                            slots.push((feature, target, roles, targets));
                        }
                    }
                    _ => {
                        let (text, own) = with_id(cell);
                        id = id.or(own);
                        let arrow = match text.rfind("->") {
                            Some(arrow) if layer.kind == Kind::Chain && !text[..arrow].ends_with('\\') => Some(arrow),
                            _ => None,
                        };
                        let number = |text: &str| text.parse::<u64>().ok();
                        if let Some(arrow) = arrow {
                            let ends = text[arrow + 2..].split_once('-');
                            link = ends.and_then(|(chain, link)| Some((number(chain)?, number(link)?)));
                            values.push((text[..arrow] != *"*").then(|| unescape(&text[..arrow])));
                        } else {
                            values.push((text != "*" && text != "_").then(|| unescape(text)));
                        }
                    }
                }
            }
            if layer.kind == Kind::Chain {
                let Some((chain, link)) = link else { return bad("an element of a chain ends with ->chain-link") };
                let key = (index, format!("{chain}-{link}"));
                let known = self.by_id.get(&key).copied();
                let mark = self.mark(index, place, values, known, Some((chain, link)));
                self.by_id.insert(key, mark);
                self.at.entry((index, place.unit.to_owned(), None)).or_default().push(mark);
                continue;
            }
            let known = id.and_then(|id| self.by_id.get(&(index, id.to_owned())).copied());
            let new = known.is_none();
            let mark = self.mark(index, place, values, known, link);
            if let Some(id) = id {
                self.by_id.insert((index, id.to_owned()), mark);
            }
            self.at.entry((index, place.unit.to_owned(), id.map(str::to_owned))).or_default().push(mark);
            // All lines of an annotation say the same of its slots.
            for (feature, target, roles, targets) in slots.into_iter().filter(|_| new) {
                let roles = split(roles, ';');
                for (number, target_at) in split(targets, ';').into_iter().enumerate() {
                    let role = roles.get(number).copied().filter(|role| !"*_".contains(role));
                    let (unit, id) = with_id(target_at);
                    self.links.push(Link {
                        name: role.map_or_else(|| feature.clone(), unescape),
                        from: End::Mark(mark),
                        to: End::At { unit: unit.to_owned(), id: id.map(str::to_owned) },
                        layer: (target != "uima.tcas.Annotation").then(|| target.clone()),
                        line: place.line,
                    });
                }
            }
        }
        Ok(())
    }

    fn mark(
        &mut self,
        layer: usize,
        place: &Place<'_>,
        values: Vec<Option<String>>,
        known: Option<usize>,
        link: Option<(u64, u64)>,
    ) -> usize {
        if let Some((at, mark)) = known.and_then(|at| Some((at, self.marks.get_mut(at)?))) {
            mark.start = mark.start.min(place.start);
            mark.end = mark.end.max(place.end);
            return at;
        }
        self.marks.push(Mark { layer, start: place.start, end: place.end, values, link, line: place.line });
        self.marks.len() - 1
    }

    /// The text of the sentence. Programs differ in whether they escape it: its tokens tell.
    fn end_of_sentence(&mut self) -> Result<(), Problem> {
        let (rows, lines) = (std::mem::take(&mut self.rows), std::mem::take(&mut self.sentence));
        let Some((start, _, _)) = rows.first() else { return Ok(()) };
        let gap = match start.checked_sub(self.units) {
            Some(gap) if gap <= GAP_MAXIMUM => gap,
            _ => return Err(("bad_offsets", format!("the sentence begins at {start}, after {} units", self.units))),
        };
        let raw = lines.join("\n");
        let fits = |text: &str| {
            let units: Vec<u16> = text.encode_utf16().collect();
            rows.iter().filter(|(_, _, token)| !token.is_empty()).all(|(from, to, token)| {
                let at = |offset: &u64| offset.checked_sub(*start).and_then(|at| usize::try_from(at).ok());
                let cut = at(from).zip(at(to)).and_then(|(from, to)| units.get(from..to));
                cut.is_some_and(|cut| token.encode_utf16().eq(cut.iter().copied()))
            })
        };
        let plain = unescape(&raw);
        let Some(sentence) = [plain, raw].into_iter().find(|text| fits(text)) else {
            return Err(("other_text", format!("the tokens are not those of the sentence that begins at {start}")));
        };
        // What lies between sentences is not in the file: a line end, as most texts have it.
        let first = self.text.is_empty();
        self.text.extend((1..gap).map(|_| ' '));
        self.text.extend((gap > 0).then_some(if first { ' ' } else { '\n' }));
        self.units = start + sentence.encode_utf16().count() as u64;
        self.text.push_str(&sentence);
        Ok(())
    }
}

struct Place<'a> {
    line: usize,
    unit: &'a str,
    start: u64,
    end: u64,
}
