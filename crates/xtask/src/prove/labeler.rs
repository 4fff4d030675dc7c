//! A simulated labeler over real HTTP, and the memory of what the server acknowledged to them.

use labelwright_testkit::{
    http::{Client, Request, Response},
    world::{Person, answer_json},
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    ops::RangeInclusive,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

/// An answer that the server said it has stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    pub user: i64,
    pub task: i64,
    pub key: String,
    pub answer: String,
    pub annotation: i64,
    pub revision: i64,
    pub hash: String,
}

#[derive(Default)]
pub struct Ledger {
    pub acknowledged: Mutex<Vec<Acknowledged>>,
    /// The last acknowledged draft of a labeler's task, until a submit is tried.
    pub drafts: Mutex<BTreeMap<(i64, i64), String>>,
    pub problems: Mutex<Vec<String>>,
    pub requests: AtomicU64,
    pub lost: AtomicU64,
    pub refused: AtomicU64,
    pub replayed: AtomicU64,
    pub reused: AtomicU64,
}

impl Ledger {
    pub fn problem(&self, text: String) {
        if let Ok(mut problems) = self.problems.lock() {
            problems.push(text);
        }
    }
}

pub struct Labeler {
    pub person: Person,
    pub project: i64,
    pub client: Client,
    pub ledger: Arc<Ledger>,
    pub stop: Arc<AtomicBool>,
    pub dice: StdRng,
    /// Pause between requests, in milliseconds.
    pub think: RangeInclusive<u64>,
    /// Now and then send an acknowledged answer again, and another one under its key.
    pub probes: bool,
    keys: u64,
    /// Answers of one's own that may be changed: task to (epoch, revision).
    done: Vec<(i64, i64, i64)>,
}

impl Labeler {
    pub fn new(person: Person, project: i64, address: &str, ledger: Arc<Ledger>, seed: u64) -> Self {
        Self {
            dice: StdRng::seed_from_u64(seed),
            client: Client::new(address, Duration::from_secs(10)),
            person,
            project,
            ledger,
            stop: Arc::default(),
            think: 0..=0,
            probes: false,
            keys: 0,
            done: Vec::new(),
        }
    }

    /// Labels until told to stop. A request whose answer was lost is sent again, as it was, until it is answered.
    pub async fn work(mut self) {
        while !self.stop.load(Ordering::Relaxed) {
            if self.dice.random_bool(0.05) && !self.done.is_empty() {
                self.revise().await;
                continue;
            }
            let count = self.dice.random_range(1..=3);
            let path = format!("/api/v1/projects/{}/next", self.project);
            let Some(response) = self.call("POST", &path, None, json!({ "count": count }).to_string()).await else {
                return;
            };
            if response.status != 200 {
                self.ledger.problem(format!("next: {} {}", response.status, text(&response)));
                continue;
            }
            let assignments = response.json()["assignments"].as_array().cloned().unwrap_or_default();
            if assignments.is_empty() {
                self.revise().await;
            }
            for assignment in assignments {
                self.handle(&assignment).await;
            }
        }
    }

    async fn handle(&mut self, assignment: &Value) {
        let (task, epoch) = (assignment["task_id"].as_i64().unwrap_or(0), assignment["epoch"].as_i64().unwrap_or(0));
        if self.dice.random_bool(0.2) {
            self.draft(task).await;
        }
        match self.dice.random_range(0..20) {
            0 => drop(self.give_back(task, epoch, "skip").await),
            1 => drop(self.give_back(task, epoch, "release").await),
            2 => {}
            _ => self.submit(task, epoch, None).await,
        }
    }

    async fn draft(&mut self, task: i64) {
        let answer = self.answer(task);
        let body = format!(r#"{{"answer":{answer}}}"#);
        let response = self.call("PUT", &format!("/api/v1/tasks/{task}/draft"), None, body).await;
        if response.is_some_and(|response| response.status == 204)
            && let Ok(mut drafts) = self.ledger.drafts.lock()
        {
            drafts.insert((self.person.user.0, task), answer);
        }
    }

    async fn give_back(&mut self, task: i64, epoch: i64, how: &str) -> Option<Response> {
        self.call("POST", &format!("/api/v1/tasks/{task}/{how}"), None, json!({ "epoch": epoch }).to_string()).await
    }

    async fn revise(&mut self) {
        if self.done.is_empty() {
            tokio::time::sleep(Duration::from_millis(50)).await;
            return;
        }
        let at = self.dice.random_range(0..self.done.len());
        let (task, epoch, revision) = self.done.swap_remove(at);
        self.submit(task, epoch, Some(revision)).await;
    }

    async fn submit(&mut self, task: i64, epoch: i64, parent: Option<i64>) {
        self.keys += 1;
        let key = format!("{}-{}", self.person.user, self.keys);
        let answer = self.answer(task);
        let parent_json = parent.map_or("null".to_owned(), |parent| parent.to_string());
        let body = format!(r#"{{"epoch":{epoch},"parent":{parent_json},"took_ms":5,"answer":{answer}}}"#);
        if let Ok(mut drafts) = self.ledger.drafts.lock() {
            drafts.remove(&(self.person.user.0, task));
        }
        let path = format!("/api/v1/tasks/{task}/submit");
        let Some(response) = self.call("POST", &path, Some(&key), body.clone()).await else { return };
        match response.status {
            200 => {
                if self.probes && self.dice.random_bool(0.3) {
                    self.probe(&path, &key, &body, &response).await;
                }
                self.acknowledge(task, epoch, key, answer, &response);
            }
            409 => drop(self.ledger.refused.fetch_add(1, Ordering::Relaxed)),
            status => self.ledger.problem(format!("submit: {status} {}", text(&response))),
        }
    }

    /// The same again gets the first answer back; something else under the same key is refused.
    async fn probe(&mut self, path: &str, key: &str, body: &str, first: &Response) {
        let Some(again) = self.call("POST", path, Some(key), body.to_owned()).await else { return };
        self.ledger.replayed.fetch_add(1, Ordering::Relaxed);
        if again.status != 200 || again.json() != first.json() {
            self.ledger.problem(format!("key {key}: the replay differs: {} {}", again.status, text(&again)));
        }
        let other = body.replace("task ", "other task ");
        let Some(reused) = self.call("POST", path, Some(key), other).await else { return };
        self.ledger.reused.fetch_add(1, Ordering::Relaxed);
        if reused.status != 422 || reused.json()["code"] != "idempotency_key_reused" {
            self.ledger.problem(format!("key {key}: reused, and the answer is {} {}", reused.status, text(&reused)));
        }
    }

    fn acknowledge(&mut self, task: i64, epoch: i64, key: String, answer: String, response: &Response) {
        let body = response.json();
        let revision = body["revision"].as_i64().unwrap_or(0);
        self.done.push((task, epoch, revision));
        let acknowledged = Acknowledged {
            user: self.person.user.0,
            task,
            key,
            answer,
            annotation: body["annotation_id"].as_i64().unwrap_or(0),
            revision,
            hash: body["hash"].as_str().unwrap_or_default().to_owned(),
        };
        if let Ok(mut all) = self.ledger.acknowledged.lock() {
            all.push(acknowledged);
        }
    }

    fn answer(&mut self, task: i64) -> String {
        let mood = if self.dice.random_bool(0.5) { "good" } else { "bad" };
        answer_json(mood, &format!("task {task}, {}", self.dice.random::<u32>()))
    }

    /// None when told to stop before an answer came.
    async fn call(&mut self, method: &str, path: &str, key: Option<&str>, body: String) -> Option<Response> {
        let mut request = Request::new(method, path).bearer(&self.person.token).json(body);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        loop {
            if *self.think.end() > 0 {
                tokio::time::sleep(Duration::from_millis(self.dice.random_range(self.think.clone()))).await;
            }
            self.ledger.requests.fetch_add(1, Ordering::Relaxed);
            match self.client.send(&request).await {
                // A server that cannot reach its database says so; the request is sent again.
                Ok(response) if response.status == 503 => {}
                Ok(response) => return Some(response),
                Err(_) => drop(self.ledger.lost.fetch_add(1, Ordering::Relaxed)),
            }
            if self.stop.load(Ordering::Relaxed) {
                return None;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

pub fn text(response: &Response) -> String {
    String::from_utf8_lossy(&response.body).chars().take(300).collect()
}
