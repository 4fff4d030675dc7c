//! Answers that came with the data, made to fit a project: values from tables are words and become what the schema
//! asks for; what the schema does not know, or what is not valid, is left out.

use labelwright_core::{
    Answer, Geometry, LabelSchema, Limits, MediaShape, Region, Target, Value,
    geometry::{Keyframe, Track},
    schema::{Choice, FieldKind},
};

/// The part of an answer that fits; None when nothing is left or it is not valid as a whole.
pub fn fitted(answer: &Answer, schema: &LabelSchema, shape: &MediaShape) -> Option<Answer> {
    let mut answer = coerced(answer, schema);
    // A pre-label need not be complete: what is required is for the labeler to fill in, and what lies
    // outside of its parent for the labeler to move.
    let mut lenient = schema.clone();
    lenient.fields.iter_mut().for_each(|field| field.required = false);
    for class in &mut lenient.classes {
        class.attributes.iter_mut().for_each(|attribute| attribute.required = false);
        class.parent = None;
    }
    for region in &mut answer.regions {
        if let Some(class) = lenient.class(&region.class) {
            region.attributes.retain(|name, _| class.attributes.iter().any(|attribute| attribute.id == *name));
            if let Geometry::Track(track) = &mut region.geometry {
                let changes = |name: &str| class.attributes.iter().any(|field| field.mutable && field.id == name);
                track.keyframes.iter_mut().for_each(|keyframe| keyframe.attributes.retain(|name, _| changes(name)));
            }
        }
    }
    answer.regions.retain_mut(|region| {
        let pane = lenient.class(&region.class).and_then(|class| class.pane.as_deref());
        shape.in_pane(pane).is_some_and(|shape| cut(region, shape))
    });
    let valid = answer.validate(&lenient, shape, &Limits::DEFAULT).ok()?.into_answer();
    (!valid.is_empty()).then_some(valid)
}

/// Cuts a region at the edge of what it lies on: data sets are full of half pixels. False where nothing of it is left.
fn cut(region: &mut Region, shape: &MediaShape) -> bool {
    let pixels = |width: &u32, height: &u32| (f64::from(*width), f64::from(*height));
    let (width, height) = match (shape, region.target) {
        (MediaShape::Image { width, height } | MediaShape::Volume { width, height, .. }, _) => pixels(width, height),
        (MediaShape::Document { pages, .. }, Target::Page(page)) => match pages.get(page as usize) {
            Some([width, height]) => (*width, *height),
            None => return false,
        },
        (MediaShape::Audio { ticks, .. } | MediaShape::Series { ticks }, _) => return lasts(region, *ticks),
        (MediaShape::Video { width, height, frames }, _) => {
            let (width, height) = pixels(width, height);
            return match &mut region.geometry {
                Geometry::Track(track) => within(track, width, height, *frames),
                _ => lasts(region, i64::from(*frames)),
            };
        }
        _ => return true,
    };
    let inside = region.geometry.clipped(width, height);
    inside.map(|inside| region.geometry = inside).is_some()
}

/// Cuts an interval at the end of what it lies on.
fn lasts(region: &mut Region, ticks: i64) -> bool {
    let Geometry::Interval(interval) = &mut region.geometry else { return true };
    (interval.start, interval.end) = (interval.start.max(0), interval.end.min(ticks));
    interval.start < interval.end
}

/// A track that goes on behind the last frame ends there, and shapes are cut at the edge; where nothing of a shape is
/// left, the thing is not in the picture. False when it never is.
fn within(track: &mut Track, width: f64, height: f64, frames: u32) -> bool {
    let Some(last) = frames.checked_sub(1) else { return false };
    if track.keyframes.last().is_some_and(|keyframe| keyframe.frame > last) {
        let end = track
            .at(last)
            .map(|seen| Keyframe { occluded: seen.occluded, ..Keyframe::new(last, seen.geometry.into_owned()) });
        track.keyframes.retain(|keyframe| keyframe.frame <= last);
        let there = track.keyframes.last().is_some_and(|keyframe| keyframe.frame == last);
        track.keyframes.extend(end.filter(|_| !there));
    }
    for keyframe in &mut track.keyframes {
        match keyframe.geometry.clipped(width, height) {
            Some(inside) => *keyframe.geometry = inside,
            None => keyframe.outside = true,
        }
    }
    // What lies outside altogether cannot be stored: a place inside stands for it.
    let inside = track.first_visible().cloned();
    let Some(inside) = inside else { return false };
    for keyframe in &mut track.keyframes {
        if keyframe.outside && keyframe.geometry.clipped(width, height).as_ref() != Some(&*keyframe.geometry) {
            *keyframe.geometry = inside.clone();
        }
    }
    true
}

/// Words become the kinds of value that the fields ask for.
pub fn coerced(answer: &Answer, schema: &LabelSchema) -> Answer {
    let mut known = schema.known_part(answer);
    for (id, value) in &mut known.fields {
        if let Some(field) = schema.field(id) {
            fit(&field.kind, value);
        }
    }
    for region in &mut known.regions {
        let Some(class) = schema.class(&region.class) else { continue };
        for (id, value) in &mut region.attributes {
            if let Some(field) = class.attributes.iter().find(|field| field.id == *id) {
                fit(&field.kind, value);
            }
        }
    }
    known
}

/// Options are named by their ids or titles, however they are written.
fn fit(kind: &FieldKind, value: &mut Value) {
    let options: &[Choice] = match kind {
        FieldKind::Choice { options, .. } | FieldKind::Ranking { options, .. } | FieldKind::Pairwise { options } => {
            options
        }
        _ => &[],
    };
    let option = |word: &str| {
        let same = |title: &str| title.trim().eq_ignore_ascii_case(word.trim());
        let found = options.iter().find(|o| o.id == word).or(options.iter().find(|o| same(&o.id) || same(&o.title)));
        found.map(|option| option.id.clone())
    };
    let named = |word: &str| option(word).unwrap_or_else(|| word.trim().to_owned());
    let converted = match (kind, &*value) {
        (FieldKind::Number { .. } | FieldKind::Rating { .. }, Value::Text(word)) => {
            word.trim().parse().ok().map(Value::Number)
        }
        (FieldKind::Boolean {}, Value::Text(word)) => word.trim().parse().ok().map(Value::Boolean),
        (
            FieldKind::Choice { multiple: true, .. } | FieldKind::Tree { .. } | FieldKind::Ranking { .. },
            Value::Text(word),
        ) => Some(Value::List(word.split('|').map(named).collect())),
        (FieldKind::Choice { multiple: true, .. } | FieldKind::Ranking { .. }, Value::List(words)) => {
            Some(Value::List(words.iter().map(|word| named(word)).collect()))
        }
        (FieldKind::Choice { multiple: false, .. } | FieldKind::Pairwise { .. }, Value::Text(word)) => {
            option(word).map(Value::Text)
        }
        // One choice is asked for, and there is only one in the list.
        (FieldKind::Choice { multiple: false, .. }, Value::List(words)) => match words.as_slice() {
            [word] => option(word).map(Value::Text),
            _ => None,
        },
        _ => None,
    };
    if let Some(converted) = converted {
        *value = converted;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Submitting refuses a word outside of its turn; a pre-label is for the labeler to move.
    #[test]
    fn a_pre_label_may_lie_outside_of_its_parent() {
        let schema = r##"{"name": "n", "modality": "audio", "classes": [
            {"id": "turn", "title": "T", "geometry": ["interval"], "color": "#000000"},
            {"id": "word", "title": "W", "geometry": ["interval"], "color": "#ff0000",
             "parent": {"class": "turn", "constraint": "included_in"}}]}"##;
        let schema = LabelSchema::parse(schema).unwrap();
        let answer =
            r#"{"regions": [{"id": "w", "class": "word", "geometry": {"type": "interval", "start": 5, "end": 9}}]}"#;
        let answer: Answer = serde_json::from_str(answer).unwrap();
        assert_eq!(fitted(&answer, &schema, &MediaShape::Other), Some(answer.clone()));
        let problems = answer.validate(&schema, &MediaShape::Other, &Limits::DEFAULT).unwrap_err();
        assert_eq!(problems[0].code, "outside_parent");
    }
}
