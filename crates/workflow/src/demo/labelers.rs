//! The simulated people: they take tasks and submit answers like everybody else, and are wrong as often as their skill
//! says, in the ways in which people are wrong.

use super::{
    dice::Dice,
    worlds::{World, principal},
};
use crate::{Result, Workflow, annotate::Incoming};
use labelwright_core::{
    Action, Answer, Geometry, LabelSchema, ProjectId, UserId, Value,
    schema::{Field, FieldKind},
};
use std::collections::BTreeMap;

pub struct Simulated {
    pub user: UserId,
    pub name: &'static str,
    /// How often they are right, 0 to 1.
    pub skill: f64,
}

/// Lets everybody label in turn until the wanted share is done; then some answers are gold.
pub async fn label(
    workflow: &Workflow,
    project: ProjectId,
    world: &World,
    labelers: &[Simulated],
    items: u64,
) -> Result<()> {
    let truths: BTreeMap<String, Answer> = (0..items).map(|index| world.truth(index)).collect();
    let wanted = (items as f64 * world.labeled) as usize;
    for (number, labeler) in labelers.iter().enumerate() {
        let permit = workflow.permit_project(&principal(labeler.user, labeler.name), project, Action::Label).await?;
        let schema = workflow.schema_of(permit.resource().schema_version).await?;
        // Four people share the overlap, so that each takes a part of the tasks.
        let overlap = crate::plan::settings_of(permit.resource()).overlap as usize;
        let share = wanted * overlap / labelers.len();
        for _ in 0..share {
            let next = workflow.next(&permit, 1).await?;
            let Some(assignment) = next.assignments.first() else { break };
            let Some(truth) = truths.get(&assignment.item.key) else { break };
            let mut dice = Dice::new(labeler.name, assignment.item.id.0 as u64);
            let answer = mistaken(truth, labeler.skill, &schema, &mut dice, assignment.text.as_deref());
            let task =
                workflow.permit_task(&principal(labeler.user, labeler.name), assignment.task, Action::Label).await?;
            let took_ms = (dice.between(2.5, 14.0) * (1.0 + answer.regions.len() as f64) * 1000.0) as i64;
            let incoming = Incoming {
                epoch: assignment.epoch,
                parent: None,
                answer: answer.canonical_json(),
                took_ms,
                idempotency_key: format!("demo-{number}-{}", assignment.task),
            };
            workflow.submit(&task, incoming).await?;
        }
    }
    Ok(())
}

/// What somebody of this skill answers where `truth` is right.
fn mistaken(truth: &Answer, skill: f64, schema: &LabelSchema, dice: &mut Dice, text: Option<&str>) -> Answer {
    let mut answer = truth.clone();
    for field in &schema.fields {
        if let Some(value) = answer.fields.get_mut(&field.id)
            && !dice.chance(skill)
        {
            *value = wrong_value(field, value, dice);
        }
    }
    // A question that is not asked any more has no answer, and a newly asked one has some.
    let given = answer.fields.clone();
    for field in &schema.fields {
        let asked = field.when.as_ref().is_none_or(|when| when.holds(&given));
        if !asked {
            answer.fields.remove(&field.id);
        } else if field.required && !given.contains_key(&field.id) {
            answer.fields.insert(field.id.clone(), Value::Number((1 + dice.below(3)) as f64));
        }
    }
    answer.regions.retain(|_| dice.chance(skill.sqrt()));
    for region in &mut answer.regions {
        if let Geometry::Box(shape) = &mut region.geometry {
            // Nobody hits the pixel; the careless miss by more.
            let slack = 1.0 + (1.0 - skill) * 14.0;
            shape.x = (shape.x + dice.between(-slack, slack)).clamp(0.0, 600.0).round();
            shape.y = (shape.y + dice.between(-slack, slack)).clamp(0.0, 380.0).round();
            shape.width = (shape.width + dice.between(-slack, slack)).clamp(4.0, 640.0 - shape.x).round();
            shape.height = (shape.height + dice.between(-slack, slack)).clamp(4.0, 400.0 - shape.y).round();
        }
        if let (Geometry::Span(span), Some(text)) = (&mut region.geometry, text)
            && !dice.chance(skill)
        {
            widen(&mut span.ranges[0], text);
        }
        if !dice.chance(skill.sqrt()) {
            let others: Vec<&str> = schema.classes.iter().map(|class| class.id.as_str()).collect();
            region.class = (*dice.pick(&others)).to_owned();
        }
    }
    let classes: BTreeMap<&str, &str> = answer.regions.iter().map(|r| (r.id.as_str(), r.class.as_str())).collect();
    answer.relations.retain(|relation| {
        classes.get(relation.from.as_str()) == Some(&"person")
            && classes.get(relation.to.as_str()) == Some(&"organization")
    });
    answer
}

fn wrong_value(field: &Field, right: &Value, dice: &mut Dice) -> Value {
    match (&field.kind, right) {
        (FieldKind::Choice { options, multiple: false, .. }, _) => Value::Text(dice.pick(options).id.clone()),
        (FieldKind::Choice { options, .. }, Value::List(_)) => Value::List(vec![dice.pick(options).id.clone()]),
        (FieldKind::Rating { max }, Value::Number(number)) => {
            let off = if dice.chance(0.5) { 1.0 } else { -1.0 };
            Value::Number((number + off).clamp(1.0, f64::from(*max)))
        }
        _ => right.clone(),
    }
}

/// Takes the word before along, as people do with articles.
fn widen(range: &mut [u32; 2], text: &str) {
    let before: Vec<char> = text.chars().take(range[0] as usize).collect();
    let letters = before.iter().rev().skip(1).take_while(|c| c.is_alphanumeric()).count() as u32;
    if letters > 0 && before.last() == Some(&' ') {
        range[0] -= letters + 1;
    }
}
