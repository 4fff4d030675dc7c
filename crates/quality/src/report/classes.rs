//! Agreement class by class: classes of regions, and the values of fields that have a closed set of them.
//!
//! Both are an F1. Of a class of regions it is the mean over pairs of answers of the F1 of their matched regions. Of a
//! value it is the specific agreement 2a / (2a + b + c): of the answers with this value, the share that the others gave
//! as well (J. Fleiss, "Measuring agreement between two judges on the presence or absence of a trait", 1975; for many
//! labelers D. Cicchetti and A. Feinstein, "High agreement but low kappa II", 1990).
//!
//! The trap: an overall agreement of 95 % with a rare class that nobody agrees about.

use super::each_pair;
use crate::{
    agreement::Interval,
    gold::region_f1,
    project::votes::{closed_values, word},
    statistics::intervals::wilson_of_share,
};
use labelwright_core::{Answer, LabelSchema, Region, schema::Field};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassAgreement {
    /// The field whose value this is; None for a class of regions.
    pub field: Option<String>,
    pub id: String,
    pub title: String,
    /// 0 to 1; None when nobody used the class.
    pub f1: Option<f64>,
    pub interval: Option<Interval>,
    /// Regions of this class, or answers with this value, in items with two answers or more.
    pub uses: usize,
    /// Pairs of answers to the same item in which at least one uses the class.
    pub pairs: usize,
}

/// Answers to one item, by labeler.
type Answers<'a> = BTreeMap<i64, &'a Answer>;

const LEVEL: f64 = 0.95;

/// Classes of regions in the order of the schema, then the values of each field.
pub fn of_classes(schema: &LabelSchema, shared: &[&Answers<'_>], threshold: f64) -> Vec<ClassAgreement> {
    let regions = schema.classes.iter().map(|class| {
        let of_class = |answer: &Answer| -> Vec<Region> {
            answer.regions.iter().filter(|region| region.class == class.id).cloned().collect()
        };
        let mut ratio = Ratio::default();
        let (mut uses, mut pairs) = (0, 0);
        for answers in shared {
            let own: Vec<Vec<Region>> = answers.values().map(|answer| of_class(answer)).collect();
            uses += own.iter().map(Vec::len).sum::<usize>();
            let (mut found, mut all) = (0.0, 0);
            each_pair(&own, |one, other| {
                if !one.is_empty() || !other.is_empty() {
                    found += region_f1(one, other, threshold);
                    all += 1;
                }
            });
            pairs += all;
            ratio.add(found, all as f64);
        }
        let (f1, interval) = ratio.value();
        ClassAgreement { field: None, id: class.id.clone(), title: class.title.clone(), f1, interval, uses, pairs }
    });
    regions.chain(schema.fields.iter().flat_map(|field| of_values(field, shared))).collect()
}

fn of_values(field: &Field, shared: &[&Answers<'_>]) -> Vec<ClassAgreement> {
    closed_values(&field.kind)
        .into_iter()
        .map(|(value, title)| {
            let id = word(&value);
            let mut ratio = Ratio::default();
            let (mut uses, mut pairs) = (0, 0);
            for answers in shared {
                let given: Vec<Vec<String>> =
                    answers.values().filter_map(|answer| Some(answer.fields.get(&field.id)?.words())).collect();
                let with = given.iter().filter(|words| words.contains(&id)).count();
                let others = given.len().saturating_sub(1);
                if others == 0 || with == 0 {
                    continue;
                }
                uses += with;
                // Each pair with the value on both sides, or on one.
                pairs += with * (with - 1) / 2 + with * (given.len() - with);
                ratio.add((with * (with - 1)) as f64, (with * others) as f64);
            }
            let (f1, interval) = ratio.value();
            ClassAgreement { field: Some(field.id.clone()), id, title, f1, interval, uses, pairs }
        })
        .collect()
}

/// A share of sums over items, with an interval that knows that the pairs of one item hang together: Wilson's, with the
/// effective number of items n = p (1 - p) / variance, the variance being that of a ratio of means over clusters
/// (W. Cochran, "Sampling Techniques", 1977, section 2.11; E. Korn and B. Graubard, "Confidence intervals for proportions
/// with small expected number of positive counts estimated from survey data", 1998, for the effective number).
#[derive(Default)]
struct Ratio {
    items: Vec<(f64, f64)>,
}

impl Ratio {
    fn add(&mut self, found: f64, all: f64) {
        if all > 0.0 {
            self.items.push((found, all));
        }
    }

    fn value(&self) -> (Option<f64>, Option<Interval>) {
        let (found, all) = self.items.iter().fold((0.0, 0.0), |sum, (found, all)| (sum.0 + found, sum.1 + all));
        if all == 0.0 {
            return (None, None);
        }
        let (share, count) = ((found / all).clamp(0.0, 1.0), self.items.len() as f64);
        if count < 2.0 {
            return (Some(share), None);
        }
        let squares: f64 = self.items.iter().map(|(found, all)| (found - share * all).powi(2)).sum();
        let variance = count / (count - 1.0) * squares / (all * all);
        let effective = if variance > 0.0 { share * (1.0 - share) / variance } else { count };
        let bounds = wilson_of_share(share, effective, LEVEL);
        let method = format!("Wilson with {effective:.1} effective items out of {count}");
        (Some(share), Some(Interval { low: bounds.low, high: bounds.high, level: LEVEL, method }))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::statistics::random::Random;
    use labelwright_core::Value;

    const SCHEMA: &str = r#"{"name":"Signs","modality":"text","fields":[{"id":"sign","title":"Sign","kind":
        {"type":"choice","options":[{"id":"there","title":"There"},{"id":"absent","title":"Absent"}]}}]}"#;

    fn said(there: bool) -> Answer {
        let value = Value::Text(if there { "there" } else { "absent" }.into());
        Answer { fields: BTreeMap::from([("sign".to_owned(), value)]), ..Answer::default() }
    }

    fn report(items: &[Vec<bool>]) -> Vec<ClassAgreement> {
        let answers: Vec<Vec<Answer>> = items.iter().map(|item| item.iter().map(|one| said(*one)).collect()).collect();
        let shared: Vec<Answers<'_>> = answers.iter().map(|own| (1..).zip(own).collect()).collect();
        of_classes(&LabelSchema::parse(SCHEMA).unwrap(), &shared.iter().collect::<Vec<_>>(), 0.5)
    }

    /// A two by two table of 80, 5, 15 and 0: 80 % agree, and about the absence nobody does.
    #[test]
    fn a_rare_value_that_nobody_agrees_about_is_seen() {
        let items = [vec![vec![true, true]; 80], vec![vec![true, false]; 5], vec![vec![false, true]; 15]].concat();
        let found = report(&items);
        assert_eq!((found[0].uses, found[0].pairs, found[1].uses, found[1].pairs), (180, 100, 20, 20));
        assert!((found[0].f1.unwrap() - 160.0 / 180.0).abs() < 1e-12);
        assert_eq!(found[1].f1, Some(0.0));
        let interval = found[1].interval.as_ref().unwrap();
        assert!(interval.low == 0.0 && interval.high > 0.1 && interval.high < 0.2, "{interval:?}");
        assert_eq!(report(&[]).len(), 2);
        assert_eq!(report(&[vec![true, true]])[0].interval, None, "one item says nothing about others");
    }

    /// Two right with .8 each on half true and half false: specific agreement .68 + .04 of it; nine of ten intervals and
    /// more must hold it.
    #[test]
    fn the_interval_covers_what_it_says() {
        let (truth, mut covered) = (0.8 * 0.8 + 0.2 * 0.2, 0);
        for seed in 0..200 {
            let mut random = Random::new(seed);
            let items: Vec<Vec<bool>> = (0..60)
                .map(|_| {
                    let there = random.unit() < 0.5;
                    (0..3).map(|_| if random.unit() < 0.8 { there } else { !there }).collect()
                })
                .collect();
            let interval = report(&items)[0].interval.clone().unwrap();
            covered += usize::from(interval.low <= truth && truth <= interval.high);
        }
        assert!((180..=199).contains(&covered), "{covered} of 200");
    }
}
