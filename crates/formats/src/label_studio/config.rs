//! The labeling configuration (XML) as a schema, and a schema as a configuration.

use crate::{
    labels,
    record::{DirectoryView, RecordError},
    xml::{self, Element, push_attribute},
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
}

/// The first XML file that is a labeling configuration.
pub(super) fn read(view: &dyn DirectoryView) -> Result<Config, RecordError> {
    for name in crate::spans::files(view, &[".xml"]) {
        if !crate::text::start_of(view, &name, 4096).contains("<View") {
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
        config.schema = Some(schema(&all, &mut config.multiple));
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

fn schema(all: &[&Element], multiple: &mut BTreeMap<String, bool>) -> LabelSchema {
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
                multiple.insert(name.to_owned(), many);
                FieldKind::Choice { options: options(tag, "Choice"), multiple: many, min: None, max: None }
            }
            "Taxonomy" => FieldKind::Tree {
                options: options(tag, "Choice"),
                leaves_only: tag.attribute("leafsOnly") == Some("true"),
            },
            "TextArea" if tag.attribute("transcription") == Some("true") => FieldKind::Transcript { max_chars: None },
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
    for class in &mut schema.classes {
        class.attributes.extend(per_region.iter().cloned());
    }
    schema
}

/// Tag of the object that holds items of this kind, and the key of their data.
pub(super) fn object(modality: Modality) -> (&'static str, &'static str) {
    match modality {
        Modality::Text => ("Text", "text"),
        Modality::Audio => ("Audio", "audio"),
        Modality::Video => ("Video", "video"),
        Modality::TimeSeries => ("TimeSeries", "csv"),
        _ => ("Image", "image"),
    }
}

/// Names of controls for the kinds of regions: Label Studio wants one a kind.
pub(super) const CONTROLS: [(&str, &str); 9] = [
    ("rectangle", "RectangleLabels"),
    ("ellipse", "EllipseLabels"),
    ("polygon", "PolygonLabels"),
    ("vector", "VectorLabels"),
    ("keypoint", "KeyPointLabels"),
    ("brush", "BrushLabels"),
    ("", "Labels"),
    ("videorectangle", "Labels"),
    ("timeline", "TimelineLabels"),
];

fn push_options(out: &mut Vec<u8>, tag: &str, list: &[Choice]) {
    for one in list {
        out.extend_from_slice(format!("<{tag}").as_bytes());
        if one.title == one.id {
            push_attribute(out, "value", &one.id);
        } else {
            push_attribute(out, "value", &one.title);
            push_attribute(out, "alias", &one.id);
        }
        out.push(b'>');
        push_options(out, tag, &one.children);
        out.extend_from_slice(format!("</{tag}>").as_bytes());
    }
}

fn push_field(out: &mut Vec<u8>, field: &Field, object: &str, per_region: bool) {
    let (tag, more, list): (&str, Vec<(&str, String)>, &[Choice]) = match &field.kind {
        FieldKind::Choice { options, multiple, .. } => {
            ("Choices", vec![("choice", if *multiple { "multiple" } else { "single" }.into())], options)
        }
        FieldKind::Ranking { options, .. } | FieldKind::Pairwise { options } => {
            ("Choices", vec![("choice", "single".into())], options)
        }
        FieldKind::Tree { options, leaves_only } => ("Taxonomy", vec![("leafsOnly", leaves_only.to_string())], options),
        FieldKind::Text { .. } | FieldKind::Concept { .. } => ("TextArea", Vec::new(), &[]),
        FieldKind::Transcript { .. } => ("TextArea", vec![("transcription", "true".into())], &[]),
        FieldKind::Number { min, max, .. } => {
            let bounds = [("min", min), ("max", max)];
            (
                "Number",
                bounds.iter().filter_map(|(name, value)| Some((*name, value.as_ref()?.to_string()))).collect(),
                &[],
            )
        }
        FieldKind::Rating { max } => ("Rating", vec![("maxRating", max.to_string())], &[]),
        FieldKind::Boolean {} => ("Choices", vec![("choice", "single".into())], &[]),
    };
    out.extend_from_slice(format!("<{tag}").as_bytes());
    push_attribute(out, "name", &field.id);
    push_attribute(out, "toName", object);
    more.iter().for_each(|(name, value)| push_attribute(out, name, value));
    if field.required {
        push_attribute(out, "required", "true");
    }
    if per_region {
        push_attribute(out, "perRegion", "true");
    }
    out.push(b'>');
    push_options(out, "Choice", list);
    if matches!(field.kind, FieldKind::Boolean {}) {
        out.extend_from_slice(b"<Choice value=\"true\"/><Choice value=\"false\"/>");
    }
    out.extend_from_slice(format!("</{tag}>\n").as_bytes());
}

/// The configuration for a schema.
pub(super) fn write(schema: &LabelSchema) -> Vec<u8> {
    let (object, key) = object(schema.modality);
    let mut out = b"<View>\n".to_vec();
    out.extend_from_slice(format!("<{object} name=\"{key}\" value=\"${key}\"").as_bytes());
    if schema.modality == Modality::Video {
        out.extend_from_slice(b"/>\n<VideoRectangle name=\"box\" toName=\"video\"");
    }
    out.extend_from_slice(b"/>\n");
    for (kind, control) in CONTROLS {
        let geometry = kinds(control, schema.modality);
        let wanted = match (kind, control) {
            ("videorectangle", _) => schema.modality == Modality::Video,
            ("timeline", _) => {
                let draws = |class: &Class| class.geometry.contains(&GeometryKind::Interval);
                schema.modality == Modality::Video && schema.classes.iter().any(draws)
            }
            ("", _) => matches!(schema.modality, Modality::Text | Modality::Audio),
            _ => {
                schema.modality == Modality::Image
                    && schema.classes.iter().any(|class| class.geometry.iter().any(|kind| geometry.contains(kind)))
            }
        };
        if !wanted || schema.classes.is_empty() {
            continue;
        }
        out.extend_from_slice(format!("<{control}").as_bytes());
        push_attribute(&mut out, "name", &control_name(kind));
        push_attribute(&mut out, "toName", key);
        out.extend_from_slice(b">\n");
        for class in &schema.classes {
            out.extend_from_slice(b"<Label");
            if class.title == class.id {
                push_attribute(&mut out, "value", &class.id);
            } else {
                push_attribute(&mut out, "value", &class.title);
                push_attribute(&mut out, "alias", &class.id);
            }
            push_attribute(&mut out, "background", &class.color);
            out.extend_from_slice(b"/>\n");
        }
        out.extend_from_slice(format!("</{control}>\n").as_bytes());
    }
    schema.fields.iter().for_each(|field| push_field(&mut out, field, key, false));
    let mut seen = std::collections::BTreeSet::new();
    for field in schema.classes.iter().flat_map(|class| &class.attributes) {
        if seen.insert(field.id.as_str()) {
            push_field(&mut out, field, key, true);
        }
    }
    if !schema.relations.is_empty() {
        out.extend_from_slice(b"<Relations>\n");
        for relation in &schema.relations {
            out.extend_from_slice(b"<Relation");
            push_attribute(&mut out, "value", &relation.id);
            out.extend_from_slice(b"/>\n");
        }
        out.extend_from_slice(b"</Relations>\n");
    }
    out.extend_from_slice(b"</View>\n");
    out
}

pub(super) fn control_name(kind: &str) -> String {
    if kind.is_empty() { "label".to_owned() } else { format!("{kind}_label") }
}
