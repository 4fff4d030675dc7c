//! Spans against true ones: precision, recall and F1 by label, exact (CoNLL-2003's rule, seqeval's strict mode over
//! spans) or with half credit for an overlap of the same label (SemEval-2013 task 9).

use crate::agreement::span_f1::{SpanMatching, Stretch, credit};
use serde::Serialize;
use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpanScore {
    pub label: String,
    /// None where there is nothing to divide by.
    pub precision: Option<f64>,
    pub recall: Option<f64>,
    pub f1: Option<f64>,
    pub predicted: usize,
    pub truths: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpanScores {
    pub labels: Vec<SpanScore>,
    pub micro: SpanScore,
    /// Mean of the labels' F1.
    pub macro_f1: Option<f64>,
}

/// Each item: predicted spans and true ones.
pub fn spans(items: &[(Vec<Stretch>, Vec<Stretch>)], matching: SpanMatching) -> SpanScores {
    let names: BTreeSet<&String> =
        items.iter().flat_map(|(one, two)| one.iter().chain(two)).map(|span| &span.label).collect();
    let of = |label: Option<&String>, name: &str| {
        let (mut right, mut predicted, mut truths) = (0.0, 0, 0);
        for (one, two) in items {
            let own = |list: &[Stretch]| -> Vec<Stretch> {
                list.iter().filter(|span| label.is_none_or(|label| span.label == *label)).cloned().collect()
            };
            let (one, two) = (own(one), own(two));
            right += credit(&one, &two, matching).0 / 2.0;
            predicted += size(&one, matching);
            truths += size(&two, matching);
        }
        let share = |whole: f64| (whole > 0.0).then(|| right / whole);
        SpanScore {
            label: name.to_owned(),
            precision: share(predicted as f64),
            recall: share(truths as f64),
            f1: share((predicted + truths) as f64 / 2.0),
            predicted,
            truths,
        }
    };
    let labels: Vec<SpanScore> = names.iter().map(|name| of(Some(name), name)).collect();
    let defined: Vec<f64> = labels.iter().filter_map(|own| own.f1).collect();
    let macro_f1 = (!defined.is_empty()).then(|| defined.iter().sum::<f64>() / defined.len() as f64);
    SpanScores { micro: of(None, "micro"), labels, macro_f1 }
}

/// Spans, or covered places where places are compared.
fn size(list: &[Stretch], matching: SpanMatching) -> usize {
    match matching {
        SpanMatching::Exact | SpanMatching::Partial => list.len(),
        SpanMatching::Token => credit(list, &[], matching).1 as usize,
    }
}
