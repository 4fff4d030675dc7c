//! Language models behind an interface that speaks as OpenAI's does, with its failures: busy, old, silent, talkative, wrong.

use crate::{
    site::{Reply, Request, Site},
    support::local,
};
use labelwright_connect::{
    FetchError,
    llm::{Chat, Endpoint, Limits, LlmError, Question},
};
use serde_json::{Value, json};
use std::{
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};
use url::Url;

fn completion(content: &str, reason: &str) -> Reply {
    let said = json!({ "id": "c", "object": "chat.completion", "model": "m", "choices": [{ "index": 0,
        "finish_reason": reason, "message": { "role": "assistant", "content": content } }],
        "usage": { "prompt_tokens": 30, "completion_tokens": 10, "total_tokens": 40 } });
    Reply::json(said.to_string())
}

fn good() -> Reply {
    completion(r#"{"text": "fine"}"#, "stop")
}

fn body(request: &Request) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

fn question() -> Question {
    let schema = json!({ "type": "object", "additionalProperties": false, "required": ["text"],
        "properties": { "text": { "type": "string" } } });
    Question { system: "Be brief.".into(), user: "Say something.".into(), schema, most_tokens: 50, seed: 7 }
}

fn chat(site: &Site, answers: Option<PathBuf>, limits: Limits) -> Chat {
    let base = Url::parse(&site.url("/v1/")).unwrap();
    let time = Duration::from_millis(400);
    let endpoint = Endpoint { base, model: "m".into(), key: Some("secret".into()), temperature: Some(0.5), time };
    Chat::new(local(), endpoint, answers, limits)
}

fn refuse(value: &Value) -> Result<(), String> {
    match value["text"].as_str() {
        Some(_) => Ok(()),
        None => Err("\"text\" is missing".into()),
    }
}

async fn asked(site: &Site) -> Result<Value, LlmError> {
    chat(site, None, Limits::default()).ask(&question(), &refuse).await
}

#[tokio::test]
async fn a_question_is_asked_by_a_strict_schema() {
    let site = Site::start(|_| good()).await.unwrap();
    let chat = chat(&site, None, Limits { price_completion: 2.0, ..Limits::default() });
    assert_eq!(chat.ask(&question(), &refuse).await.unwrap(), json!({ "text": "fine" }));
    let log = site.log();
    let [request] = log.as_slice() else { panic!("{} requests", log.len()) };
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/v1/chat/completions"));
    assert_eq!(request.header("authorization"), Some("Bearer secret"));
    let said = body(request);
    assert_eq!(said["response_format"]["type"], "json_schema");
    assert_eq!(said["response_format"]["json_schema"]["strict"], true);
    assert_eq!(
        (&said["max_completion_tokens"], &said["seed"], &said["temperature"]),
        (&50.into(), &7.into(), &0.5.into())
    );
    let spent = chat.spent();
    assert_eq!((spent.requests, spent.prompt_tokens, spent.completion_tokens), (1, 30, 10));
    assert!((spent.cost - 2e-5).abs() < 1e-12);
}

/// Each step is refused with 400 until only words are left; the next question begins where this one ended.
#[tokio::test]
async fn an_old_interface_is_asked_by_weaker_means() {
    let site = Site::start(|request| {
        let said = body(request);
        let is_new = said.get("response_format").is_some() || said.get("tools").is_some();
        match is_new {
            true => Reply::of(400, "application/json", r#"{"error": {"message": "unknown field"}}"#),
            false => completion("Here: ```json\n{\"text\": \"fine\"}\n```", "stop"),
        }
    })
    .await
    .unwrap();
    let chat = chat(&site, None, Limits::default());
    assert_eq!(chat.ask(&question(), &refuse).await.unwrap()["text"], "fine");
    assert_eq!(site.log().len(), 4);
    let last = body(site.log().last().unwrap());
    assert!(
        last["messages"][0]["content"].as_str().unwrap().contains("additionalProperties"),
        "the schema is told in words"
    );
    chat.ask(&Question { seed: 8, ..question() }, &refuse).await.unwrap();
    assert_eq!(site.log().len(), 5);
}

#[tokio::test]
async fn tools_and_parameters_that_are_not_taken() {
    let site = Site::start(|request| {
        let said = body(request);
        if said.get("max_completion_tokens").is_some() {
            return Reply::of(400, "application/json", r#"{"error": "unknown parameter max_completion_tokens"}"#);
        }
        if said.get("temperature").is_some() {
            return Reply::of(400, "application/json", r#"{"error": "temperature must be 1"}"#);
        }
        if said.get("tools").is_none() {
            return Reply::of(422, "application/json", "{}");
        }
        let call = json!({ "choices": [{ "finish_reason": "tool_calls", "message": { "content": null, "tool_calls": [
            { "type": "function", "function": { "name": "answer", "arguments": "{\"text\": \"called\"}" } }] } }] });
        Reply::json(call.to_string())
    })
    .await
    .unwrap();
    let chat = chat(&site, None, Limits::default());
    assert_eq!(chat.ask(&question(), &refuse).await.unwrap()["text"], "called");
    let last = body(site.log().last().unwrap());
    assert_eq!((&last["max_tokens"], last.get("seed").is_some()), (&50.into(), true));
    assert!(chat.spent().completion_tokens > 0, "an interface that does not count is estimated");
}

#[tokio::test]
async fn a_busy_interface_is_left_alone_as_long_as_it_asks() {
    let tries = AtomicUsize::new(0);
    let site = Site::start(move |_| match tries.fetch_add(1, Ordering::SeqCst) {
        0 => Reply::of(429, "text/plain", "slow down").with("retry-after", "1"),
        1 => Reply::of(503, "text/plain", ""),
        _ => good(),
    })
    .await
    .unwrap();
    let start = Instant::now();
    assert_eq!(asked(&site).await.unwrap()["text"], "fine");
    let log = site.log();
    assert_eq!(log.len(), 3);
    assert!(log[1].at - log[0].at >= Duration::from_secs(1), "Retry-After is kept");
    assert!(log[2].at - log[1].at >= Duration::from_millis(900), "the second pause is longer than the first would be");
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn an_interface_that_hangs_is_asked_again() {
    let tries = AtomicUsize::new(0);
    let site = Site::start(move |_| match tries.fetch_add(1, Ordering::SeqCst) {
        0 => Reply::Silence(Duration::from_secs(30)),
        _ => good(),
    })
    .await
    .unwrap();
    assert_eq!(asked(&site).await.unwrap()["text"], "fine");
    assert_eq!(site.log().len(), 2);
}

/// A wrong answer is sent back once, with what is wrong about it.
#[tokio::test]
async fn a_wrong_answer_is_repaired_once() {
    for wrong in [r#"{"words": "fine"}"#, "I would rather not say.", "[]"] {
        let tries = AtomicUsize::new(0);
        let said = wrong.to_owned();
        let site = Site::start(move |_| match tries.fetch_add(1, Ordering::SeqCst) {
            0 => completion(&said, "stop"),
            _ => good(),
        })
        .await
        .unwrap();
        assert_eq!(asked(&site).await.unwrap()["text"], "fine");
        let second = body(site.log().last().unwrap());
        let messages = second["messages"].as_array().unwrap();
        assert_eq!((messages.len(), &messages[2]["content"]), (4, &json!(wrong)));
        assert!(messages[3]["content"].as_str().unwrap().starts_with("That is not what was asked for"));
        // One that stays wrong is given up.
        let said = wrong.to_owned();
        let stubborn = Site::start(move |_| completion(&said, "stop")).await.unwrap();
        let error = asked(&stubborn).await.unwrap_err();
        assert!(error.is_of_the_question(), "{error}");
        assert_eq!(stubborn.log().len(), 2);
    }
}

#[tokio::test]
async fn an_answer_that_was_cut_off_gets_more_room() {
    let site = Site::start(|request| match body(request)["max_completion_tokens"].as_u64() {
        Some(50) => completion(r#"{"text": "fi"#, "length"),
        _ => good(),
    })
    .await
    .unwrap();
    assert_eq!(asked(&site).await.unwrap()["text"], "fine");
    let second = body(site.log().last().unwrap());
    assert_eq!((&second["max_completion_tokens"], second["messages"].as_array().unwrap().len()), (&100.into(), 2));
}

#[tokio::test]
async fn refusals_pages_and_floods_are_told_apart() {
    let declined = Site::start(|_| completion("", "content_filter")).await.unwrap();
    assert!(matches!(asked(&declined).await, Err(LlmError::Declined)));
    let page = Site::start(|_| Reply::html("<h1>Sign in</h1>")).await.unwrap();
    assert!(matches!(asked(&page).await, Err(LlmError::Strange(_))));
    let flood = Site::start(|_| {
        let mut head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n".to_vec();
        head.extend([b' '; 1024]);
        Reply::Endless(head, vec![b' '; 1 << 18], Duration::ZERO)
    })
    .await
    .unwrap();
    assert!(asked(&flood).await.unwrap_err().is_of_the_question());
    let closed = Site::start(|_| Reply::of(401, "text/plain", "who are you")).await.unwrap();
    let error = asked(&closed).await.unwrap_err();
    assert!(matches!(error, LlmError::Key(_)) && !error.to_string().contains("secret"));
    let elsewhere = Site::start(|_| Reply::to("http://127.0.0.1:9/")).await.unwrap();
    assert!(matches!(asked(&elsewhere).await, Err(LlmError::Status { status: 302, .. })), "a key is not carried on");
    let inside = Chat::new(
        labelwright_connect::Fetcher::new(labelwright_connect::Guard::default()),
        Endpoint {
            base: Url::parse(&closed.url("/v1")).unwrap(),
            model: "m".into(),
            key: None,
            temperature: None,
            time: Duration::from_secs(1),
        },
        None,
        Limits::default(),
    );
    let error = inside.ask(&question(), &refuse).await.unwrap_err();
    assert!(matches!(error, LlmError::Fetch { reason: FetchError::Forbidden, .. }), "{error}");
}

#[tokio::test]
async fn answers_are_kept_and_limits_are_kept() {
    let folder = std::env::temp_dir().join(format!("labelwright-connect-{}-llm", std::process::id()));
    drop(std::fs::remove_dir_all(&folder));
    let site = Site::start(|_| good()).await.unwrap();
    let first = chat(&site, Some(folder.clone()), Limits { most_tokens: Some(250), ..Limits::default() });
    let questions: Vec<Question> = (0..6).map(|seed| Question { seed, ..question() }).collect();
    let said = first.ask_all(&questions, 1, &refuse).await;
    let reached = said.iter().filter(|said| matches!(said, Err(LlmError::Budget))).count();
    assert!(reached > 0 && reached < 6, "{reached} of six are over the limit");
    let spent = first.spent();
    assert!(spent.prompt_tokens + spent.completion_tokens <= 250);
    // The same again pays only for what is not there.
    let asked_before = site.log().len();
    let again = chat(&site, Some(folder.clone()), Limits::default());
    assert!(again.ask_all(&questions, 3, &refuse).await.iter().all(Result::is_ok));
    assert_eq!((site.log().len(), again.spent().kept), (asked_before + reached, 6 - reached as u64));
    // What is damaged on the disk is asked for anew.
    for file in std::fs::read_dir(&folder).unwrap() {
        std::fs::write(file.unwrap().path(), "{").unwrap();
    }
    let third = chat(&site, Some(folder.clone()), Limits::default());
    assert!(third.ask(&questions[0], &refuse).await.is_ok() && third.spent().kept == 0);
    std::fs::remove_dir_all(&folder).unwrap();
}
