//! Which answers are probably wrong, the likeliest first: what others said, how good everybody is, and what models or
//! imports predicted, joined in one probability.
//!
//! A field: 1 - P(the given value | all answers to the item), from a Dawid-Skene fit in which predictions are answers of
//! one more labeler each. Regions: 1 - the mean F1 with the other answers to the item.

use super::{
    Timed,
    consensus::{Fit, fit},
};
use crate::gold::region_f1;
use labelwright_core::{Answer, LabelSchema, schema::Field};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Suspect {
    pub item: i64,
    pub labeler: i64,
    /// Probability of being wrong, 0 to 1.
    pub score: f64,
    /// Field id; None for regions.
    pub field: Option<String>,
    pub given: String,
    /// The likelier value; None for regions.
    pub suggested: Option<String>,
    pub why: String,
    /// Answers and predictions to the item beside this one.
    pub others: usize,
}

/// Suspicious answers of people with a score of at least `least`, likeliest first, then by item and labeler. One entry
/// an answer: what is most suspicious about it.
pub fn suspects(answers: &[Timed<'_>], schema: &LabelSchema, threshold: f64, least: f64) -> Vec<Suspect> {
    let mut worst: BTreeMap<(i64, i64), Suspect> = BTreeMap::new();
    let mut tell = |suspect: Suspect| {
        let place = (suspect.item, suspect.labeler);
        if suspect.score >= least && worst.get(&place).is_none_or(|before| before.score < suspect.score) {
            worst.insert(place, suspect);
        }
    };
    for field in &schema.fields {
        for fit in fit(field, "dawid-skene", answers, &BTreeMap::new()).unwrap_or_default() {
            of_question(field, &fit, answers, &mut tell);
        }
    }
    if !schema.classes.is_empty() {
        regions(answers, threshold, &mut tell);
    }
    let mut found: Vec<Suspect> = worst.into_values().collect();
    found.sort_by(|one, other| {
        other.score.total_cmp(&one.score).then((one.item, one.labeler).cmp(&(other.item, other.labeler)))
    });
    found
}

fn of_question(field: &Field, fit: &Fit, answers: &[Timed<'_>], tell: &mut impl FnMut(Suspect)) {
    let classes = fit.votes.values.len();
    for timed in answers.iter().filter(|timed| timed.is_person()) {
        let Some(value) = timed.answer.fields.get(&field.id).and_then(|value| fit.votes.said(value)) else { continue };
        let (Ok(task), Some(class)) = (fit.votes.items.binary_search(&timed.item), fit.votes.class(&value)) else {
            continue;
        };
        let others = fit.votes.votes.of_task(task).len().saturating_sub(1);
        let row = fit.found.probabilities.get(task * classes..(task + 1) * classes).unwrap_or_default();
        let likeliest = fit.found.labels.get(task).copied().unwrap_or(class);
        if others == 0 || likeliest == class {
            continue;
        }
        let share = |class: u32| row.get(class as usize).copied().unwrap_or(0.0);
        let suggested =
            fit.votes.values.get(likeliest as usize).map(|value| fit.votes.words(value)).unwrap_or_default();
        tell(Suspect {
            item: timed.item,
            labeler: timed.labeler,
            score: 1.0 - share(class),
            field: Some(field.id.clone()),
            given: fit.votes.words(&value),
            why: format!(
                "{:.0} % for {suggested} after {}, weighed by skill",
                share(likeliest) * 100.0,
                counted(others, "other answer")
            ),
            suggested: Some(suggested),
            others,
        });
    }
}

fn regions(answers: &[Timed<'_>], threshold: f64, tell: &mut impl FnMut(Suspect)) {
    let mut by_item: BTreeMap<i64, Vec<(i64, &Answer)>> = BTreeMap::new();
    for timed in answers {
        by_item.entry(timed.item).or_default().push((timed.labeler, timed.answer));
    }
    for (item, own) in by_item.iter_mut().filter(|(_, own)| own.len() > 1) {
        own.sort_by_key(|(labeler, _)| *labeler);
        for (labeler, answer) in own.iter().filter(|(labeler, _)| *labeler > 0) {
            let rest: Vec<&Answer> =
                own.iter().filter(|(other, _)| other != labeler).map(|(_, other)| *other).collect();
            let alike: f64 = rest.iter().map(|other| likeness(answer, other, threshold)).sum();
            let mean = alike / rest.len().max(1) as f64;
            tell(Suspect {
                item: *item,
                labeler: *labeler,
                score: 1.0 - mean,
                field: None,
                given: counted(answer.regions.len(), "region"),
                suggested: None,
                why: format!(
                    "{:.0} % of the regions are found again in {}",
                    mean * 100.0,
                    counted(rest.len(), "other answer")
                ),
                others: rest.len(),
            });
        }
    }
}

/// `1 region`, `2 regions`.
fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

fn likeness(one: &Answer, other: &Answer, threshold: f64) -> f64 {
    // Two that saw nothing agree.
    if one.regions.is_empty() && other.regions.is_empty() {
        return 1.0;
    }
    region_f1(&one.regions, &other.regions, threshold)
}
