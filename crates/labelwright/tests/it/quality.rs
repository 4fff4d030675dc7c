//! The batch commands of the quality engine, as a person runs them.

use super::program::Place;
use serde_json::Value;

const JUDGMENTS: &str = "task,worker,label\nt10,ann,cat\nt10,bob,cat\nt10,cy,dog\nt2,ann,dog\nt2,bob,\"a\nb\"\nt2,cy,dog\n\
    t1,ann,cat\nt1,bob,dog\n";

fn place() -> Place {
    Place::new(None)
}

fn path(place: &Place, name: &str) -> String {
    place.path(name).to_str().unwrap().to_owned()
}

fn read(place: &Place, name: &str) -> String {
    std::fs::read_to_string(place.path(name)).unwrap()
}

#[test]
fn every_method_runs_and_the_order_of_rows_changes_nothing() {
    let place = place();
    let listed: Value = serde_json::from_str(&place.good(&["aggregate", "--list", "--json"])).unwrap();
    let methods = listed.as_array().unwrap();
    assert!(methods.len() >= 12);
    let mut rows: Vec<String> = Vec::new();
    for task in 0..40_u32 {
        for worker in 0..5_u32 {
            let label = if (task * 7 + worker * 3) % 5 == 0 { "no" } else { "yes" };
            rows.push(format!("t{task},w{worker},{label}"));
        }
    }
    let with_header = |rows: &[String]| format!("task,worker,label\n{}\n", rows.join("\n"));
    place.write("a.csv", &with_header(&rows));
    rows.reverse();
    rows.rotate_left(17);
    place.write("b.csv", &with_header(&rows));
    place.write("gold.csv", "task,label\nt3,yes\nt7,no\n");
    for method in methods {
        let id = method["id"].as_str().unwrap();
        let mut outputs = Vec::new();
        for input in ["a.csv", "b.csv"] {
            let files = [path(&place, input), path(&place, "out.csv"), path(&place, "p.csv"), path(&place, "s.json")];
            let [input, out, p, s] = &files;
            let mut words =
                vec!["aggregate", "--method", id, "--input", input, "--output", out, "--json", "--seed", "3"];
            words.extend(["--probabilities", p, "--skills", s]);
            let gold = path(&place, "gold.csv");
            if method["uses_gold"] == true {
                words.extend(["--gold", &gold]);
            }
            if id == "multi-label" {
                words.extend(["--base", "dawid-skene"]);
            }
            let summary: Value = serde_json::from_str(&place.good(&words)).unwrap();
            assert_eq!((summary["tasks"].as_u64(), summary["judgments"].as_u64()), (Some(40), Some(200)), "{id}");
            let skills: Value = serde_json::from_str(&read(&place, "s.json")).unwrap();
            assert_eq!(skills["workers"].as_array().unwrap().len(), 5, "{id}");
            outputs.push([read(&place, "out.csv"), read(&place, "p.csv"), read(&place, "s.json")]);
        }
        assert_eq!(outputs[0], outputs[1], "{id}");
        let lines: Vec<&str> = outputs[0][0].lines().collect();
        assert_eq!((lines.len(), lines[0]), (41, "task,label"), "{id}");
        assert!(lines[2].starts_with("t1,") && lines[11].starts_with("t10,"), "{id}");
        assert_eq!(outputs[0][1].lines().count(), 81, "{id}");
    }
}

#[test]
fn majority_by_hand_with_a_label_over_two_lines() {
    let place = place();
    place.write("in.csv", JUDGMENTS);
    let (input, out) = (path(&place, "in.csv"), path(&place, "out.csv"));
    let ended = place.run(&["aggregate", "--method", "majority-vote", "--input", &input, "--output", &out]);
    assert!(ended.good, "{}", ended.err);
    assert!(ended.err.contains("8 judgments of 3 tasks by 3 workers, 3 labels; 1 ties"), "{}", ended.err);
    assert_eq!(read(&place, "out.csv"), "task,label\nt1,cat\nt2,dog\nt10,cat\n");
    place.write("weights.csv", "worker,weight\nbob,9\nzoe,1\n");
    let weights = path(&place, "weights.csv");
    let words = ["aggregate", "--method", "majority-vote", "--input", &input, "--output", "-", "--weights", &weights];
    assert_eq!(place.good(&words), "task,label\nt1,dog\nt2,\"a\nb\"\nt10,cat\n");
}

/// The streamed count and the general way (which skills ask for) say the same, whatever tasks are called.
#[test]
fn majority_counts_tasks_of_all_names() {
    let place = place();
    let mut rows: Vec<String> = Vec::new();
    for (at, name) in ["t10", "t9", "t09", "t", "s3", "t9a", "u1", "9", "t67108863"].iter().enumerate() {
        for worker in 0..5 {
            rows.push(format!("{name},w{worker},{}", ["a", "b", "c"][(at * 5 + worker * worker) % 3]));
        }
    }
    for (file, rows) in [("mixed.csv", &rows[..40]), ("sparse.csv", &rows[..])] {
        place.write(file, &format!("task,worker,label\n{}\n", rows.join("\n")));
        let (input, skills) = (path(&place, file), path(&place, "skills.json"));
        let words = ["aggregate", "--method", "majority-vote", "--input", &input, "--output", "-"];
        let streamed = place.run(&words);
        let general = place.run(&[&words[..], &["--skills", &skills]].concat());
        assert!(streamed.good && general.good, "{} {}", streamed.err, general.err);
        assert_eq!((&streamed.out, &streamed.err), (&general.out, &general.err), "{file}");
        assert_eq!(streamed.out.lines().count(), 1 + rows.len() / 5);
        let names: Vec<&str> = streamed.out.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
        assert_eq!(
            names[..8],
            ["9", "s3", "t", "t9", "t09", "t9a", "t10", if file == "mixed.csv" { "u1" } else { "t67108863" }]
        );
    }
}

#[test]
fn sets_of_labels() {
    let place = place();
    place.write("in.csv", "task,worker,label\na,1,cat|dog\na,2,dog\na,3,bird|dog\nb,1,\"\"\nb,2,\"\"\nb,3,cat\n");
    let input = path(&place, "in.csv");
    let out = place.good(&["aggregate", "--method", "multi-label", "--input", &input, "--output", "-"]);
    assert_eq!(out, "task,label\na,dog\nb,\"\"\n");
}

#[test]
fn mistakes_have_clear_errors_and_leave_nothing_behind() {
    let place = place();
    place.write("in.csv", JUDGMENTS);
    place.write("other.csv", "item,person,label\n1,2,3\n");
    place.write("short.csv", "task,worker,label\n1,2,3\n4,5\n");
    place.write("empty.csv", "task,worker,label\n1,2,\n");
    place.write("twice.csv", "task,worker,label\n1,2,a\n3,2,a\n1,2,b\n");
    place.write("gold.csv", "task,label\nt1,cat\n");
    let out = path(&place, "out.csv");
    let fails = |method: &str, input: &str, more: &[&str]| {
        let input = path(&place, input);
        let mut words = vec!["aggregate", "--method", method, "--input", &input, "--output", &out];
        words.extend(more);
        let ended = place.run(&words);
        assert!(!ended.good);
        assert!(!place.path("out.csv").exists());
        ended.err
    };
    assert!(fails("nonsense", "in.csv", &[]).contains("dawid-skene"));
    assert!(fails("majority-vote", "other.csv", &[]).contains("no column \"task\"; the columns are \"item\""));
    assert!(fails("majority-vote", "short.csv", &[]).contains("line 3: 2 fields where the header has 3"));
    assert!(fails("majority-vote", "empty.csv", &[]).contains("line 2, column \"label\": is empty"));
    assert!(fails("majority-vote", "twice.csv", &["--repeats", "refuse"]).contains("line 4"));
    assert!(fails("majority-vote", "absent.csv", &[]).contains("absent.csv"));
    assert!(fails("kos", "in.csv", &[]).contains("two classes"));
    let gold = path(&place, "gold.csv");
    assert!(fails("wawa", "in.csv", &["--gold", &gold]).contains("gold"));
    let left: Vec<_> = std::fs::read_dir(place.folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left.len(), 6, "{left:?}");
}

#[test]
fn comparisons_with_a_tie_and_an_item_that_always_wins() {
    let place = place();
    place.write("in.csv", "worker,left,right,label\nw,a,b,a\nw,b,a,a\nw,b,c,b\nv,c,b,tie\n");
    let input = path(&place, "in.csv");
    let words = ["pairwise", "--method", "bradley-terry", "--input", &input, "--output", "-", "--details"];
    let ended = place.run(&words);
    assert!(ended.good && ended.err.contains("weak prior"), "{}", ended.err);
    let lines: Vec<&str> = ended.out.lines().collect();
    assert_eq!(lines[0], "item,score,log_strength,standard_error,low,high");
    let score = |line: &str| line.split(',').nth(1).unwrap().parse::<f64>().unwrap();
    assert!(score(lines[1]) > score(lines[2]) && score(lines[2]) > score(lines[3]), "{lines:?}");
    place.write("bad.csv", "worker,left,right,label\nw,a,b,c\n");
    let bad = path(&place, "bad.csv");
    let ended = place.run(&["pairwise", "--method", "elo", "--input", &bad, "--output", "-"]);
    assert!(!ended.good && ended.err.contains("line 2") && ended.err.contains("neither"), "{}", ended.err);
}

#[test]
fn issues_of_sets_and_of_words_in_sentences() {
    let place = place();
    let (mut sets, mut words) = ("id,label,p0,p1,p2\n".to_owned(), "sentence,id,label,p0,p1\n".to_owned());
    for item in 0..60 {
        let holds = [item % 2 == 0, item % 3 == 0];
        let p = holds.map(|holds| if holds { 0.9 } else { 0.1 });
        // Item 12 has both labels and was given the second one only.
        let given = match (item, holds) {
            (12, _) | (_, [false, true]) => "1",
            (_, [true, true]) => "0|1",
            (_, [true, false]) => "0",
            _ => "",
        };
        sets.push_str(&format!("i{item},{given},{},{},0.05\n", p[0], p[1]));
        let class = usize::from(item % 2 == 0);
        let given = if item == 14 { 1 - class } else { class };
        words.push_str(&format!("s{},s{}:{item},{given},{:.1},{:.1}\n", item / 4, item / 4, 1.0 - p[0], p[0]));
    }
    place.write("sets.csv", &sets);
    place.write("words.csv", &words);
    let (sets, words, groups) = (path(&place, "sets.csv"), path(&place, "words.csv"), path(&place, "groups.csv"));
    let filter = ["--filter", "confident_learning", "--output", "-"];
    let out = place.good(&[&["issues", "--form", "multi-label", "--input", &sets], filter.as_slice()].concat());
    assert_eq!(out.lines().count(), 61);
    let flagged: Vec<&str> = out.lines().filter(|line| line.contains(",true,")).collect();
    assert_eq!(flagged.len(), 1, "{out}");
    assert!(flagged[0].starts_with("i12,true,") && flagged[0].ends_with(",0|1"), "{flagged:?}");

    let by_group = ["issues", "--input", &words, "--group", "sentence", "--group-output", &groups];
    let out = place.good(&[by_group.as_slice(), filter.as_slice()].concat());
    let flagged: Vec<&str> = out.lines().filter(|line| line.contains(",true,")).collect();
    assert_eq!(flagged, ["s3:14,true,0.1,1"]);
    let found = read(&place, "groups.csv");
    let lines: Vec<&str> = found.lines().collect();
    assert_eq!((lines.len(), lines[0], lines[4]), (16, "group,is_issue,score,issues,rows", "s3,true,0.1,1,4"));
    assert_eq!(lines[1], "s0,false,0.9,0,4");
    let soft = [by_group.as_slice(), filter.as_slice(), &["--group-score", "soft-minimum"]].concat();
    place.good(&soft);
    let score: f64 = read(&place, "groups.csv").lines().nth(4).unwrap().split(',').nth(2).unwrap().parse().unwrap();
    assert!(score > 0.1 && score < 0.12, "{score}");
    let both = ["issues", "--form", "multi-label", "--input", &words, "--output", "-", "--group", "sentence"];
    assert!(place.run(&both).err.contains("--group goes with --form classification"));
    place.write("bad.csv", "id,label,p0,p1\na,0|7,0.1,0.9\n");
    let bad = path(&place, "bad.csv");
    let found = place.run(&["issues", "--form", "multi-label", "--input", &bad, "--output", "-"]);
    assert!(found.err.contains("line 2") && found.err.contains("\"7\" is no class"), "{}", found.err);
}

#[test]
fn issues_of_boxes_name_the_label_or_the_place_that_lacks_one() {
    let place = place();
    let label = |id: u32, image: u32, class: u32, x: u32| {
        format!(r#"{{"id":{id},"image_id":{image},"category_id":{class},"bbox":[{x},0,10,10],"area":100,"iscrowd":0}}"#)
    };
    let labels = [label(7, 1, 1, 0), label(8, 1, 2, 50), label(9, 2, 1, 108)];
    place.write(
        "truth.json",
        &format!(
            r#"{{"images":[{{"id":1}},{{"id":2}},{{"id":3}}],"categories":[{{"id":1,"name":"car"}},{{"id":2,"name":"a, b"}}],
            "annotations":[{}]}}"#,
            labels.join(",")
        ),
    );
    let sure = |image: u32, class: u32, x: u32| {
        format!(r#"{{"image_id":{image},"category_id":{class},"bbox":[{x},0,10,10],"score":0.99}}"#)
    };
    let results = [sure(1, 1, 0), sure(1, 1, 50), sure(2, 1, 100), sure(3, 2, 5)];
    place.write("results.json", &format!("[{}]", results.join(",")));
    let [truth, results, images] = ["truth.json", "results.json", "images.csv"].map(|name| path(&place, name));
    let words = ["issues", "--form", "boxes", "--input", &truth, "--predictions", &results, "--output", "-"];
    let out = place.good(&[words.as_slice(), &["--group-output", &images]].concat());
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines[0], "id,is_issue,score,suggested,image,why,x,y,width,height");
    assert_eq!(lines[1], "7,false,1,car,1,\"\",0,0,10,10");
    assert!(lines[2].starts_with("8,true,") && lines[2].ends_with(",car,1,swapped,50,0,10,10"), "{out}");
    assert!(lines[3].starts_with("9,true,") && lines[3].contains(",car,2,badly_located,108,"), "{out}");
    assert!(lines[4].starts_with("\"\",true,") && lines[4].contains(",car,2,overlooked,100,"), "{out}");
    assert!(lines[5].starts_with("\"\",true,") && lines[5].contains(r#","a, b",3,overlooked,5,"#), "{out}");
    assert_eq!(lines.len(), 6);
    let groups = read(&place, "images.csv");
    let groups: Vec<&str> = groups.lines().collect();
    assert!(groups[1].starts_with("1,true,") && groups[1].ends_with(",1,2"), "{groups:?}");
    assert!(groups[3].starts_with("3,true,") && groups[3].ends_with(",1,1"), "{groups:?}");
    let lacking = place.run(&["issues", "--form", "boxes", "--input", &truth, "--output", "-"]);
    assert!(lacking.err.contains("--predictions"), "{}", lacking.err);
}

#[test]
fn issues_and_consensus_and_features() {
    let place = place();
    let mut table = "id,label,p0,p1\n".to_owned();
    for item in 0..40 {
        let class = item % 2;
        let given = if item == 10 { 1 } else { class };
        let p = if class == 0 { "0.9,0.1" } else { "0.2,0.8" };
        table.push_str(&format!("i{item},{given},{p}\n"));
    }
    place.write("p.csv", &table);
    let p = path(&place, "p.csv");
    let out = place.good(&["issues", "--input", &p, "--output", "-", "--filter", "confident_learning", "--why"]);
    let flagged: Vec<&str> = out.lines().filter(|line| line.contains("true")).collect();
    assert_eq!(flagged, ["i10,true,0.1,0,the model is confident of another class"]);
    let named = ["issues", "--input", &p, "--output", "-", "--classes", "cat,dog"];
    assert!(place.run(&named).err.contains("no class; they are cat, dog"));

    place.write("votes.csv", "task,worker,label\na,x,0\na,y,0\nb,x,1\nb,y,0\n");
    place.write("model.csv", "task,p0,p1\nb,0.1,0.9\na,0.8,0.2\nc,0.3,0.7\n");
    let (votes, model, skills) = (path(&place, "votes.csv"), path(&place, "model.csv"), path(&place, "skills.csv"));
    let answers = path(&place, "answers.csv");
    let words = ["consensus", "--input", &votes, "--probabilities", &model, "--output", "-", "--skills", &skills];
    let out = place.good(&[words.as_slice(), &["--answers", &answers]].concat());
    let single = read(&place, "answers.csv");
    assert!(single.starts_with("task,worker,label,is_issue,score,suggested\na,x,0,false,"), "{single}");
    assert_eq!(single.lines().count(), 5);
    let labels: Vec<&str> = out.lines().map(|line| &line[..3]).collect();
    assert_eq!(labels, ["tas", "a,0", "b,1", "c,1"]);
    assert!(read(&place, "skills.csv").starts_with("worker,quality,agreement,weight,judgments\nx,"));

    place.write("f.csv", "id,f0,f1\na,0,0\nb,0.1,0\nc,0,0.1\nd,9,9\ne,0,0\n");
    let f = path(&place, "f.csv");
    let out = place.good(&["outliers", "--input", &f, "--neighbors", "2", "--output", "-"]);
    let worst = out.lines().skip(1).min_by(|a, b| {
        let score = |line: &str| line.split(',').nth(1).unwrap().parse::<f64>().unwrap();
        score(a).total_cmp(&score(b))
    });
    assert!(worst.unwrap().starts_with("d,"));
    let out = place.good(&["duplicates", "--input", &f, "--threshold", "0.01", "--output", "-"]);
    assert!(out.contains("\ne,a,a,0\n") && out.contains("\nd,d,"), "{out}");
}

#[test]
fn drift_names_the_column_that_moved() {
    let place = place();
    let mut table = "month,label,score,note\n".to_owned();
    for row in 0..400_u32 {
        let (month, label) = if row % 2 == 0 { ("jan", row % 3) } else { ("feb", row % 9 / 4) };
        let score = f64::from(row * 7919 % 1000) / 1000.0;
        table.push_str(&format!("{month},c{label},{score},\n"));
    }
    table.push_str("mar,c0,1,\n");
    place.write("in.csv", &table);
    let input = path(&place, "in.csv");
    let words = ["drift", "--input", &input, "--window", "month", "--reference", "jan", "--current", "feb"];
    let found: Value = serde_json::from_str(&place.good(&words)).unwrap();
    assert_eq!(found["rows_in_other_windows"], 1);
    assert_eq!(found["alerts"].as_array().unwrap().len(), 1, "{found:#}");
    assert_eq!(found["alerts"][0]["column"], "label");
    let columns = found["columns"].as_array().unwrap();
    assert_eq!((columns[1]["kind"].as_str(), columns[1]["psi_bins"].as_u64()), (Some("numbers"), Some(10)));
    assert!(columns[2]["undefined_because"].as_str().unwrap().contains("no value"));
    let words = ["drift", "--input", &input, "--window", "month", "--reference", "jan", "--current", "july"];
    assert!(place.run(&words).err.contains("no row has \"july\""));
}
