//! What a schema document must keep beyond its types.

use super::{Choice, Class, Field, FieldKind, LabelSchema, RelationType};
use crate::{GeometryKind, Limits, Modality, Problem, problem::Problems};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(schema: &LabelSchema) -> Vec<Problem> {
    let mut problems = Problems::new();
    title(&mut problems, "/name", &schema.name);
    if schema.fields.is_empty() && schema.classes.is_empty() {
        problems.add("", "empty", "a schema needs at least one field or one class");
    }
    let mut hotkeys = BTreeMap::new();
    fields(&mut problems, "/fields", &schema.fields, &mut hotkeys);
    for (index, field) in schema.fields.iter().enumerate() {
        if matches!(field.kind, FieldKind::Text { starts_from: Some(_), .. }) && schema.modality != Modality::Dialogue {
            let pointer = format!("/fields/{index}/kind/starts_from");
            problems.add(pointer, "wrong_modality", "only a conversation has responses to start from");
        }
    }
    super::panes::check(&mut problems, schema, id, title);
    classes(&mut problems, schema, &mut hotkeys);
    relations(&mut problems, schema);
    problems.into_vec()
}

fn title(problems: &mut Problems, pointer: &str, text: &str) {
    if text.trim().is_empty() {
        problems.add(pointer, "required", "a title is needed");
    } else if text.chars().count() > 200 {
        problems.add(pointer, "too_long", "a title has at most 200 characters");
    }
}

/// Ids are what files and programs name things by: short, lower case, no spaces.
fn id(problems: &mut Problems, pointer: &str, id: &str, seen: &mut BTreeSet<String>) {
    let good = (1..=64).contains(&id.len())
        && id.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_.-".contains(c));
    if !good {
        problems.add(
            format!("{pointer}/id"),
            "bad_id",
            format!("{id:?} is no id: 1 to 64 of a-z, 0-9, _ . -, beginning with a letter or digit"),
        );
    } else if !seen.insert(id.to_owned()) {
        problems.add(format!("{pointer}/id"), "duplicate_id", format!("{id:?} is used twice"));
    }
}

fn hotkey(problems: &mut Problems, pointer: &str, key: Option<&String>, seen: &mut BTreeMap<String, String>) {
    let Some(key) = key else { return };
    let pointer = format!("{pointer}/hotkey");
    if key.chars().count() != 1 || key.chars().any(|c| c.is_whitespace() || c.is_control()) {
        problems.add(pointer, "bad_hotkey", "a hotkey is a single character");
    } else if let Some(first) = seen.insert(key.to_lowercase(), pointer.clone()) {
        problems.add(pointer, "duplicate_hotkey", format!("{key:?} is the hotkey of {first} already"));
    }
}

fn color(problems: &mut Problems, pointer: &str, color: &str) {
    let good = color.len() == 7 && color.starts_with('#') && color[1..].bytes().all(|b| b.is_ascii_hexdigit());
    if !good {
        problems.add(format!("{pointer}/color"), "bad_color", format!("{color:?} is no colour like #1A73E8"));
    }
}

fn fields(problems: &mut Problems, pointer: &str, fields: &[Field], hotkeys: &mut BTreeMap<String, String>) {
    entries(problems, pointer, fields.len());
    let mut seen = BTreeSet::new();
    for (index, field) in fields.iter().enumerate() {
        let at = format!("{pointer}/{index}");
        id(problems, &at, &field.id, &mut seen);
        title(problems, &format!("{at}/title"), &field.title);
        kind(problems, &format!("{at}/kind"), &field.kind, hotkeys);
        if let Some(when) = &field.when {
            // Only an earlier field may be asked for: that also rules out circles.
            if !fields[..index].iter().any(|other| other.id == when.field) {
                problems.add(
                    format!("{at}/when/field"),
                    "unknown_field",
                    format!("{:?} is not a field before this one", when.field),
                );
            }
            if when.any_of.is_empty() {
                problems.add(format!("{at}/when/any_of"), "empty", "a condition names at least one value");
            }
        }
    }
}

fn kind(problems: &mut Problems, pointer: &str, kind: &FieldKind, hotkeys: &mut BTreeMap<String, String>) {
    match kind {
        FieldKind::Choice { options, multiple, min, max } => {
            choices(problems, pointer, options, false, hotkeys);
            if !multiple && (min.is_some() || max.is_some()) {
                problems.add(pointer, "needs_multiple", "min and max are for multiple choices");
            }
            if let (Some(min), Some(max)) = (min, max)
                && min > max
            {
                problems.add(format!("{pointer}/min"), "out_of_range", "min is above max");
            }
            if min.is_some_and(|min| min as usize > options.len()) {
                problems.add(format!("{pointer}/min"), "out_of_range", "min is above the number of options");
            }
        }
        FieldKind::Tree { options, .. } => choices(problems, pointer, options, true, hotkeys),
        FieldKind::Ranking { options, .. } | FieldKind::Pairwise { options } => {
            choices(problems, pointer, options, false, hotkeys);
            if options.len() == 1 {
                problems.add(format!("{pointer}/options"), "too_few", "there is nothing to compare with one option");
            }
        }
        FieldKind::Text { pattern: Some(pattern), .. } => {
            if let Err(error) = regex::RegexBuilder::new(pattern).size_limit(1 << 20).build() {
                problems.add(format!("{pointer}/pattern"), "bad_pattern", error.to_string());
            }
        }
        FieldKind::Number { min, max, .. } => {
            if [min, max].into_iter().flatten().any(|bound| !bound.is_finite()) {
                problems.add(pointer, "not_finite", "bounds are ordinary numbers");
            }
            if let (Some(min), Some(max)) = (min, max)
                && min > max
            {
                problems.add(format!("{pointer}/min"), "out_of_range", "min is above max");
            }
        }
        FieldKind::Rating { max } => {
            if !(2..=100).contains(max) {
                problems.add(format!("{pointer}/max"), "out_of_range", "a rating goes up to 2 to 100");
            }
        }
        FieldKind::Concept { list } => {
            if !crate::concepts::is_list_name(list) {
                problems.add(format!("{pointer}/list"), "bad_name", crate::concepts::LIST_NAME_RULE);
            }
        }
        FieldKind::Text { pattern: None, .. } | FieldKind::Boolean {} | FieldKind::Transcript { .. } => {}
    }
}

fn choices(
    problems: &mut Problems,
    pointer: &str,
    options: &[Choice],
    nested: bool,
    hotkeys: &mut BTreeMap<String, String>,
) {
    let pointer = format!("{pointer}/options");
    if options.is_empty() {
        problems.add(&pointer, "empty", "at least one option is needed");
    }
    entries(problems, &pointer, options.len());
    let mut seen = BTreeSet::new();
    for (index, option) in options.iter().enumerate() {
        let at = format!("{pointer}/{index}");
        id(problems, &at, &option.id, &mut seen);
        title(problems, &format!("{at}/title"), &option.title);
        hotkey(problems, &at, option.hotkey.as_ref(), hotkeys);
        if let Some(text) = &option.color {
            color(problems, &at, text);
        }
        if nested && !option.children.is_empty() {
            branch(problems, &at, &option.children, hotkeys, 1);
        } else if !option.children.is_empty() {
            problems.add(format!("{at}/children"), "not_a_tree", "only the options of a tree have children");
        }
    }
}

const DEPTH_MAXIMUM: usize = 16;

fn branch(
    problems: &mut Problems,
    pointer: &str,
    children: &[Choice],
    hotkeys: &mut BTreeMap<String, String>,
    depth: usize,
) {
    let pointer = format!("{pointer}/children");
    if depth >= DEPTH_MAXIMUM {
        problems.add(pointer, "too_deep", format!("a tree has at most {DEPTH_MAXIMUM} levels"));
        return;
    }
    let mut seen = BTreeSet::new();
    for (index, option) in children.iter().enumerate() {
        let at = format!("{pointer}/{index}");
        id(problems, &at, &option.id, &mut seen);
        title(problems, &format!("{at}/title"), &option.title);
        hotkey(problems, &at, option.hotkey.as_ref(), hotkeys);
        if !option.children.is_empty() {
            branch(problems, &at, &option.children, hotkeys, depth + 1);
        }
    }
}

fn entries(problems: &mut Problems, pointer: &str, count: usize) {
    let limit = Limits::DEFAULT.schema_entries;
    if count > limit {
        problems.add(pointer, "too_many", format!("{count} entries, the limit is {limit}"));
    }
}

/// The geometries that make sense on a modality.
fn fits(kind: GeometryKind, modality: Modality) -> bool {
    use GeometryKind as G;
    match modality {
        Modality::Image => !matches!(kind, G::Span | G::Interval | G::Track | G::Cells),
        Modality::Video => !matches!(kind, G::Span | G::Cells),
        Modality::Audio => matches!(kind, G::Interval | G::Points),
        // A moment is an interval of one tick.
        Modality::TimeSeries => kind == G::Interval,
        Modality::Text | Modality::Dialogue => kind == G::Span,
        // A page has no pixels.
        Modality::Document => !matches!(kind, G::Interval | G::Track | G::Mask),
        Modality::Table => matches!(kind, G::Cells | G::Span),
        // What goes through several slices is drawn on each of them, or is the same on all.
        Modality::Volume => !matches!(kind, G::Span | G::Interval | G::Cells | G::Track | G::Cuboid),
    }
}

fn classes(problems: &mut Problems, schema: &LabelSchema, hotkeys: &mut BTreeMap<String, String>) {
    entries(problems, "/classes", schema.classes.len());
    let mut seen = BTreeSet::new();
    for (index, class) in schema.classes.iter().enumerate() {
        let at = format!("/classes/{index}");
        id(problems, &at, &class.id, &mut seen);
        title(problems, &format!("{at}/title"), &class.title);
        color(problems, &at, &class.color);
        hotkey(problems, &at, class.hotkey.as_ref(), hotkeys);
        if class.geometry.is_empty() {
            problems.add(format!("{at}/geometry"), "empty", "a class names at least one geometry");
        }
        for (position, kind) in class.geometry.iter().enumerate() {
            if !fits(*kind, schema.modality_of(class)) {
                problems.add(
                    format!("{at}/geometry/{position}"),
                    "wrong_geometry",
                    format!("{} cannot be drawn on {}", kind.as_str(), schema.modality_of(class).as_str()),
                );
            }
        }
        // An attribute's hotkeys work only while its region is selected: they may repeat those of classes.
        fields(problems, &format!("{at}/attributes"), &class.attributes, &mut BTreeMap::new());
        skeleton(problems, &at, class);
    }
    for (index, found) in schema.parent_problems() {
        problems.add(format!("/classes/{index}{}", found.pointer), found.code, found.message);
    }
}

fn skeleton(problems: &mut Problems, at: &str, class: &Class) {
    let has_keypoints = class.geometry.contains(&GeometryKind::Keypoints);
    match &class.skeleton {
        None if has_keypoints => {
            problems.add(format!("{at}/skeleton"), "required", "a class with keypoints needs a skeleton");
        }
        None => {}
        Some(skeleton) => {
            if skeleton.points.is_empty() {
                problems.add(format!("{at}/skeleton/points"), "empty", "a skeleton has at least one point");
            }
            for (index, edge) in skeleton.edges.iter().enumerate() {
                if edge.iter().any(|end| *end as usize >= skeleton.points.len()) {
                    problems.add(
                        format!("{at}/skeleton/edges/{index}"),
                        "out_of_range",
                        format!("points are numbered 0 to {}", skeleton.points.len().saturating_sub(1)),
                    );
                }
            }
        }
    }
}

fn relations(problems: &mut Problems, schema: &LabelSchema) {
    entries(problems, "/relations", schema.relations.len());
    let mut seen = BTreeSet::new();
    for (index, RelationType { id: name, title: text, from, to, directed, transitive }) in
        schema.relations.iter().enumerate()
    {
        let at = format!("/relations/{index}");
        id(problems, &at, name, &mut seen);
        title(problems, &format!("{at}/title"), text);
        let set = |classes: &[String]| classes.iter().cloned().collect::<BTreeSet<_>>();
        if *transitive && *directed {
            problems.add(
                format!("{at}/transitive"),
                "conflict",
                "what joins into chains has no direction: set directed to false",
            );
        } else if *transitive && set(from) != set(to) {
            problems.add(
                format!("{at}/transitive"),
                "conflict",
                "in a chain every mention may stand beside every other: from and to need the same classes",
            );
        }
        for (side, classes) in [("from", from), ("to", to)] {
            for (position, class) in classes.iter().enumerate() {
                if schema.class(class).is_none() {
                    problems.add(
                        format!("{at}/{side}/{position}"),
                        "unknown_class",
                        format!("{class:?} is not a class of this schema"),
                    );
                }
            }
        }
    }
}
