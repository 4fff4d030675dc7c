//! The labeling configuration (XML) as a schema, and a schema as a configuration.

mod writing;

pub(super) use writing::{control_name, item_name, object, write};

use super::objects::{self, Object, Role, class_id, modality, target, targets};
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
    schema::{Choice, Class, Field, FieldKind, Pane, RelationType},
};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// What tasks are read by.
#[derive(Default)]
pub(super) struct Config {
    pub schema: Option<LabelSchema>,
    /// Tags that show data, in the order of the document.
    pub objects: Vec<Object>,
    /// Name of a control to that of the object that it is for.
    controls: BTreeMap<String, String>,
    /// Name of an object and a label to the class, where that is called otherwise.
    classes: BTreeMap<(String, String), String>,
    /// Names of controls whose choices may be several.
    pub multiple: BTreeMap<String, bool>,
    /// Classes of what tools may draw without a label, where the schema does not have them yet.
    pub unlabeled: Vec<Class>,
    /// The configuration itself, for going back out.
    pub extras: Option<Box<Extras>>,
    /// Controls that the schema does not have.
    pub problems: Vec<RecordError>,
}

impl Config {
    /// The object that a result item is about, as it says or as its control does.
    pub fn object_of(&self, item: &Json) -> Option<&Object> {
        let said = |key: &str| item.get(key).and_then(Json::as_str);
        let name = said("to_name").or_else(|| self.controls.get(said("from_name")?).map(String::as_str))?;
        self.objects.iter().find(|object| object.name == name)
    }

    pub fn item(&self) -> Option<&Object> {
        self.objects.iter().find(|object| object.role == Role::Item)
    }

    pub fn panes(&self) -> impl Iterator<Item = &Object> {
        self.objects.iter().filter(|object| matches!(object.role, Role::Pane(_)))
    }

    /// The class of a label on an object: a label of the same name may be another class in another pane.
    pub fn class_of(&self, object: Option<&Object>, label: &str) -> String {
        let key = |object: &Object| (object.name.clone(), label.to_owned());
        object.and_then(|object| self.classes.get(&key(object))).map_or(label, String::as_str).to_owned()
    }

    /// The label of a class on an object.
    pub fn label_of<'a>(&'a self, object: &str, class: &'a str) -> &'a str {
        let of = self.classes.iter().find(|((name, _), id)| name == object && id.as_str() == class);
        of.map_or(class, |((_, label), _)| label)
    }
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
pub(super) fn kept<'a>(schema: &LabelSchema, extras: Option<&'a Extras>) -> Option<(&'a str, Config)> {
    let text = extras.filter(|extras| extras.format == FORMAT)?.whole.form.get(KEPT)?.as_str()?;
    let view = MemoryView { files: [("config.xml".to_owned(), text.as_bytes().to_vec())].into() };
    let config = read(&view).ok()?;
    let said = config.schema.as_ref()?;
    // Of what is drawn without a label there are only the classes that something has.
    let drawn = config.unlabeled.iter().filter(|class| schema.class(&class.id).is_some());
    let same = said.classes.iter().chain(drawn).eq(&schema.classes)
        && (&said.fields, &said.relations, &said.panes) == (&schema.fields, &schema.relations, &schema.panes);
    same.then_some((text, config))
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
        config.objects = objects::find(&all);
        for tag in &all {
            let (name, target) = (tag.attribute("name"), targets(tag).next());
            config.controls.extend(name.zip(target).map(|(name, target)| (name.to_owned(), target.to_owned())));
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

/// Does it draw regions, or label them?
pub(super) fn is_region_control(tag: &Element) -> bool {
    let draws = TOOLS.contains(&tag.name.as_str()) && !["Filter", "Shortcut"].contains(&tag.name.as_str());
    draws || tag.name.ends_with("Labels")
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
    let objects = std::mem::take(&mut config.objects);
    let of_item = objects.iter().find(|object| object.role == Role::Item).and_then(|object| modality(&object.tag));
    let any = || all.iter().find_map(|tag| modality(&tag.name)).unwrap_or(Modality::Image);
    let of_item = of_item.unwrap_or_else(any);
    let mut schema = labels::schema(of_item, Vec::new(), Vec::new());
    for object in &objects {
        if let Role::Pane(modality) = object.role {
            schema.panes.push(Pane { id: object.name.clone(), title: object.name.clone(), modality });
        }
    }
    let modality_of = |object: Option<&Object>| match object.map(|object| object.role) {
        Some(Role::Pane(modality)) => modality,
        _ => of_item,
    };
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
                let Ok(object) = target(&objects, tag) else {
                    if is_region_control(tag) {
                        config.problems.push(not_held(control, name, file));
                    }
                    continue;
                };
                let modality = modality_of(object);
                let mut geometry = kinds(control, modality).to_vec();
                if control == "Labels" && geometry.is_empty() {
                    // Its regions are drawn by tools without labels of their own.
                    geometry.extend(drawn_by_tools(all, &objects, object, modality));
                }
                if geometry.is_empty() {
                    if !TOOLS.contains(&control) {
                        config.problems.push(left_out(control, name, file));
                    }
                    continue;
                }
                for label in tag.children("Label") {
                    let Some(id) = label.attribute("alias").or_else(|| label.attribute("value")) else { continue };
                    let id = &*class_id(id, object, &schema, &mut config.classes);
                    let known = schema.classes.iter().position(|class| class.id == id);
                    let class: &mut Class = match known.and_then(|at| schema.classes.get_mut(at)) {
                        Some(class) => class,
                        None => {
                            let mut class = labels::class(id, schema.classes.len(), &[]);
                            class.title = label.attribute("value").unwrap_or(id).to_owned();
                            class.pane = object.and_then(Object::pane);
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
    let held = objects.iter().filter(|object| object.role != Role::NotHeld).map(Some);
    let held: Vec<Option<&Object>> = if objects.is_empty() { vec![None] } else { held.collect() };
    for object in held {
        let drawn = drawn_by_tools(all, &objects, object, modality_of(object));
        let pane = object.and_then(Object::pane);
        let id = unlabeled(pane.as_deref());
        if drawn.is_empty() || schema.class(&id).is_some() {
            continue;
        }
        let class = Class { pane: pane.clone(), ..labels::class(&id, schema.classes.len(), &drawn) };
        match schema.classes.iter().any(|class| class.pane == pane) {
            true => config.unlabeled.push(class),
            false => schema.classes.push(class),
        }
    }
    for class in schema.classes.iter_mut().chain(&mut config.unlabeled) {
        class.attributes.extend(per_region.iter().cloned());
    }
    config.objects = objects;
    schema
}

/// The class of what is drawn without a label on an object.
pub(super) fn unlabeled(pane: Option<&str>) -> String {
    pane.map_or_else(|| UNLABELED.to_owned(), |pane| format!("{UNLABELED}_{pane}"))
}

/// What tools without labels draw on an object.
fn drawn_by_tools(
    all: &[&Element],
    objects: &[Object],
    object: Option<&Object>,
    modality: Modality,
) -> Vec<GeometryKind> {
    let is_here = |tool: &&&Element| match target(objects, tool) {
        Ok(Some(of)) => object.is_some_and(|object| object.name == of.name),
        Ok(None) => object.is_none_or(|object| object.role == Role::Item),
        Err(()) => false,
    };
    let tools = all.iter().filter(is_here);
    tools.flat_map(|tool| kinds(&format!("{}Labels", tool.name), modality)).copied().collect()
}

fn not_held(control: &str, name: &str, file: &str) -> RecordError {
    let message = "the data that it is for is no pane: what it asks is left out";
    RecordError::new(format!("{file}: {control} {name:?}"), "unknown_object", message)
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
