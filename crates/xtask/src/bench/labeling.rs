//! Sixteen people label over HTTP; then as many submits as the server takes.

use super::{
    Failure, Line,
    program::{cpu_so_far, p95},
};
use crate::prove::{Server, StoreKind, binary, lay};
use labelwright_testkit::{
    http::{Client, Request, Response},
    world::{Person, Size, World, answer_json},
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const LABELERS: usize = 16;
const ROUNDS: usize = 120;
const SENDERS: usize = 64;
/// Tasks that a sender holds at once.
const HELD: usize = 10;
const SUBMITS_EACH: usize = 100;

pub async fn measure() -> Result<Vec<Line>, Failure> {
    let tasks = (LABELERS * ROUNDS + SENDERS * SUBMITS_EACH + 1000) as i64;
    let size = Size { labelers: SENDERS, tasks, overlap: 1, lease_seconds: 3600 };
    let ground = lay(StoreKind::Sqlite, size).await?;
    let laid = ground.world.clone();
    let mut server = Server::new(binary()?, &ground)?;
    server.start().await?;
    let process = server.process().ok_or("the server is gone")?;

    let before = cpu_so_far(process)?;
    let mut crowd = tokio::task::JoinSet::new();
    for person in laid.labelers.iter().take(LABELERS).cloned() {
        crowd.spawn(label(server.address.clone(), laid.clone(), person));
    }
    let mut times = Vec::new();
    while let Some(done) = crowd.join_next().await {
        times.extend(done??);
    }
    let cpu = (cpu_so_far(process)? - before) / times.len() as f64;

    let started = Instant::now();
    let mut crowd = tokio::task::JoinSet::new();
    for person in laid.labelers.iter().cloned() {
        crowd.spawn(flood(server.address.clone(), laid.clone(), person));
    }
    let mut submits = 0;
    while let Some(done) = crowd.join_next().await {
        submits += done??;
    }
    let rate = submits as f64 / started.elapsed().as_secs_f64();
    Ok(vec![
        Line::at_most("next + submit by 16 labelers, server CPU", cpu * 1000.0, "ms", 3.0),
        Line::at_most("next + submit by 16 labelers, p95", p95(times) * 1000.0, "ms", 50.0),
        Line::at_least("submits on SQLite with full durability (with their claims)", rate, "1/s", 1000.0),
    ])
}

/// Takes a task and submits it, again and again; how long each pair took in seconds. A person thinks in between.
async fn label(address: String, world: World, person: Person) -> Result<Vec<f64>, Failure> {
    let mut client = Client::new(&address, Duration::from_secs(30));
    let mut times = Vec::new();
    for round in 0..ROUNDS {
        let started = Instant::now();
        let held = next(&mut client, &world, &person, 1).await?;
        for task in &held {
            submit(&mut client, &person, task, round).await?;
        }
        times.push(started.elapsed().as_secs_f64());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(times)
}

/// Submits without a pause, from leases taken ten at a time.
async fn flood(address: String, world: World, person: Person) -> Result<usize, Failure> {
    let mut client = Client::new(&address, Duration::from_secs(30));
    let mut done = 0;
    while done < SUBMITS_EACH {
        let held = next(&mut client, &world, &person, HELD).await?;
        if held.is_empty() {
            return Err("there are too few tasks".into());
        }
        for task in &held {
            submit(&mut client, &person, task, done).await?;
            done += 1;
        }
    }
    Ok(done)
}

async fn next(client: &mut Client, world: &World, person: &Person, count: usize) -> Result<Vec<Value>, Failure> {
    let path = format!("/api/v1/projects/{}/next", world.project);
    let request = Request::new("POST", &path).bearer(&person.token).json(json!({ "count": count }).to_string());
    let answer = good(client.send(&request).await?)?;
    Ok(answer.json()["assignments"].as_array().cloned().unwrap_or_default())
}

async fn submit(client: &mut Client, person: &Person, task: &Value, round: usize) -> Result<(), Failure> {
    let path = format!("/api/v1/tasks/{}/submit", task["task_id"]);
    let answer = answer_json("good", &format!("round {round}"));
    let body = format!(r#"{{"epoch":{},"parent":null,"took_ms":5,"answer":{answer}}}"#, task["epoch"]);
    let key = format!("{}-{}", person.user, task["task_id"]);
    let request = Request::new("POST", &path).bearer(&person.token).header("idempotency-key", &key).json(body);
    good(client.send(&request).await?).map(|_| ())
}

pub fn good(response: Response) -> Result<Response, Failure> {
    if response.status == 200 {
        return Ok(response);
    }
    Err(format!("{}: {}", response.status, String::from_utf8_lossy(&response.body)).into())
}
