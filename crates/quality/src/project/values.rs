//! One value out of several of one item, each labeler being worth the same. Nothing depends on who comes first: votes
//! are put in order by their content; ties are counted, and broken by a rule that each method states.

use super::methods::Form;
use crate::regions::{median, rankings, rover};
use labelwright_core::{
    Value,
    ranking::{place, places},
    schema::{Choice, Field, FieldKind},
};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// None: most left the question unanswered.
    pub value: Option<Value>,
    /// The smallest share of the labelers that anything in it rests on, 0 to 1.
    pub share: f64,
    /// Places where votes were equal.
    pub ties: usize,
}

/// Settles a field's answers by a method that looks at one item; a method that looks at all of them has its turn
/// before and is taken as majority vote here. `given` has an entry for each labeler, None for no answer.
pub fn settle(field: &Field, method: Option<&str>, given: &[Option<&Value>]) -> Outcome {
    let form = Form::of_field(&field.kind);
    let method = method.filter(|id| form.has_method(id)).unwrap_or(form.default_method().0);
    let unanswered = given.iter().filter(|value| value.is_none()).count();
    let empty = !matches!(form, Form::Vote | Form::Rating) && unanswered * 2 >= given.len().max(1);
    if empty {
        let share = unanswered as f64 / given.len().max(1) as f64;
        return Outcome { value: None, share, ties: usize::from(unanswered * 2 == given.len()) };
    }
    match (&field.kind, method) {
        (FieldKind::Choice { options, multiple: true, min, max }, _) => set(options, (*min, *max), given),
        // Of two middle whole numbers the lower one: their mean may be none.
        (FieldKind::Number { integer: true, .. }, "median") => {
            number(given, |values| values.get(values.len().saturating_sub(1) / 2).copied())
        }
        (FieldKind::Number { .. }, "median") => number(given, |values| median(values.iter().copied())),
        (FieldKind::Number { integer, .. }, "mean") => number(given, |values| {
            let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
            Some(if *integer { mean.round() } else { mean })
        }),
        (FieldKind::Ranking { options, .. }, "kemeny") => ranking(options, given, rankings::kemeny_of),
        (FieldKind::Ranking { options, .. }, "borda") => ranking(options, given, rankings::borda_of),
        // Words of several texts together may break the pattern that each of them keeps.
        (FieldKind::Text { pattern: None, .. } | FieldKind::Transcript { .. }, "rover") => text(given, rover::rover),
        (FieldKind::Text { .. } | FieldKind::Transcript { .. }, "rover" | "medoid") => text(given, rover::medoid),
        _ => vote(given),
    }
}

/// The most frequent value; "no value" has a vote too. Of equal ones the smallest in byte order of its JSON, no value
/// first.
pub fn vote(given: &[Option<&Value>]) -> Outcome {
    let mut counts: BTreeMap<String, (usize, Option<&Value>)> = BTreeMap::new();
    for value in given {
        let key = value.map(|value| serde_json::to_string(value).unwrap_or_default()).unwrap_or_default();
        counts.entry(key).or_insert((0, *value)).0 += 1;
    }
    let most = counts.values().map(|(count, _)| *count).max().unwrap_or(0);
    let mut winners = counts.into_values().filter(|(count, _)| *count == most);
    let value = winners.next().and_then(|(_, value)| value).cloned();
    let share = most as f64 / given.len().max(1) as f64;
    Outcome { value, share, ties: usize::from(winners.next().is_some()) }
}

/// Every option by itself: it stands when more than half of the labelers chose it. If that leaves fewer than the field
/// asks for, the most frequent others join (equal ones in the order of the schema); if more, the least frequent leave.
fn set(options: &[Choice], (min, max): (Option<u32>, Option<u32>), given: &[Option<&Value>]) -> Outcome {
    let chosen: Vec<BTreeSet<&str>> = given
        .iter()
        .map(|value| match value {
            Some(Value::List(words)) => words.iter().map(String::as_str).collect(),
            _ => BTreeSet::new(),
        })
        .collect();
    let count = |option: &Choice| chosen.iter().filter(|own| own.contains(option.id.as_str())).count();
    let counts: Vec<usize> = options.iter().map(count).collect();
    let mut order: Vec<usize> = (0..options.len()).collect();
    order.sort_by_key(|at| (std::cmp::Reverse(counts[*at]), *at));
    let people = given.len().max(1);
    let by_vote = counts.iter().filter(|count| **count * 2 > people).count();
    let wanted = by_vote.max(min.unwrap_or(0) as usize).min(max.map_or(usize::MAX, |max| max as usize));
    let mut taken: Vec<usize> = order.into_iter().take(wanted).filter(|at| counts[*at] > 0).collect();
    taken.sort_unstable();
    let share = |at: usize| {
        let votes = if taken.contains(&at) { counts[at] } else { people - counts[at] };
        votes as f64 / people as f64
    };
    let least = (0..options.len()).map(share).fold(1.0, f64::min);
    let words = taken.iter().map(|at| options[*at].id.clone()).collect();
    let ties = counts.iter().filter(|count| **count * 2 == people).count();
    Outcome { value: Some(Value::List(words)), share: least, ties }
}

/// The share is that of the labelers who gave this very number, or the smallest that there can be.
fn number(given: &[Option<&Value>], method: impl Fn(&[f64]) -> Option<f64>) -> Outcome {
    let mut values: Vec<f64> = given
        .iter()
        .filter_map(|value| match value {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        })
        .collect();
    values.sort_by(f64::total_cmp);
    let value = method(&values);
    let same = values.iter().filter(|own| Some(**own) == value).count().max(1);
    Outcome { value: value.map(Value::Number), share: same as f64 / given.len().max(1) as f64, ties: 0 }
}

/// Options that nobody ranked stay out; neighbours that most labelers tie share a place.
fn ranking(
    options: &[Choice],
    given: &[Option<&Value>],
    method: impl Fn(&[rankings::Places], usize) -> rankings::RankingResult,
) -> Outcome {
    let lists: Vec<&[String]> = given
        .iter()
        .filter_map(|value| match value {
            Some(Value::List(words)) => Some(words.as_slice()),
            _ => None,
        })
        .collect();
    let used: BTreeSet<&str> = lists.iter().flat_map(|words| places(words).flatten()).collect();
    let options: Vec<&str> = options.iter().map(|option| option.id.as_str()).filter(|id| used.contains(id)).collect();
    let number: BTreeMap<&str, u32> = options.iter().copied().zip(0..).collect();
    let numbered = |ids: Vec<&str>| ids.into_iter().filter_map(|id| number.get(id).copied()).collect::<Vec<u32>>();
    let orders: Vec<rankings::Places> =
        lists.iter().map(|words| places(words).map(numbered).filter(|place| !place.is_empty()).collect()).collect();
    let found = method(&orders, options.len());
    let name = |at: u32| options.get(at as usize).copied();
    let words: Vec<String> = rankings::with_ties(&found.order, &orders)
        .into_iter()
        .map(|at| place(at.into_iter().filter_map(name).collect()))
        .collect();
    let pairs = orders.len() * options.len() * options.len().saturating_sub(1) / 2;
    let share = 1.0 - found.disagreements as f64 / pairs.max(1) as f64;
    Outcome { value: Some(Value::List(words)), share, ties: 0 }
}

fn text(given: &[Option<&Value>], method: impl Fn(&[&str]) -> Option<rover::TextResult>) -> Outcome {
    let texts: Vec<&str> = given
        .iter()
        .filter_map(|value| match value {
            Some(Value::Text(text)) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    match method(&texts) {
        Some(found) => Outcome { value: Some(Value::Text(found.text)), share: found.probability, ties: found.ties },
        None => Outcome { value: None, share: 1.0, ties: 0 },
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn field(kind: &str) -> Field {
        serde_json::from_str(&format!(r#"{{"id":"f","title":"F","kind":{kind}}}"#)).unwrap()
    }

    fn settled(kind: &str, method: Option<&str>, given: &[&str]) -> Outcome {
        let values: Vec<Option<Value>> = given.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
        let mut votes: Vec<Option<&Value>> = values.iter().map(Option::as_ref).collect();
        let outcome = settle(&field(kind), method, &votes);
        votes.reverse();
        assert_eq!(outcome, settle(&field(kind), method, &votes), "order must not matter");
        outcome
    }

    fn json(outcome: &Outcome) -> String {
        serde_json::to_string(&outcome.value).unwrap()
    }

    const TOPICS: &str = r#"{"type":"choice","multiple":true,"options":[{"id":"price","title":"P"},
        {"id":"speed","title":"S"},{"id":"looks","title":"L"}]"#;

    #[test]
    fn each_option_of_a_set_has_its_own_vote() {
        let kind = format!("{TOPICS}}}");
        let given = [r#"["price","speed"]"#, r#"["price","looks"]"#, r#"["price"]"#];
        let outcome = settled(&kind, None, &given);
        assert_eq!((json(&outcome).as_str(), outcome.ties), (r#"["price"]"#, 0));
        assert!((outcome.share - 2.0 / 3.0).abs() < 1e-12);
        // Half is not enough, and counts as a tie.
        let outcome = settled(&kind, None, &[r#"["speed","price"]"#, r#"["speed"]"#]);
        assert_eq!((json(&outcome).as_str(), outcome.ties, outcome.share), (r#"["speed"]"#, 1, 0.5));
    }

    #[test]
    fn a_set_keeps_to_the_numbers_that_the_field_asks_for() {
        let given = [r#"["price"]"#, r#"["speed"]"#, r#"["looks","speed"]"#, r#"["price"]"#];
        assert_eq!(json(&settled(&format!("{TOPICS}}}"), None, &given)), "[]");
        assert_eq!(json(&settled(&format!(r#"{TOPICS},"min":1}}"#), None, &given)), r#"["price"]"#);
        let all = [r#"["price","speed","looks"]"#, r#"["price","speed","looks"]"#, r#"["speed","looks"]"#];
        assert_eq!(json(&settled(&format!(r#"{TOPICS},"max":2}}"#), None, &all)), r#"["speed","looks"]"#);
    }

    #[test]
    fn numbers_by_median_or_mean_and_whole_ones_stay_whole() {
        let kind = r#"{"type":"number"}"#;
        assert_eq!(json(&settled(kind, None, &["3", "4", "900"])), "4.0");
        assert_eq!(json(&settled(kind, None, &["3", "4"])), "3.5");
        assert_eq!(json(&settled(kind, Some("mean"), &["3", "4", "8"])), "5.0");
        let whole = r#"{"type":"number","integer":true}"#;
        assert_eq!(json(&settled(whole, Some("mean"), &["3", "4"])), "4.0");
        assert_eq!(json(&settled(whole, None, &["3", "4"])), "3.0");
        assert_eq!(json(&settled(kind, Some("majority-vote"), &["3", "3", "8", "9", "9", "9"])), "9.0");
        assert_eq!(settled(kind, None, &["3", "null", "null"]).value, None);
    }

    #[test]
    fn texts_that_all_differ_give_one_that_somebody_wrote_or_a_vote_of_words() {
        let given = [r#""the red car""#, r#""the red bar""#, r#""a red car""#];
        assert_eq!(json(&settled(r#"{"type":"text"}"#, None, &given)), r#""the red car""#);
        let given = [r#""she had one cup""#, r#""she has one cup""#, r#""he had one cap""#];
        assert_eq!(json(&settled(r#"{"type":"transcript"}"#, None, &given)), r#""she had one cup""#);
    }

    #[test]
    fn rankings_by_the_fewest_contradicted_pairs() {
        let kind =
            r#"{"type":"ranking","options":[{"id":"a","title":"A"},{"id":"b","title":"B"},{"id":"c","title":"C"}]}"#;
        let given = [r#"["a","b","c"]"#, r#"["b","a","c"]"#, r#"["a","c","b"]"#];
        assert_eq!(json(&settled(kind, None, &given)), r#"["a","b","c"]"#);
        assert_eq!(json(&settled(kind, Some("borda"), &given)), r#"["a","b","c"]"#);
    }

    #[test]
    fn what_most_tie_shares_a_place_and_what_nobody_ranked_stays_out() {
        let kind = r#"{"type":"ranking","ties":true,"options":[{"id":"a","title":"A"},{"id":"b","title":"B"},
            {"id":"c","title":"C"},{"id":"d","title":"D"}]}"#;
        let given = [r#"["c","a=b"]"#, r#"["c","a=b"]"#, r#"["b","c","a"]"#];
        for method in [None, Some("borda")] {
            let found = settled(kind, method, &given);
            assert_eq!(json(&found), r#"["c","a=b"]"#);
            // Of nine judgments of pairs one contradicts: b above c.
            assert!((found.share - 8.0 / 9.0).abs() < 1e-9, "{}", found.share);
        }
    }
}
