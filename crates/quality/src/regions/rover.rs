//! One transcript out of several: J. G. Fiscus, "A Post-Processing System to Yield Reduced Word Error Rates: Recognizer
//! Output Voting Error Reduction (ROVER)" (1997), and the medoid.
//!
//! Trap: the published method depends on the order in which texts are aligned. Here the text that is nearest to all
//! others comes first, then the others by their distance to it (equal ones by content), so that rows may come in any
//! order. Equal votes go to a word before nothing, to the longer word, then to the smaller one.

use crate::agreement::transcripts::{edits, words};
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq)]
pub struct TextResult {
    pub text: String,
    /// Mean share of the votes that the words got, 0 to 1.
    pub probability: f64,
    /// Places where the vote was equal.
    pub ties: usize,
}

/// Texts in the order of their total distance to all others, nearest first; equal ones by content.
fn by_distance<'a>(texts: &[&'a str]) -> Vec<(&'a str, Vec<&'a str>, usize)> {
    let tokens: Vec<Vec<&str>> = texts.iter().map(|text| words(text)).collect();
    let mut all: Vec<(usize, &str, usize)> = texts
        .iter()
        .enumerate()
        .map(|(at, text)| (tokens.iter().map(|other| edits(&tokens[at], other).errors()).sum(), *text, at))
        .collect();
    all.sort();
    all.into_iter().map(|(distance, text, at)| (text, tokens[at].clone(), distance)).collect()
}

/// The text with the least word edits to all others; its probability is 1 minus its mean error rate against them.
/// None for no texts.
pub fn medoid(texts: &[&str]) -> Option<TextResult> {
    let sorted = by_distance(texts);
    let (text, _, distance) = sorted.first()?;
    let length: usize = sorted.iter().skip(1).map(|(_, tokens, _)| tokens.len()).sum();
    let rate = if length > 0 { *distance as f64 / length as f64 } else { 0.0 };
    let ties = sorted.iter().skip(1).filter(|(other, _, own)| own == distance && other != text).count();
    Some(TextResult { text: (*text).to_owned(), probability: (1.0 - rate).max(0.0), ties: ties.min(1) })
}

/// Votes for one place in the text; None is no word.
type Slot<'a> = BTreeMap<Option<&'a str>, usize>;

/// None for no texts.
pub fn rover(texts: &[&str]) -> Option<TextResult> {
    let mut sorted = by_distance(texts);
    let base = sorted.first()?.1.clone();
    sorted[1..]
        .sort_by(|a, b| edits(&base, &a.1).errors().cmp(&edits(&base, &b.1).errors()).then_with(|| a.0.cmp(b.0)));
    let mut slots: Vec<Slot<'_>> = base.iter().map(|word| Slot::from([(Some(*word), 1)])).collect();
    for (given, (_, tokens, _)) in sorted.iter().enumerate().skip(1) {
        slots = align(&slots, tokens, given);
    }
    let (mut chosen, mut share, mut ties) = (Vec::new(), 0.0, 0);
    for slot in &slots {
        let most = slot.values().copied().max().unwrap_or(0);
        let best: Vec<Option<&str>> = slot.iter().filter(|(_, n)| **n == most).map(|(word, _)| *word).collect();
        ties += usize::from(best.len() > 1);
        share += most as f64 / texts.len() as f64;
        let length = |word: &Option<&str>| word.map_or(0, |word| 1 + word.chars().count());
        chosen.extend(best.into_iter().max_by(|a, b| length(a).cmp(&length(b)).then_with(|| b.cmp(a))).flatten());
    }
    let probability = if slots.is_empty() { 1.0 } else { share / slots.len() as f64 };
    Some(TextResult { text: chosen.join(" "), probability, ties })
}

/// Adds one text to the network by least edits: a word that stands in a slot is free there, a slot where nothing
/// stands may be skipped for free. `given` texts are in it already.
fn align<'a>(slots: &[Slot<'a>], tokens: &[&'a str], given: usize) -> Vec<Slot<'a>> {
    let (rows, columns) = (slots.len() + 1, tokens.len() + 1);
    let skip = |slot: &Slot<'_>| u32::from(!slot.contains_key(&None));
    let change = |slot: &Slot<'_>, word: &str| u32::from(!slot.contains_key(&Some(word)));
    let mut cost = vec![0_u32; rows * columns];
    for row in 0..rows {
        for column in 0..columns {
            let at = |r: usize, c: usize| r * columns + c;
            cost[at(row, column)] = match (row, column) {
                (0, 0) => 0,
                (0, _) => cost[at(0, column - 1)] + 1,
                (_, 0) => cost[at(row - 1, 0)] + skip(&slots[row - 1]),
                _ => (cost[at(row - 1, column - 1)] + change(&slots[row - 1], tokens[column - 1]))
                    .min(cost[at(row - 1, column)] + skip(&slots[row - 1]))
                    .min(cost[at(row, column - 1)] + 1),
            };
        }
    }
    let (mut row, mut column) = (slots.len(), tokens.len());
    let mut found: Vec<Slot<'a>> = Vec::new();
    while row > 0 || column > 0 {
        let here = cost[row * columns + column];
        let word = column.checked_sub(1).map(|before| tokens[before]);
        if let (Some(slot), Some(word)) = (row.checked_sub(1).map(|before| &slots[before]), word)
            && here == cost[(row - 1) * columns + column - 1] + change(slot, word)
        {
            let mut slot = slot.clone();
            *slot.entry(Some(word)).or_default() += 1;
            found.push(slot);
            (row, column) = (row - 1, column - 1);
        } else if row > 0 && here == cost[(row - 1) * columns + column] + skip(&slots[row - 1]) {
            let mut slot = slots[row - 1].clone();
            *slot.entry(None).or_default() += 1;
            found.push(slot);
            row -= 1;
        } else {
            found.push(Slot::from([(None, given), (word, 1)]));
            column -= 1;
        }
    }
    found.reverse();
    found
}
