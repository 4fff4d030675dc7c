//! A schema as a labeling configuration.

use super::kinds;
use crate::{label_studio::objects::ITEM, xml::push_attribute};
use labelwright_core::{
    GeometryKind, LabelSchema, Modality,
    schema::{Choice, Class, Field, FieldKind, Pane},
};

/// Tag of the object that holds items of this kind, and the key of their data.
pub(in crate::label_studio) fn object(modality: Modality) -> (&'static str, &'static str) {
    match modality {
        Modality::Text => ("Text", "text"),
        Modality::Audio => ("Audio", "audio"),
        Modality::Video => ("Video", "video"),
        Modality::TimeSeries => ("TimeSeries", "csv"),
        _ => ("Image", "image"),
    }
}

/// Names of controls for the kinds of regions: Label Studio wants one a kind.
const CONTROLS: [(&str, &str); 9] = [
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

/// The name of the item's object, and the key of its data.
pub(in crate::label_studio) fn item_name(schema: &LabelSchema) -> String {
    let mut name = object(schema.modality).1.to_owned();
    while schema.pane(&name).is_some() {
        name.push('_');
    }
    name
}

/// The configuration for a schema.
pub(in crate::label_studio) fn write(schema: &LabelSchema) -> Vec<u8> {
    let key = item_name(schema);
    let mut out = b"<View>\n".to_vec();
    // Readers take the object on which regions are drawn for the item: if that is none, it has to be told.
    let told = !schema.classes.is_empty() && schema.classes.iter().all(|class| class.pane.is_some());
    if told {
        out.extend_from_slice(format!("<View className=\"{ITEM}\">\n").as_bytes());
    }
    push_object(&mut out, schema.modality, &key);
    if told {
        out.extend_from_slice(b"</View>\n");
    }
    push_controls(&mut out, schema, None, &key);
    for pane in &schema.panes {
        push_object(&mut out, pane.modality, &pane.id);
        push_controls(&mut out, schema, Some(pane), &pane.id);
    }
    schema.fields.iter().for_each(|field| push_field(&mut out, field, &key, false));
    let mut seen = std::collections::BTreeSet::new();
    for field in schema.classes.iter().flat_map(|class| &class.attributes) {
        if seen.insert(field.id.as_str()) {
            push_field(&mut out, field, &key, true);
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

fn push_object(out: &mut Vec<u8>, modality: Modality, name: &str) {
    out.extend_from_slice(format!("<{}", object(modality).0).as_bytes());
    push_attribute(out, "name", name);
    push_attribute(out, "value", &format!("${name}"));
    if modality == Modality::Video {
        out.extend_from_slice(b"/>\n<VideoRectangle");
        push_attribute(out, "name", &if name == "video" { "box".to_owned() } else { format!("box_{name}") });
        push_attribute(out, "toName", name);
    }
    out.extend_from_slice(b"/>\n");
}

/// Controls for the classes of one pane, on its object.
fn push_controls(out: &mut Vec<u8>, schema: &LabelSchema, pane: Option<&Pane>, object: &str) {
    let modality = pane.map_or(schema.modality, |pane| pane.modality);
    let pane = pane.map(|pane| pane.id.as_str());
    let classes: Vec<&Class> = schema.classes.iter().filter(|class| class.pane.as_deref() == pane).collect();
    for (kind, control) in CONTROLS {
        let geometry = kinds(control, modality);
        let wanted = match (kind, control) {
            ("videorectangle", _) => modality == Modality::Video,
            ("timeline", _) => {
                let draws = |class: &&Class| class.geometry.contains(&GeometryKind::Interval);
                modality == Modality::Video && classes.iter().any(draws)
            }
            ("", _) => matches!(modality, Modality::Text | Modality::Audio),
            _ => {
                matches!(modality, Modality::Image | Modality::Document)
                    && classes.iter().any(|class| class.geometry.iter().any(|kind| geometry.contains(kind)))
            }
        };
        if !wanted || classes.is_empty() {
            continue;
        }
        out.extend_from_slice(format!("<{control}").as_bytes());
        push_attribute(out, "name", &control_name(kind, pane));
        push_attribute(out, "toName", object);
        out.extend_from_slice(b">\n");
        for class in &classes {
            out.extend_from_slice(b"<Label");
            if class.title == class.id {
                push_attribute(out, "value", &class.id);
            } else {
                push_attribute(out, "value", &class.title);
                push_attribute(out, "alias", &class.id);
            }
            push_attribute(out, "background", &class.color);
            out.extend_from_slice(b"/>\n");
        }
        out.extend_from_slice(format!("</{control}>\n").as_bytes());
    }
}

/// The control for a kind of regions in a pane.
pub(in crate::label_studio) fn control_name(kind: &str, pane: Option<&str>) -> String {
    let name = if kind.is_empty() { "label".to_owned() } else { format!("{kind}_label") };
    match pane {
        Some(pane) => format!("{name}_{pane}"),
        None => name,
    }
}
