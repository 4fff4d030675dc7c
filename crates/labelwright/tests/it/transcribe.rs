//! `labelwright transcribe` with a server on loopback that speaks as OpenAI's does, and with programs of this machine. What is
//! written comes in with its recording.

mod prelabels;
mod programs;

use super::home::Home;
use labelwright_testkit::{
    site::{Reply, Request, Site},
    sound::{bursts, wav},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

/// Two and a half seconds at this rate.
fn sound(rate: u32) -> Vec<u8> {
    wav(rate, 1, &bursts(rate, 2.5, &[(0.2, 0.9), (1.2, 2.3)]))
}

/// The fields of a form, and its file with its name and kind: RFC 7578, read by hand.
fn form(request: &Request) -> (BTreeMap<String, Vec<String>>, Vec<u8>, String) {
    let kind = request.header("content-type").unwrap();
    let line = format!("--{}", kind.strip_prefix("multipart/form-data; boundary=").unwrap());
    let find = |bytes: &[u8], wanted: &[u8]| bytes.windows(wanted.len()).position(|window| window == wanted);
    let (mut fields, mut file, mut named) = (BTreeMap::<String, Vec<String>>::new(), Vec::new(), String::new());
    let mut rest = request.body.strip_prefix(line.as_bytes()).unwrap();
    while rest != b"--\r\n" {
        rest = rest.strip_prefix(b"\r\n").unwrap();
        let head = find(rest, b"\r\n\r\n").unwrap();
        let words = String::from_utf8(rest[..head].to_vec()).unwrap();
        let end = find(rest, format!("\r\n{line}").as_bytes()).unwrap();
        let value = &rest[head + 4..end];
        let name = words.split("name=\"").nth(1).unwrap().split('"').next().unwrap();
        if name == "file" {
            (file, named) = (value.to_vec(), words);
        } else {
            fields.entry(name.to_owned()).or_default().push(String::from_utf8(value.to_vec()).unwrap());
        }
        rest = &rest[end + 2 + line.len()..];
    }
    (fields, file, named)
}

fn heard() -> Reply {
    let said = json!({ "task": "transcribe", "language": "english", "duration": 2.5, "text": " Guten Tag & <b>. How are you?",
        "segments": [
            { "id": 0, "seek": 0, "start": 0.2, "end": 0.9, "text": " Guten Tag & <b>.", "avg_logprob": -0.3, "tokens": [1, 2] },
            { "id": 1, "seek": 0, "start": 1.2, "end": 2.3, "text": " How are\nyou?" }],
        "words": [{ "word": "How", "start": 1.2, "end": 1.5 }, { "word": "are", "start": 1.5, "end": 1.75 }] });
    Reply::json(said.to_string())
}

/// The program runs on a thread of its own, so that the site can answer.
async fn run(home: &Arc<Home>, words: &[&str]) -> (bool, String, String) {
    let (home, words) = (Arc::clone(home), words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
    let output = tokio::task::spawn_blocking(move || home.run(&words.iter().map(String::as_str).collect::<Vec<_>>()));
    let output = output.await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

/// What the command says of a folder that is asked about at a place of the site.
async fn asked(home: &Arc<Home>, site: &Site, place: &str, more: &[&str]) -> (bool, Value, String) {
    let url = site.url(place);
    let words = ["transcribe", "talks", "--endpoint", &url, "--allow-networks", "127.0.0.1", "--json"];
    let (good, out, err) = run(home, &[&words[..], more].concat()).await;
    (good, serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{err}")), err)
}

/// The names of all files of a folder.
fn names(home: &Home, folder: &str) -> Vec<String> {
    super::home::tree(&home.path(folder)).into_keys().collect()
}

/// Class, text and times in milliseconds of the regions that came in with each item of a dataset.
fn brought(home: &Home, dataset: &str) -> BTreeMap<String, Vec<(String, String, i64, i64)>> {
    let connection = rusqlite::Connection::open(home.path("data/labelwright.sqlite")).unwrap();
    let query = "SELECT items.key, items.shape, item_answers.answer FROM items JOIN datasets ON datasets.id = items.dataset_id \
        LEFT JOIN item_answers ON item_answers.item_id = items.id WHERE datasets.name = ?1";
    let mut statement = connection.prepare(query).unwrap();
    let rows = statement.query_map([dataset], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, Option<String>>(2)?))
    });
    let regions = |(key, shape, answer): (String, String, Option<String>)| {
        let (shape, answer): (Value, Value) =
            (serde_json::from_str(&shape).unwrap(), serde_json::from_str(&answer.unwrap_or("{}".into())).unwrap());
        let ticks = shape["ticks_per_second"].as_i64().unwrap();
        let region = |region: &Value| {
            let time = |name: &str| region["geometry"][name].as_i64().unwrap() * 1000 / ticks;
            let text = region["attributes"]["text"].as_str().unwrap_or_default().to_owned();
            (region["class"].as_str().unwrap().to_owned(), text, time("start"), time("end"))
        };
        (key, answer["regions"].as_array().into_iter().flatten().map(region).collect())
    };
    rows.unwrap().map(|row| regions(row.unwrap())).collect()
}

#[tokio::test]
async fn what_a_server_hears_comes_in_with_the_recording() {
    let tries = AtomicUsize::new(0);
    let site = Site::start(move |_| match tries.fetch_add(1, Ordering::SeqCst) {
        0 => Reply::of(429, "text/plain", "slowly").with("retry-after", "1"),
        1 => Reply::of(503, "text/plain", "not yet"),
        _ => heard(),
    });
    let (site, home) = (site.await.unwrap(), Arc::new(Home::new()));
    home.write("talks/one.wav", &sound(8_000));
    home.write("talks/below/one.wav", &sound(16_000));
    home.write("talks/broken.mp3", b"no sound at all");
    home.write("talks/subtitled.wav", &sound(8_000));
    home.write("talks/subtitled.vtt", b"WEBVTT\n\n00:00.100 --> 00:00.900\n<v Ann>By hand\n");
    home.write("talks/notes.txt", b"no recording");
    let more = ["--model", "tiny", "--language", "en", "--token", "secret", "--class", "caller"];
    let begun = Instant::now();
    let (good, report, err) = asked(&home, &site, "/v1", &more).await;
    assert!(good, "{err}");
    assert!(
        begun.elapsed() >= Duration::from_millis(1500),
        "it was asked to wait for a second, and then waited by itself"
    );
    assert_eq!((&report["transcribed"], &report["there"], &report["cues"]), (&json!(2), &json!(1), &json!(4)));
    assert_eq!((&report["seconds"], &report["mended"]), (&json!(5.0), &json!([])));
    let failed = report["failed"].as_array().unwrap();
    assert!(failed.len() == 1 && failed[0]["recording"].as_str().unwrap().ends_with("broken.mp3"), "{report}");
    assert!(err.contains("broken.mp3: "), "{err}");
    // Sorted by their paths: the one below goes first, three times.
    let log = site.log();
    assert_eq!(log.len(), 4, "what is broken or has subtitles is sent to nobody");
    for (request, bytes) in log.iter().zip([sound(16_000), sound(16_000), sound(16_000), sound(8_000)]) {
        let (fields, file, named) = form(request);
        assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/v1/audio/transcriptions"));
        assert_eq!(request.header("authorization"), Some("Bearer secret"));
        let wanted = [("language", "en"), ("model", "tiny"), ("response_format", "verbose_json")];
        let wanted: BTreeMap<String, Vec<String>> =
            wanted.into_iter().map(|(name, value)| (name.to_owned(), vec![value.to_owned()])).collect();
        assert_eq!(fields, wanted);
        assert!(file == bytes && named.contains("audio/wav"), "{named}");
        assert!(named.contains("filename=\"recording.wav\""), "names stay here: {named}");
    }
    let written = fs::read_to_string(home.path("talks/one.wav.vtt")).unwrap();
    assert!(
        written.starts_with("WEBVTT\n\nNOTE transcribed by the model tiny\n\n00:00:00.200 --> 00:00:00.900\n"),
        "{written}"
    );
    let mode = |name: &str| fs::metadata(home.path(name)).unwrap().permissions().mode();
    assert_eq!(mode("talks/one.wav.vtt"), mode("talks/notes.txt"), "whoever may read other files may read this one");
    // Again: nobody is asked, and what is there stays.
    let (_, report, _) = asked(&home, &site, "/v1", &[]).await;
    assert_eq!((&report["transcribed"], &report["there"], site.log().len()), (&json!(0), &json!(3), 4));
    let told = home.ok(&["import", "talks", "--dataset", "Talks", "--format", "webvtt"]);
    assert!(told.contains("\"added\":3"), "{told}");
    let found = brought(&home, "Talks");
    let wanted = [
        ("caller".to_owned(), "Guten Tag & <b>.".to_owned(), 200, 900),
        ("caller".to_owned(), "How are you?".to_owned(), 1200, 2300),
    ];
    assert_eq!((&found["one.wav"][..], &found["below/one.wav"][..]), (&wanted[..], &wanted[..]));
    assert_eq!(found["subtitled.wav"], [("ann".to_owned(), "By hand".to_owned(), 100, 900)]);
}

#[tokio::test]
async fn words_are_asked_for_and_models_without_segments_give_one() {
    let site = Site::start(|request| match request.path.as_str() {
        "/text/transcriptions" if form(request).0["response_format"][0] == "verbose_json" => {
            let said =
                json!({ "error": { "message": "response_format 'verbose_json' is not compatible with this model" } });
            Reply::of(400, "application/json", said.to_string())
        }
        "/text/transcriptions" => Reply::json(r#"{"text": "All of it."}"#),
        _ => heard(),
    });
    let (site, home) = (site.await.unwrap(), Arc::new(Home::new()));
    home.write("talks/a.wav", &sound(8_000));
    home.write("talks/b.WAV", &sound(16_000));
    let (good, report, err) = asked(&home, &site, "/text/transcriptions", &[]).await;
    assert!(good && report["cues"] == 2 && report["mended"] == json!([]), "{report}{err}");
    let forms: Vec<_> = site.log().iter().map(|request| form(request).0["response_format"][0].clone()).collect();
    assert_eq!(forms, ["verbose_json", "json", "json"], "it is asked for segments once");
    assert!(!form(&site.log()[2]).0.contains_key("model"));
    home.ok(&["import", "talks", "--dataset", "Whole"]);
    let whole = ("speech".to_owned(), "All of it.".to_owned(), 0, 2500);
    assert_eq!(brought(&home, "Whole")["b.WAV"], [whole], "its length is measured");
    let (good, report, err) = asked(&home, &site, "/inference", &["--words", "--again"]).await;
    assert!(good && report["cues"] == 4, "{report}{err}");
    let asked_for = form(&site.log()[3]).0;
    assert_eq!(asked_for["timestamp_granularities[]"], ["segment", "word"]);
    home.ok(&["import", "talks", "--dataset", "Words"]);
    let words: Vec<String> = brought(&home, "Words")["a.wav"].iter().map(|region| region.1.clone()).collect();
    assert_eq!(words, ["How", "are"]);
}

#[tokio::test]
async fn servers_that_lie_are_mended_or_told_and_leave_nothing_behind() {
    let site = Site::start(|request| match request.path.split('/').nth(1).unwrap() {
        "page" => Reply::html("<html>Welcome to this hotel's network"),
        "cut" => Reply::json(r#"{"text": "a", "segments": [{"start": 0, "#),
        "nan" => Reply::json(r#"{"text": "a", "segments": [{"start": NaN, "end": 1, "text": "a"}]}"#),
        "nothing" => Reply::json("{}"),
        "number" => Reply::json(r#"{"text": "a", "segments": 7}"#),
        "deep" => Reply::json("[".repeat(1 << 20)),
        "endless" => {
            let start = b"HTTP/1.1 200 x\r\ncontent-type: application/json\r\n\r\n{\"text\": \"".to_vec();
            Reply::Endless(start, vec![b'a'; 1 << 16], Duration::ZERO)
        }
        "long" => Reply::Raw(b"HTTP/1.1 200 x\r\ncontent-length: 1073741824\r\n\r\n{\"text\": \"aaaa".to_vec()),
        "slow" => Reply::Silence(Duration::from_secs(30)),
        "alone" => Reply::of(429, "text/plain", "").with("retry-after", "3600"),
        "large" => Reply::of(413, "application/json", "{\"error\": \"\u{7}too large for us\"}"),
        "key" => Reply::of(401, "text/plain", ""),
        "gone" => Reply::missing(),
        "else" => Reply::to("http://169.254.169.254/"),
        _ => Reply::json(
            json!({ "text": "x", "segments": [
                { "start": 1.5, "end": 1e300, "text": "last" },
                { "start": -4, "end": 1, "text": "first --> <v x>\n\nWEBVTT" },
                { "start": 2, "end": 1, "text": "backwards" },
                { "start": null, "end": 1, "text": "never" },
                { "start": 60, "end": 90, "text": "beyond" }] })
            .to_string(),
        ),
    });
    let (site, home) = (site.await.unwrap(), Arc::new(Home::new()));
    home.write("talks/a.wav", &sound(8_000));
    for (place, wanted) in [
        ("page", "what it answered is no transcript: it is no JSON: expected value at line 1 column 1"),
        ("cut", "it is no JSON: EOF while parsing"),
        ("nan", "it is no JSON: expected value at line 1 column 38"),
        ("nothing", "neither segments nor text"),
        ("number", "segments: this is no list"),
        ("deep", "recursion limit"),
        ("endless", "more than 16777216 bytes"),
        ("long", "more than 16777216 bytes"),
        ("slow", "no answer within 2 seconds"),
        ("alone", "wants to be left alone for 3600 seconds"),
        ("large", "answered 413: {\"error\": \" too large for us\"}"),
        ("key", "the token is missing"),
        ("gone", "is the address right"),
        ("else", "it answered 302"),
    ] {
        let begun = Instant::now();
        let (good, report, err) = asked(&home, &site, &format!("/{place}/v1"), &["--seconds", "2"]).await;
        let told = report["failed"][0]["message"].as_str().unwrap();
        assert!(!good && told.contains(wanted) && err.contains(told), "{place}: {report}{err}");
        assert!(begun.elapsed() < Duration::from_secs(20), "{place}");
        assert_eq!(names(&home, "talks"), ["a.wav"], "{place}");
    }
    let (good, report, err) = asked(&home, &site, "/v1", &[]).await;
    assert!(good && report["cues"] == 2, "{report}{err}");
    let mended: Vec<&str> =
        report["mended"].as_array().unwrap().iter().map(|told| told["message"].as_str().unwrap()).collect();
    // What the wire says comes first, then the times.
    for (told, wanted) in mended.iter().zip([
        "segments/3/start: this is no time",
        "segments/0: 1.5 to 1e300 s reach beyond the recording of 2.5 s; cut there",
        "segments/1: -4 to 1 s reach beyond",
        "segments/1: it begins before",
        "segments/2: from 2 to 1 s is no time",
        "segments/4: 60 to 90 s lie outside",
    ]) {
        assert!(told.starts_with(wanted), "{mended:?}");
    }
    assert!(mended.len() == 6 && err.contains("a.wav: and 1 more like these"), "{mended:?}{err}");
    home.ok(&["import", "talks", "--dataset", "Mended", "--format", "webvtt", "--on-error", "refuse-all"]);
    let regions = [
        ("speech".to_owned(), "first --> <v x> WEBVTT".to_owned(), 0, 1000),
        ("speech".to_owned(), "last".to_owned(), 1500, 2500),
    ];
    assert_eq!(brought(&home, "Mended")["a.wav"], regions);
}

#[tokio::test]
async fn where_nobody_is_or_may_be_asked_the_rest_is_not_tried() {
    let (site, home) = (Site::start(|_| heard()).await.unwrap(), Arc::new(Home::new()));
    for name in ["a", "b", "c", "d", "e"] {
        home.write(&format!("talks/{name}.wav"), &sound(8_000));
    }
    let url = site.url("/v1");
    let (good, _, err) = run(&home, &["transcribe", "talks", "--endpoint", &url]).await;
    assert!(!good && err.contains("a.wav: ") && err.contains("private network") && !err.contains("b.wav"), "{err}");
    assert!(site.log().is_empty());
    // A port that nobody listens on.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{closed}");
    let words = ["transcribe", "talks", "--endpoint", &url, "--allow-networks", "127.0.0.1", "--seconds", "1"];
    let (good, out, err) = run(&home, &words).await;
    assert!(
        !good && out.contains("0 recordings (0.0 s) transcribed into 0 cues, 0 had a transcript, 3 failed"),
        "{out}{err}"
    );
    assert!(err.contains("cannot be reached") && err.contains("nobody was there for 3 in a row"), "{err}");
    let (good, _, err) = run(&home, &["transcribe", "talks/a.wav", "--endpoint", &url, "--megabytes", "0"]).await;
    assert!(!good && err.contains("--megabytes takes more"), "{err}");
    for (words, wanted) in [
        (&["gone.wav", "--endpoint", &url][..], "gone.wav: "),
        (&["talks", "--endpoint", "here"][..], "no address"),
        (&["talks", "--endpoint", &url, "--language", "../en"][..], "letters"),
        (&["talks", "--endpoint", &url, "--program", "x"][..], "cannot be used with"),
        (&["talks", "--endpoint", &url, "--allow-networks", "all"][..], "--allow-networks"),
    ] {
        let said = home.fails(&[&["transcribe"][..], words].concat());
        assert!(said.contains(wanted), "{said}");
    }
}

#[tokio::test]
async fn whoever_stops_it_keeps_what_is_done() {
    let tries = AtomicUsize::new(0);
    let site = Site::start(move |_| match tries.fetch_add(1, Ordering::SeqCst) {
        0 => heard(),
        _ => Reply::Silence(Duration::from_secs(60)),
    });
    let (site, home) = (site.await.unwrap(), Home::new());
    home.write("talks/a.wav", &sound(8_000));
    home.write("talks/b.wav", &sound(8_000));
    let child = Command::new(env!("CARGO_BIN_EXE_labelwright"))
        .args(["transcribe", "talks", "--endpoint", &site.url("/v1"), "--allow-networks", "127.0.0.1"])
        .current_dir(home.path("."))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let waited = Instant::now();
    while site.log().len() < 2 {
        assert!(waited.elapsed() < Duration::from_secs(60), "it asks about the second");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let id = rustix::process::Pid::from_raw(child.id() as i32).unwrap();
    rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
    let ended = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap();
    let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(!ended.status.success() && err.contains("stopped; the same command goes on"), "{err}");
    assert!(out.starts_with("1 recordings (2.5 s) transcribed into 2 cues"), "{out}");
    assert_eq!(names(&home, "talks"), ["a.wav", "a.wav.vtt", "b.wav"]);
}
