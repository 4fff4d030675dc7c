//! LabelMe 3.0 XML (B. Russell et al., 2008): a file a picture, a polygon an object; a box is a polygon that says so.

use crate::{
    carries::{Carries, Kind, Names, SplitNames},
    labels,
    names::region_id,
    per_image::{Layout, renamed},
    record::{DirectoryView, RecordError, Sink, Stop},
    registry::{Format, Job},
    shapes,
    sink::ArchiveSink,
    text::start_of,
    xml::{self, Element, push_element},
};
use labelwright_core::{Answer, Geometry, GeometryKind, Region, Value};
use std::{collections::BTreeMap, io};

pub const FORMAT: Format = Format {
    id: "labelme-xml",
    title: "LabelMe 3.0 XML",
    carries: Carries {
        words: "images with boxes and polygons",
        geometry: &[GeometryKind::Box, GeometryKind::Polygon],
        attributes: Names::Only(&[("occluded", Kind::Flag), ("attributes", Kind::Text)]),
        splits: true,
        split_names: SplitNames::BESIDE,
        sizes: true,
        precision: 1e-9,
        ..Carries::IMAGES
    },
    sniff: |view| {
        let xml = view.list().into_iter().filter(|(name, _)| name.ends_with(".xml")).take(10);
        let fits = |name: &str| {
            let start = start_of(view, name, 1 << 13);
            start.contains("<annotation>") && (start.contains("<polygon>") || start.contains("<sourceImage>"))
        };
        xml.map(|(name, _)| if fits(&name) { 0.93 } else { 0.0 }).fold(0.0, f64::max)
    },
    read: Some(|view, _, sink| read(view, sink)),
    write: Some(write),
    ..Format::NEW
};

const LAYOUT: Layout = Layout { labels: "Annotations", media: "Images", ending: ".xml" };

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    LAYOUT.read(view, sink, |name, mut record, problems| {
        let root = xml::document(view, name)?;
        if root.name != "annotation" {
            let message = format!("the root element is <{}> and not <annotation>", root.name);
            return Err(RecordError::new(name, "other_kind", message));
        }
        if let Some(file) = root.text_of("filename").filter(|file| !file.is_empty()) {
            let folder = record.key.rfind('/').map_or("", |end| &record.key[..=end]).to_owned();
            let key = if file.contains('/') { file.to_owned() } else { format!("{folder}{file}") };
            record = renamed(record, &key, view);
        }
        if let Some(size) = root.child("imagesize") {
            let side = |of: &str| size.number_of(of).filter(|side| *side >= 1.0).map(|side| side as u32);
            record.size = side("ncols").and_then(|width| Some([width, side("nrows")?])).or(record.size);
        }
        let mut answer = Answer::default();
        let living = root.children("object").enumerate().filter(|(_, object)| object.text_of("deleted") != Some("1"));
        for (number, object) in living {
            match region(object, number) {
                Ok(region) => answer.regions.push(region),
                Err((code, message)) => {
                    problems.push(RecordError::new(format!("{name}: object[{number}]"), code, message));
                }
            }
        }
        Ok(record.answered(answer))
    })
}

fn region(object: &Element, number: usize) -> Result<Region, (&'static str, String)> {
    let class = object.text_of("name").filter(|class| !class.is_empty());
    let class = class.ok_or_else(|| ("no_class", "there is no <name>".to_owned()))?;
    let polygon = object.child("polygon").ok_or_else(|| ("not_read", "only polygons and boxes are read".to_owned()))?;
    let point = |pt: &Element| Some([pt.number_of("x")?, pt.number_of("y")?]);
    let points: Option<Vec<[f64; 2]>> = polygon.children("pt").map(point).collect();
    let points = points.filter(|points| points.len() >= 3);
    let points = points.ok_or_else(|| ("bad_polygon", "a polygon has at least 3 points with x and y".to_owned()))?;
    let is_box = object.text_of("type") == Some("bounding_box") && points.len() == 4;
    let geometry = if is_box {
        let [a, c] = [points[0], points[2]];
        let (width, height) = ((a[0] - c[0]).abs(), (a[1] - c[1]).abs());
        if width <= 0.0 || height <= 0.0 {
            return Err(("bad_box", "a box has a positive size".into()));
        }
        shapes::upright(a[0].min(c[0]), a[1].min(c[1]), width, height)
    } else {
        shapes::polygon(points)
    };
    let mut region = labels::region(region_id(number), class, geometry);
    region.attributes = attributes(object);
    Ok(region)
}

fn attributes(object: &Element) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    if object.text_of("occluded") == Some("yes") {
        found.insert("occluded".to_owned(), Value::Boolean(true));
    }
    if let Some(text) = object.child("attributes").map(|text| &text.text).filter(|text| !text.is_empty()) {
        found.insert("attributes".to_owned(), Value::Text(text.clone()));
    }
    found
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    LAYOUT.write(job, out, |item, name, losses, bytes| {
        bytes.extend_from_slice(b"<annotation>");
        push_element(bytes, "filename", name);
        bytes.extend_from_slice(b"<folder></folder><source><sourceImage></sourceImage></source>");
        if let Some([width, height]) = item.size {
            let size = format!("<imagesize><nrows>{height}</nrows><ncols>{width}</ncols></imagesize>");
            bytes.extend_from_slice(size.as_bytes());
        }
        for (number, region) in item.regions().enumerate() {
            if region.class.trim() != region.class {
                losses.add("values", "white space around the name of a class is lost", &item.key);
            }
            object(region, number, losses, &item.key, bytes);
        }
        bytes.extend_from_slice(b"</annotation>\n");
        Ok(())
    })
}

fn object(region: &Region, number: usize, losses: &crate::loss::Losses, key: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\n<object>");
    push_element(out, "name", &region.class);
    out.extend_from_slice(b"<deleted>0</deleted><verified>0</verified>");
    let occluded = region.attributes.get("occluded") == Some(&Value::Boolean(true));
    push_element(out, "occluded", if occluded { "yes" } else { "no" });
    let text = match region.attributes.get("attributes") {
        Some(Value::Text(text)) => {
            if text.is_empty() {
                losses.add("values", "an empty text is the same as none", key);
            }
            text.as_str()
        }
        _ => "",
    };
    push_element(out, "attributes", text);
    out.extend_from_slice(b"<parts><hasparts></hasparts><ispartof></ispartof></parts><date></date>");
    push_element(out, "id", &number.to_string());
    let points = match &region.geometry {
        Geometry::Box(shape) => {
            out.extend_from_slice(b"<type>bounding_box</type>");
            shape.corners().to_vec()
        }
        _ => shapes::ring(&region.geometry).map(<[_]>::to_vec).unwrap_or_default(),
    };
    out.extend_from_slice(b"<polygon><username></username>");
    for [x, y] in points {
        out.extend_from_slice(b"<pt><x>");
        crate::numbers::push(out, x);
        out.extend_from_slice(b"</x><y>");
        crate::numbers::push(out, y);
        out.extend_from_slice(b"</y></pt>");
    }
    out.extend_from_slice(b"</polygon></object>");
}
