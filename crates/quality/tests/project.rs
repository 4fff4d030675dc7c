//! A project with planted flaws: somebody who guesses, a labeler who changed, wrong answers, and labels that drift.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use labelwright_core::{Answer, LabelSchema, Value};
use labelwright_quality::{
    labelers::gold_scoring::Rules,
    project::{Timed, consensus, drift, labelers, suspects},
    statistics::random::Random,
};
use std::collections::BTreeMap;

const SCHEMA: &str = r#"{"modality":"text","name":"Moods","fields":[{"id":"mood","title":"Mood","required":true,"kind":{"type":"choice",
    "options":[{"id":"good","title":"Good"},{"id":"bad","title":"Bad"},{"id":"mixed","title":"Mixed"}]}}],"classes":[],"relations":[]}"#;
const ITEMS: i64 = 300;
const VALUES: [&str; 3] = ["good", "bad", "mixed"];

struct Planted {
    rows: Vec<(i64, i64, Answer, i64)>,
    truth: BTreeMap<i64, usize>,
}

impl Planted {
    fn timed(&self) -> Vec<Timed<'_>> {
        self.rows
            .iter()
            .map(|(item, labeler, answer, at)| Timed { item: *item, labeler: *labeler, answer, at: *at, took_ms: 1000 })
            .collect()
    }
}

fn schema() -> LabelSchema {
    serde_json::from_str(SCHEMA).unwrap()
}

fn answer(class: usize) -> Answer {
    let mut answer = Answer::default();
    answer.fields.insert("mood".into(), Value::Text(VALUES[class].into()));
    answer
}

/// Labelers 1 to 3 are right with .9, 4 guesses, 5 is right with .95 and from the middle on with .5.
fn planted(seed: u64) -> Planted {
    let mut random = Random::new(seed);
    let mut planted = Planted { rows: Vec::new(), truth: BTreeMap::new() };
    for item in 1..=ITEMS {
        let truth = random.below(3);
        planted.truth.insert(item, truth);
        for labeler in 1..=5 {
            let skill = match labeler {
                4 => 1.0 / 3.0,
                5 if item > ITEMS / 2 => 0.5,
                5 => 0.95,
                _ => 0.9,
            };
            let right = random.unit() < skill;
            let class = if right || labeler == 4 { truth } else { (truth + 1 + random.below(2)) % 3 };
            let class = if labeler == 4 { random.below(3) } else { class };
            planted.rows.push((item, labeler, answer(class), item * 1_000_000));
        }
    }
    planted
}

#[test]
fn whoever_guesses_and_whoever_changed_is_found() {
    let (planted, schema) = (planted(3), schema());
    let gold: BTreeMap<i64, Answer> = (1..=20).map(|item| (item, answer(planted.truth[&item]))).collect();
    let setting = labelers::Setting { schema: &schema, gold: &gold, rules: Rules::default(), gold_threshold: 0.7 };
    let cards = labelers::cards(&planted.timed(), setting);
    let guessing: Vec<i64> = cards.iter().filter(|card| card.is_spammer).map(|card| card.labeler).collect();
    assert_eq!(guessing, [4]);
    let skills: Vec<f64> = cards.iter().map(|card| card.fields[0].skill).collect();
    assert!(skills[0] > 0.8 && skills[1] > 0.8 && skills[3] < 0.5, "{skills:?}");
    let gold = cards[0].gold.as_ref().unwrap();
    assert!(gold.all == 20 && gold.interval.low < 0.9 && gold.right >= 14, "{gold:?}");
    let change = cards[4].change.as_ref().unwrap();
    assert!(change.p_value < 0.01 && change.at.abs_diff(ITEMS as usize / 2) < 30, "{change:?}");
    assert!(cards[0].change.as_ref().is_none_or(|change| change.p_value > 0.01));
}

#[test]
fn wrong_answers_are_told_first_and_right_ones_seldom() {
    let (planted, schema) = (planted(5), schema());
    let found = suspects::suspects(&planted.timed(), &schema, 0.5, 0.5);
    let wrong = |item: i64, labeler: i64| {
        let row = planted.rows.iter().find(|row| (row.0, row.1) == (item, labeler)).unwrap();
        row.2.fields["mood"] != Value::Text(VALUES[planted.truth[&item]].into())
    };
    let hits = found.iter().filter(|one| wrong(one.item, one.labeler)).count();
    let all = planted.rows.iter().filter(|row| wrong(row.0, row.1)).count();
    assert!(hits as f64 > 0.9 * found.len() as f64, "{hits} of {} are wrong", found.len());
    assert!(hits as f64 > 0.8 * all as f64, "{hits} of {all} wrong ones are found");
    assert!(found.windows(2).all(|pair| pair[0].score >= pair[1].score));
}

#[test]
fn what_was_learned_settles_a_new_item_as_the_whole_would() {
    let (planted, schema) = (planted(7), schema());
    let answers = planted.timed();
    let field = &schema.fields[0];
    let fits = consensus::fit(field, "dawid-skene", &answers, &BTreeMap::new()).unwrap();
    let model = consensus::model("dawid-skene", &fits).unwrap();
    let text = serde_json::to_string(&model).unwrap();
    let model: consensus::FieldModel = serde_json::from_str(&text).unwrap();
    let mut right = 0;
    for (item, settled) in consensus::settled(field, &fits) {
        let own: Vec<(i64, &Value)> = answers
            .iter()
            .filter(|timed| timed.item == item)
            .map(|timed| (timed.labeler, &timed.answer.fields["mood"]))
            .collect();
        let again = model.settle(field, &own).unwrap();
        assert_eq!(again.value, settled.value, "item {item}");
        assert!((again.probability - settled.probability).abs() < 0.05, "item {item}: {again:?}, {settled:?}");
        right += usize::from(settled.value == Value::Text(VALUES[planted.truth[&item]].into()));
    }
    assert!(right as i64 > ITEMS * 93 / 100, "{right} of {ITEMS}");
    assert!(model.settle(field, &[]).is_none());
    assert!(model.settle(field, &[(1, &Value::Text("unheard of".into()))]).is_none());
}

/// Two careful people and one who ticks at random: option by option Dawid-Skene learns whom to believe, and the suspects
/// are the random ones' answers.
#[test]
fn each_option_of_a_set_is_settled_by_who_is_good_at_it() {
    let field: labelwright_core::schema::Field = serde_json::from_str(
        r#"{"id":"topics","title":"Topics","kind":{"type":"choice","multiple":true,"max":2,"options":[
            {"id":"price","title":"Price"},{"id":"speed","title":"Speed"},{"id":"looks","title":"Looks"}]}}"#,
    )
    .unwrap();
    let names = ["price", "speed", "looks"];
    let mut random = Random::new(5);
    let (mut truth, mut rows) = (BTreeMap::new(), Vec::new());
    for item in 0..200_i64 {
        let own = item as usize % 3;
        let both = [own, (own + 1) % 3];
        let right: Vec<usize> = if item % 2 == 0 { vec![own] } else { both.into_iter().collect() };
        truth.insert(item, right.clone());
        for labeler in 1..=4_i64 {
            let says: Vec<String> = (0..3)
                .filter(|at| {
                    let holds = right.contains(at);
                    if labeler <= 2 { holds != (random.unit() < 0.05) } else { random.unit() < 0.5 }
                })
                .map(|at| names[at].to_owned())
                .collect();
            let fields = BTreeMap::from([("topics".to_owned(), Value::List(says))]);
            rows.push((item, labeler, Answer { fields, ..Answer::default() }));
        }
    }
    let answers: Vec<Timed<'_>> = rows
        .iter()
        .map(|(item, labeler, answer)| Timed { item: *item, labeler: *labeler, answer, at: *item, took_ms: 1000 })
        .collect();
    let right = |method: &str| {
        let fits = consensus::fit(&field, method, &answers, &BTreeMap::new()).unwrap();
        let settled = consensus::settled(&field, &fits);
        let model = consensus::model(method, &fits);
        let own: Vec<(i64, &Value)> = answers[..4].iter().map(|t| (t.labeler, &t.answer.fields["topics"])).collect();
        let again = model.map(|model| model.settle(&field, &own).unwrap().value);
        assert!(again.is_none_or(|again| again == settled[&0].value));
        let is_right = |item: &i64| {
            let wanted: Vec<String> = (0..3).filter(|at| truth[item].contains(at)).map(|at| names[at].into()).collect();
            settled[item].value == Value::List(wanted)
        };
        assert!(settled.values().all(|one| one.value.words().len() <= 2), "the field takes at most two");
        truth.keys().filter(|item| is_right(item)).count()
    };
    let (skilled, plain) = (right("dawid-skene"), right("majority-vote"));
    assert!(skilled > 150 && skilled > plain + 40, "{skilled} against {plain}");
    let mut schema = schema();
    schema.fields = vec![field];
    let found = suspects::suspects(&answers, &schema, 0.5, 0.9);
    let random_ones = found.iter().filter(|one| one.labeler > 2).count();
    assert!(found.len() > 100 && random_ones as f64 > 0.9 * found.len() as f64, "{random_ones} of {}", found.len());
}

#[test]
fn labels_that_drift_raise_an_alarm_and_steady_ones_do_not() {
    let schema = schema();
    let mut random = Random::new(11);
    let steady: Vec<Answer> = (0..400).map(|_| answer(random.below(3))).collect();
    let turned: Vec<Answer> =
        (0..400).map(|at| answer(if at < 200 { random.below(3) } else { usize::from(random.unit() < 0.8) })).collect();
    let timed = |answers: &'_ [Answer]| -> Vec<(i64, Answer)> { (0..).zip(answers.iter().cloned()).collect() };
    for (answers, alarms) in [(timed(&steady), 0), (timed(&turned), 1)] {
        let rows: Vec<Timed<'_>> = answers
            .iter()
            .map(|(at, answer)| Timed { item: *at, labeler: 1, answer, at: *at * 1000, took_ms: 900 + at % 7 })
            .collect();
        let found = drift::drift(&rows, &schema, None).unwrap();
        assert_eq!(found.split, 200_000);
        assert_eq!(found.alerts.len(), alarms, "{:?}", found.alerts);
        let counted: usize = found.series[0].counts.iter().flatten().sum();
        assert_eq!(counted, 400);
    }
    assert!(drift::drift(&[], &schema, None).is_none());
}
