//! A body for each route that takes one, good enough to get past its reader.

use super::walk::Target;
use serde_json::{Value, json};

pub fn body(route: &str, target: &Target) -> Value {
    let answer = json!({"fields": {"mood": "good"}, "regions": [], "relations": []});
    let rule = json!({"type": "keyword", "words": ["text"]});
    match route {
        "POST /api/v1/annotations/{annotation}/reviews" => json!({"revision": 1, "verdict": "accept"}),
        "POST /api/v1/auth/accept-invitation" => json!({"token": "no", "name": "N", "password": "long enough 1"}),
        "POST /api/v1/auth/link" => json!({"token": "no"}),
        "POST /api/v1/auth/sign-in" => json!({"email": "nobody@test.example", "password": "no"}),
        "POST /api/v1/datasets/{dataset}/collections" => {
            json!({"source": {"kind": "http", "urls": ["http://127.0.0.1:9/nothing.csv"]}})
        }
        "PATCH /api/v1/datasets/{dataset}/repeats/{repeat}" => json!({"paused": true}),
        "POST /api/v1/projects/{project}/augmentations/preview" => json!({"recipe": "", "factor": 1}),
        "POST /api/v1/projects/{project}/sources/try" => json!({"url": "http://127.0.0.1:9/nothing"}),
        "POST /api/v1/datasets/{dataset}/imports" => json!({"uploads": []}),
        "POST /api/v1/datasets/{dataset}/items" => json!([{"text": "pushed"}]),
        "POST /api/v1/give/{token}/consent" => json!({"terms_version": 1}),
        "POST /api/v1/give/{token}/contributions" => json!("given"),
        "POST /api/v1/give/{token}/withdraw" => json!({"receipts": ["none"]}),
        "POST /api/v1/projects/{project}/draws/preview" => draw(target),
        "POST /api/v1/projects/{project}/draws" => json!({"name": "drawn", "draw": draw(target)}),
        "PATCH /api/v1/me" => json!({"name": "N"}),
        "POST /api/v1/me/tokens" => json!({"name": "t", "expires_in_days": 1}),
        "PATCH /api/v1/projects/{project}" => json!({"name": "new"}),
        "POST /api/v1/projects/{project}/calls" => {
            json!({"settings": {"title": "Another", "kinds": ["text"]}, "terms": "t"})
        }
        "PUT /api/v1/projects/{project}/calls/{call}" => {
            json!({"settings": {"title": "Changed", "kinds": ["text"]}, "terms": "t"})
        }
        "POST /api/v1/projects/{project}/calls/{call}/judge" => {
            json!({"contributions": [target.id("contribution")], "verdict": "accept"})
        }
        "POST /api/v1/projects/{project}/calls/{call}/withdraw" => json!({"contribution": target.id("contribution")}),
        "POST /api/v1/projects/{project}/functions" | "PUT /api/v1/projects/{project}/functions/{function}" => {
            json!({"field": "mood", "name": "another", "value": "good", "enabled": true, "rule": rule})
        }
        "POST /api/v1/projects/{project}/autolabel" => json!({"target": 0.9, "risk": 0.1}),
        "POST /api/v1/projects/{project}/functions/apply" => json!({"field": "mood"}),
        "POST /api/v1/projects/{project}/functions/preview" => {
            json!({"field": "mood", "value": "good", "rule": rule})
        }
        "POST /api/v1/projects/{project}/map/items" => json!({"tasks": [target.id("task")]}),
        "POST /api/v1/workspaces/{workspace}/webhooks" => json!({"url": "http://127.0.0.1:9/"}),
        "PATCH /api/v1/webhooks/{webhook}" => json!({"active": false}),
        "POST /api/v1/projects/{project}/slices" => json!({"name": "s", "tasks": [target.id("task")]}),
        "POST /api/v1/projects/{project}/slices/{slice}/priority" => json!({"priority": 1}),
        "POST /api/v1/projects/{project}/slices/{slice}/assign" => json!({"member": target.id("user"), "hours": 1}),
        "POST /api/v1/projects/{project}/slices/{slice}/label" => {
            json!({"field": "mood", "value": "good", "form": "prelabel"})
        }
        "PUT /api/v1/projects/{project}/guidelines" => json!({"markdown": "m"}),
        "POST /api/v1/projects/{project}/guidelines/read" => json!({"version": 1}),
        "PUT /api/v1/projects/{project}/members/{user}" => json!({"role": "labeler"}),
        "POST /api/v1/projects/{project}/next" => json!({"count": 1}),
        "POST /api/v1/projects/{project}/review" => json!({"tasks": []}),
        "POST /api/v1/projects/{project}/review/next" => json!({"after": null}),
        "POST /api/v1/projects/{project}/snapshots" => json!({"name": "s"}),
        "POST /api/v1/schemas/validate"
        | "POST /api/v1/schemas/{schema}/versions"
        | "POST /api/v1/workspaces/{workspace}/schemas" => {
            json!({"document": serde_json::from_str::<Value>(super::app::TEXT_SCHEMA).unwrap()})
        }
        "POST /api/v1/snapshots/{snapshot}/exports" | "POST /api/v1/snapshots/{snapshot}/exports/preview" => {
            json!({"format": "native"})
        }
        "PATCH /api/v1/tasks/{task}" => json!({"priority": 1}),
        "POST /api/v1/tasks/{task}/comments" => json!({"body": "b"}),
        "POST /api/v1/tasks/{task}/consensus" => json!({"answer": answer, "inputs": []}),
        "PUT /api/v1/tasks/{task}/draft" => json!({"answer": answer}),
        "POST /api/v1/tasks/{task}/flag" => json!({"reason": "r"}),
        "POST /api/v1/tasks/{task}/release" | "POST /api/v1/tasks/{task}/renew" | "POST /api/v1/tasks/{task}/skip" => {
            json!({"epoch": 1})
        }
        "POST /api/v1/tasks/{task}/submit" => json!({"epoch": 1, "parent": null, "answer": answer}),
        // Uploads are their makers' alone: what is wrong with the name is said before.
        "POST /api/v1/workspaces/{workspace}/concept-lists" => json!({"name": "No Name", "upload": 0}),
        "POST /api/v1/workspaces/{workspace}/datasets" => json!({"name": "d"}),
        "POST /api/v1/workspaces/{workspace}/imports/preview" => json!({"uploads": []}),
        "POST /api/v1/workspaces/{workspace}/invitations" => json!({"email": "new@test.example", "role": "labeler"}),
        "PATCH /api/v1/workspaces/{workspace}/members/{user}" => json!({"role": "reviewer"}),
        "POST /api/v1/workspaces/{workspace}/projects" => {
            json!({"name": "p", "schema_version_id": target.id("version")})
        }
        "POST /api/v1/workspaces/{workspace}/uploads" => json!({"name": "u.txt", "bytes": 3}),
        _ => Value::Null,
    }
}

fn draw(target: &Target) -> Value {
    let share = json!({"dataset_id": target.id("dataset"), "weight": 1.0});
    json!({"datasets": [share], "count": 1, "by": {"type": "random"}, "seed": 1})
}
