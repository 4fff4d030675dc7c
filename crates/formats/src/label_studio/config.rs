//! The labeling configuration (XML) as a schema, and a schema as a configuration.

mod writing;

pub(super) use writing::{control_name, object, write};

use crate::{
    MemoryView,
    extras::Extras,
    labels,
    record::{DirectoryView, RecordError},
    text,
    xml::{self, Element},
};
use labelwright_core::{
    GeometryKind, LabelSchema, Modality,
    schema::{Choice, Class, Field, FieldKind, RelationType},
};
use std::collections::BTreeMap;

/// What tasks are read by.
#[derive(Default)]
pub(super) struct Config {
    pub schema: Option<LabelSchema>,
    /// Name of an object tag to its tag and the key of its data.
    pub objects: BTreeMap<String, (String, String)>,
    /// Names of controls whose choices may be several.
    pub multiple: BTreeMap<String, bool>,
    /// The class of what tools may draw without a label, where the schema does not have it yet.
    pub unlabeled: Option<Class>,
    /// The configuration itself, for going back out.
    pub extras: Option<Box<Extras>>,
    /// Controls that the schema does not have.
    pub problems: Vec<RecordError>,
}

/// The class of regions that are drawn without a label.
pub(super) const UNLABELED: &str = "region";
/// The attribute of what was read in a region of `OcrLabels`.
pub(super) const OCR_TEXT: &str = "text";
/// Bytes of a configuration that is kept.
const KEPT_BYTES_MAXIMUM: usize = 1 << 20;
const KEPT: &str = "config";
const FORMAT: &str = "label-studio";

/// Controls that draw, and labels for which come from another one, or that draw and label nothing.
const TOOLS: [&str; 13] = [
    "Rectangle",
    "Ellipse",
    "Polygon",
    "KeyPoint",
    "Brush",
    "Bitmask",
    "Vector",
    "VideoRectangle",
    "VideoVector",
    "Magicwand",
    "MagicWand",
    "Filter",
    "Shortcut",
];

/// The configuration that the schema came with, where it still says the same.
pub(super) fn kept<'a>(schema: &LabelSchema, extras: Option<&'a Extras>) -> Option<&'a str> {
    let text = extras.filter(|extras| extras.format == FORMAT)?.whole.form.get(KEPT)?.as_str()?;
    let view = MemoryView { files: [("config.xml".to_owned(), text.as_bytes().to_vec())].into() };
    let config = read(&view).ok()?;
    let mut said = config.schema?;
    if said.classes.len() < schema.classes.len() {
        said.classes.extend(config.unlabeled);
    }
    let same = said.classes == schema.classes && said.fields == schema.fields && said.relations == schema.relations;
    same.then_some(text)
}

/// The first XML file that is a labeling configuration.
pub(super) fn read(view: &dyn DirectoryView) -> Result<Config, RecordError> {
    for name in crate::spans::files(view, &[".xml"]) {
        if !text::start_of(view, &name, 4096).contains("<View") {
            continue;
        }
        let root = xml::document(view, &name)?;
        let mut config = Config::default();
        let mut all = Vec::new();
        flatten(&root, &mut all);
        for tag in &all {
            if let (Some(name), Some(value)) =
                (tag.attribute("name"), tag.attribute("value").or_else(|| tag.attribute("valueList")))
                && tag.attribute("toName").is_none()
                && let Some(key) = value.strip_prefix('$')
            {
                config.objects.insert(name.to_owned(), (tag.name.clone(), key.to_owned()));
            }
        }
        config.schema = Some(schema(&all, &name, &mut config));
        let text = text::start_of(view, &name, KEPT_BYTES_MAXIMUM);
        if text.len() < KEPT_BYTES_MAXIMUM {
            let mut extras = Extras::of(FORMAT);
            extras.whole.form.insert(KEPT.into(), text.into());
            config.extras = extras.boxed();
        }
        return Ok(config);
    }
    Ok(Config::default())
}

fn flatten<'a>(element: &'a Element, all: &mut Vec<&'a Element>) {
    all.push(element);
    element.children.iter().for_each(|child| flatten(child, all));
}

fn modality(object: &str) -> Option<Modality> {
    Some(match object {
        "Image" => Modality::Image,
        "Video" => Modality::Video,
        "Audio" | "AudioPlus" => Modality::Audio,
        "Text" | "HyperText" | "Paragraphs" => Modality::Text,
        "TimeSeries" => Modality::TimeSeries,
        "Pdf" => Modality::Document,
        "Table" => Modality::Table,
        "Chat" => Modality::Dialogue,
        _ => return None,
    })
}

/// What a control draws, on an object of this kind.
fn kinds(control: &str, modality: Modality) -> &'static [GeometryKind] {
    use GeometryKind as K;
    match (control, modality) {
        ("RectangleLabels", _) => &[K::Box, K::RotatedBox],
        ("EllipseLabels", _) => &[K::Ellipse],
        ("PolygonLabels", _) => &[K::Polygon],
        ("KeyPointLabels", _) => &[K::Points],
        ("BrushLabels" | "BitmaskLabels", _) => &[K::Mask],
        ("VectorLabels", _) => &[K::Polyline, K::Polygon],
        ("OcrLabels", _) => &[K::Box, K::RotatedBox],
        ("HyperTextLabels" | "ParagraphLabels", _) | ("Labels", Modality::Text) => &[K::Span],
        ("TimeSeriesLabels" | "TimelineLabels", _) | ("Labels", Modality::Audio) => &[K::Interval],
        ("Labels", Modality::Video) => &[K::Track],
        _ => &[],
    }
}

fn options(tag: &Element, child: &str) -> Vec<Choice> {
    let option = |one: &Element| {
        let id = one.attribute("alias").or_else(|| one.attribute("value"))?;
        Some(Choice {
            id: id.to_owned(),
            title: one.attribute("value").unwrap_or(id).to_owned(),
            description: one.attribute("hint").unwrap_or_default().to_owned(),
            color: one.attribute("background").filter(|color| is_color(color)).map(str::to_owned),
            hotkey: one.attribute("hotkey").map(str::to_owned),
            children: options(one, child),
        })
    };
    tag.children(child).filter_map(option).collect()
}

fn is_color(text: &str) -> bool {
    text.len() == 7 && text.starts_with('#') && text[1..].chars().all(|c| c.is_ascii_hexdigit())
}

/// What a person writes of a region that shows text.
fn is_transcript(tag: &Element) -> bool {
    let says = |key: &str| {
        let text = tag.attribute(key).unwrap_or_default().to_lowercase();
        let mut words = text.split(|c: char| !c.is_alphanumeric());
        ["transcri", "recognized text"].iter().any(|word| text.contains(word)) || words.any(|word| word == "ocr")
    };
    tag.attribute("transcription") == Some("true")
        || tag.attribute("perRegion") == Some("true") && (says("name") || says("placeholder"))
}

fn schema(all: &[&Element], file: &str, config: &mut Config) -> LabelSchema {
    let modality = all.iter().find_map(|tag| modality(&tag.name)).unwrap_or(Modality::Image);
    let mut schema = labels::schema(modality, Vec::new(), Vec::new());
    let mut per_region: Vec<Field> = Vec::new();
    for tag in all {
        let Some(name) = tag.attribute("name").filter(|_| tag.attribute("toName").is_some()) else {
            if tag.name == "Relation"
                && let Some(value) = tag.attribute("value")
            {
                schema.relations.push(RelationType {
                    id: value.to_owned(),
                    title: value.to_owned(),
                    from: Vec::new(),
                    to: Vec::new(),
                    directed: true,
                    transitive: false,
                });
            }
            continue;
        };
        let number = |key: &str| tag.attribute(key).and_then(crate::numbers::parse);
        let kind = match tag.name.as_str() {
            "Choices" => {
                let many = tag.attribute("choice") == Some("multiple");
                config.multiple.insert(name.to_owned(), many);
                FieldKind::Choice { options: options(tag, "Choice"), multiple: many, min: None, max: None }
            }
            "Taxonomy" => FieldKind::Tree {
                options: options(tag, "Choice"),
                leaves_only: tag.attribute("leafsOnly") == Some("true"),
            },
            "TextArea" if is_transcript(tag) => FieldKind::Transcript { max_chars: None },
            "TextArea" | "DateTime" => FieldKind::Text {
                multiline: tag.attribute("rows").is_some_and(|rows| rows != "1"),
                max_chars: None,
                pattern: None,
                starts_from: None,
            },
            "Number" => FieldKind::Number {
                min: number("min"),
                max: number("max"),
                integer: number("step").is_some_and(|step| step.fract() == 0.0 && step > 0.0),
                unit: None,
            },
            "Rating" => FieldKind::Rating { max: number("maxRating").map_or(5, |max| max.clamp(1.0, 100.0) as u32) },
            "Pairwise" => {
                let option = |id: &str| Choice {
                    id: id.into(),
                    title: id.into(),
                    description: String::new(),
                    color: None,
                    hotkey: None,
                    children: Vec::new(),
                };
                FieldKind::Pairwise { options: vec![option("left"), option("right")] }
            }
            control => {
                let mut geometry = kinds(control, modality).to_vec();
                if control == "Labels" && geometry.is_empty() {
                    // Its regions are drawn by tools without labels of their own.
                    geometry.extend(all.iter().flat_map(|tool| kinds(&format!("{}Labels", tool.name), modality)));
                }
                if geometry.is_empty() {
                    if !TOOLS.contains(&control) {
                        config.problems.push(left_out(control, name, file));
                    }
                    continue;
                }
                for label in tag.children("Label") {
                    let Some(id) = label.attribute("alias").or_else(|| label.attribute("value")) else { continue };
                    let known = schema.classes.iter().position(|class| class.id == id);
                    let class: &mut Class = match known.and_then(|at| schema.classes.get_mut(at)) {
                        Some(class) => class,
                        None => {
                            let mut class = labels::class(id, schema.classes.len(), &[]);
                            class.title = label.attribute("value").unwrap_or(id).to_owned();
                            class.color = label
                                .attribute("background")
                                .filter(|color| is_color(color))
                                .map_or(class.color, str::to_owned);
                            class.hotkey = label.attribute("hotkey").map(str::to_owned);
                            class.description = label.attribute("hint").unwrap_or_default().to_owned();
                            schema.classes.push(class);
                            let last = schema.classes.len() - 1;
                            &mut schema.classes[last]
                        }
                    };
                    // The text of such a region stands in its own value.
                    let has_text = class.attributes.iter().any(|field| field.id == OCR_TEXT);
                    if control == "OcrLabels" && !has_text {
                        class.attributes.push(labels::field(OCR_TEXT, FieldKind::Transcript { max_chars: None }));
                    }
                    class.geometry.extend(
                        geometry.iter().filter(|kind| !class.geometry.contains(kind)).copied().collect::<Vec<_>>(),
                    );
                }
                continue;
            }
        };
        let mut field = labels::field(name, kind);
        field.required = tag.attribute("required") == Some("true");
        match tag.attribute("perRegion") {
            Some("true") => per_region.push(field),
            _ => schema.fields.push(field),
        }
    }
    let drawn: Vec<GeometryKind> =
        all.iter().flat_map(|tool| kinds(&format!("{}Labels", tool.name), modality)).copied().collect();
    if !drawn.is_empty() {
        let class = labels::class(UNLABELED, schema.classes.len(), &drawn);
        match schema.classes.is_empty() {
            true => schema.classes.push(class),
            false if schema.classes.iter().any(|known| known.id == UNLABELED) => {}
            false => config.unlabeled = Some(class),
        }
    }
    for class in schema.classes.iter_mut().chain(&mut config.unlabeled) {
        class.attributes.extend(per_region.iter().cloned());
    }
    schema
}

fn left_out(control: &str, name: &str, file: &str) -> RecordError {
    let place = format!("{file}: {control} {name:?}");
    match control == "Labels" {
        true => RecordError::new(place, "no_tool", "nothing draws what its labels are for, so they are left out"),
        false => {
            let message = format!("the control <{control}> is not known: what it asks is left out");
            RecordError::new(place, "unknown_control", message)
        }
    }
}
