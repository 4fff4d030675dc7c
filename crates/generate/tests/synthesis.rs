//! What is made from recipes is what its labels say.
#![allow(clippy::unwrap_used)]

use labelwright_core::{Answer, Geometry, GeometryKind, Limits, MediaShape, TextShape, ValidAnswer, Value};
use labelwright_generate::{
    Random,
    picture::Picture,
    synthesis::{
        image::{Assets, SceneRecipe},
        series::SeriesRecipe,
        table::{Cell, Table, TableRecipe},
        text::Grammar,
    },
};
use std::collections::BTreeSet;

const GRAMMAR: &str = r#"
    [[document]]
    class = "travel"
    weight = 3
    templates = ["{who} flies to {place} {{soon}}.", "{place}? {who} was there."]
    [[document]]
    class = "other"
    templates = ["Nothing to see{more}"]
    [slots]
    who = ["{first} {last}", "Zoë 👩🏽‍🚀"]
    first = ["Anna", "José"]
    last = ["Luz", "Ní"]
    place = ["Rome", "New York", "the port of {place}"]
    more = ["", ", {more}", "."]
    [spans]
    who = "person"
    first = "given_name"
    place = "city"
"#;

#[test]
fn texts_have_exact_spans_and_a_class() {
    let grammar = Grammar::parse(GRAMMAR).unwrap();
    let schema = grammar.schema();
    assert!(schema.check().is_empty(), "{:?}", schema.check());
    let (mut travel, mut deep) = (0, 0);
    for number in 0..400 {
        let (text, answer) = grammar.make(&mut Random::of(7, "text", number)).unwrap();
        let shape = MediaShape::Text(TextShape::of(&text));
        let valid: Result<ValidAnswer, _> = answer.clone().validate(&schema, &shape, &Limits::DEFAULT);
        assert!(valid.is_ok(), "{text}: {:?}", valid.err());
        let chars: Vec<char> = text.chars().collect();
        for region in &answer.regions {
            let Geometry::Span(span) = &region.geometry else { panic!() };
            let [start, end] = span.ranges[0].map(|offset| offset as usize);
            let mention: String = chars[start..end].iter().collect();
            match region.class.as_str() {
                "person" => assert!(
                    ["Anna Luz", "Anna Ní", "José Luz", "José Ní", "Zoë 👩🏽‍🚀"].contains(&mention.as_str()),
                    "{mention}"
                ),
                "given_name" => assert!(["Anna", "José"].contains(&mention.as_str())),
                _ => {
                    assert!(mention.ends_with("Rome") || mention.ends_with("New York"), "{mention}");
                    deep += usize::from(mention.starts_with("the port"));
                }
            }
        }
        travel += usize::from(answer.fields["class"] == Value::Text("travel".into()));
        assert_eq!(answer.regions.is_empty(), !text.contains(" flies ") && !text.contains(" was "));
    }
    assert!((250..350).contains(&travel), "{travel}");
    assert!(deep > 50);
}

#[test]
fn grammars_are_refused_with_their_place() {
    for (text, words) in [
        ("[[document]]\ntemplates = ['{nobody}']", &["document[0].templates[0]", "\"nobody\""][..]),
        ("[[document]]\ntemplates = ['{a']\n[slots]\na = ['x']", &["document[0].templates[0]", "{{"]),
        ("[[document]]\ntemplates = ['{a}']\n[slots]\na = ['x{a}']", &["slots.a", "leads back"]),
        ("[[document]]\ntemplates = ['{a}']\n[slots]\na = []", &["slots.a", "alternative"]),
        ("[[document]]\ntemplates = ['x']\n[spans]\nb = 'c'", &["spans.b"]),
        ("[[document]]\nweight = -1\ntemplates = ['x']", &["document[0].weight"]),
        ("document = []", &["document", "weight"]),
        ("[[document]]\ntemplate = ['x']", &["template", "templates"]),
    ] {
        let said = Grammar::parse(text).err().unwrap().to_string();
        assert!(words.iter().all(|word| said.contains(word)), "{text}: {said}");
    }
}

fn example() -> (Vec<String>, Vec<Vec<String>>) {
    let mut random = Random::new(11);
    let names = ["length", "width", "count", "colour", "kind"].map(String::from).to_vec();
    let rows = (0..300).map(|at| {
        let rare = at % 10 == 0;
        let length = random.normal() * 2.0 + if rare { 30.0 } else { 10.0 };
        let width = length * 0.5 + random.normal() * 0.2;
        let colour = if rare { "red" } else { ["green", "blue"][random.below(2)] };
        let kind = if rare { "rare" } else { "common" };
        [length.to_string(), width.to_string(), (length as i64).to_string(), colour.into(), kind.into()].to_vec()
    });
    (names, rows.collect())
}

fn table(recipe: &str) -> Table {
    let (names, rows) = example();
    Table::new(names, rows, TableRecipe::parse(recipe).unwrap()).unwrap()
}

fn number(cell: &Cell) -> f64 {
    match cell {
        Cell::Number(number) => *number,
        Cell::Word(word) => panic!("{word}"),
    }
}

#[test]
fn smote_fills_up_the_rare_class_between_its_rows() {
    let table = table("example = 'e.csv'\nmethod = 'smote'\nlabel = 'kind'");
    let rows = table.make(240, 3).unwrap();
    let rare: Vec<_> = rows.iter().filter(|row| row[4] == Cell::Word("rare".into())).collect();
    assert_eq!(rare.len(), 240, "270 common rows and 30 rare ones: all new rows are rare");
    assert!(rare.iter().all(|row| row[3] == Cell::Word("red".into())));
    assert!(rare.iter().all(|row| (20.0..40.0).contains(&number(&row[0])) && number(&row[2]).fract() == 0.0));
    assert!(rare.iter().all(|row| (number(&row[1]) - number(&row[0]) * 0.5).abs() < 1.0), "neighbours keep the line");
    assert_eq!(rows, table.make(240, 3).unwrap());
    assert_ne!(rows, table.make(240, 4).unwrap());
    let as_is =
        self::table("example = 'e.csv'\nmethod = 'smote'\nlabel = 'kind'\nbalance = false").make(100, 3).unwrap();
    assert_eq!(as_is.iter().filter(|row| row[4] == Cell::Word("rare".into())).count(), 10);
}

#[test]
fn a_copula_keeps_distributions_and_correlations() {
    let table = table("example = 'e.csv'\nmethod = 'copula'\nlabel = 'kind'");
    let rows = table.make(4000, 5).unwrap();
    let column = |at: usize| rows.iter().map(|row| number(&row[at])).collect::<Vec<f64>>();
    let (lengths, widths) = (column(0), column(1));
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let correlation = |a: &[f64], b: &[f64]| {
        let (ma, mb) = (mean(a), mean(b));
        let sum =
            |x: &[f64], y: &[f64], mx: f64, my: f64| x.iter().zip(y).map(|(x, y)| (x - mx) * (y - my)).sum::<f64>();
        sum(a, b, ma, mb) / (sum(a, a, ma, ma) * sum(b, b, mb, mb)).sqrt()
    };
    assert!((mean(&lengths) - 12.0).abs() < 0.5, "{}", mean(&lengths));
    // What a copula keeps is how ranks go together.
    let ranks = |values: &[f64]| {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
        let mut ranks = vec![0.0; values.len()];
        order.into_iter().enumerate().for_each(|(rank, at)| ranks[at] = rank as f64);
        ranks
    };
    let (_, old) = example();
    let old = [0, 1].map(|at: usize| old.iter().map(|row| row[at].parse().unwrap()).collect::<Vec<f64>>());
    let (before, after) =
        (correlation(&ranks(&old[0]), &ranks(&old[1])), correlation(&ranks(&lengths), &ranks(&widths)));
    assert!((before - after).abs() < 0.01, "{before} {after}");
    let rare = rows.iter().filter(|row| row[4] == Cell::Word("rare".into())).count();
    assert!((320..480).contains(&rare), "{rare}");
    let (_, example) = example();
    let (low, high) = example
        .iter()
        .map(|row| row[0].parse::<f64>().unwrap())
        .fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(v), h.max(v)));
    assert!(lengths.iter().all(|value| (low..=high).contains(value)));
}

#[test]
fn examples_that_say_too_little_are_refused() {
    let make = |rows: &[[&str; 2]], recipe: &str| {
        let rows = rows.iter().map(|row| row.map(String::from).to_vec()).collect();
        Table::new(vec!["x".into(), "y".into()], rows, TableRecipe::parse(recipe).unwrap())
            .and_then(|table| table.make(3, 1))
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default()
    };
    let smote = "example = 'e'\nmethod = 'smote'\nlabel = 'y'";
    assert!(make(&[["1", "a"]], smote).contains("1 rows"));
    assert!(make(&[["1", "a"], ["2", ""]], smote).contains("1 rows"));
    assert!(make(&[["1", "a"], ["2", "b"]], smote).contains("copula"));
    assert!(make(&[["1", "a"], ["2", "b"]], "example = 'e'\nmethod = 'smote'\nlabel = 'z'").contains("x, y"));
    assert!(TableRecipe::parse("example = 'e'\nmethod = 'magic'").err().unwrap().to_string().contains("smote"));
}

const SCENE: &str = r#"
    width = 90
    height = 60
    count = [6, 12]
    geometry = ["box", "mask"]
    background = [[0, 0, 0]]
    [[shape]]
    class = "red"
    outline = "ellipse"
    colours = [[255, 0, 0]]
    size = [0.3, 0.9]
    [[shape]]
    class = "green"
    outline = "star"
    colours = [[0, 255, 0]]
    [[shape]]
    class = "blue"
    outline = "polygon"
    colours = [[0, 0, 255]]
    [[cutout]]
    folder = "mugs"
    degrees = [-180, 180]
    flip = true
"#;

#[test]
fn every_pixel_belongs_to_the_mask_of_its_colour() {
    let recipe = SceneRecipe::parse(SCENE).unwrap();
    // A white disc of few pixels on see-through black.
    let disc = (0..16_i32).flat_map(|y| (0..16_i32).map(move |x| (x - 8).pow(2) + (y - 8).pow(2) < 36));
    let pixels = disc.flat_map(|inside| if inside { [255; 4] } else { [0; 4] }).collect();
    let mug = Picture { width: 16, height: 16, channels: 4, pixels };
    let assets = Assets { backgrounds: Vec::new(), cutouts: vec![vec![("mug".into(), mug)]] };
    let schema = recipe.schema(&assets);
    assert!(schema.check().is_empty());
    let (mut seen, mut hidden) = (BTreeSet::new(), 0);
    for number in 0..30 {
        let scene = recipe.make(&assets, &mut Random::of(1, "scene", number));
        let shape = MediaShape::Image { width: 90, height: 60 };
        let valid: Result<ValidAnswer, _> = scene.answer.clone().validate(&schema, &shape, &Limits::DEFAULT);
        assert!(valid.is_ok(), "{:?}", valid.err());
        let mut owned = vec![0_u32; 90 * 60];
        for pair in scene.answer.regions.chunks(2) {
            let (Geometry::Box(bounds), Geometry::Mask(mask)) = (&pair[0].geometry, &pair[1].geometry) else {
                panic!()
            };
            assert_eq!(Some(bounds.bounds()), mask.bounds());
            seen.insert(pair[0].class.clone());
            for (at, bit) in mask.to_bytes().into_iter().enumerate().filter(|(_, bit)| *bit != 0) {
                owned[at] += u32::from(bit);
                let pixel = scene.picture.at(at as u32 / 60, at as u32 % 60);
                match pair[0].class.as_str() {
                    "red" => assert!(pixel[0] >= 128 && pixel[1] < 128 && pixel[2] < 128, "{pixel:?}"),
                    "green" => assert!(pixel[1] >= 128 && pixel[0] < 128),
                    "blue" => assert!(pixel[2] >= 128 && pixel[0] < 128),
                    _ => assert!(pixel.iter().all(|value| *value >= 127), "{pixel:?}"),
                }
            }
        }
        assert!(owned.iter().all(|count| *count <= 1), "masks do not overlap");
        // The soft borders of two cut-outs over each other may be half-way opaque together.
        for (at, count) in owned.iter().enumerate() {
            let pixel = scene.picture.at(at as u32 / 60, at as u32 % 60);
            assert!(*count == 1 || pixel.iter().all(|value| *value < 192), "{pixel:?} is nobody's");
        }
        hidden += scene.visibility.len();
        assert!(scene.visibility.values().all(|share| (0.0..1.0).contains(share)));
    }
    assert_eq!(seen.len(), 4);
    assert!(hidden > 20);
    assert_eq!(schema.classes[0].geometry, [GeometryKind::Box, GeometryKind::Mask]);
}

#[test]
fn absurd_scenes_are_refused() {
    for (text, words) in [
        ("width = 1000000000\nheight = 1\n[[shape]]\nclass = 'a'\noutline = 'star'", &["width", "1000000000 x 1"][..]),
        ("width = 9\nheight = 9", &["[[shape]] or [[cutout]]"]),
        ("width = 9\nheight = 9\n[[shape]]\nclass = 'a'\noutline = 'blob'", &["shape[0].outline", "blob", "ellipse"]),
        ("width = 9\nheight = 9\ngeometry = ['polygon']\n[[shape]]\nclass = 'a'\noutline = 'star'", &["geometry"]),
    ] {
        let said = SceneRecipe::parse(text).err().unwrap().to_string();
        assert!(words.iter().all(|word| said.contains(word)), "{text}: {said}");
    }
}

#[test]
fn series_are_strange_where_their_labels_say_and_nowhere_else() {
    let recipe = SeriesRecipe::parse(
        r#"
        length = [200, 300]
        ticks_per_second = 10
        [[channel]]
        name = "load"
        level = 5
        [[channel]]
        name = "other"
        level = 1
        [[anomaly]]
        class = "jump"
        shape = "shift"
        count = [1, 3]
        size = 4
        channels = ["load"]
        [[anomaly]]
        class = "gap"
        shape = "missing"
        count = 1
        channels = ["load"]
        "#,
    )
    .unwrap();
    assert!(recipe.schema().check().is_empty());
    let mut jumps = 0;
    for number in 0..50 {
        let series = recipe.make(&mut Random::of(1, "series", number));
        let rows: Vec<Vec<&str>> = series.csv.lines().skip(1).map(|line| line.split(',').collect()).collect();
        assert_eq!((rows.len() as i64, series.csv.lines().next()), (series.ticks, Some("tick,load,other")));
        let valid: Result<ValidAnswer, _> =
            Answer::clone(&series.answer).validate(&recipe.schema(), &MediaShape::Other, &Limits::DEFAULT);
        assert!(valid.is_ok());
        for (tick, row) in rows.iter().enumerate() {
            let class = series.answer.regions.iter().find_map(|region| match &region.geometry {
                Geometry::Interval(own) if (own.start..own.end).contains(&(tick as i64)) => Some(region.class.as_str()),
                _ => None,
            });
            match class {
                Some("jump") => assert!(["9", "1"].contains(&row[1])),
                Some(_) => assert_eq!(row[1], ""),
                None => assert_eq!(row[1], "5"),
            }
            assert_eq!(row[2], "1");
            jumps += usize::from(class == Some("jump"));
        }
    }
    assert!(jumps > 500);
    let said = SeriesRecipe::parse("channel = []").err().unwrap().to_string();
    assert!(said.contains("channel"));
}
