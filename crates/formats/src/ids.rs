//! From the names of data to the ids of a label schema: for those who bring data into a project. Records and the schema
//! of the same data get the same ids.

use crate::Record;
use labelwright_core::{
    Answer, GeometryKind, LabelSchema, Modality,
    schema::{Choice, Class, Field, FieldKind, Pane, RelationType},
};

/// Characters of a title.
const TITLE_CHARS_MAXIMUM: usize = 200;

/// A name as an id of ours: names that are ids already stay as they are.
fn id_of(name: &str) -> String {
    let good = (1..=64).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_.-".contains(c));
    if good {
        return name.to_owned();
    }
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    let id: String = name.trim().chars().map(plain).take(63).collect();
    if id.starts_with('_') || id.is_empty() { format!("c{id}") } else { id }
}

/// The record with names of panes, classes, fields and attributes made into ids of a label schema, and region ids into what
/// an answer may have: for those who bring data into a project.
pub fn with_ids(mut record: Record) -> Record {
    for companion in &mut record.companions {
        companion.pane = id_of(&companion.pane);
    }
    for sourced in &mut record.answers {
        let Answer { fields, regions, relations } = &mut sourced.answer;
        *fields = std::mem::take(fields).into_iter().map(|(name, value)| (id_of(&name), value)).collect();
        for region in regions {
            region.class = id_of(&region.class);
            let attributes = std::mem::take(&mut region.attributes).into_iter();
            region.attributes = attributes.map(|(name, value)| (id_of(&name), value)).collect();
        }
        for relation in relations {
            relation.relation = id_of(&relation.relation);
        }
    }
    record
}

/// A schema that can be published, from one whose ids are the data's own names: names become titles, ids are those of
/// [`with_ids`], and names that give the same id become one class, field or option. A class that was never drawn takes
/// what the kind of data is mostly labeled with.
pub fn schema_with_ids(mut schema: LabelSchema, name: &str) -> LabelSchema {
    let mut classes: Vec<Class> = Vec::new();
    for mut class in std::mem::take(&mut schema.classes) {
        let modality = schema.modality_of(&class);
        class.title = title(&class.title);
        class.id = id_of(&class.id);
        class.attributes = fields(class.attributes);
        if let Some(parent) = &mut class.parent {
            parent.class = id_of(&parent.class);
        }
        class.pane = class.pane.as_deref().map(id_of);
        if class.geometry.is_empty() {
            class.geometry.push(usual(modality));
        }
        match classes.iter_mut().find(|known| known.id == class.id) {
            None => classes.push(class),
            Some(known) => {
                let more: Vec<_> = class.geometry.into_iter().filter(|kind| !known.geometry.contains(kind)).collect();
                known.geometry.extend(more);
                let attributes = std::mem::take(&mut known.attributes).into_iter().chain(class.attributes);
                known.attributes = first_of_each(attributes, |field| field.id.clone());
                known.skeleton = known.skeleton.take().or(class.skeleton);
                known.parent = known.parent.take().or(class.parent);
            }
        }
    }
    let relations = schema.relations.into_iter().map(|relation| RelationType {
        title: title(&relation.title),
        id: id_of(&relation.id),
        from: relation.from.iter().map(|class| id_of(class)).collect(),
        to: relation.to.iter().map(|class| id_of(class)).collect(),
        ..relation
    });
    let panes = schema.panes.iter().map(|pane| Pane {
        id: id_of(&pane.id),
        title: title(&pane.title),
        modality: pane.modality,
    });
    let mut made = LabelSchema {
        name: title(name),
        panes: first_of_each(panes, |pane| pane.id.clone()),
        classes,
        fields: fields(schema.fields),
        relations: first_of_each(relations, |relation| relation.id.clone()),
        ..schema
    };
    // Classes that have become one may lie within themselves.
    for (index, _) in made.parent_problems() {
        if let Some(class) = made.classes.get_mut(index) {
            class.parent = None;
        }
    }
    made
}

fn fields(fields: Vec<Field>) -> Vec<Field> {
    let fields = fields.into_iter().map(|mut field| {
        field.title = title(&field.title);
        field.id = id_of(&field.id);
        let options = match &mut field.kind {
            FieldKind::Choice { options, .. }
            | FieldKind::Ranking { options, .. }
            | FieldKind::Pairwise { options }
            | FieldKind::Tree { options, .. } => options,
            _ => return field,
        };
        let named = std::mem::take(options).into_iter().map(choice);
        *options = first_of_each(named, |option| option.id.clone());
        if options.is_empty() {
            field.kind = FieldKind::Text { multiline: false, max_chars: None, pattern: None, starts_from: None };
        }
        field
    });
    first_of_each(fields, |field| field.id.clone())
}

fn choice(mut option: Choice) -> Choice {
    option.title = title(&option.title);
    option.id = id_of(&option.id);
    option.children = first_of_each(option.children.into_iter().map(choice), |option| option.id.clone());
    option
}

fn first_of_each<T>(all: impl IntoIterator<Item = T>, id: impl Fn(&T) -> String) -> Vec<T> {
    let mut seen = std::collections::BTreeSet::new();
    all.into_iter().filter(|one| seen.insert(id(one))).collect()
}

fn title(text: &str) -> String {
    let text: String = text.trim().chars().take(TITLE_CHARS_MAXIMUM).collect();
    if text.is_empty() { "unnamed".to_owned() } else { text.trim_end().to_owned() }
}

fn usual(modality: Modality) -> GeometryKind {
    match modality {
        Modality::Audio | Modality::TimeSeries => GeometryKind::Interval,
        Modality::Text | Modality::Dialogue => GeometryKind::Span,
        Modality::Video => GeometryKind::Track,
        Modality::Table => GeometryKind::Cells,
        Modality::Image | Modality::Document | Modality::Volume => GeometryKind::Box,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::labels;

    #[test]
    fn names_of_every_kind_make_a_schema_that_can_be_published() {
        let names = ["Big Car", "big car", "\u{732b}", "", "_x", "ok-1", &"long ".repeat(100), "7", "a\u{0}b"];
        let mut classes: Vec<Class> =
            names.iter().enumerate().map(|(at, name)| labels::class(name, at, &[GeometryKind::Box])).collect();
        classes[0].attributes = vec![labels::choice("Colour!", &["Dark Red".into(), "dark red".into()], true)];
        classes[1].geometry = vec![GeometryKind::Polygon];
        let asked = vec![labels::choice("What is it?", &[], false), labels::choice("n", &["A b".into()], false)];
        let made = schema_with_ids(labels::schema(Modality::Image, classes, asked), "");
        assert_eq!(made.check(), vec![]);
        let ids: Vec<&str> = made.classes.iter().map(|class| class.id.as_str()).collect();
        assert_eq!(ids[..3], ["big_car", "c_", "c"]);
        assert_eq!(made.classes[0].geometry, [GeometryKind::Box, GeometryKind::Polygon]);
        assert!(matches!(&made.classes[0].attributes[0].kind, FieldKind::Choice { options, .. } if options.len() == 1));
        // Making it once more changes nothing.
        assert_eq!(schema_with_ids(made.clone(), &made.name), made);
    }
}
