//! Features that make methods stumble, given to every command of the learning engine: a clear answer or a clear error, never
//! a panic.

use super::program::{Ended, Place};

/// Names of files of the place behind an `@`.
fn run(place: &Place, words: &str) -> Ended {
    let file = |word: &str| {
        let name = word.strip_prefix('@');
        name.map_or_else(|| word.to_owned(), |name| place.path(name).to_str().unwrap().to_owned())
    };
    let words: Vec<String> = words.split(' ').map(file).collect();
    let ended = place.run(&words.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(!ended.err.contains("panicked"), "{words:?}: {}", ended.err);
    assert!(ended.good || !ended.err.trim().is_empty(), "{words:?} failed without a word");
    ended
}

const COMMANDS: &[&str] = &[
    "cluster --method kmeans --k 2 --input @f.csv --output @o.csv",
    "cluster --method kmeans --k auto --input @f.csv --output @o.csv",
    "cluster --method minibatch-kmeans --k 2 --input @f.csv --output @o.csv",
    "cluster --method gmm --k 2 --input @f.csv --output @o.csv",
    "cluster --method dbscan --eps 1 --input @f.csv --output @o.csv",
    "cluster --method hdbscan --input @f.csv --output @o.csv",
    "cluster --method agglomerative --k 2 --input @f.csv --output @o.csv",
    "cluster --method agglomerative --linkage single --k 2 --input @f.csv --output @o.csv",
    "reduce --method pca --dims 1 --input @f.csv --output @o.csv",
    "reduce --method tsne --dims 2 --input @f.csv --output @o.csv",
    "reduce --method umap --dims 2 --input @f.csv --output @o.csv",
    "reduce --method autoencoder --dims 1 --input @f.csv --output @o.csv",
    "autoencode --input @f.csv --latent 1 --output @o.csv",
    "propagate --features @f.csv --labels @l.csv --output @o.csv",
    "propagate --features @f.csv --labels @n.csv --kind number --output @o.csv",
    "propagate --features @f.csv --labels @l.csv --kind set --output @o.csv",
    "select --features @f.csv --labels @l.csv --count 2 --output @o.csv",
    "autolabel --features @f.csv --labels @l.csv --output @o.csv",
];

/// Runs all commands on features; gives those that failed with what they said.
fn all(features: &str) -> Vec<(&'static str, String)> {
    let place = Place::new(None);
    place.write("f.csv", features);
    place.write("l.csv", "id,label\ni0,ant\ni1,bee\n");
    place.write("n.csv", "id,label\ni0,1\ni1,2\n");
    let failed = |command: &'static str| {
        let ended = run(&place, command);
        (!ended.good).then_some((command, ended.err))
    };
    let failed: Vec<_> = COMMANDS.iter().filter_map(|command| failed(command)).collect();
    for name in ["badge", "coreset", "typiclust", "committee", "entropy", "diverse-margin", "expected-error"] {
        run(&place, &format!("select --features @f.csv --labels @l.csv --count 2 --strategy {name} --output @o.csv"));
    }
    for name in
        ["spreading", "propagation", "self-training", "svm", "boosting", "mlp", "co-training", "knn", "principal"]
    {
        run(&place, &format!("propagate --features @f.csv --labels @l.csv --method {name} --output @o.csv"));
    }
    failed
}

fn rows(count: usize, row: impl Fn(usize) -> (String, String)) -> String {
    let lines = (0..count).map(|at| {
        let (one, other) = row(at);
        format!("i{at},{one},{other}\n")
    });
    format!("id,f0,f1\n{}", lines.collect::<String>())
}

#[test]
fn a_constant_column_says_nothing_and_does_no_harm() {
    let failed = all(&rows(40, |at| ("5".into(), (at % 7 + 20 * (at % 2)).to_string())));
    assert!(failed.is_empty(), "{failed:?}");
}

#[test]
fn rows_that_are_all_the_same_are_answered() {
    let failed = all(&rows(40, |_| ("5".into(), "5".into())));
    assert!(failed.is_empty(), "{failed:?}");
}

#[test]
fn columns_of_a_billion_are_answered() {
    let failed = all(&rows(40, |at| (format!("{}e9", at % 2), (at % 7).to_string())));
    assert!(failed.is_empty(), "{failed:?}");
}

#[test]
fn numbers_that_are_none_are_named_with_their_place() {
    for bad in ["NaN", "inf", "", "red"] {
        let failed = all(&rows(4, |at| (if at == 2 { bad.into() } else { at.to_string() }, "1".into())));
        assert_eq!(failed.len(), COMMANDS.len(), "{bad:?}");
        assert!(failed.iter().all(|(_, said)| said.contains("line 4, column \"f0\"")), "{bad:?}: {failed:?}");
    }
}

#[test]
fn one_item_is_answered_or_told_to_be_too_few() {
    let place = Place::new(None);
    place.write("f.csv", "id,f0,f1\ni0,1,2\n");
    place.write("l.csv", "id,label\ni0,ant\n");
    place.write("n.csv", "id,label\ni0,1\n");
    for command in COMMANDS {
        run(&place, command);
    }
    assert!(run(&place, COMMANDS[0]).err.contains("k is 2; it must be 1 to 1"));
    let none = run(&place, "select --features @f.csv --labels @l.csv --count 1 --output @o.csv");
    assert!(none.good && none.err.contains("only 0"), "{}", none.err);
}

#[test]
fn more_clusters_than_items_are_refused_with_how_many_there_are() {
    let place = Place::new(None);
    place.write("f.csv", &rows(5, |at| (at.to_string(), "1".into())));
    for method in ["kmeans", "minibatch-kmeans", "gmm", "agglomerative"] {
        let ended = run(&place, &format!("cluster --method {method} --k 9 --input @f.csv --output @o.csv"));
        assert!(!ended.good && ended.err.contains("1 to 5"), "{method}: {}", ended.err);
    }
    let ended = run(&place, "reduce --method pca --dims 9 --input @f.csv --output @o.csv");
    assert!(!ended.good && ended.err.contains("at most 2"), "{}", ended.err);
}
