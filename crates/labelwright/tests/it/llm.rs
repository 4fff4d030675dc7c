//! Texts by a language model, and texts in other words, from an interface on loopback that speaks as OpenAI's does.

use super::home::Home;
use labelwright_testkit::site::{Reply, Request, Site};
use serde_json::{Value, json};
use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

fn completion(content: &Value) -> Reply {
    let said = json!({ "choices": [{ "finish_reason": "stop", "message": { "content": content.to_string() } }],
        "usage": { "prompt_tokens": 100, "completion_tokens": 40 } });
    Reply::json(said.to_string())
}

fn body(request: &Request) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

/// What the last message of the user says.
fn user(request: &Request) -> String {
    body(request)["messages"][1]["content"].as_str().unwrap().to_owned()
}

/// The program runs on a thread of its own, so that the site can answer.
async fn run(home: &Arc<Home>, words: &[&str]) -> (bool, String, String) {
    let (home, words) = (Arc::clone(home), words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
    let output = tokio::task::spawn_blocking(move || home.run(&words.iter().map(String::as_str).collect::<Vec<_>>()));
    let output = output.await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

fn recipe(site: &Site) -> String {
    format!(
        "prompt = 'Write {{n}} {{about}} reviews of a {{thing}}.'\neach = 2\ncharacters = [5, 200]\n\
        [endpoint]\nbase_url = '{}'\nmodel = 'tiny'\nparallel = 2\nmax_tokens = 300\nprice_prompt = 1.0\nprice_completion = 2.0\n\
        [[class]]\nid = 'good'\nabout = 'happy'\n[[class]]\nid = 'bad'\nabout = 'angry'\n[slots]\nthing = ['phone', 'lamp']\n",
        site.url("/v1")
    )
}

fn items(home: &Home, name: &str) -> Vec<Value> {
    let text = fs::read_to_string(home.path(name)).unwrap();
    text.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect()
}

const MAKE: [&str; 8] =
    ["synthesize", "llm", "--recipe", "recipe.toml", "--count", "12", "--allow-networks", "127.0.0.1"];

/// Reviews that differ from question to question, with one that repeats itself and one that is too short.
fn reviews(request: &Request) -> Reply {
    let said = body(request);
    let (seed, user) = (said["seed"].as_u64().unwrap(), user(request));
    let mood = if user.contains("happy") { "pleased" } else { "furious" };
    let words = |number: u64| {
        let word = |at: u64| {
            format!("{:x}", (seed ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(at as u32 * 9) >> 30)
        };
        format!("I am {mood} about {} {} {} {}", word(1), word(2), word(3), word(4))
    };
    completion(&json!({ "texts": [words(1), words(2), "Always the very same words, every single time", "no"] }))
}

#[tokio::test]
async fn texts_come_with_the_class_that_was_asked_for_and_are_not_paid_for_twice() {
    let (site, home) = (Site::start(reviews).await.unwrap(), Arc::new(Home::new()));
    home.write("recipe.toml", recipe(&site).as_bytes());
    // The cost is told before anybody is asked.
    let (good, out, err) = run(&home, &[&MAKE[..], &["--output", "out", "--estimate"]].concat()).await;
    assert!(
        good && out.starts_with("tiny: 6 requests, about ") && out.contains("at most 1800 from it: at most 0.00"),
        "{out}{err}"
    );
    assert!(site.log().is_empty() && !home.path("out").exists());
    let (good, out, err) = run(&home, &[&MAKE[..], &["--output", "out"]].concat()).await;
    assert!(good && out.contains("12 items with 0 regions in native; 0 losses"), "{out}{err}");
    assert!(err.contains("say the same as others") && err.contains("too short"), "{err}");
    let all = items(&home, "out/labelwright.jsonl");
    assert_eq!(all.len(), 12);
    let texts: std::collections::BTreeSet<&str> = all.iter().map(|item| item["text"].as_str().unwrap()).collect();
    assert_eq!(texts.len(), 12);
    for item in &all {
        let class = item["answers"][0]["answer"]["fields"]["class"].as_str().unwrap();
        let text = item["text"].as_str().unwrap();
        let fitting = text.contains(if class == "good" { "pleased" } else { "furious" });
        assert!(fitting || text.starts_with("Always"), "{class}: {text}");
        assert_eq!((&item["metadata"]["synthetic"], &item["split"]), (&json!(true), &json!("train")));
        assert_eq!(item["metadata"]["synthesis"]["model"], "tiny");
    }
    assert!(
        ["good", "bad"]
            .iter()
            .all(|class| all.iter().any(|item| item["answers"][0]["answer"]["fields"]["class"] == *class))
    );
    // Again: the same bytes, and nobody is asked.
    let asked = site.log().len();
    let (good, _, err) = run(&home, &[&MAKE[..], &["--output", "again"]].concat()).await;
    assert!(good && err.contains("0 requests, "), "{err}");
    assert_eq!(super::home::tree(&home.path("out")), super::home::tree(&home.path("again")));
    assert_eq!(site.log().len(), asked);
}

#[tokio::test]
async fn limits_and_failures_end_it_and_answers_stay() {
    let (site, home) = (Site::start(reviews).await.unwrap(), Arc::new(Home::new()));
    home.write("recipe.toml", recipe(&site).as_bytes());
    let (good, out, err) = run(&home, &[&MAKE[..], &["--output", "few", "--most-tokens", "900"]].concat()).await;
    assert!(good && err.contains("the limit may stop it") && err.contains("fewer texts than were asked for"), "{err}");
    let count = items(&home, "few/labelwright.jsonl").len();
    assert!(count > 0 && count < 12, "{out}");
    // A model that says the same again and again is left alone at some time.
    let same = Site::start(|_| completion(&json!({ "texts": ["the same words as before"] }))).await.unwrap();
    home.write("recipe.toml", recipe(&same).as_bytes());
    let (good, out, err) = run(&home, &[&MAKE[..], &["--output", "one", "--answers", "kept"]].concat()).await;
    assert!(good && out.starts_with("1 items") && err.contains("nothing new to say"), "{out}{err}");
    assert!(same.log().len() <= 28, "{}", same.log().len());
    // One that breaks down in the middle: nothing is written, and the same command goes on.
    let tries = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&tries);
    let broken = Site::start(move |request| match counted.fetch_add(1, Ordering::SeqCst) {
        3 => Reply::of(401, "text/plain", ""),
        _ => reviews(request),
    })
    .await
    .unwrap();
    home.write("recipe.toml", recipe(&broken).as_bytes());
    let words = [&MAKE[..], &["--output", "late", "--answers", "broken"]].concat();
    let (good, _, err) = run(&home, &words).await;
    assert!(!good && err.contains("key") && err.contains("goes on from there"), "{err}");
    assert!(!home.path("late").exists());
    let (good, _, err) = run(&home, &words).await;
    assert!(good && err.contains("answers from before") && !err.contains(" 0 answers from before"), "{err}");
    // Without the permission of the operator nobody inside is asked.
    let (good, _, err) = run(&home, &[&MAKE[..6], &["--output", "x", "--answers", "none"]].concat()).await;
    assert!(!good && err.contains("private network"), "{err}");
    for (from, to, words) in [
        ("{thing}", "{things}", "things"),
        ("tiny", "", "model"),
        ("model =", "key_env = 'NOT_THERE_AT_ALL'\nmodel =", "NOT_THERE_AT_ALL"),
    ] {
        home.write("recipe.toml", recipe(&broken).replace(from, to).as_bytes());
        let (good, _, err) = run(&home, &[&MAKE[..], &["--output", "x"]].concat()).await;
        assert!(!good && err.contains(words), "{to}: {err}");
    }
}

/// One text keeps its mentions, one loses one, one gets another: only the first has a child.
#[tokio::test]
async fn paraphrases_keep_mentions_or_are_no_children() {
    let site = Site::start(|request| {
        let (asked, said) = (user(request), body(request));
        let text = asked.split("\n\n").nth(1).unwrap_or_default();
        let answer = if text.contains("Anna") {
            assert!(text.contains("<m1>Anna</m1>") && text.contains("<m2>New York</m2>"), "{text}");
            "To <m2>New York</m2> is where <m1>Anna</m1> goes 🙂.".to_owned()
        } else if text.contains("Bo") {
            "Somebody goes to <m2>Rome</m2>.".to_owned()
        } else {
            "<m1>Carla</m1> goes to <m2>Paris</m2>.".to_owned()
        };
        assert_eq!(said["response_format"]["json_schema"]["schema"]["required"], json!(["text"]));
        completion(&json!({ "text": answer }))
    })
    .await
    .unwrap();
    let home = Arc::new(Home::new());
    for (number, (who, city)) in [("Anna", "New York"), ("Bo", "Rome"), ("Carl", "Paris")].into_iter().enumerate() {
        let mut tokens: Vec<(String, String)> =
            vec![(who.into(), "B-person".into()), ("flies".into(), "O".into()), ("to".into(), "O".into())];
        for (at, word) in city.split(' ').enumerate() {
            tokens.push((word.into(), if at == 0 { "B-city".into() } else { "I-city".into() }));
        }
        let text: String = tokens.iter().map(|(word, tag)| format!("{word} {tag}\n")).collect();
        home.write(&format!("in/{number}.conll"), text.as_bytes());
    }
    let recipe = format!(
        "[[operation]]\nop = 'paraphrase'\nstyles = ['as a poet would']\n[operation.endpoint]\nbase_url = '{}'\nmodel = 'tiny'\n",
        site.url("/v1")
    );
    home.write("recipe.toml", recipe.as_bytes());
    let make = [
        "augment",
        "--recipe",
        "recipe.toml",
        "--from",
        "conll2003",
        "--to",
        "native",
        "in",
        "out",
        "--allow-networks",
        "127.0.0.1",
    ];
    let (good, out, err) = run(&home, &make).await;
    assert!(good && out.contains("3 originals, 1 children"), "{out}{err}");
    assert!(err.contains("2 x paraphrase_lost_mention") && err.contains("tiny: 3 requests"), "{err}");
    let all = items(&home, "out/labelwright.jsonl");
    let child = all.iter().find(|item| item["metadata"]["parent"].is_string()).unwrap();
    assert_eq!(child["text"], "To New York is where Anna goes 🙂.");
    let regions = child["answers"][0]["answer"]["regions"].as_array().unwrap();
    let ranges: Vec<&Value> = regions.iter().map(|region| &region["geometry"]["ranges"][0]).collect();
    assert_eq!(ranges, [&json!([21, 25]), &json!([3, 11])]);
    let told = &child["metadata"]["augmentation"]["operations"][0];
    assert_eq!(
        (&told["op"], &told["style"], &told["model"]),
        (&json!("paraphrase"), &json!("as a poet would"), &json!("tiny"))
    );
    // The two that were wrong were asked for once more each.
    assert_eq!(site.log().len(), 5);
}
