//! Questions on a text with answers in it: SQuAD 1.1 and 2.0 (P. Rajpurkar et al., 2016 and 2018). A paragraph is an
//! item; every answer is a span with the question as an attribute, a question without an answer a field.

use crate::{
    carries::{Carries, Kind, Names},
    json_scan::Scanner,
    labels,
    options::{FormatOption, Way},
    record::{Data, DirectoryView, Record, RecordError, Settings, Sink, Stop, give},
    registry::{Format, Job},
    sink::ArchiveSink,
    spans::{self, Ruler, UNICODE, Unit},
    text,
};
use labelwright_core::{Answer, GeometryKind, Value};
use serde_json::{Value as Json, json};
use std::io;

pub const FORMAT: Format = Format {
    id: "squad",
    title: "SQuAD questions and answers",
    carries: Carries {
        words: "texts with questions, their answers as spans, and questions without an answer",
        geometry: &[GeometryKind::Span],
        attributes: Names::Only(&[("question", Kind::Text), ("question_id", Kind::Text)]),
        fields: Names::Only(&[("unanswerable", Kind::List)]),
        classes: crate::carries::ClassList::None,
        ..Carries::TEXTS
    },
    options: &[
        UNICODE,
        FormatOption { key: "version", help: "which version is written", values: &["2.0", "1.1"], way: Way::Write },
    ],
    sniff: |view| {
        let names = spans::files(view, &[".json"]);
        let start = names.first().map(|name| text::start_of(view, name, 1 << 14)).unwrap_or_default();
        if start.contains("\"paragraphs\"") && (start.contains("\"context\"") || start.contains("\"qas\"")) {
            0.96
        } else {
            0.0
        }
    },
    read: Some(read),
    write: Some(write),
    extension: "json",
};

fn read(view: &dyn DirectoryView, settings: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    for name in spans::files(view, &[".json"]) {
        let file = view.open(&name).map_err(|error| Stop::Unreadable(text::unreadable(&name, &error)))?;
        let mut scanner = Scanner::new(&name, file);
        scanner.expect(b'{').map_err(Stop::Unreadable)?;
        let (mut first, mut number) = (true, 0);
        while let Some(key) = scanner.next_key(&mut first).map_err(Stop::Unreadable)? {
            if key != "data" {
                scanner.skip().map_err(Stop::Unreadable)?;
                continue;
            }
            scanner.expect(b'[').map_err(Stop::Unreadable)?;
            let (mut one, mut at) = (true, 0);
            while scanner.next_element(&mut one).map_err(Stop::Unreadable)? {
                let (_, raw) = scanner.value().map_err(Stop::Unreadable)?;
                let place = format!("{name}: data[{at}]");
                at += 1;
                match serde_json::from_slice::<Json>(raw) {
                    Ok(article) => read_article(&article, &place, &mut number, settings, sink)?,
                    Err(error) => give(sink, Err(RecordError::new(place, "malformed", error.to_string())))?,
                }
            }
        }
    }
    Ok(())
}

fn read_article(
    article: &Json,
    place: &str,
    number: &mut usize,
    settings: &Settings,
    sink: &mut Sink<'_>,
) -> Result<(), Stop> {
    for (at, paragraph) in article.get("paragraphs").and_then(Json::as_array).into_iter().flatten().enumerate() {
        *number += 1;
        let place = format!("{place}.paragraphs[{at}]");
        let Some(text) = paragraph.get("context").and_then(Json::as_str) else {
            give(sink, Err(RecordError::new(place, "no_text", "a paragraph has a `context`")))?;
            continue;
        };
        let ruler = Ruler::new(text, Unit::of(&settings.options, Unit::Unicode));
        let (mut answer, mut hopeless) = (Answer::default(), Vec::new());
        for (at, asked) in paragraph.get("qas").and_then(Json::as_array).into_iter().flatten().enumerate() {
            let question = asked.get("question").and_then(Json::as_str).unwrap_or_default();
            let id = asked.get("id").and_then(|id| spans::text_of(Some(id))).unwrap_or_default();
            // Ids that the writer below has made up say nothing.
            let made = paragraph.get("id").and_then(Json::as_str).is_some_and(|key| id.starts_with(&format!("{key}#")));
            let id = if made { String::new() } else { id };
            let list = asked.get("answers").and_then(Json::as_array);
            for (nth, said) in list.into_iter().flatten().enumerate() {
                let surface = said.get("text").and_then(Json::as_str).unwrap_or_default();
                let start = said.get("answer_start").and_then(Json::as_u64);
                let ours = start.and_then(|start| ruler.inward(start));
                let range = ours.map(|start| [start, start + surface.chars().count() as u32]);
                let Some([start, end]) = range.filter(|[start, end]| start < end && ruler.cut(*start, *end) == surface)
                else {
                    let message = format!("the answer {surface:?} is not at {start:?}");
                    give(
                        sink,
                        Err(RecordError::new(format!("{place}.qas[{at}].answers[{nth}]"), "other_text", message)),
                    )?;
                    continue;
                };
                let region_id = format!("a{}", answer.regions.len() + 1);
                let mut region = labels::region(region_id, "answer", spans::span(vec![[start, end]]));
                region.attributes.insert("question".into(), Value::Text(question.to_owned()));
                if !id.is_empty() {
                    region.attributes.insert("question_id".into(), Value::Text(id.clone()));
                }
                answer.regions.push(region);
            }
            if list.is_none_or(Vec::is_empty) {
                hopeless.push(question.to_owned());
            }
        }
        if !hopeless.is_empty() {
            answer.fields.insert("unanswerable".into(), Value::List(hopeless));
        }
        let title = article.get("title").and_then(Json::as_str);
        let key = spans::key_of(paragraph.get("id"), *number);
        let mut record = Record::new(key, Data::Text(text.to_owned()), place).answered(answer);
        record.metadata.extend(title.filter(|title| !title.is_empty()).map(|title| ("title".to_owned(), title.into())));
        give(sink, Ok(record))?;
    }
    Ok(())
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let version = job.head.options.get("version").unwrap_or("2.0");
    let unit = Unit::of(job.head.options, Unit::Unicode);
    out.begin("squad.json")?;
    write!(out, "{{\"version\":{},\"data\":[", json!(if version == "1.1" { "1.1" } else { "v2.0" }))?;
    let mut first = true;
    for item in job.items {
        let Some(text) = &item.text else { continue };
        let ruler = Ruler::new(text, unit);
        let mut questions: Vec<((String, String), Vec<Json>)> = Vec::new();
        for region in item.regions() {
            let Some([start, end]) = spans::range(region) else { continue };
            let said = |name: &str| match region.attributes.get(name) {
                Some(Value::Text(text)) => text.clone(),
                _ => String::new(),
            };
            let (id, question) = (said("question_id"), said("question"));
            if id.is_empty() && region.attributes.contains_key("question_id") || question.is_empty() {
                job.losses.add(
                    "values",
                    "an answer without a question is written with the class as its question",
                    &item.key,
                );
            }
            let question = if question.is_empty() { region.class.clone() } else { question };
            let entry = json!({"text": ruler.cut(start, end), "answer_start": ruler.outward(start)});
            match questions.iter_mut().find(|(known, _)| known.0 == id && known.1 == question) {
                Some((_, answers)) => answers.push(entry),
                None => questions.push(((id, question), vec![entry])),
            }
        }
        let mut asked = Vec::new();
        for ((id, question), answers) in questions {
            let mut one = json!({"question": question, "answers": answers});
            one["id"] = if id.is_empty() { format!("{}#{}", item.key, asked.len() + 1) } else { id }.into();
            if version != "1.1" {
                one["is_impossible"] = false.into();
            }
            asked.push(one);
        }
        if let Some(Value::List(hopeless)) = item.field("unanswerable") {
            for (at, question) in hopeless.iter().enumerate() {
                if version == "1.1" {
                    job.losses.add("unanswerable", "version 1.1 has no questions without an answer", &item.key);
                } else {
                    asked.push(json!({"question": question, "id": format!("{}#none-{}", item.key, at + 1), "answers": [], "is_impossible": true}));
                }
            }
        }
        if !first {
            out.write_all(b",")?;
        }
        first = false;
        let title = item.metadata.get("title").cloned().unwrap_or_else(|| "".into());
        let article = json!({"title": title, "paragraphs": [{"id": item.key, "context": text, "qas": asked}]});
        serde_json::to_writer(&mut *out, &article)?;
    }
    writeln!(out, "]}}")
}
