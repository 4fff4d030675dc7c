//! Documents as WebAnno TSV: tokens by Unicode word boundaries, a span layer and a relation layer.

use super::{CLASS_FEATURES, RELATION_LAYER, SPAN_LAYER, escape, feature, value};
use crate::{
    labels, names,
    record::ExportItem,
    registry::Job,
    sink::ArchiveSink,
    spans::{self, Ruler, Unit},
    tokens::{Token, tokens},
};
use labelwright_core::{Answer, Region};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    io,
};

pub(super) fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let layer = job.head.options.get("layer").filter(|name| !name.is_empty()).unwrap_or(SPAN_LAYER);
    let default = if layer.ends_with("NamedEntity") { CLASS_FEATURES[0] } else { CLASS_FEATURES[1] };
    let class = job.head.options.get("class").filter(|name| !name.is_empty()).unwrap_or(default);
    let mut taken = names::Stems::default();
    for item in job.items {
        let Some(text) = &item.text else { continue };
        let stem = item.key.strip_suffix(".tsv").unwrap_or(&item.key);
        let name = taken.name("", &format!("{stem}.tsv"), &Default::default());
        if name.strip_suffix(".tsv") != Some(item.key.as_str()) {
            let message = "the key cannot be a file's name here, or it is taken: it got another one";
            job.losses.add("renamed", message, &item.key);
        }
        out.begin(&name)?;
        let loss = |code: &'static str, message: &str| job.losses.add(code, message, &item.key);
        let document = document(&item, text, [&feature_path(layer), &feature(class)], &loss);
        out.write_all(document.as_bytes())?;
    }
    Ok(())
}

/// A type's name: features with points between.
fn feature_path(layer: &str) -> String {
    layer.split('.').map(feature).collect::<Vec<_>>().join(".")
}

/// A line of a token, or of a part of it.
struct Unit3 {
    id: String,
    start: u32,
    end: u32,
    /// The first token of a sentence, as its index.
    sentence: Option<usize>,
}

/// Where a span is written: the first and the last of its units.
struct Placed<'a> {
    region: &'a Region,
    units: Vec<usize>,
    /// Disambiguation id, 0 where it needs none.
    id: usize,
}

fn document(item: &ExportItem, text: &str, [layer, class]: [&str; 2], loss: &dyn Fn(&'static str, &str)) -> String {
    let ruler = Ruler::new(text, Unit::Utf16);
    let none = Answer::default();
    let answer = item.answers.first().map_or(&none, |answer| &answer.answer);
    let words = tokens(text);
    let sentences = sentences(&words, &ruler);
    let leading = words.first().map_or(text, |first| ruler.cut(0, first.start));
    if leading.chars().any(|c| c != ' ') || (words.is_empty() && !text.is_empty()) {
        loss("outside", "white space before the first token becomes spaces, and a text of white space is empty");
    }
    let cuts: Vec<(&Region, [u32; 2])> = answer
        .regions
        .iter()
        .filter_map(|region| {
            let range = trimmed(spans::range(region)?, &ruler, loss);
            range.map(|range| (region, range))
        })
        .collect();
    let (units, firsts) = units(&words, &sentences, &cuts);
    let mut placed: Vec<Placed<'_>> = cuts
        .iter()
        .map(|(region, range)| Placed { region, units: covered(&words, &units, &firsts, *range), id: 0 })
        .collect();
    let mut on_unit: Vec<Vec<usize>> = vec![Vec::new(); units.len()];
    for (at, place) in placed.iter().enumerate() {
        place.units.iter().for_each(|unit| on_unit[*unit].push(at));
    }
    let mut next = 0;
    for place in &mut placed {
        if place.units.len() > 1 || place.units.iter().any(|unit| on_unit[*unit].len() > 1) {
            next += 1;
            place.id = next;
        }
    }
    let columns = columns(&placed, class, loss);
    let mut incoming: BTreeMap<usize, Vec<(&str, usize, usize)>> = BTreeMap::new();
    let find = |id: &str| placed.iter().position(|place| place.region.id == id);
    for one in &answer.relations {
        let (Some(from), Some(to)) = (find(&one.from), find(&one.to)) else { continue };
        let Some(unit) = placed[to].units.first() else { continue };
        incoming.entry(*unit).or_default().push((&one.relation, from, to));
    }

    let mut lines = String::from("#FORMAT=WebAnno TSV 3.3\n");
    if !placed.is_empty() {
        let names = columns.iter().map(|(name, _)| format!("|{name}")).collect::<String>();
        let _ = writeln!(lines, "#T_SP={layer}|{class}{names}");
    }
    if !incoming.is_empty() {
        let _ = writeln!(lines, "#T_RL={RELATION_LAYER}|label|BT_{layer}");
    }
    lines.push('\n');
    for (at, unit) in units.iter().enumerate() {
        if let Some(sentence) = unit.sentence {
            lines.push('\n');
            let [start, end] = sentences[sentence];
            for line in ruler.cut(start, end).split('\n') {
                let line = line.replace('\\', "\\\\").replace('\t', "\\t").replace('\r', "\\r");
                let _ = writeln!(lines, "#Text={line}");
            }
        }
        let surface = escape(ruler.cut(unit.start, unit.end));
        let _ = write!(lines, "{}\t{}-{}\t{surface}\t", unit.id, ruler.outward(unit.start), ruler.outward(unit.end));
        if !placed.is_empty() {
            let here: Vec<&Placed<'_>> = on_unit[at].iter().map(|at| &placed[*at]).collect();
            let named = here.iter().map(|place| (Some(place.region.class.clone()), place.id));
            cell(&mut lines, named);
            for (_, name) in &columns {
                let value =
                    |place: &Placed<'_>| place.region.attributes.get(name).map(|value| labels::as_text(value).0);
                cell(&mut lines, here.iter().map(|place| (value(place), place.id)));
            }
        }
        if !incoming.is_empty() {
            let here = incoming.get(&at).map(Vec::as_slice).unwrap_or_default();
            cell(&mut lines, here.iter().map(|(name, _, _)| (Some((*name).to_owned()), 0)));
            let ends = here.iter().map(|(_, from, to)| {
                let unit = &units[placed[*from].units[0]].id;
                match (placed[*from].id, placed[*to].id) {
                    (0, 0) => unit.clone(),
                    (from, to) => format!("{unit}[{from}_{to}]"),
                }
            });
            let ends: Vec<String> = ends.collect();
            let _ = write!(lines, "{}\t", if ends.is_empty() { "_".to_owned() } else { ends.join("|") });
        }
        lines.push('\n');
    }
    lines
}

/// Stacked values with their ids, and the tab after them.
fn cell(lines: &mut String, values: impl Iterator<Item = (Option<String>, usize)>) {
    let written = values.map(|(value, id)| {
        let value = value.filter(|text| !text.is_empty()).map_or("*".to_owned(), |text| escape(&text));
        if id == 0 { value } else { format!("{value}[{id}]") }
    });
    let written: Vec<String> = written.collect();
    lines.push_str(if written.is_empty() { "_" } else { "" });
    lines.push_str(&written.join("|"));
    lines.push('\t');
}

/// A span without white space at its ends; None when nothing is left.
fn trimmed([start, end]: [u32; 2], ruler: &Ruler<'_>, loss: &dyn Fn(&'static str, &str)) -> Option<[u32; 2]> {
    let cut = ruler.cut(start, end);
    let count = |text: &str| text.chars().count() as u32;
    let range = [start + count(cut) - count(cut.trim_start()), end - (count(cut) - count(cut.trim_end()))];
    if range != [start, end] {
        loss("token_border", "white space at the ends of a span belongs to no token and is left out");
    }
    (!cut.trim().is_empty()).then_some(range)
}

/// Ranges of sentences. White space between two is a part of the first, unless it is the one line end that a reader
/// puts there by itself.
fn sentences(words: &[Token<'_>], ruler: &Ruler<'_>) -> Vec<[u32; 2]> {
    let starts: Vec<usize> = (0..words.len()).filter(|at| words[*at].begins_sentence).collect();
    let range = |number: usize| {
        let start = words[starts[number]].start;
        let end = match starts.get(number + 1) {
            Some(next) => {
                let (last, begin) = (words[*next - 1].end, words[*next].start);
                if ruler.cut(last, begin) == "\n" { last } else { begin }
            }
            None => ruler.text.chars().count() as u32,
        };
        [start, end]
    };
    (0..starts.len()).map(range).collect()
}

/// All tokens, each followed by the parts of it that spans have, and where each token is among them.
fn units(words: &[Token<'_>], sentences: &[[u32; 2]], cuts: &[(&Region, [u32; 2])]) -> (Vec<Unit3>, Vec<usize>) {
    let mut parts: BTreeMap<usize, BTreeSet<[u32; 2]>> = BTreeMap::new();
    for (_, [start, end]) in cuts {
        let first = words.partition_point(|word| word.end <= *start);
        for (at, word) in words.iter().enumerate().skip(first).take_while(|(_, word)| word.start < *end) {
            if word.start < *start || word.end > *end {
                parts.entry(at).or_default().insert([word.start.max(*start), word.end.min(*end)]);
            }
        }
    }
    let (mut units, mut firsts, mut sentence, mut number) = (Vec::new(), Vec::new(), 0, 0);
    for (at, word) in words.iter().enumerate() {
        let mut begins = None;
        if word.begins_sentence {
            begins = (sentence < sentences.len()).then_some(sentence);
            (sentence, number) = (sentence + 1, 0);
        }
        number += 1;
        let id = format!("{sentence}-{number}");
        firsts.push(units.len());
        units.push(Unit3 { id: id.clone(), start: word.start, end: word.end, sentence: begins });
        for (part, [start, end]) in parts.get(&at).into_iter().flatten().enumerate() {
            units.push(Unit3 { id: format!("{id}.{}", part + 1), start: *start, end: *end, sentence: None });
        }
    }
    (units, firsts)
}

/// The whole tokens of a span and its parts of tokens.
fn covered(words: &[Token<'_>], units: &[Unit3], firsts: &[usize], [start, end]: [u32; 2]) -> Vec<usize> {
    let Some(from) = firsts.get(words.partition_point(|word| word.end <= start)) else { return Vec::new() };
    let (mut found, mut word) = (Vec::new(), [0, 0]);
    for (at, unit) in units.iter().enumerate().skip(*from).take_while(|(_, unit)| unit.start < end) {
        let part = unit.id.contains('.');
        if !part {
            word = [unit.start, unit.end];
        }
        let whole = word[0] >= start && word[1] <= end;
        let own = [unit.start, unit.end] == [word[0].max(start), word[1].min(end)];
        if own && whole != part {
            found.push(at);
        }
    }
    found
}

/// Names of features and of the attributes behind them. What does not come back is counted.
fn columns(placed: &[Placed<'_>], class: &str, loss: &dyn Fn(&'static str, &str)) -> Vec<(String, String)> {
    let names: BTreeSet<&String> = placed.iter().flat_map(|place| place.region.attributes.keys()).collect();
    let mut taken = BTreeSet::from([class.to_owned()]);
    let mut columns = Vec::new();
    for name in names {
        let mut plain = feature(name);
        while !taken.insert(plain.clone()) {
            plain.push('_');
        }
        if plain != *name {
            loss("values", "the name of an attribute is written with letters, digits and `_`");
        }
        columns.push((plain, name.clone()));
    }
    for written in placed.iter().flat_map(|place| place.region.attributes.values()) {
        let text = labels::as_text(written).0;
        if text.is_empty() || value(&text) != *written {
            loss("values", "features are text: a value of another kind, or an empty one, does not come back as it was");
        }
    }
    columns
}
