//! Who spoke when: diarization error rate (NIST, "The 2009 Rich Transcription Evaluation Plan") and Jaccard error rate
//! (N. Ryant et al., "The Second DIHARD Diarization Challenge", 2019).
//!
//! DER = (false alarm + missed + confused speech) / speech of the reference, with the one-to-one mapping of speakers
//! that shares the most time. JER = mean over the reference's speakers of 1 minus the Jaccard overlap with the mapped
//! one (1 for a speaker without). A collar takes time around each boundary of the reference out of both.

use crate::assignment;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Ticks; exclusive end after the start.
    pub start: i64,
    pub end: i64,
    pub speaker: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct DiarizationErrors {
    /// All in ticks.
    pub false_alarm: f64,
    pub missed: f64,
    pub confused: f64,
    pub speech: f64,
    /// None when the reference has no speech.
    pub der: Option<f64>,
    pub jer: Option<f64>,
}

/// A stretch in which nothing changes: its length, who speaks in the reference and in the hypothesis.
struct Stretch {
    length: f64,
    reference: Vec<usize>,
    hypothesis: Vec<usize>,
}

/// `collar` is the whole width in ticks that is taken out around each boundary of the reference, half on each side; 0
/// takes nothing out.
pub fn diarization(reference: &[Turn], hypothesis: &[Turn], collar: i64) -> DiarizationErrors {
    let names = |turns: &[Turn]| -> Vec<String> {
        turns.iter().map(|turn| turn.speaker.clone()).collect::<BTreeSet<_>>().into_iter().collect()
    };
    let (first, second) = (names(reference), names(hypothesis));
    let stretches = stretches(reference, hypothesis, &first, &second, collar);
    let mut shared = vec![0.0; first.len() * second.len()];
    for stretch in &stretches {
        for one in &stretch.reference {
            for other in &stretch.hypothesis {
                shared[one * second.len() + other] += stretch.length;
            }
        }
    }
    let value = |row: usize, column: usize| shared[row * second.len() + column];
    let mut partner: BTreeMap<usize, usize> = BTreeMap::new();
    if first.len() <= second.len() {
        partner.extend(assignment::best(first.len(), second.len(), value).into_iter().enumerate());
    } else {
        let found = assignment::best(second.len(), first.len(), |row, column| value(column, row));
        partner.extend(found.into_iter().enumerate().map(|(column, row)| (row, column)));
    }
    partner.retain(|row, column| value(*row, *column) > 0.0);

    let mut errors =
        DiarizationErrors { false_alarm: 0.0, missed: 0.0, confused: 0.0, speech: 0.0, der: None, jer: None };
    let mut common = vec![0.0; first.len()];
    let mut union = vec![0.0; first.len()];
    let mut spoken = vec![0.0; first.len()];
    for stretch in &stretches {
        let (r, h) = (stretch.reference.len() as f64, stretch.hypothesis.len() as f64);
        let right = stretch
            .reference
            .iter()
            .filter(|one| partner.get(one).is_some_and(|other| stretch.hypothesis.contains(other)))
            .count() as f64;
        errors.speech += r * stretch.length;
        errors.missed += (r - h).max(0.0) * stretch.length;
        errors.false_alarm += (h - r).max(0.0) * stretch.length;
        errors.confused += (r.min(h) - right) * stretch.length;
        for one in 0..first.len() {
            let own = stretch.reference.contains(&one);
            let theirs = partner.get(&one).is_some_and(|other| stretch.hypothesis.contains(other));
            spoken[one] += if own { stretch.length } else { 0.0 };
            common[one] += if own && theirs { stretch.length } else { 0.0 };
            union[one] += if own || theirs { stretch.length } else { 0.0 };
        }
    }
    if errors.speech > 0.0 {
        errors.der = Some((errors.false_alarm + errors.missed + errors.confused) / errors.speech);
    }
    let speakers: Vec<usize> = (0..first.len()).filter(|one| spoken[*one] > 0.0).collect();
    if !speakers.is_empty() {
        let sum: f64 = speakers.iter().map(|one| 1.0 - common[*one] / union[*one]).sum();
        errors.jer = Some(sum / speakers.len() as f64);
    }
    errors
}

fn stretches(
    reference: &[Turn],
    hypothesis: &[Turn],
    first: &[String],
    second: &[String],
    collar: i64,
) -> Vec<Stretch> {
    // Twice the ticks, so that half a collar is whole.
    let double = |tick: i64| 2 * i128::from(tick);
    let closed: Vec<(i128, i128)> = if collar > 0 {
        reference
            .iter()
            .flat_map(|turn| [turn.start, turn.end])
            .map(|at| (double(at) - i128::from(collar), double(at) + i128::from(collar)))
            .collect()
    } else {
        Vec::new()
    };
    // Boundaries with what starts (+1) and ends (-1) there.
    let mut events: Vec<(i128, usize, usize, i32)> = Vec::new();
    for (side, turns, names) in [(0, reference, first), (1, hypothesis, second)] {
        for turn in turns.iter().filter(|turn| turn.start < turn.end) {
            let speaker = names.binary_search(&turn.speaker).unwrap_or(0);
            events.push((double(turn.start), side, speaker, 1));
            events.push((double(turn.end), side, speaker, -1));
        }
    }
    for (start, end) in closed {
        events.push((start, 2, 0, 1));
        events.push((end, 2, 0, -1));
    }
    events.sort_unstable();
    let mut open = [vec![0_i32; first.len()], vec![0; second.len()], vec![0]];
    let mut found = Vec::new();
    let mut before: Option<i128> = None;
    for (at, side, speaker, step) in events {
        let length = before.map_or(0, |before| at - before);
        if length > 0 && open[2][0] == 0 {
            let speaking = |side: usize| (0..open[side].len()).filter(|who| open[side][*who] > 0).collect();
            found.push(Stretch { length: length as f64 / 2.0, reference: speaking(0), hypothesis: speaking(1) });
        }
        before = Some(at);
        if let Some(count) = open[side].get_mut(speaker) {
            *count += step;
        }
    }
    found
}
