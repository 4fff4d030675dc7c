//! What `labelwright aggregate` says beside the labels.

use crate::{
    batch::{Judgments, Output},
    environment::Failure,
};
use labelwright_quality::aggregation::{Aggregation, METHODS, Votes, multi_label::MultiLabel};
use serde_json::{Map, Value, json};
use std::path::Path;

const MULTI_LABEL: (&str, &str, &str) = (
    "multi-label",
    "Sets of labels, each label by a method of its own (--base)",
    "Boutell, Luo, Shen, Brown, Learning multi-label scene classification, 2004",
);

/// The registry, for people or as JSON.
pub fn list(json: bool) -> Result<(), Failure> {
    let all = METHODS.iter().map(|method| (method.id, method.title, method.paper, method.uses_gold));
    let all = all.chain([(MULTI_LABEL.0, MULTI_LABEL.1, MULTI_LABEL.2, true)]);
    if json {
        let rows: Vec<Value> = all
            .map(|(id, title, paper, gold)| json!({"id": id, "title": title, "paper": paper, "uses_gold": gold}))
            .collect();
        println!("{}", serde_json::to_string_pretty(&rows)?);
        return Ok(());
    }
    for (id, title, paper, gold) in all {
        println!("{id:20} {title}{}\n{:20} {paper}", if gold { " (uses gold)" } else { "" }, "");
    }
    Ok(())
}

pub fn summary(
    json: bool,
    method: &str,
    judgments: &Judgments,
    votes: &Votes,
    found: &Aggregation,
) -> Result<(), Failure> {
    if json {
        let summary = json!({
            "method": method,
            "tasks": judgments.tasks.len(),
            "workers": judgments.workers.len(),
            "labels": judgments.labels.len(),
            "judgments": votes.len(),
            "repeats": votes.repeats(),
            "ties": found.ties,
            "iterations": found.iterations,
            "converged": found.converged,
            "objective": found.objective,
            "path": found.path,
        });
        println!("{}", serde_json::to_string(&summary)?);
    } else {
        eprintln!(
            "{} judgments of {} tasks by {} workers, {} labels; {} ties; {} steps",
            votes.len(),
            judgments.tasks.len(),
            judgments.workers.len(),
            judgments.labels.len(),
            found.ties,
            found.iterations
        );
    }
    Ok(())
}

/// One object a worker, written one after the other: a million workers are never in memory as JSON.
pub fn skills(
    path: &Path,
    method: &str,
    judgments: &Judgments,
    votes: &Votes,
    found: &Aggregation,
) -> Result<(), Failure> {
    let mut file = Output::create(path)?;
    let classes = votes.classes();
    let prior = found.class_prior.as_ref().map(|prior| {
        let pairs = prior.iter().enumerate().map(|(class, p)| (judgments.labels.text(class as u32), json!(p)));
        pairs.collect::<Map<String, Value>>()
    });
    for (name, value) in [("method", json!(method)), ("skill", json!(found.skill)), ("class_prior", json!(prior))] {
        let start = if name == "method" { "{" } else { "," };
        file.bytes(format!("{start}{}:{value}", json!(name)).as_bytes())?;
    }
    file.bytes(b",\"workers\":[")?;
    let counts = votes.per_worker();
    for (worker, (skill, count)) in found.skills.iter().zip(&counts).enumerate() {
        let mut entry = json!({"worker": judgments.workers.text(worker as u32), "skill": skill, "judgments": count});
        if let Some(confusion) = &found.confusion {
            let mut rows = Map::new();
            for class in 0..classes {
                let mut row = Map::new();
                for cell in votes.of_worker(worker) {
                    let given = judgments.labels.text(votes.label(cell as u32) as u32);
                    row.insert(given, json!(confusion.get(cell * classes + class)));
                }
                rows.insert(judgments.labels.text(class as u32), Value::Object(row));
            }
            if let Some(entry) = entry.as_object_mut() {
                entry.insert("confusion".into(), Value::Object(rows));
            }
        }
        file.bytes(if worker == 0 { b"\n" } else { b",\n" })?;
        file.bytes(serde_json::to_string(&entry)?.as_bytes())?;
    }
    file.bytes(b"\n]}\n")?;
    file.commit()
}

/// For sets: each worker's skill on each label.
pub fn set_skills(path: &Path, base: &str, judgments: &Judgments, found: &MultiLabel) -> Result<(), Failure> {
    let workers: Vec<Value> = (0..judgments.workers.len())
        .map(|worker| {
            let skills = found
                .by_label
                .iter()
                .enumerate()
                .map(|(label, own)| (judgments.labels.text(label as u32), json!(own.skills.get(worker))));
            json!({"worker": judgments.workers.text(worker as u32), "skills": skills.collect::<Map<String, Value>>()})
        })
        .collect();
    let skill = found.by_label.first().map(|own| own.skill);
    let mut file = Output::create(path)?;
    file.bytes(serde_json::to_string(&json!({"method": base, "skill": skill, "workers": workers}))?.as_bytes())?;
    file.bytes(b"\n")?;
    file.commit()
}
