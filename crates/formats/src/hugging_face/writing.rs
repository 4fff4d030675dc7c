//! Items as rows of shards, one table a split, and the card. Fields that the schema declares have columns of their own;
//! what has none stands as JSON in one.

use super::{
    CARD, FEATURES, OWN, card,
    features::{self, Feature},
};
use crate::{
    labels,
    names::last_part,
    parquet_table::{Cell, Shape, Table},
    record::{ClassIndices, ExportItem, Head},
    registry::Job,
    sink::{ArchiveSink, Scratch, append},
    spans,
};
use labelwright_core::{
    Geometry, LabelSchema, Modality, Region, Value,
    schema::{Field, FieldKind},
};
use serde_json::{Map, Value as Json, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

/// Bytes of values in a shard.
const SHARD_BYTES: u64 = 400 << 20;

const RESERVED: [&str; 11] =
    ["id", "image", "text", "width", "height", "objects", "spans", "relations", "metadata", "fields", "tokens"];

/// The columns in their order.
fn columns_of(schema: &LabelSchema, declared: &[&Field]) -> Vec<(String, Feature)> {
    let names: Vec<String> = schema.classes.iter().map(|class| class.id.clone()).collect();
    let class = || Feature::list(Feature::Label(names.clone()));
    let list = |feature: Feature| Feature::list(feature);
    let mut columns = vec![("id", Feature::Text)];
    if schema.modality == Modality::Text {
        columns.push(("text", Feature::Text));
        let spans = Feature::structure([
            ("start", list(Feature::Integer)),
            ("end", list(Feature::Integer)),
            ("label", class()),
            ("pieces", list(list(Feature::Integer))),
            ("score", list(Feature::Number)),
            ("attributes", list(Feature::Text)),
        ]);
        columns.push(("spans", spans));
    } else {
        columns.extend([("image", Feature::Image), ("width", Feature::Integer), ("height", Feature::Integer)]);
        let objects = Feature::structure([
            ("bbox", list(list(Feature::Number))),
            ("category", class()),
            ("segmentation", list(list(list(Feature::Number)))),
            ("score", list(Feature::Number)),
            ("attributes", list(Feature::Text)),
        ]);
        columns.push(("objects", objects));
    }
    let relations = Feature::structure([
        ("head", list(Feature::Integer)),
        ("child", list(Feature::Integer)),
        ("label", list(Feature::Text)),
        ("attributes", list(Feature::Text)),
    ]);
    columns.extend([("relations", relations), ("fields", Feature::Text), ("metadata", Feature::Text)]);
    let field = |field: &&Field| (field.id.clone(), feature_of(field).unwrap_or(Feature::Text));
    columns.into_iter().map(|(name, feature)| (name.to_owned(), feature)).chain(declared.iter().map(field)).collect()
}

/// None for a field that has no column of its own.
fn feature_of(field: &Field) -> Option<Feature> {
    let names = || labels::options(field).into_iter().map(str::to_owned).collect();
    match &field.kind {
        FieldKind::Choice { multiple: false, .. } => Some(Feature::Label(names())),
        FieldKind::Choice { multiple: true, .. } => Some(Feature::list(Feature::Label(names()))),
        FieldKind::Boolean {} => Some(Feature::Boolean),
        FieldKind::Number { .. } | FieldKind::Rating { .. } => Some(Feature::Number),
        FieldKind::Text { .. } | FieldKind::Transcript { .. } | FieldKind::Concept { .. } => Some(Feature::Text),
        _ => None,
    }
}

fn shape(feature: &Feature) -> Shape {
    match feature {
        Feature::Text | Feature::Other => Shape::Text,
        Feature::Integer | Feature::Label(_) => Shape::Integer,
        Feature::Number => Shape::Number,
        Feature::Boolean => Shape::Boolean,
        Feature::Image | Feature::Audio => {
            Shape::Structure(vec![("bytes".to_owned(), Shape::Bytes), ("path".to_owned(), Shape::Text)])
        }
        Feature::List(of) => Shape::list(shape(of)),
        Feature::Structure(fields) => {
            Shape::Structure(fields.iter().map(|(name, one)| (name.clone(), shape(one))).collect())
        }
    }
}

/// The shards of one split.
struct Split {
    /// The shard that is open.
    open: Option<(Table, Box<dyn Scratch>)>,
    done: Vec<Box<dyn Scratch>>,
    rows: u64,
    bytes: u64,
}

pub(super) fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let Head { schema, project, .. } = *job.head;
    let known = |field: &&Field| feature_of(field).is_some() && !RESERVED.contains(&field.id.as_str());
    let declared: Vec<&Field> = schema.fields.iter().filter(known).collect();
    let features = columns_of(schema, &declared);
    let classes = job.head.class_indices();
    let columns: Vec<(String, Shape)> = features.iter().map(|(name, feature)| (name.clone(), shape(feature))).collect();
    let info = format!("{{\"info\":{{\"features\":{}}}}}", features::named_json(&features));
    let own: Vec<&str> = declared.iter().map(|field| field.id.as_str()).collect();
    let table = |split: &Option<String>| {
        let note = json!({ "fields": own, "split": split }).to_string();
        Table::new(columns.clone(), vec![(FEATURES.to_owned(), info.clone()), (OWN.to_owned(), note)])
    };
    let mut splits: BTreeMap<Option<String>, Split> = BTreeMap::new();
    for item in job.items {
        if (schema.modality == Modality::Text) != item.text.is_some() {
            job.losses.add(
                "modality",
                "items of another kind than the schema's have no place in the format",
                &item.key,
            );
            continue;
        }
        let image = match &item.media {
            Some(source) => out.data(source)?,
            None => None,
        };
        let split = match splits.entry(item.split.clone()) {
            std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::btree_map::Entry::Vacant(new) => {
                new.insert(Split { open: None, done: Vec::new(), rows: 0, bytes: 0 })
            }
        };
        let (open, scratch) = match &mut split.open {
            Some(open) => open,
            None => split.open.insert((table(&item.split)?, out.scratch()?)),
        };
        open.row(&row(&item, image, &classes, &declared), scratch)?;
        if open.total_bytes > SHARD_BYTES {
            split.close()?;
        }
    }
    if splits.is_empty() {
        let open = Some((table(&None)?, out.scratch()?));
        let split = Split { open, done: Vec::new(), rows: 0, bytes: 0 };
        splits.insert(None, split);
    }
    let (mut written, mut taken) = (Vec::new(), BTreeSet::new());
    for (name, mut split) in splits {
        split.close()?;
        let mut name = split_name(name.as_deref());
        while !taken.insert(name.clone()) {
            name.push('_');
        }
        let count = split.done.len();
        for (at, shard) in split.done.into_iter().enumerate() {
            out.begin(&format!("data/{name}-{at:05}-of-{count:05}.parquet"))?;
            append(out, shard)?;
        }
        written.push((name, split.bytes, split.rows));
    }
    out.begin(CARD)?;
    out.write_all(card::write(project, &features, &written).as_bytes())
}

impl Split {
    /// Ends the shard that is open.
    fn close(&mut self) -> io::Result<()> {
        let Some((table, mut shard)) = self.open.take() else { return Ok(()) };
        let (rows, bytes) = table.finish(&mut shard)?;
        (self.rows, self.bytes) = (self.rows + rows, self.bytes + bytes);
        self.done.push(shard);
        Ok(())
    }
}

/// The library's names of splits are words; what is not split is `train` there.
fn split_name(split: Option<&str>) -> String {
    let split = split.filter(|split| !split.is_empty()).map(crate::names::folder);
    let split = split.as_deref();
    match split {
        None | Some("") => "train".to_owned(),
        Some("val") => "validation".to_owned(),
        Some(name) => name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect(),
    }
}

fn row(item: &ExportItem, image: Option<Vec<u8>>, classes: &ClassIndices<'_>, declared: &[&Field]) -> Vec<Cell> {
    let none = labelwright_core::Answer::default();
    let answer = item.answers.first().map_or(&none, |sourced| &sourced.answer);
    let mut cells = vec![Cell::text(&item.key)];
    let class = |region: &Region| Cell::or_null(classes.get(region.class.as_str()), |at| Cell::Integer(*at as i64));
    let score = |region: &Region| Cell::or_null(region.score, Cell::Number);
    let said = |region: &Region| json_text(&region.attributes);
    if let Some(text) = &item.text {
        cells.push(Cell::text(text));
        let ends = |region: &Region| {
            let ranges = spans::ranges(region);
            let end = ranges.iter().map(|range| range[1]).max().unwrap_or(0);
            [ranges.first().map_or(0, |range| range[0]), end].map(|end| Cell::Integer(i64::from(end)))
        };
        let pieces = |region: &Region| match spans::ranges(region) {
            ranges if ranges.len() > 1 => {
                Cell::List(ranges.into_iter().flatten().map(|end| Cell::Integer(i64::from(end))).collect())
            }
            _ => Cell::Null,
        };
        let [start, end] = [0, 1].map(|at| list(&answer.regions, |region| ends(region)[at].clone()));
        let rest = [list(&answer.regions, class), list(&answer.regions, pieces)];
        let last = [list(&answer.regions, score), list(&answer.regions, said)];
        cells.push(Cell::Structure([start, end].into_iter().chain(rest).chain(last).collect()));
    } else {
        let bytes = Cell::or_null(image, Cell::Bytes);
        cells.push(Cell::Structure(vec![bytes, Cell::text(last_part(&item.key))]));
        cells.extend([0, 1].map(|at| Cell::or_null(item.size, |size| Cell::Integer(i64::from(size[at])))));
        cells.push(Cell::Structure(vec![
            list(&answer.regions, |region| bbox(&region.geometry)),
            list(&answer.regions, class),
            list(&answer.regions, |region| rings(&region.geometry)),
            list(&answer.regions, score),
            list(&answer.regions, said),
        ]));
    }
    let number = |id: &str| answer.regions.iter().position(|region| region.id == id).map(|at| at as i64);
    cells.push(Cell::Structure(vec![
        list(&answer.relations, |one| Cell::or_null(number(&one.from), Cell::Integer)),
        list(&answer.relations, |one| Cell::or_null(number(&one.to), Cell::Integer)),
        list(&answer.relations, |one| Cell::text(&one.relation)),
        list(&answer.relations, |one| json_text(&one.attributes)),
    ]));
    let own: Vec<Option<Cell>> =
        declared.iter().map(|field| answer.fields.get(&field.id).and_then(|value| cell(field, value))).collect();
    let mut rest = answer.fields.clone();
    for (field, _) in declared.iter().zip(&own).filter(|(_, cell)| cell.is_some()) {
        rest.remove(&field.id);
    }
    cells.push(json_text(&rest));
    cells.push(match item.metadata.is_empty() {
        true => Cell::Null,
        false => Cell::text(Json::Object(item.metadata.clone().into_iter().collect()).to_string()),
    });
    cells.extend(own.into_iter().map(|cell| cell.unwrap_or(Cell::Null)));
    cells
}

fn list<T>(of: &[T], cell: impl Fn(&T) -> Cell) -> Cell {
    Cell::List(of.iter().map(cell).collect())
}

/// Values as JSON; null where there are none.
fn json_text(values: &BTreeMap<String, Value>) -> Cell {
    let map: Map<String, Json> = values.iter().map(|(name, value)| (name.clone(), labels::json(value))).collect();
    if map.is_empty() { Cell::Null } else { Cell::Text(Json::Object(map).to_string()) }
}

/// The value in its own column; None for one that does not fit.
fn cell(field: &Field, value: &Value) -> Option<Cell> {
    let names = labels::options(field);
    let label = |name: &str| names.iter().position(|known| *known == name).map(|at| Cell::Integer(at as i64));
    match (feature_of(field)?, value) {
        (Feature::Label(_), Value::Text(name)) => label(name),
        (Feature::List(_), Value::List(list)) => {
            Some(Cell::List(list.iter().map(|name| label(name)).collect::<Option<_>>()?))
        }
        (Feature::Boolean, Value::Boolean(value)) => Some(Cell::Boolean(*value)),
        (Feature::Number, Value::Number(value)) => Some(Cell::Number(*value)),
        (Feature::Text, Value::Text(text)) => Some(Cell::text(text)),
        _ => None,
    }
}

fn bbox(geometry: &Geometry) -> Cell {
    let numbers = match geometry {
        Geometry::Box(shape) => Some([shape.x, shape.y, shape.width, shape.height]),
        other => other.bounds().map(|b| [b.left, b.top, b.width(), b.height()]),
    };
    Cell::or_null(numbers, |numbers| Cell::List(numbers.map(Cell::Number).into()))
}

fn rings(geometry: &Geometry) -> Cell {
    match geometry {
        Geometry::Polygon(shape) => list(&shape.parts, |part| {
            Cell::List(part.outer.iter().flatten().map(|number| Cell::Number(*number)).collect())
        }),
        _ => Cell::List(Vec::new()),
    }
}
