//! What the answers say about each labeler: skill and confusions by field, gold, spam, change over time.

use super::{
    Timed,
    consensus::{DEFAULT_METHOD, Fit, fit, settled},
    votes::{key, word},
};
use crate::{
    labelers::{
        collusion::{self, Pair},
        gold_scoring::{self, Rules},
        over_time::{Break, Trend, best_break, trend},
        qualification::{Method, Qualification, qualify},
        spam::spammers,
    },
    project::votes::FieldVotes,
};
use labelwright_core::{
    Answer, LabelSchema,
    schema::{Field, FieldKind},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// Share of spammers that is expected before anything is known.
const SPAMMERS: f64 = 0.05;
/// Probability of being one from which somebody is called one, with at least so many answers that others could judge.
const SPAMMER: f64 = 0.9;
const ANSWERS_LEAST: usize = 10;
/// A gold answer counts as right from this score on.
const RIGHT: f64 = 0.8;
/// Answers before and after a break, and random orders for its p-value.
const BREAK_SHORTEST: usize = 10;
const PERMUTATIONS: usize = 499;
/// Items that two people must share before their being alike says anything.
const COMMON_LEAST: usize = 20;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldSkill {
    pub field: String,
    pub title: String,
    /// Expected share of right answers under the method's confusions, 0 to 1.
    pub skill: f64,
    /// Answers that it rests on.
    pub answers: usize,
    pub values: Vec<String>,
    /// True value (rows) x given value (columns), probabilities.
    pub confusion: Vec<Vec<f64>>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Card {
    pub labeler: i64,
    pub answers: usize,
    pub fields: Vec<FieldSkill>,
    /// Right gold answers with an interval; None without gold.
    pub gold: Option<Qualification>,
    /// Probability of guessing, of the field that tells most; None where nobody else answered the same items.
    pub spammer: Option<f64>,
    /// Enough answers, and the probability above 0.9.
    pub is_spammer: bool,
    /// Right or wrong against the consensus, over the sequence of answers.
    pub trend: Option<Trend>,
    pub change: Option<Break>,
}

/// What cards are made from beside the answers.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    pub schema: &'a LabelSchema,
    pub gold: &'a BTreeMap<i64, Answer>,
    pub rules: Rules,
    /// Share of right gold answers that is asked for, 0 to 1.
    pub gold_threshold: f64,
}

/// One card a person, by their numbers.
pub fn cards(answers: &[Timed<'_>], setting: Setting<'_>) -> Vec<Card> {
    let mut by_labeler: BTreeMap<i64, Vec<&Timed<'_>>> = BTreeMap::new();
    for timed in answers.iter().filter(|timed| timed.is_person()) {
        by_labeler.entry(timed.labeler).or_default().push(timed);
    }
    let mut cards: BTreeMap<i64, Card> = by_labeler
        .iter_mut()
        .map(|(labeler, own)| {
            own.sort_by_key(|timed| (timed.at, timed.item));
            (*labeler, blank(*labeler, own, setting))
        })
        .collect();
    let mut right: BTreeMap<i64, Vec<(i64, i64, bool)>> = BTreeMap::new();
    for field in &setting.schema.fields {
        let fitted = |method| fit(field, method, answers, setting.gold).unwrap_or_default();
        for skilled in fitted("dawid-skene") {
            let suspects = spammers(&skilled.votes.votes, SPAMMERS).unwrap_or_default();
            for (worker, labeler) in skilled.votes.labelers.iter().enumerate() {
                let Some(card) = cards.get_mut(labeler) else { continue };
                card.fields.extend(skill(&skilled, worker, field));
                if let Some(suspect) = suspects.get(worker).filter(|suspect| suspect.answers > 0) {
                    card.spammer = Some(card.spammer.map_or(suspect.spammer, |before| before.max(suspect.spammer)));
                    card.is_spammer |= suspect.spammer > SPAMMER && suspect.answers >= ANSWERS_LEAST;
                }
            }
        }
        let plain = fitted(DEFAULT_METHOD);
        let Some(several) = plain.first().map(|fit| items_with_others(&fit.votes)) else { continue };
        let settled = settled(field, &plain);
        for timed in answers.iter().filter(|timed| timed.is_person() && several.contains(&timed.item)) {
            if let (Some(given), Some(consensus)) = (timed.answer.fields.get(&field.id), settled.get(&timed.item)) {
                let same = key(field, given) == key(field, &consensus.value);
                right.entry(timed.labeler).or_default().push((timed.at, timed.item, same));
            }
        }
    }
    for (labeler, mut sequence) in right {
        sequence.sort_unstable();
        let sequence: Vec<bool> = sequence.into_iter().map(|(.., right)| right).collect();
        if let Some(card) = cards.get_mut(&labeler) {
            card.trend = trend(&sequence);
            card.change = best_break(&sequence, BREAK_SHORTEST, PERMUTATIONS, 0);
        }
    }
    cards.into_values().collect()
}

fn items_with_others(votes: &FieldVotes) -> std::collections::BTreeSet<i64> {
    let several = |(task, _): &(usize, &i64)| votes.votes.of_task(*task).len() > 1;
    votes.items.iter().enumerate().filter(several).map(|(_, item)| *item).collect()
}

fn blank(labeler: i64, own: &[&Timed<'_>], setting: Setting<'_>) -> Card {
    let scores: Vec<f64> = own
        .iter()
        .filter_map(|timed| {
            gold_scoring::score(timed.answer, setting.gold.get(&timed.item)?, setting.schema, setting.rules).score
        })
        .collect();
    let good = scores.iter().filter(|score| **score >= RIGHT).count() as u64;
    let gold =
        (!scores.is_empty()).then(|| qualify(good, scores.len() as u64, setting.gold_threshold, 0.025, Method::Wilson));
    Card {
        labeler,
        answers: own.len(),
        fields: Vec::new(),
        gold,
        spammer: None,
        is_spammer: false,
        trend: None,
        change: None,
    }
}

fn skill(fit: &Fit, worker: usize, field: &Field) -> Option<FieldSkill> {
    let confusion = fit.confusion(worker)?;
    let classes = fit.votes.values.len();
    let even = vec![1.0 / classes.max(1) as f64; classes];
    let prior = fit.found.class_prior.as_ref().unwrap_or(&even);
    let skill = prior.iter().zip(&confusion).enumerate().map(|(at, (share, row))| share * row[at]).sum();
    Some(FieldSkill {
        field: field.id.clone(),
        title: match &fit.votes.option {
            Some(option) => format!("{}: {}", field.title, option_title(field, option)),
            None => field.title.clone(),
        },
        skill,
        answers: fit.votes.votes.per_worker()[worker] as usize,
        values: fit.votes.values.iter().map(word).collect(),
        confusion,
    })
}

fn option_title<'a>(field: &'a Field, id: &'a str) -> &'a str {
    match &field.kind {
        FieldKind::Choice { options, .. } => {
            options.iter().find(|option| option.id == id).map_or(id, |option| option.title.as_str())
        }
        _ => id,
    }
}

/// Two people who give the same wrong answers more often than chance allows, by field.
pub fn alike(answers: &[Timed<'_>], schema: &LabelSchema) -> Vec<(String, i64, i64, Pair)> {
    let people: Vec<Timed<'_>> = answers.iter().copied().filter(Timed::is_person).collect();
    let mut found = Vec::new();
    for field in &schema.fields {
        for votes in FieldVotes::of(field, &people) {
            for pair in collusion::collusion(&votes.votes, COMMON_LEAST).unwrap_or_default() {
                let name = |worker: u32| votes.labelers.get(worker as usize).copied().unwrap_or(0);
                found.push((field.id.clone(), name(pair.one), name(pair.other), pair));
            }
        }
    }
    found
}
