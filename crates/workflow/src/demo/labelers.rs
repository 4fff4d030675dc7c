//! The simulated people: they take tasks and submit answers like everybody else, in the ways of their habits.

use super::{
    DAYS,
    mistakes::{Habit, mistaken, slip},
    worlds::{World, principal},
};
use crate::{Result, Workflow, annotate::Incoming, plan::settings_of};
use labelwright_core::{Action, Answer, ProjectId, TaskId, UserId};
use labelwright_generate::demo::dice::Dice;
use std::collections::BTreeMap;

pub struct Simulated {
    pub user: UserId,
    pub name: &'static str,
    pub habit: Habit,
}

/// One in so many labeled items is gold.
const GOLD_IN: usize = 8;

/// Lets people label as they come until the wanted share is done, spread over the days since the beginning. Then the
/// truth about some of the items is made known.
pub async fn label(
    workflow: &Workflow,
    project: ProjectId,
    owner: UserId,
    world: &World,
    labelers: &[Simulated],
    truths: &BTreeMap<String, Answer>,
) -> Result<()> {
    let wanted = (truths.len() as f64 * world.labeled) as usize;
    let mut at_work = Vec::new();
    for labeler in labelers {
        let you = principal(labeler.user, labeler.name);
        let permit = workflow.permit_project(&you, project, Action::Label).await?;
        let schema = workflow.schema_of(permit.resource().schema_version).await?;
        // Nobody can guess where to draw.
        if !matches!(labeler.habit, Habit::Guessing) || schema.classes.is_empty() {
            at_work.push((labeler, you, permit, schema));
        }
    }
    let Some((.., permit, _)) = at_work.first() else { return Ok(()) };
    // Each takes an equal part of the seats.
    let share = wanted * settings_of(permit.resource()).overlap as usize / at_work.len();
    let pause_seconds = (DAYS - 1) * 24 * 3600 / (share * at_work.len()).max(1) as i64;
    let mut done = vec![0; at_work.len()];
    let mut labeled = BTreeMap::<TaskId, &Answer>::new();
    let mut turns = Dice::new("turns", project.0 as u64);
    loop {
        let open: Vec<usize> = (0..done.len()).filter(|who| done[*who] < share).collect();
        if open.is_empty() {
            break;
        }
        let who = *turns.pick(&open);
        let (labeler, you, permit, schema) = &at_work[who];
        let next = workflow.next(permit, 1).await?;
        let Some(assignment) = next.assignments.first() else {
            done[who] = share;
            continue;
        };
        let Some(truth) = truths.get(&assignment.item.key) else { break };
        labeled.insert(assignment.task, truth);
        let mut dice = Dice::new(labeler.name, assignment.item.id.0 as u64);
        let progress = done[who] as f64 / share as f64;
        let text = |pane: Option<&str>| match pane {
            None => assignment.text.as_deref(),
            Some(pane) => assignment.companions.iter().find(|one| one.pane == pane)?.text.as_deref(),
        };
        let mut answer = mistaken(truth, labeler.habit.skill(progress), schema, &mut dice, text);
        if labeler.habit.slips() {
            slip(&mut answer, truth, schema, &assignment.item.key);
        }
        let task = workflow.permit_task(you, assignment.task, Action::Label).await?;
        let took_ms = (dice.between(2.5, 14.0) * (1.0 + answer.regions.len() as f64) * 1000.0) as i64;
        let incoming = Incoming {
            epoch: assignment.epoch,
            parent: None,
            answer: answer.canonical_json(),
            took_ms,
            idempotency_key: format!("demo-{who}-{}", assignment.task),
        };
        workflow.submit(&task, incoming).await?;
        workflow.clock().advance_seconds(pause_seconds);
        done[who] += 1;
    }
    for (task, truth) in labeled.iter().skip(GOLD_IN / 2).step_by(GOLD_IN) {
        let task = workflow.permit_task(&principal(owner, "You"), *task, Action::ManageProject).await?;
        workflow.set_gold(&task, Some(&truth.canonical_json())).await?;
    }
    Ok(())
}
