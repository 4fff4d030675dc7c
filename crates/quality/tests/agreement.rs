//! Coefficients against published worked examples and against the reference libraries
//! (`scripts/fixtures/agreement.py` writes what they say).

#![allow(clippy::unwrap_used, clippy::expect_used)]

use labelwright_quality::{
    agreement::{AgreementError, Coefficient, Distance, METRICS, Options, Rating, Ratings, Weights, metric},
    statistics::bootstrap::Plan,
};
use serde_json::Value;

fn ratings(rows: &[(u32, u32, &str)], order: Option<&[String]>) -> Ratings {
    try_ratings(rows, order).unwrap()
}

fn try_ratings(rows: &[(u32, u32, &str)], order: Option<&[String]>) -> Result<Ratings, AgreementError> {
    let mut names: Vec<String> = Vec::new();
    let triples: Vec<Rating> = rows
        .iter()
        .map(|(unit, rater, value)| {
            let category = names.iter().position(|name| name == value).unwrap_or_else(|| {
                names.push((*value).to_owned());
                names.len() - 1
            }) as u32;
            Rating { unit: *unit, rater: *rater, category }
        })
        .collect();
    let units = rows.iter().map(|row| row.0 as usize + 1).max().unwrap_or(0);
    let raters: Vec<String> =
        (0..rows.iter().map(|row| row.1 + 1).max().unwrap_or(0)).map(|rater| format!("r{rater:06}")).collect();
    Ratings::new(units, &raters, &names, &triples, order)
}

/// A line for each labeler, a character for each item, `.` for nothing.
fn lines(text: &[&str]) -> Ratings {
    let rows: Vec<(u32, u32, String)> = (0..)
        .zip(text)
        .flat_map(|(rater, line)| {
            (0..).zip(line.chars()).filter(|(_, c)| *c != '.').map(move |(unit, c)| (unit, rater, c.to_string()))
        })
        .collect();
    let rows: Vec<(u32, u32, &str)> = rows.iter().map(|(unit, rater, value)| (*unit, *rater, value.as_str())).collect();
    ratings(&rows, None)
}

fn run(id: &str, ratings: &Ratings, options: &Options) -> Coefficient {
    (metric(id).unwrap().run)(ratings, options).unwrap()
}

fn value(id: &str, ratings: &Ratings) -> f64 {
    run(id, ratings, &without_interval()).value.unwrap()
}

fn without_interval() -> Options {
    Options { plan: Plan { replicates: 0, ..Plan::default() }, ..Options::default() }
}

fn with(distance: Distance) -> Options {
    Options { distance, ..without_interval() }
}

#[track_caller]
fn near(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "found {found}, expected {expected}");
}

#[test]
fn everything_equals_the_reference_libraries() {
    let tables: Vec<Value> = serde_json::from_str(include_str!("data/agreement.json")).unwrap();
    let mut compared = 0;
    for table in &tables {
        let rows: Vec<(u32, u32, String)> = table["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| (row[0].as_u64().unwrap() as u32, row[1].as_u64().unwrap() as u32, row[2].to_string()))
            .collect();
        let rows: Vec<(u32, u32, &str)> = rows.iter().map(|(unit, rater, v)| (*unit, *rater, v.as_str())).collect();
        let ratings = ratings(&rows, None);
        for (key, expected) in table["expected"].as_object().unwrap() {
            let (name, detail) = key.split_once('/').unwrap();
            let id = if name == "gwet" { "gwet-ac2" } else { name };
            let mut options = without_interval();
            if let Some(weights) = Weights::parse(detail) {
                options.weights = weights;
            }
            let id = if key == "gwet/identity" { "gwet-ac1" } else { id };
            if id == "krippendorff-alpha" {
                options.distance = Distance::parse(detail, None).unwrap();
            }
            let found = run(id, &ratings, &options).value.unwrap();
            near(found, expected.as_f64().unwrap(), 1e-9);
            compared += 1;
        }
        for (key, expected) in table["intervals"].as_object().into_iter().flatten() {
            let interval = run(key.split_once('/').unwrap().0, &ratings, &without_interval()).interval.unwrap();
            near(interval.low, expected[0].as_f64().unwrap(), 0.0051);
            near(interval.high, expected[1].as_f64().unwrap(), 0.0051);
            compared += 1;
        }
    }
    assert!(compared > 120, "{compared}");
}

/// K. Krippendorff (2011), example C: four observers, twelve units, missing values.
fn krippendorff_example() -> Ratings {
    lines(&["123321412...", "1233224125.3", ".3332342251.", "12332441251."])
}

#[test]
fn krippendorff_2011_example_c() {
    let ratings = krippendorff_example();
    for (distance, expected) in
        [(Distance::Nominal, 0.743), (Distance::Ordinal, 0.815), (Distance::Interval, 0.849), (Distance::Ratio, 0.797)]
    {
        let found = run("krippendorff-alpha", &ratings, &with(distance));
        near(found.value.unwrap(), expected, 5e-4);
        assert_eq!((found.units, found.pairable), (11, 40));
    }
}

#[test]
fn alpha_equals_its_definition_pair_by_pair() {
    // alpha = 1 - D_o / D_e summed over all ordered pairs, for the distances that are computed from sums.
    let ratings = krippendorff_example();
    let units: Vec<Vec<f64>> = (0..ratings.units())
        .map(|unit| ratings.unit(unit).iter().map(|cell| f64::from(cell.1) + 1.0).collect::<Vec<f64>>())
        .filter(|unit| unit.len() >= 2)
        .collect();
    let all: Vec<f64> = units.concat();
    let custom: Vec<Vec<f64>> =
        (0..5).map(|a: i32| (0..5).map(|b: i32| f64::from((a - b).abs()).sqrt()).collect()).collect();
    let circle = |a: f64, b: f64| (std::f64::consts::PI * (a - b) / 7.0).sin().powi(2);
    let root = |a: f64, b: f64| (a - b).abs().sqrt();
    let by_definition = |distance: &dyn Fn(f64, f64) -> f64| {
        let sum = |values: &[f64]| -> f64 {
            values.iter().flat_map(|a| values.iter().map(move |b| (*a, *b))).map(|(a, b)| distance(a, b)).sum()
        };
        let n = all.len() as f64;
        let observed: f64 = units.iter().map(|unit| sum(unit) / (unit.len() - 1) as f64).sum::<f64>() / n;
        1.0 - observed / (sum(&all) / (n * (n - 1.0)))
    };
    for (distance, function) in [
        (Distance::Circular { period: 7.0 }, &circle as &dyn Fn(f64, f64) -> f64),
        (Distance::Custom(custom), &root),
        (Distance::Interval, &|a, b| (a - b) * (a - b)),
        (Distance::Nominal, &|a, b| f64::from(u8::from(a != b))),
    ] {
        near(run("krippendorff-alpha", &ratings, &with(distance)).value.unwrap(), by_definition(function), 1e-12);
    }
}

#[test]
fn krippendorff_three_coders_of_fifteen_units() {
    // The example of the encyclopedias: nominal .691, interval .811.
    let ratings = lines(&[".....34121133.3", "1.213343.......", "..21344.21133.4"]);
    near(run("krippendorff-alpha", &ratings, &with(Distance::Nominal)).value.unwrap(), 0.691, 5e-4);
    near(run("krippendorff-alpha", &ratings, &with(Distance::Interval)).value.unwrap(), 0.811, 5e-4);
}

/// J. L. Fleiss (1971), table 1: 30 patients, 5 diagnoses, 6 psychiatrists each.
const FLEISS: &str = "00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031 \
    00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006";

fn of_counts(table: &str) -> Ratings {
    let mut rows = Vec::new();
    for (unit, counts) in (0..).zip(table.split(' ')) {
        let mut rater = 0;
        for (name, count) in ["a", "b", "c", "d", "e"].into_iter().zip(counts.bytes()) {
            for _ in 0..count - b'0' {
                rows.push((unit, rater, name));
                rater += 1;
            }
        }
    }
    ratings(&rows, None)
}

#[test]
fn fleiss_1971() {
    let found = run("fleiss-kappa", &of_counts(FLEISS), &without_interval());
    near(found.observed.unwrap(), 0.5556, 5e-5);
    // The paper sums squares of rounded shares and prints .2201.
    near(found.expected.unwrap(), 0.2201, 2e-4);
    near(found.value.unwrap(), 0.430, 5e-4);
}

fn crosstab(table: &[&[u32]]) -> Ratings {
    let mut rows: Vec<(u32, u32, String)> = Vec::new();
    let mut unit = 0;
    for (one, line) in table.iter().enumerate() {
        for (other, count) in line.iter().enumerate() {
            for _ in 0..*count {
                rows.push((unit, 0, one.to_string()));
                rows.push((unit, 1, other.to_string()));
                unit += 1;
            }
        }
    }
    let rows: Vec<(u32, u32, &str)> = rows.iter().map(|(unit, rater, v)| (*unit, *rater, v.as_str())).collect();
    ratings(&rows, None)
}

#[test]
fn cohen_1960_and_1968() {
    // 1960, table 1 (in counts of 200): kappa .492, p_o .70 and p_e .41.
    let table: [&[u32]; 3] = [&[88, 14, 18], &[10, 40, 10], &[2, 6, 12]];
    let found = run("cohen-kappa", &crosstab(&table), &without_interval());
    near(found.observed.unwrap(), 0.70, 1e-12);
    near(found.expected.unwrap(), 0.41, 1e-12);
    near(found.value.unwrap(), 0.492, 5e-4);
    // 1968, table 1: disagreement weights 0 1 3 / 1 0 6 / 3 6 0, here as agreement; kappa_w .348.
    let apart = [[0.0, 1.0, 3.0], [1.0, 0.0, 6.0], [3.0, 6.0, 0.0]];
    let weights = apart.iter().map(|row| row.iter().map(|d| 1.0 - d / 6.0).collect()).collect();
    let options = Options { weights: Weights::Custom(weights), ..without_interval() };
    let found = run("cohen-kappa", &crosstab(&table), &options).value.unwrap();
    let (observed, expected) = weighted_by_hand(&table, &apart);
    near(found, 1.0 - observed / expected, 1e-12);
}

fn weighted_by_hand(table: &[&[u32]; 3], apart: &[[f64; 3]; 3]) -> (f64, f64) {
    let total: f64 = table.iter().flat_map(|row| row.iter()).map(|n| f64::from(*n)).sum();
    let (mut observed, mut expected) = (0.0, 0.0);
    for one in 0..3 {
        for other in 0..3 {
            let row: f64 = table[one].iter().map(|n| f64::from(*n)).sum();
            let column: f64 = table.iter().map(|line| f64::from(line[other])).sum();
            observed += apart[one][other] * f64::from(table[one][other]) / total;
            expected += apart[one][other] * row * column / (total * total);
        }
    }
    (observed, expected)
}

#[test]
fn shrout_and_fleiss_1979() {
    // Table 2: four judges rate six targets; the six forms of table 4.
    let rows = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]];
    let cells: Vec<(u32, u32, String)> = (0..)
        .zip(rows)
        .flat_map(|(unit, row)| (0..).zip(row).map(move |(rater, value)| (unit, rater, value.to_string())))
        .collect();
    let cells: Vec<(u32, u32, &str)> = cells.iter().map(|(unit, rater, v)| (*unit, *rater, v.as_str())).collect();
    let ratings = ratings(&cells, None);
    for (id, expected) in
        [("icc1", 0.17), ("icc2", 0.29), ("icc3", 0.71), ("icc1k", 0.44), ("icc2k", 0.62), ("icc3k", 0.91)]
    {
        near(value(id, &ratings), expected, 0.005);
    }
    // The paper's interval of ICC(3,1): .34 to .95.
    let interval = run("icc3", &ratings, &without_interval()).interval.unwrap();
    near(interval.low, 0.34, 0.005);
    near(interval.high, 0.95, 0.005);
}

#[test]
fn kendall_by_hand() {
    // Three labelers rank six items (S. Siegel 1956, the executives): S = 25.5, W = .16.
    let ratings = lines(&["163254", "156423", "632514"]);
    near(value("kendall-w", &ratings), 0.16, 0.005);
    // Perfect order, one swap and a tie: C = 5, D = 0, one tie in the second.
    let two = lines(&["1234", "1233"]);
    near(value("kendall-tau-b", &two), 5.0 / (6.0_f64 * 5.0).sqrt(), 1e-12);
    let opposite = lines(&["1234", "4321"]);
    near(value("kendall-tau-b", &opposite), -1.0, 1e-12);
    near(value("kendall-w", &opposite), 0.0, 1e-12);
}

#[test]
fn a_frequent_class_lowers_kappa_and_not_ac1() {
    // A. R. Feinstein and D. V. Cicchetti (1990): 118 5 / 2 0 has p_o .94 and a kappa below 0.
    let ratings = crosstab(&[&[118, 5], &[2, 0]]);
    let kappa = run("cohen-kappa", &ratings, &without_interval());
    near(kappa.observed.unwrap(), 0.944, 1e-9);
    assert!(kappa.value.unwrap() < 0.0);
    // Gwet (2008): AC1 .9408 for this table.
    near(value("gwet-ac1", &ratings), 0.9408, 5e-4);
}

#[test]
fn undefined_says_why() {
    let same = lines(&["1111", "1111"]);
    for metric in METRICS.iter().filter(|metric| metric.id != "percent" && metric.id != "kendall-w") {
        let found = (metric.run)(&same, &Options::default()).unwrap();
        assert!(found.value.is_none() && found.interval.is_none(), "{}: {found:?}", metric.id);
        assert!(found.undefined_because.is_some(), "{}", metric.id);
    }
    near(run("percent", &same, &Options::default()).value.unwrap(), 1.0, 0.0);
    let alone = lines(&["1.2.", ".1.2"]);
    let nothing = ratings(&[], None);
    for table in [&alone, &nothing] {
        for metric in METRICS {
            let found = (metric.run)(table, &Options::default()).unwrap();
            assert!(found.value.is_none() && found.undefined_because.is_some(), "{}: {found:?}", metric.id);
        }
    }
}

#[test]
fn one_disagreement_among_equal_values_is_alpha_near_zero() {
    let ratings = lines(&["11111111", "11111112"]);
    near(run("krippendorff-alpha", &ratings, &with(Distance::Nominal)).value.unwrap(), 0.0, 1e-12);
}

#[test]
fn intervals_hold_the_value_and_depend_on_the_seed_only() {
    let ratings = of_counts(FLEISS);
    for metric in METRICS.iter().filter(|metric| !metric.numeric) {
        let Ok(found) = (metric.run)(&ratings, &Options::default()) else { continue };
        let interval = found.interval.clone().unwrap();
        let value = found.value.unwrap();
        assert!(interval.low < value && value < interval.high, "{}: {found:?}", metric.id);
        assert!(interval.method.contains("1000 replicates"), "{}", interval.method);
        assert_eq!(Ok(found), (metric.run)(&ratings, &Options::default()));
    }
    // Fleiss' own standard error of this kappa is .0246 under no agreement; the bootstrap's is of its order.
    let interval = run("fleiss-kappa", &ratings, &Options::default()).interval.unwrap();
    let width = interval.high - interval.low;
    assert!((0.1..0.4).contains(&width), "{width}");
}

#[test]
fn hostile_values_give_an_answer_or_a_clear_error() {
    let huge =
        ratings(&[(0, 0, "1e308"), (0, 1, "1e307"), (1, 0, "-1e308"), (1, 1, "2"), (2, 0, "3"), (2, 1, "3")], None);
    for metric in METRICS {
        let found = (metric.run)(&huge, &with(Distance::Interval)).unwrap();
        assert!(found.value.is_none_or(f64::is_finite), "{}: {found:?}", metric.id);
        assert!(found.value.is_some(), "{}: {found:?}", metric.id);
    }
    let broken = ratings(&[(0, 0, "NaN"), (0, 1, "line\nbreak"), (1, 0, ""), (1, 1, "NaN")], None);
    assert!(value("fleiss-kappa", &broken) < 1.0);
    let error = (metric("icc1").unwrap().run)(&broken, &Options::default()).unwrap_err();
    assert!(matches!(error, AgreementError::NotANumber { .. }), "{error}");
    let twice = try_ratings(&[(0, 0, "a"), (0, 0, "b")], None).unwrap_err();
    assert!(twice.to_string().contains("r000000") && twice.to_string().contains("item 0"), "{twice}");
    let three = lines(&["12", "12", "12"]);
    let error = (metric("cohen-kappa").unwrap().run)(&three, &Options::default()).unwrap_err();
    assert!(error.to_string().contains("conger-kappa"), "{error}");
    let below = ratings(&[(0, 0, "-1"), (0, 1, "1")], None);
    assert!((metric("krippendorff-alpha").unwrap().run)(&below, &with(Distance::Ratio)).is_err());
}

#[test]
fn a_million_labelers_with_one_answer_each() {
    let rows: Vec<Rating> =
        (0..1_000_000).map(|rater| Rating { unit: rater / 2, rater, category: (rater / 7) % 3 }).collect();
    let raters: Vec<String> = (0..1_000_000).map(|rater| format!("{rater}")).collect();
    let names = ["a", "b", "c"].map(str::to_owned);
    let ratings = Ratings::new(500_000, &raters, &names, &rows, None).unwrap();
    for id in ["percent", "fleiss-kappa", "gwet-ac1", "conger-kappa", "krippendorff-alpha"] {
        let found = run(id, &ratings, &without_interval());
        assert_eq!((found.units, found.pairable), (500_000, 1_000_000), "{id}");
        assert!(found.value.unwrap().is_finite());
    }
    assert!((metric("cohen-kappa").unwrap().run)(&ratings, &Options::default()).is_err());
}

#[test]
fn words_have_ranks_when_they_are_listed() {
    let order: Vec<String> = ["low", "middle", "high"].map(str::to_owned).to_vec();
    let rows = [(0, 0, "low"), (0, 1, "middle"), (1, 0, "high"), (1, 1, "high"), (2, 0, "middle"), (2, 1, "high")];
    let listed = ratings(&rows, Some(&order));
    let options = Options { ordered: true, ..with(Distance::Ordinal) };
    let numbers = ratings(&[(0, 0, "1"), (0, 1, "2"), (1, 0, "3"), (1, 1, "3"), (2, 0, "2"), (2, 1, "3")], None);
    let expected = run("krippendorff-alpha", &numbers, &with(Distance::Ordinal)).value;
    assert_eq!(run("krippendorff-alpha", &listed, &options).value, expected);
    let error = (metric("krippendorff-alpha").unwrap().run)(&ratings(&rows, None), &with(Distance::Ordinal));
    assert!(error.unwrap_err().to_string().contains("list the categories"));
    assert!(try_ratings(&rows, Some(&order[..2])).is_err());
    // An unused category in the list moves the others apart: linear weights fall more slowly.
    let longer: Vec<String> = ["none", "low", "middle", "high"].map(str::to_owned).to_vec();
    let linear = Options { weights: Weights::Linear, ..without_interval() };
    let short = run("percent", &listed, &linear).value.unwrap();
    near(short, (0.5 + 1.0 + 0.5) / 3.0, 1e-12);
    near(
        run("percent", &ratings(&rows, Some(&longer)), &linear).value.unwrap(),
        (2.0 / 3.0 + 1.0 + 2.0 / 3.0) / 3.0,
        1e-12,
    );
}
