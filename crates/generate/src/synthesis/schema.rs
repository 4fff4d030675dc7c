//! Schemas of what is made.

use labelwright_core::{
    GeometryKind, LabelSchema, Modality,
    schema::{Choice, Class, Field, FieldKind},
};

/// Colours that are told apart easily (M. Okabe and K. Ito, 2008), over and over.
const COLOURS: [&str; 8] = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#999999"];

/// Classes in the order of their first use.
pub fn schema<'a>(
    modality: Modality,
    classes: impl IntoIterator<Item = &'a str>,
    geometry: &[GeometryKind],
    fields: Vec<Field>,
) -> LabelSchema {
    let mut known: Vec<Class> = Vec::new();
    for id in classes {
        if known.iter().any(|class| class.id == id) {
            continue;
        }
        known.push(Class {
            id: id.to_owned(),
            title: id.to_owned(),
            geometry: geometry.to_vec(),
            color: COLOURS[known.len() % COLOURS.len()].to_owned(),
            hotkey: None,
            description: String::new(),
            examples: Default::default(),
            attributes: Vec::new(),
            skeleton: None,
            parent: None,
            pane: None,
        });
    }
    LabelSchema {
        name: "synthetic".into(),
        description: String::new(),
        modality,
        panes: Vec::new(),
        fields,
        classes: known,
        relations: Vec::new(),
    }
}

/// A choice of one of these.
pub fn choice<'a>(id: &str, options: impl IntoIterator<Item = &'a str>) -> Field {
    let mut known: Vec<Choice> = Vec::new();
    for option in options {
        if known.iter().all(|choice| choice.id != option) {
            known.push(Choice {
                id: option.to_owned(),
                title: option.to_owned(),
                description: String::new(),
                color: None,
                hotkey: None,
                children: Vec::new(),
            });
        }
    }
    let kind = FieldKind::Choice { options: known, multiple: false, min: None, max: None };
    Field {
        id: id.to_owned(),
        title: id.to_owned(),
        help: String::new(),
        kind,
        required: false,
        when: None,
        mutable: false,
    }
}
