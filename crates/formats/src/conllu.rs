//! CoNLL-U (Universal Dependencies): ten columns a token, a sentence a block, `# newdoc id` before a document. Entities
//! lie in MISC (`NER=B-PER`), what stands between tokens too (`SpaceAfter=No`, UDPipe's `SpacesAfter`), so that the text
//! comes back exactly. With `layer=tokens` every token is a region of its part of speech and every head a relation.

use crate::{
    carries::{Carries, ClassText},
    conll::{SCHEMES, reads, tags},
    labels,
    options::{FormatOption, Way},
    record::{Data, DirectoryView, Record, RecordError, Settings, Sink, Stop, give},
    registry::{Format, Job},
    sink::ArchiveSink,
    spans, text,
    tokens::tokens,
};
use labelwright_core::{Answer, GeometryKind, Relation, Value};
use std::{collections::BTreeMap, io};

pub const FORMAT: Format = Format {
    id: "conllu",
    title: "CoNLL-U",
    carries: Carries {
        words: "texts with flat spans; with an option, tokens with parts of speech and dependencies",
        geometry: &[GeometryKind::Span],
        class_text: ClassText::Word,
        ..Carries::TEXTS
    },
    options: &[
        FormatOption { key: "layer", help: "what is read as regions", values: &["entities", "tokens"], way: Way::Read },
        FormatOption { key: "scheme", help: "how the tags of entities are written", values: &SCHEMES, way: Way::Write },
    ],
    sniff: |view| if spans::files(view, &[".conllu", ".conllup"]).is_empty() { 0.0 } else { 0.96 },
    read: Some(read),
    write: Some(write),
    extension: "conllu",
};

#[derive(Default)]
struct Document {
    key: Option<String>,
    place: String,
    text: String,
    chars: u32,
    entities: Vec<(String, u32, u32)>,
    open: bool,
    /// Of each word: its range and columns.
    words: Vec<([u32; 2], Vec<String>)>,
    /// Of the sentence: the number of the first word, and ids.
    sentence: BTreeMap<String, usize>,
    heads: Vec<(usize, usize, String)>,
    pending: Vec<(usize, String, String)>,
    said: Option<String>,
    begun: usize,
}

impl Document {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.chars += text.chars().count() as u32;
    }

    fn end_sentence(&mut self) -> Result<(), String> {
        self.open = false;
        for (word, head, kind) in std::mem::take(&mut self.pending) {
            if let Some(head) = self.sentence.get(&head) {
                self.heads.push((*head, word, kind));
            }
        }
        self.sentence.clear();
        let (said, begun) = (self.said.take(), std::mem::replace(&mut self.begun, self.text.len()));
        match said {
            Some(said) if self.text.get(begun..).is_some_and(|made| made.trim() != said.trim()) => {
                Err(format!("the tokens do not make up the text {said:?}"))
            }
            _ => Ok(()),
        }
    }

    fn finish(mut self, number: usize, by_tokens: bool) -> Option<Record> {
        if self.words.is_empty() {
            return None;
        }
        let mut answer = Answer::default();
        if by_tokens {
            for (at, (range, columns)) in self.words.iter().enumerate() {
                let mut region = labels::region(format!("t{}", at + 1), columns[3].clone(), spans::span(vec![*range]));
                for (name, column) in [("lemma", 2), ("xpos", 4), ("feats", 5)] {
                    if columns[column] != "_" {
                        region.attributes.insert(name.into(), Value::Text(columns[column].clone()));
                    }
                }
                answer.regions.push(region);
            }
            for (at, (head, word, kind)) in self.heads.iter().enumerate() {
                answer.relations.push(Relation {
                    id: format!("l{}", at + 1),
                    relation: kind.clone(),
                    from: format!("t{}", head + 1),
                    to: format!("t{}", word + 1),
                    attributes: BTreeMap::new(),
                });
            }
        } else {
            for (at, (class, start, end)) in self.entities.drain(..).enumerate() {
                answer.regions.push(labels::region(format!("s{}", at + 1), class, spans::span(vec![[start, end]])));
            }
        }
        let key = self.key.unwrap_or_else(|| format!("document-{number:06}"));
        Some(Record::new(key, Data::Text(self.text), self.place).answered(answer))
    }
}

/// UDPipe's names of white space.
fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut signs = text.chars();
    while let Some(sign) = signs.next() {
        match (sign, if sign == '\\' { signs.next() } else { None }) {
            ('\\', Some('s')) => out.push(' '),
            ('\\', Some('t')) => out.push('\t'),
            ('\\', Some('n')) => out.push('\n'),
            ('\\', Some('r')) => out.push('\r'),
            ('\\', Some('p')) => out.push('|'),
            ('\\', Some(other)) => out.push(other),
            _ => out.push(sign),
        }
    }
    out
}

fn escape(text: &str) -> String {
    let mut out = String::new();
    for sign in text.chars() {
        match sign {
            ' ' => out.push_str("\\s"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '|' => out.push_str("\\p"),
            '\\' => out.push_str("\\\\"),
            other => out.push(other),
        }
    }
    out
}

fn read(view: &dyn DirectoryView, settings: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let by_tokens = settings.options.is("layer", "tokens");
    let mut number = 0;
    for name in spans::files(view, &[".conllu", ".conllup"]) {
        let mut document = Document::default();
        let (mut multiword, mut named) = (None::<(u32, String, [u32; 2])>, false);
        let mut done = |document: Document, sink: &mut Sink<'_>| match document.finish(number + 1, by_tokens) {
            Some(record) => {
                number += 1;
                give(sink, Ok(record))
            }
            None => Ok(()),
        };
        text::each_line(view, &name, |line_number, line| {
            let place = format!("{name}:{line_number}");
            let bad = |message: String| Err(RecordError::new(&place, "bad_line", message));
            let line = match line {
                Ok(line) => line,
                Err(error) => return give(sink, Err(error)),
            };
            if let Some(comment) = line.strip_prefix('#') {
                let (key, value) = comment
                    .split_once('=')
                    .map_or((comment.trim(), ""), |(k, v)| (k.trim(), v.strip_prefix(' ').unwrap_or(v)));
                match key {
                    "newdoc" | "newdoc id" => {
                        done(std::mem::take(&mut document), sink)?;
                        document.key = (!value.is_empty()).then(|| value.to_owned());
                        named = true;
                    }
                    "sent_id" if !named => {
                        // Without documents each sentence is one.
                        done(std::mem::take(&mut document), sink)?;
                        document.key = Some(value.to_owned());
                    }
                    "text" => document.said = Some(value.to_owned()),
                    _ => {}
                }
                return Ok(());
            }
            if line.trim().is_empty() {
                multiword = None;
                return match document.end_sentence() {
                    Ok(()) => Ok(()),
                    Err(message) => give(sink, Err(RecordError::new(&place, "other_text", message))),
                };
            }
            let columns: Vec<String> = line.split('\t').map(str::to_owned).collect();
            if columns.len() < 10 {
                return give(
                    sink,
                    bad(format!("a token has 10 columns with tabs between; there are {}", columns.len())),
                );
            }
            if document.place.is_empty() {
                document.place.clone_from(&place);
            }
            let misc: BTreeMap<&str, &str> = columns[9].split('|').filter_map(|one| one.split_once('=')).collect();
            let id = columns[0].as_str();
            if id.contains('.') {
                return Ok(());
            }
            if let Some(before) = misc.get("SpacesBefore") {
                document.push(&unescape(before));
            }
            let start = document.chars;
            let after = match (misc.get("SpacesAfter"), misc.get("SpaceAfter")) {
                (Some(spaces), _) => unescape(spaces),
                (None, Some(&"No")) => String::new(),
                _ => " ".to_owned(),
            };
            if let Some((_, last)) = id.split_once('-') {
                // The words of a multiword token share its place.
                document.push(&columns[1]);
                let Ok(last) = last.parse() else { return give(sink, bad("an id is n, n-m or n.m".into())) };
                multiword = Some((last, after, [start, document.chars]));
                return Ok(());
            }
            let Ok(number) = id.parse::<u32>() else { return give(sink, bad("an id is n, n-m or n.m".into())) };
            let range = match &multiword {
                Some((_, _, range)) => *range,
                None => {
                    document.push(&columns[1]);
                    [start, document.chars]
                }
            };
            match multiword.clone() {
                Some((last, spaces, _)) if number >= last => {
                    document.push(&spaces);
                    multiword = None;
                }
                Some(_) => {}
                None => document.push(&after),
            }
            let word = document.words.len();
            document.sentence.insert(id.to_owned(), word);
            if columns[6] != "0" && columns[6] != "_" {
                document.pending.push((word, columns[6].clone(), columns[7].clone()));
            }
            let tag = misc.get("NER").copied().unwrap_or("O");
            let (prefix, class) = tag.split_once('-').unwrap_or(("O", ""));
            let class = unescape(class);
            let (inner, ends) = reads(prefix);
            let open = document.open;
            match document.entities.last_mut() {
                Some(last) if inner && open && last.0 == class => last.2 = range[1],
                _ if class.is_empty() => {}
                _ => document.entities.push((class.clone(), range[0], range[1])),
            }
            document.open = !class.is_empty() && !ends;
            document.words.push((range, columns));
            Ok(())
        })?;
        if let Err(message) = document.end_sentence() {
            give(sink, Err(RecordError::new(&name, "other_text", message)))?;
        }
        done(document, sink)?;
    }
    Ok(())
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let scheme = job.head.options.get("scheme").unwrap_or("iob2");
    out.begin("labels.conllu")?;
    for item in job.items {
        let Some(text) = &item.text else { continue };
        let cut = tokens(text);
        let mut marks: Vec<Option<(usize, &str)>> = vec![None; cut.len()];
        let mut wanted: Vec<([u32; 2], &str)> =
            item.regions().filter_map(|region| Some((spans::range(region)?, region.class.as_str()))).collect();
        wanted.sort_by_key(|([start, end], _)| (*start, std::cmp::Reverse(*end)));
        for (number, ([start, end], class)) in wanted.into_iter().enumerate() {
            let first = cut.partition_point(|token| token.end <= start);
            let covered: Vec<usize> = (first..cut.len()).take_while(|at| cut[*at].start < end).collect();
            if covered.iter().any(|at| marks[*at].is_some()) {
                job.losses.add("overlap", "a span that overlaps another one is left out", &item.key);
                continue;
            }
            let ends = |at: Option<&usize>| at.and_then(|at| cut.get(*at)).map(|token| [token.start, token.end]);
            let exact = ends(covered.first()).is_some_and(|range| range[0] == start)
                && ends(covered.last()).is_some_and(|range| range[1] == end);
            let crosses = covered.iter().skip(1).any(|at| cut[*at].begins_sentence);
            if !exact || crosses {
                job.losses.add(
                    "token_border",
                    "a span is widened to whole tokens, or cut at the end of a sentence",
                    &item.key,
                );
            }
            for at in covered {
                marks[at] = Some((number, class));
            }
        }
        let tags = tags(scheme, &marks);
        writeln!(out, "# newdoc id = {}", spans::one_line(&item.key))?;
        let ruler = spans::Ruler::new(text, spans::Unit::Unicode);
        let (mut sentence, mut word) = (0, 0);
        for (at, token) in cut.iter().enumerate() {
            if token.begins_sentence {
                let next = cut[at + 1..].iter().find(|next| next.begins_sentence).map_or(u32::MAX, |next| next.start);
                let last =
                    cut[at..].iter().take_while(|other| other.start < next).last().map_or(token.end, |last| last.end);
                if at > 0 {
                    writeln!(out)?;
                }
                sentence += 1;
                word = 0;
                writeln!(out, "# sent_id = {}-{sentence}", spans::one_line(&item.key))?;
                writeln!(out, "# text = {}", spans::one_line(ruler.cut(token.start, last)))?;
            }
            word += 1;
            let before = if at == 0 { ruler.cut(0, token.start) } else { "" };
            let after = ruler.cut(token.end, cut.get(at + 1).map_or(u32::MAX, |next| next.start));
            let mut misc = Vec::new();
            if let Some((_, class)) = tags[at].split_once('-') {
                misc.push(format!("NER={}-{}", &tags[at][..1], escape(class)));
            }
            if !before.is_empty() {
                misc.push(format!("SpacesBefore={}", escape(before)));
            }
            match after {
                " " => {}
                "" => misc.push("SpaceAfter=No".into()),
                _ => misc.push(format!("SpacesAfter={}", escape(after))),
            }
            let misc = if misc.is_empty() { "_".to_owned() } else { misc.join("|") };
            writeln!(out, "{word}\t{}\t_\t_\t_\t_\t_\t_\t_\t{misc}", token.text)?;
        }
        writeln!(out)?;
    }
    Ok(())
}
