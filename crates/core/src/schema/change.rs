//! What a new version of a schema does to labels that exist.

use super::{Choice, Class, Field, FieldKind, LabelSchema, TierConstraint};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// Existing labels stay right.
    Compatible,
    /// Existing labels that use it no longer fit the schema.
    Breaking,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SchemaChange {
    pub kind: ChangeKind,
    /// `class` or `field`: what labels are counted by.
    pub subject: String,
    pub id: String,
    /// A sentence for people.
    pub what: String,
}

/// The differences between two versions, in the order of the schema.
pub fn changes(old: &LabelSchema, new: &LabelSchema) -> Vec<SchemaChange> {
    let mut found = Vec::new();
    for class in &old.classes {
        let mut note = |kind, what: String| {
            found.push(SchemaChange { kind, subject: "class".into(), id: class.id.clone(), what });
        };
        let Some(now) = new.class(&class.id) else {
            note(ChangeKind::Breaking, format!("class {} is removed", class.id));
            continue;
        };
        for kind in class.geometry.iter().filter(|kind| !now.geometry.contains(kind)) {
            note(ChangeKind::Breaking, format!("class {} no longer takes {}", class.id, kind.as_str()));
        }
        if class.title != now.title {
            note(ChangeKind::Compatible, format!("class {} is now called {:?}", class.id, now.title));
        }
        if class.pane != now.pane {
            let place = now.pane.as_ref().map_or("on the item itself".to_owned(), |pane| format!("in pane {pane}"));
            note(ChangeKind::Breaking, format!("class {} now lies {place}", class.id));
        }
        if let Some((kind, what)) = parent_change(class, now) {
            note(kind, what);
        }
        for (kind, what) in field_changes(&class.attributes, &now.attributes, "attribute") {
            note(kind, format!("class {}: {what}", class.id));
        }
    }
    for class in new.classes.iter().filter(|class| old.class(&class.id).is_none()) {
        found.push(SchemaChange {
            kind: ChangeKind::Compatible,
            subject: "class".into(),
            id: class.id.clone(),
            what: format!("class {} is new", class.id),
        });
    }
    for field in old.fields.iter().chain(new.fields.iter().filter(|field| old.field(&field.id).is_none())) {
        let before = old.field(&field.id).map(std::slice::from_ref).unwrap_or_default();
        let after = new.field(&field.id).map(std::slice::from_ref).unwrap_or_default();
        for (kind, what) in field_changes(before, after, "field") {
            found.push(SchemaChange { kind, subject: "field".into(), id: field.id.clone(), what });
        }
    }
    found
}

/// Included in a region is what divides it, and what has its times, too.
fn parent_change(class: &Class, now: &Class) -> Option<(ChangeKind, String)> {
    let id = &class.id;
    match (&class.parent, &now.parent) {
        (before, after) if before == after => None,
        (_, None) => Some((ChangeKind::Compatible, format!("class {id} no longer lies within another"))),
        (before, Some(tier)) => {
            let same = before.as_ref().is_some_and(|before| before.class == tier.class);
            let loosened = same && tier.constraint == TierConstraint::IncludedIn;
            let kind = if loosened { ChangeKind::Compatible } else { ChangeKind::Breaking };
            let (parent, constraint) = (&tier.class, tier.constraint.as_str());
            Some((kind, format!("class {id} now lies within {parent} ({constraint})")))
        }
    }
}

fn field_changes(old: &[Field], new: &[Field], noun: &str) -> Vec<(ChangeKind, String)> {
    let mut found = Vec::new();
    for field in old {
        let id = &field.id;
        let Some(now) = new.iter().find(|other| other.id == *id) else {
            found.push((ChangeKind::Breaking, format!("{noun} {id} is removed")));
            continue;
        };
        if std::mem::discriminant(&field.kind) != std::mem::discriminant(&now.kind) {
            found.push((ChangeKind::Breaking, format!("{noun} {id} is of another kind")));
        }
        if let (FieldKind::Concept { list }, FieldKind::Concept { list: other }) = (&field.kind, &now.kind)
            && list != other
        {
            found.push((ChangeKind::Breaking, format!("{noun} {id} takes its concepts from another list")));
        }
        for option in options(&field.kind) {
            if !options(&now.kind).iter().any(|other| other.id == option.id) {
                found.push((ChangeKind::Breaking, format!("{noun} {id}: option {} is removed", option.id)));
            }
        }
        for option in options(&now.kind) {
            if !options(&field.kind).iter().any(|other| other.id == option.id) {
                found.push((ChangeKind::Compatible, format!("{noun} {id}: option {} is new", option.id)));
            }
        }
        if let (FieldKind::Ranking { ties: true, .. }, FieldKind::Ranking { ties: false, .. }) =
            (&field.kind, &now.kind)
        {
            found.push((ChangeKind::Breaking, format!("{noun} {id}: options share no place any more")));
        }
        if now.required && !field.required {
            found.push((ChangeKind::Breaking, format!("{noun} {id} is now required")));
        }
    }
    for field in new.iter().filter(|field| !old.iter().any(|other| other.id == field.id)) {
        let kind = if field.required { ChangeKind::Breaking } else { ChangeKind::Compatible };
        let required = if field.required { " and required" } else { "" };
        found.push((kind, format!("{noun} {} is new{required}", field.id)));
    }
    found
}

fn options(kind: &FieldKind) -> &[Choice] {
    match kind {
        FieldKind::Choice { options, .. }
        | FieldKind::Tree { options, .. }
        | FieldKind::Ranking { options, .. }
        | FieldKind::Pairwise { options } => options,
        FieldKind::Text { .. }
        | FieldKind::Number { .. }
        | FieldKind::Rating { .. }
        | FieldKind::Boolean {}
        | FieldKind::Transcript { .. }
        | FieldKind::Concept { .. } => &[],
    }
}
