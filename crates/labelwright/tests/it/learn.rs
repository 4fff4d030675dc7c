//! The batch commands of the learning engine, as a person runs them.

use super::program::{Ended, Place};
use serde_json::Value;

/// Three groups of points in two columns, 30 rows each, and the group of each row.
fn groups(place: &Place) -> Vec<usize> {
    many(place, 90)
}

fn many(place: &Place, rows: usize) -> Vec<usize> {
    let (mut text, mut truth) = ("id,f0,f1\n".to_owned(), Vec::new());
    for row in 0..rows {
        let (group, spread) = (row % 3, (row * 7 % 11) as f64 / 10.0);
        let corner = if group == 1 { 10.0 } else { 0.0 };
        let (x, y) = (group as f64 * 10.0 + spread, corner + (row * 5 % 13) as f64 / 10.0);
        text.push_str(&format!("i{row},{x},{y}\n"));
        truth.push(group);
    }
    place.write("f.csv", &text);
    place.write("l.csv", "id,label\ni0,ant\ni1,bee\ni2,cow\ni3,ant\ni4,bee\ni5,cow\n");
    truth
}

fn path(place: &Place, name: &str) -> String {
    place.path(name).to_str().unwrap().to_owned()
}

/// Runs words in which `@name` is a file of the place.
fn run(place: &Place, words: &str) -> Ended {
    let words: Vec<String> = words
        .split(' ')
        .map(|word| word.strip_prefix('@').map_or_else(|| word.to_owned(), |name| path(place, name)))
        .collect();
    place.run(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

fn good(place: &Place, words: &str) -> String {
    let ended = run(place, words);
    assert!(ended.good, "{words}: {}", ended.err);
    ended.out
}

fn wrong(place: &Place, words: &str) -> String {
    let ended = run(place, words);
    assert!(!ended.good, "{words}: {}", ended.out);
    assert!(!ended.err.contains("panicked"), "{}", ended.err);
    ended.err
}

fn column(csv: &str, index: usize) -> Vec<String> {
    csv.lines().skip(1).map(|line| line.split(',').nth(index).unwrap().to_owned()).collect()
}

#[test]
fn every_clustering_method_finds_three_groups() {
    let place = Place::new(None);
    let truth: Vec<String> = groups(&place).iter().map(usize::to_string).collect();
    for method in [
        "kmeans --k 3",
        "kmeans --k auto",
        "minibatch-kmeans --k 3",
        "dbscan --eps 1.5",
        "hdbscan --min-cluster-size 8",
        "agglomerative --k 3",
        "agglomerative --linkage average --k 3",
        "agglomerative --linkage complete --k 3",
        "agglomerative --linkage single --height 3",
        "gmm --k 3",
        "gmm --k 3 --covariance diag",
    ] {
        let out = good(&place, &format!("cluster --method {method} --input @f.csv --output - --seed 4"));
        assert_eq!(column(&out, 1), truth, "{method}");
        assert!(out.starts_with("id,cluster\ni0,0\ni1,1\n"), "{method}");
    }
    let out = good(&place, "cluster --method kmeans --k 3 --input @f.csv --output @o.csv --json");
    let summary: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((summary["clusters"].as_u64(), summary["sizes"].to_string()), (Some(3), "[30,30,30]".to_owned()));
    assert!(summary["silhouette"].as_f64().unwrap() > 0.8);
    assert!(good(&place, "cluster --list").lines().count() == 6);
}

#[test]
fn guesses_for_all_rows_by_every_method() {
    let place = Place::new(None);
    let truth = groups(&place);
    let names = ["ant", "bee", "cow"];
    let listed = good(&place, "propagate --list");
    let methods: Vec<&str> = listed.lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert!(methods.len() >= 8);
    for method in methods {
        let out = good(&place, &format!("propagate --features @f.csv --labels @l.csv --method {method} --output -"));
        let right = column(&out, 1).iter().zip(&truth).filter(|(label, group)| **label == names[**group]).count();
        assert_eq!((right, out.lines().count()), (90, 91), "{method}");
        assert!(out.starts_with("id,label,confidence\ni0,ant,1\n"), "{method}");
        assert!(column(&out, 2).iter().all(|value| (0.0..=1.0).contains(&value.parse::<f64>().unwrap())), "{method}");
    }
}

#[test]
fn every_strategy_chooses_different_unlabeled_rows_and_repeats_itself() {
    let place = Place::new(None);
    groups(&place);
    place.write("none.csv", "id,label\n");
    let costs: String = (0..90).map(|row| format!("i{row},{}\n", if row % 2 == 0 { 1 } else { 50 })).collect();
    place.write("costs.csv", &format!("id,cost\n{costs}"));
    let listed = good(&place, "select --list");
    for strategy in listed.lines().map(|line| line.split(' ').next().unwrap()) {
        for labels in ["l.csv", "none.csv"] {
            let words = format!(
                "select --features @f.csv --labels @{labels} --count 8 --strategy {strategy} --seed 5 --output -"
            );
            let out = good(&place, &words);
            let mut ids = column(&out, 0);
            assert_eq!((ids.len(), out.starts_with("id\n")), (8, true), "{strategy} {labels}");
            assert_eq!(out, good(&place, &words), "{strategy}");
            ids.sort();
            ids.dedup();
            assert_eq!(ids.len(), 8, "{strategy} {labels}");
            let known = ["i0", "i1", "i2", "i3", "i4", "i5"];
            assert!(labels == "none.csv" || ids.iter().all(|id| !known.contains(&id.as_str())), "{strategy}");
        }
    }
    // What is dear is left alone, and a cost that is missing or bad is named.
    let cheap =
        good(&place, "select --features @f.csv --labels @l.csv --count 8 --costs @costs.csv --output - --seed 1");
    let dear = column(&cheap, 0).iter().filter(|id| id[1..].parse::<usize>().unwrap() % 2 == 1).count();
    assert!(dear <= 1, "{cheap}");
    assert!(
        wrong(&place, "select --features @f.csv --count 3 --strategy badge --costs @costs.csv --output -")
            .contains("badge")
    );
    place.write("some.csv", "id,cost\ni0,1\n");
    assert!(
        wrong(&place, "select --features @f.csv --count 3 --costs @some.csv --output -").contains("\"i1\" has no cost")
    );
    place.write("free.csv", "id,cost\ni0,0\n");
    assert!(wrong(&place, "select --features @f.csv --count 3 --costs @free.csv --output -").contains("line 2"));
    let words = "select --features @f.csv --labels @l.csv --count 3 --advise .97 --output @o.csv --json";
    let summary: Value = serde_json::from_str(&good(&place, words)).unwrap();
    assert!(summary["advice"]["reason"].as_str().unwrap().contains("too few"), "{summary}");
    // The control slice: one label in twenty.
    let out = good(&place, "select --features @f.csv --labels @none.csv --count 40 --output - --why");
    assert_eq!(column(&out, 1).iter().filter(|why| *why == "control").count(), 2);
    let ended = run(&place, "select --features @f.csv --labels @l.csv --count 500 --output -");
    assert!(ended.good && ended.out.lines().count() == 85 && ended.err.contains("only 84"), "{}", ended.err);
}

#[test]
fn certificates_say_what_they_rest_on() {
    let place = Place::new(None);
    let truth = many(&place, 600);
    let drawn = truth.iter().enumerate().filter(|(row, _)| row * 7919 % 601 < 100);
    let sample: String = drawn.map(|(row, group)| format!("i{row},c{group}\n")).collect();
    let count = sample.lines().count();
    place.write("many.csv", &format!("id,label\n{sample}"));
    let words =
        "autolabel --features @f.csv --labels @many.csv --target .95 --risk .05 --output @o.csv --certificate @c.json";
    good(&place, words);
    let out = std::fs::read_to_string(place.path("o.csv")).unwrap();
    assert!(out.starts_with("id,label,confidence,decision\ni0,c0,1,human\n"), "{out}");
    assert!(column(&out, 3).iter().filter(|decision| *decision == "auto").count() > 400);
    let certificate: Value = serde_json::from_str(&std::fs::read_to_string(place.path("c.json")).unwrap()).unwrap();
    assert_eq!((certificate["sample"].as_u64(), certificate["needed"].as_u64()), (Some(count as u64), Some(59)));
    assert!(certificate["lower_bound"].as_f64().unwrap() >= 0.95);
    assert!(certificate["assumptions"].as_array().unwrap().len() >= 3);
    let few = good(&place, "autolabel --features @f.csv --labels @l.csv --output @o.csv --json");
    let few: Value = serde_json::from_str(&few).unwrap();
    assert_eq!((few["automatic"].as_u64(), few["human"].as_u64()), (Some(0), Some(594)));
    assert!(few["reason"].as_str().unwrap().contains("at least 59"), "{few}");
    assert!(wrong(&place, "autolabel --features @f.csv --labels @l.csv --target 2 --output @o.csv").contains("target"));
}

#[test]
fn votes_become_probabilities() {
    let place = Place::new(None);
    let mut text = "id,lf0,lf1,lf2\n".to_owned();
    for row in 0..200_usize {
        let truth = usize::from(row % 5 < 2);
        let vote = |wrong: bool| if wrong { 1 - truth } else { truth };
        text.push_str(&format!("r{row},{},{},{}\n", vote(row % 3 == 0), vote(row % 7 == 0), vote(row % 11 == 0)));
    }
    text.push_str("silent,-1,,-1\n");
    place.write("m.csv", &text);
    for method in ["majority", "dawid-skene", "auto"] {
        let out = good(&place, &format!("label-model --method {method} --input @m.csv --output -"));
        assert!(out.starts_with("id,p0,p1\nr0,"), "{method}");
        let p1: Vec<f64> = column(&out, 2).iter().map(|value| value.parse().unwrap()).collect();
        let right = p1.iter().take(200).enumerate().filter(|(row, p)| (**p > 0.5) == (row % 5 < 2)).count();
        assert!(right > 170, "{method}: {right}");
        assert!(p1[200] > 0.2 && p1[200] < 0.6, "{method}");
    }
    place.write("bad.csv", "id,lf0\na,1\nb,1.5\n");
    assert!(wrong(&place, "label-model --input @bad.csv --output -").contains("line 3, column \"lf0\""));
}

#[test]
fn maps_and_embeddings() {
    let place = Place::new(None);
    groups(&place);
    for method in ["pca", "tsne", "umap", "autoencoder"] {
        let out = good(&place, &format!("reduce --method {method} --dims 2 --input @f.csv --output -"));
        assert!(out.starts_with("id,f0,f1\ni0,") && out.lines().count() == 91, "{method}");
    }
    let words =
        "autoencode --input @f.csv --latent 1 --output @lat.csv --anomalies @an.csv --model @m.safetensors --json";
    let summary: Value = serde_json::from_str(&good(&place, words)).unwrap();
    assert!(summary["curve"].as_array().unwrap().len() > 1);
    let anomalies = std::fs::read_to_string(place.path("an.csv")).unwrap();
    let errors: Vec<f64> = column(&anomalies, 1).iter().map(|value| value.parse().unwrap()).collect();
    assert!(errors.windows(2).all(|pair| pair[0] >= pair[1]) && errors.len() == 90);
    let model = std::fs::read(place.path("m.safetensors")).unwrap();
    let length = u64::from_le_bytes(model[..8].try_into().unwrap()) as usize;
    let header: Value = serde_json::from_slice(&model[8..8 + length]).unwrap();
    assert_eq!(header["encoder.0.weight"]["shape"][1], 2);

    place.write("t.csv", "id,text\nb,stock prices fell\na,the cat sat\nc,a cat sits\nd,prices of stocks\n");
    good(&place, "embed --kind text --input @t.csv --output @t.parquet --dims 2");
    let out = good(&place, "cluster --method kmeans --k 2 --input @t.parquet --output -");
    assert_eq!(out, "id,cluster\na,0\nb,1\nc,0\nd,1\n");
    assert!(wrong(&place, "embed --kind text --model m.onnx --input @t.csv --output @t.parquet").contains("m.onnx"));
    place.write("tokenizer.json", "{}");
    place.write("m.onnx", "no model");
    let error = wrong(&place, "embed --kind text --model @m.onnx --input @t.csv --output @t.parquet");
    assert!(error.contains("tokeniser cannot be read"), "{error}");
    let error = wrong(&place, "embed --kind image --model @m.onnx --input @t.csv --output @t.parquet");
    assert!(error.contains("no ONNX file"), "{error}");
    place.write("c.csv", "id,age,town\nb,40,Rome\na,20,Oslo\nc,60,Rome\n");
    let ended = run(&place, "embed --kind table --input @c.csv --output @c2.csv");
    assert!(ended.good && ended.err.contains("age: a number") && ended.err.contains("town: 2 values"), "{}", ended.err);
    let out = std::fs::read_to_string(place.path("c2.csv")).unwrap();
    assert!(out.starts_with("id,f0,f1,f2\na,-1.22") && out.contains("\nb,0,1,0\n"), "{out}");
    assert!(wrong(&place, "embed --kind audio --input @t.csv --output @t.parquet").contains("not a WAVE file"));
    assert!(wrong(&place, "embed --kind image --input @t.csv --output @t.parquet").contains("t.csv"));
}

#[test]
fn bad_features_have_clear_errors_and_odd_ones_clear_answers() {
    let place = Place::new(None);
    let cluster = |name: &str| format!("cluster --method kmeans --k 2 --input @{name} --output @o.csv");
    for (name, text, message) in [
        ("nan.csv", "id,f0,f1\na,1,2\nb,NaN,2\n", "line 3, column \"f0\": NaN"),
        ("text.csv", "id,f0\na,1\nb,red\n", "line 3, column \"f0\": \"red\" is not a number"),
        ("ragged.csv", "id,f0,f1\na,1,2\nb,1\n", "line 3"),
        ("twice.csv", "id,f0\na,1\na,2\n", "line 3, column \"id\""),
        ("empty.csv", "id,f0\n", "there are no rows"),
        ("huge.csv", "id,f0\na,1\nb,1e308\n", "id \"b\", feature 0"),
        ("one.csv", "id,f0\na,1\n", "k is 2; it must be 1 to 1"),
    ] {
        place.write(name, text);
        let found = wrong(&place, &cluster(name));
        assert!(found.contains(message), "{name}: {found}");
        assert!(!place.path("o.csv").exists());
    }
    let same: String = (0..30).map(|row| format!("i{row},5,5\n")).collect();
    place.write("same.csv", &format!("id,f0,f1\n{same}"));
    let far: String = (0..30).map(|row| format!("i{row},{}e9,{}\n", row, row % 3)).collect();
    place.write("far.csv", &format!("id,f0,f1\n{far}"));
    place.write("one_class.csv", "id,label\ni1,x\ni2,x\n");
    place.write("two.csv", "id,label\ni1,x\ni2,y\n");
    place.write("alien.csv", "id,label\ni1,x\nzz,y\n");
    for features in ["same.csv", "far.csv"] {
        for method in ["kmeans --k 2", "gmm --k 2", "hdbscan", "dbscan --eps 1", "agglomerative --k 2"] {
            good(&place, &format!("cluster --method {method} --input @{features} --output @o.csv"));
        }
        for method in ["pca", "tsne", "umap", "autoencoder"] {
            good(&place, &format!("reduce --method {method} --dims 1 --input @{features} --output @o.csv"));
        }
        for labels in ["one_class.csv", "two.csv"] {
            good(&place, &format!("propagate --features @{features} --labels @{labels} --output @o.csv"));
            good(&place, &format!("select --features @{features} --labels @{labels} --count 3 --output @o.csv"));
            good(&place, &format!("autolabel --features @{features} --labels @{labels} --output @o.csv"));
        }
        let found = wrong(&place, &format!("propagate --features @{features} --labels @alien.csv --output @o.csv"));
        assert!(found.contains("line 3, column \"id\": \"zz\" is not among the features"), "{found}");
    }
    assert!(
        wrong(&place, "propagate --features @far.csv --labels @two.csv --method magic --output -")
            .contains("spreading")
    );
    assert!(wrong(&place, "select --features @far.csv --count 0 --output -").contains("at least 1"));
}

#[test]
fn one_more_answer_is_asked_for_where_it_is_in_doubt() {
    let place = Place::new(None);
    let truth = groups(&place);
    let mut text = "task,worker,label\n".to_owned();
    for (row, group) in truth.iter().enumerate() {
        // Worker w9 always says the same; two others agree on most rows, of every group.
        text.push_str(&format!("i{row},w1,c{group}\n"));
        if row % 4 != 3 {
            text.push_str(&format!("i{row},w2,c{}\n", if row == 6 { 2 } else { *group }));
        }
        if row % 4 == 0 {
            text.push_str(&format!("i{row},w9,c0\n"));
        }
    }
    place.write("a.csv", &text);
    let out = good(&place, "redundancy --answers @a.csv --target .99 --output -");
    assert!(out.starts_with("id,label,confidence,answers,decision\ni0,c0,"), "{out}");
    let asked = column(&out, 4).iter().filter(|decision| *decision == "ask").count();
    let with = good(&place, "redundancy --answers @a.csv --features @f.csv --target .99 --output -");
    let fewer = column(&with, 4).iter().filter(|decision| *decision == "ask").count();
    assert!(fewer < asked, "{fewer} {asked}");
    let right = column(&with, 1).iter().zip(&truth).filter(|(label, group)| **label == format!("c{group}")).count();
    assert!(right >= 88, "{right}");
    let words = "redundancy --answers @a.csv --target .999 --max 2 --budget 3 --output @o.csv --json --model one-coin";
    let summary: Value = serde_json::from_str(&good(&place, words)).unwrap();
    assert!(summary["ask"].as_u64().unwrap() <= 3 && summary["labelers"].as_array().unwrap().len() == 3, "{summary}");
    assert!(wrong(&place, "redundancy --answers @a.csv --target 1 --output -").contains("target"));
    assert!(wrong(&place, "redundancy --answers @a.csv --min 4 --max 2 --output -").contains("max"));
    assert!(wrong(&place, "redundancy --answers @a.csv --model guess --output -").contains("guess"));
    place.write("b.csv", "task,worker,label\nzz,w1,c0\ni1,w1,c1\n");
    assert!(wrong(&place, "redundancy --answers @b.csv --features @f.csv --output -").contains("\"zz\""));
}

#[test]
fn sets_of_labels_and_numbers() {
    let place = Place::new(None);
    let truth = groups(&place);
    let sets = ["big", "big|round", "\"\""];
    let mut text = "id,label\n".to_owned();
    truth.iter().enumerate().take(45).for_each(|(row, group)| text.push_str(&format!("i{row},{}\n", sets[*group])));
    place.write("s.csv", &text);
    let out = good(&place, "propagate --features @f.csv --labels @s.csv --kind set --output - --probabilities @p.csv");
    let wanted = ["big", "big|round", "\"\""];
    let right = column(&out, 1).iter().zip(&truth).filter(|(set, group)| *set == wanted[**group]).count();
    assert_eq!(right, 90, "{out}");
    let probabilities = std::fs::read_to_string(place.path("p.csv")).unwrap();
    assert!(probabilities.starts_with("id,big,round\ni0,") && probabilities.lines().count() == 91);
    let mut text = "id,label\n".to_owned();
    truth.iter().enumerate().take(45).for_each(|(row, group)| text.push_str(&format!("i{row},{}.5\n", group * 10)));
    place.write("n.csv", &text);
    let out = good(&place, "propagate --features @f.csv --labels @n.csv --kind number --output -");
    assert!(out.starts_with("id,label,low,high\ni0,0.5,0.5,0.5\n"), "{out}");
    let near = column(&out, 1)
        .iter()
        .zip(&truth)
        .filter(|(value, group)| (value.parse::<f64>().unwrap() - (**group * 10) as f64 - 0.5).abs() < 1.5)
        .count();
    assert_eq!(near, 90, "{out}");
    let error = wrong(&place, "propagate --features @f.csv --labels @l.csv --kind number --output -");
    assert!(error.contains("\"ant\" is not a number"), "{error}");
}

#[test]
fn an_audit_bounds_the_machines_labels_and_pulls_bad_ones_back() {
    let place = Place::new(None);
    let truth = many(&place, 600);
    let drawn = truth.iter().enumerate().filter(|(row, _)| row * 7919 % 601 < 100);
    let sample: String = drawn.map(|(row, group)| format!("i{row},c{group}\n")).collect();
    place.write("many.csv", &format!("id,label\n{sample}"));
    let base = "autolabel --features @f.csv --labels @many.csv --target .95 --output @o.csv --json";
    good(&place, &format!("{base} --audit-next @next.csv --audit-count 80"));
    let next = column(&std::fs::read_to_string(place.path("next.csv")).unwrap(), 0);
    assert_eq!(next.len(), 80);
    let of = |id: &String| truth[id[1..].parse::<usize>().unwrap()];
    let checked: String = next.iter().map(|id| format!("{id},c{}\n", of(id))).collect();
    place.write("good.csv", &format!("id,label\n{checked}"));
    let summary: Value =
        serde_json::from_str(&good(&place, &format!("{base} --audit @good.csv --audit-next @more.csv"))).unwrap();
    assert!(summary["audit"]["lower_bound"].as_f64().unwrap() > 0.93, "{summary}");
    assert_eq!(
        (summary["audit"]["pulled_back"].as_bool(), summary["audit"]["right"].as_u64()),
        (Some(false), Some(80))
    );
    let more = column(&std::fs::read_to_string(place.path("more.csv")).unwrap(), 0);
    assert!(more.len() == 20 && more.iter().all(|id| !next.contains(id)));
    // The data have changed: people now call one class otherwise.
    let bad: String = next
        .iter()
        .map(|id| format!("{id},{}\n", if of(id) == 1 { "new".into() } else { format!("c{}", of(id)) }))
        .collect();
    place.write("bad.csv", &format!("id,label\n{bad}"));
    let summary: Value = serde_json::from_str(&good(&place, &format!("{base} --audit @bad.csv"))).unwrap();
    assert_eq!((summary["audit"]["pulled_back"].as_bool(), summary["automatic"].as_u64()), (Some(true), Some(0)));
    let out = std::fs::read_to_string(place.path("o.csv")).unwrap();
    assert!(!out.contains(",auto") && out.contains(",new,1,human"), "{out}");
    place.write("stranger.csv", "id,label\ni0,c0\n");
    assert!(wrong(&place, &format!("{base} --audit @stranger.csv")).contains("was not labeled by the machine"));
}
