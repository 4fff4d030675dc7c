//! FUNSD, forms in noisy scans (G. Jaume et al., 2019): a JSON file a page with entities (`question`, `answer`, `header`,
//! `other`), their words with boxes in pixels (left, top, right, bottom, whole numbers), and links between them. Words come
//! in the order of the entities; those that nobody labeled are written as entities with the label `other`.

use super::{CARRIES, Reading, Texts, around, lines, words_of};
use crate::{
    carries::{Carries, Kind, Names},
    labels,
    loss::Losses,
    media::MediaIndex,
    names::{Stems, split_ending},
    record::{DirectoryView, ExportItem, Record, RecordError, Sink, Stop, give, give_schema},
    registry::{Format, Job},
    shapes,
    sink::ArchiveSink,
    text::{self, start_of},
};
use labelwright_core::{
    Answer, Geometry, GeometryKind, Modality, Relation, Target, Value,
    document::Word,
    geometry::{Bounds, Span},
    schema::RelationType,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

pub const FORMAT: Format = Format {
    id: "funsd",
    title: "FUNSD (forms: entities, words, links)",
    carries: Carries {
        words: "pages with entities of words, their boxes, and links between them",
        attributes: Names::Only(&[("text", Kind::Text)]),
        relations: Names::Only(&[(LINKED, Kind::Any)]),
        ..CARRIES
    },
    sniff: |view| {
        let json = view.list().into_iter().filter(|(name, _)| name.ends_with(".json")).take(5);
        let fits = |name: String| {
            let start = start_of(view, &name, 1 << 14);
            start.contains("\"form\"") && start.contains("\"words\"") && start.contains("\"box\"")
        };
        json.map(|(name, _)| if fits(name) { 0.95 } else { 0.0 }).fold(0.0, f64::max)
    },
    read: Some(|view, _, sink| read(view, sink)),
    write: Some(write),
    ..Format::NEW
};

const LINKED: &str = "linked";
const OTHER: &str = "other";
/// The labels of the data set.
const LABELS: [&str; 4] = ["question", "answer", "header", OTHER];

#[derive(Serialize, Deserialize)]
struct File {
    form: Vec<Entity>,
}

#[derive(Serialize, Deserialize)]
struct Entity {
    #[serde(rename = "box")]
    bounds: [f64; 4],
    #[serde(default)]
    text: String,
    label: String,
    #[serde(default)]
    words: Vec<Said>,
    #[serde(default)]
    linking: Vec<[i64; 2]>,
    id: i64,
}

#[derive(Serialize, Deserialize)]
struct Said {
    #[serde(rename = "box")]
    bounds: [f64; 4],
    text: String,
}

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let kinds = [GeometryKind::Span, GeometryKind::Box];
    let classes = LABELS.iter().enumerate().map(|(index, name)| labels::class(name, index, &kinds)).collect();
    let mut schema = labels::schema(Modality::Document, classes, Vec::new());
    let (id, title) = (LINKED.to_owned(), "linked with".to_owned());
    schema.relations = vec![RelationType { id, title, from: vec![], to: vec![], directed: true, transitive: false }];
    give_schema(sink, schema, None)?;
    let media = MediaIndex::images(view);
    for (name, _) in view.list().into_iter().filter(|(name, _)| name.ends_with(".json")) {
        let record = text::json_file(view, &name).and_then(|file| page(view, &media, &name, file));
        give(sink, record)?;
    }
    Ok(())
}

fn page(view: &dyn DirectoryView, media: &MediaIndex, name: &str, file: File) -> Result<Record, RecordError> {
    let record = super::record(view, media, None, name);
    let all = || file.form.iter().flat_map(|entity| entity.words.iter().map(|word| word.bounds).chain([entity.bounds]));
    let [width, height] = match record.size {
        Some(size) => size.map(f64::from),
        None => all().fold([0.0, 0.0], |[width, height]: [f64; 2], [_, _, right, bottom]| {
            [width.max(right.ceil()), height.max(bottom.ceil())]
        }),
    };
    let (mut reading, mut answer) = (Reading::page(width, height), Answer::default());
    let mut known = BTreeSet::new();
    for (at, entity) in file.form.iter().enumerate() {
        if !known.insert(entity.id) {
            let place = format!("{name}: form[{at}]");
            return Err(RecordError::new(place, "duplicate_id", format!("the id {} is used twice", entity.id)));
        }
        let (mut range, mut above): (Option<[u32; 2]>, Option<[f64; 4]>) = (None, None);
        reading.end_block();
        for word in &entity.words {
            let middle = word.bounds[1].midpoint(word.bounds[3]);
            if above.is_some_and(|[_, top, _, bottom]| middle < top || middle > bottom) {
                reading.end_line();
            }
            let Some([start, end]) = reading.word(&word.text, word.bounds, None) else { continue };
            above = Some(word.bounds);
            range = Some([range.map_or(start, |[first, _]| first), end]);
        }
        let id = format!("e{}", entity.id);
        let mut region = match range {
            Some([start, end]) => labels::region(id, &entity.label, Geometry::Span(Span::new(start, end))),
            None => {
                let [left, top, right, bottom] = entity.bounds;
                let bounds = Bounds::new(left.max(0.0), top.max(0.0), right.min(width), bottom.min(height));
                // A place without words and without room says nothing.
                if bounds.right <= bounds.left || bounds.bottom <= bounds.top {
                    continue;
                }
                let geometry = shapes::upright(left, top, bounds.right - bounds.left, bounds.bottom - bounds.top);
                labels::region(id, &entity.label, geometry)
            }
        };
        if range.is_none() {
            region.target = Target::Page(0);
            if !entity.text.is_empty() {
                region.attributes.insert("text".into(), Value::Text(entity.text.clone()));
            }
        }
        answer.regions.push(region);
    }
    answer.relations = links(&file.form, &answer);
    Ok(super::with_layer(record, reading.finish())?.answered(answer))
}

/// A link stands at both of its ends.
fn links(form: &[Entity], answer: &Answer) -> Vec<Relation> {
    let there: BTreeSet<&str> = answer.regions.iter().map(|region| region.id.as_str()).collect();
    let pairs: BTreeSet<[i64; 2]> = form.iter().flat_map(|entity| entity.linking.iter().copied()).collect();
    let relation = |[from, to]: [i64; 2]| Relation {
        id: format!("l{from}-{to}"),
        relation: LINKED.to_owned(),
        from: format!("e{from}"),
        to: format!("e{to}"),
        attributes: BTreeMap::new(),
    };
    let both = |one: &Relation| there.contains(one.from.as_str()) && there.contains(one.to.as_str());
    pairs.into_iter().map(relation).filter(both).collect()
}

fn whole(bounds: Bounds) -> [f64; 4] {
    [bounds.left.round(), bounds.top.round(), bounds.right.round(), bounds.bottom.round()]
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let mut stems = Stems::default();
    for item in job.items {
        let name = stems.name("", &item.key, job.losses);
        let stem = split_ending(&name).0.to_owned();
        let pages = item.layer.as_ref().map_or(1, |layer| layer.pages.len().max(1)) as u32;
        for (page, form) in forms(&item, pages, job.losses).into_iter().enumerate() {
            let file = if pages == 1 {
                format!("annotations/{stem}.json")
            } else {
                format!("annotations/{stem}-{}.json", page + 1)
            };
            out.begin(&file)?;
            serde_json::to_writer(&mut *out, &File { form })?;
        }
        if let Some(source) = &item.media {
            out.media(&format!("images/{name}"), source)?;
        }
    }
    Ok(())
}

/// The entities of each page.
fn forms(item: &ExportItem, pages: u32, losses: &Losses) -> Vec<Vec<Entity>> {
    let mut forms: Vec<Vec<Entity>> = (0..pages).map(|_| Vec::new()).collect();
    let mut places: BTreeMap<&str, (u32, i64)> = BTreeMap::new();
    let mut taken: BTreeSet<u32> = BTreeSet::new();
    let texts = item.layer.as_deref().map(Texts::of);
    let said_of = |words: &[Word]| texts.as_ref().map(|texts| words_said(texts, words)).unwrap_or_default();
    let mut next = 0;
    for region in item.regions() {
        let words = texts.as_ref().map(|texts| words_of(texts.layer, region)).unwrap_or_default();
        let page = words.first().map(|(page, _)| *page).or(match region.target {
            Target::Page(page) => Some(page),
            _ => None,
        });
        let own: Vec<Word> = words.iter().filter(|(at, _)| Some(*at) == page).map(|(_, word)| *word).collect();
        if own.len() < words.len() {
            losses.add("values", "what goes on on the next page is cut at the end of the first", &item.key);
        }
        let bounds = region.geometry.bounds().or_else(|| around(&own));
        let (Some(page), Some(bounds)) = (page, bounds) else {
            losses.add("values", "a span without words on a page has no place", &item.key);
            continue;
        };
        taken.extend(own.iter().map(|word| word.start));
        let text = match region.attributes.get("text") {
            Some(Value::Text(text)) => text.clone(),
            _ => texts.as_ref().map(|texts| texts.joined(&words).replace('\n', " ")).unwrap_or_default(),
        };
        let entity = entity(next, &region.class, bounds, text, said_of(&own));
        places.insert(&region.id, (page, next));
        next += 1;
        if let Some(form) = forms.get_mut(page as usize) {
            form.push(entity);
        }
    }
    for answer in &item.answers {
        for relation in &answer.answer.relations {
            let ends = places.get(relation.from.as_str()).zip(places.get(relation.to.as_str()));
            let Some(((page, from), (other, to))) = ends else { continue };
            if page != other {
                losses.add("values", "links between two pages have no place in the format", &item.key);
                continue;
            }
            for entity in forms.get_mut(*page as usize).into_iter().flatten() {
                if entity.id == *from || entity.id == *to {
                    entity.linking.push([*from, *to]);
                }
            }
        }
    }
    let Some(texts) = &texts else { return forms };
    for (page, form) in texts.layer.pages.iter().zip(&mut forms) {
        for line in lines(page.words.iter().filter(|word| !taken.contains(&word.start))) {
            let Some(bounds) = around(&line) else { continue };
            let words = said_of(&line);
            let text = words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
            form.push(entity(next, OTHER, bounds, text, words));
            next += 1;
        }
    }
    forms
}

fn words_said(texts: &Texts<'_>, words: &[Word]) -> Vec<Said> {
    words.iter().map(|word| Said { bounds: whole(word.bounds()), text: texts.word(word).to_owned() }).collect()
}

fn entity(id: i64, label: &str, bounds: Bounds, text: String, words: Vec<Said>) -> Entity {
    Entity { bounds: whole(bounds), text, label: label.to_owned(), words, linking: Vec::new(), id }
}
