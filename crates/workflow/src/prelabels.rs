//! Answers that came with the data, made to fit a project: values from tables are words and become what the schema
//! asks for; what the schema does not know, or what is not valid, is left out.

use labelwright_core::{Answer, LabelSchema, Limits, MediaShape, Value, schema::FieldKind};

/// The part of an answer that fits; None when nothing is left or it is not valid as a whole.
pub fn fitted(answer: &Answer, schema: &LabelSchema, shape: &MediaShape) -> Option<Answer> {
    let mut answer = coerced(answer, schema);
    // A pre-label need not be complete: what is required is for the labeler to fill in.
    let mut lenient = schema.clone();
    lenient.fields.iter_mut().for_each(|field| field.required = false);
    for class in &mut lenient.classes {
        class.attributes.iter_mut().for_each(|attribute| attribute.required = false);
    }
    for region in &mut answer.regions {
        if let Some(class) = lenient.class(&region.class) {
            region.attributes.retain(|name, _| class.attributes.iter().any(|attribute| attribute.id == *name));
        }
    }
    // A box that reaches over the edge is cut at it: data sets are full of half pixels.
    if let MediaShape::Image { width, height } = shape {
        answer.regions.retain_mut(|region| match region.geometry.clipped(f64::from(*width), f64::from(*height)) {
            Some(inside) => {
                region.geometry = inside;
                true
            }
            None => false,
        });
    }
    let valid = answer.validate(&lenient, shape, &Limits::DEFAULT).ok()?.into_answer();
    (!valid.is_empty()).then_some(valid)
}

/// Words become the kinds of value that the fields ask for.
pub fn coerced(answer: &Answer, schema: &LabelSchema) -> Answer {
    let mut known = schema.known_part(answer);
    for (id, value) in &mut known.fields {
        let Some(field) = schema.field(id) else { continue };
        if let Value::Text(word) = &*value {
            let converted = match &field.kind {
                FieldKind::Number { .. } | FieldKind::Rating { .. } => word.trim().parse().ok().map(Value::Number),
                FieldKind::Boolean {} => word.trim().parse().ok().map(Value::Boolean),
                FieldKind::Choice { multiple: true, .. } | FieldKind::Tree { .. } | FieldKind::Ranking { .. } => {
                    Some(Value::List(word.split('|').map(|part| part.trim().to_owned()).collect()))
                }
                FieldKind::Choice { multiple: false, options, .. } => {
                    let word = word.trim();
                    let same = |title: &str| title.eq_ignore_ascii_case(word);
                    options.iter().find(|o| same(&o.id) || same(&o.title)).map(|option| Value::Text(option.id.clone()))
                }
                FieldKind::Text { .. } | FieldKind::Transcript { .. } | FieldKind::Pairwise { .. } => None,
            };
            if let Some(converted) = converted {
                *value = converted;
            }
        }
    }
    known
}
