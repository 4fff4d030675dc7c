//! Telling other programs what happens, as "Standard Webhooks" 1.0 lays it down: one POST for each event, in their order,
//! signed with a secret that only both sides know, again and again until it is taken.
//! Keeps: what happened and that it is to be told are stored together; an address is told everything at least once.

use crate::{Error, Result, Workflow, people::Shown, policy::Permit, secret};
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use labelwright_connect::Ask;
use labelwright_core::WorkspaceId;
use labelwright_store::{
    audit,
    records::webhooks::{self, DeliveryRow, Told, WebhookRow},
};
use serde_json::{Value, json};
use std::time::Duration;
use url::Url;

pub use labelwright_store::records::webhooks::WebhookRow as Webhook;

/// What can be told.
pub const KINDS: [(&str, &str); 4] = [
    ("answer.submitted", "Somebody submitted an answer, or a new revision of one."),
    ("answer.reviewed", "A reviewer accepted an answer, mended it, or sent it back."),
    ("task.done", "A task is settled: nothing more is asked of it."),
    ("job.ended", "A job has ended: an import, an export, a training."),
];
/// The kind of a trial.
const PING: &str = "ping";
const WEBHOOKS_MAXIMUM: usize = 50;
const ADDRESS_BYTES_MAXIMUM: usize = 2000;
/// For one POST, and how much of the answer is looked at, in bytes.
const PATIENCE: Duration = Duration::from_secs(15);
const ANSWER_BYTES: u64 = 4 << 10;
/// Between looks for what is to be told.
const LOOK: Duration = Duration::from_secs(2);
const SECRET_PREFIX: &str = "whsec_";

/// What is changed about a webhook; what is None stays.
#[derive(Debug, Clone, Default)]
pub struct WebhookChange {
    pub url: Option<String>,
    pub kinds: Option<Vec<String>>,
    /// Switched on it is tried at once.
    pub active: Option<bool>,
}

fn checked_url(url: &str) -> Result<String> {
    let url = url.trim();
    let parsed = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    match parsed {
        Some(parsed) if url.len() <= ADDRESS_BYTES_MAXIMUM && parsed.username().is_empty() => Ok(parsed.to_string()),
        _ => Err(Error::invalid("/url", "bad_address", "give an address that begins with https:// or http://")),
    }
}

fn checked_kinds(mut kinds: Vec<String>) -> Result<Vec<String>> {
    kinds.sort();
    kinds.dedup();
    for (at, kind) in kinds.iter().enumerate() {
        if !KINDS.iter().any(|(known, _)| known == kind) {
            let known: Vec<&str> = KINDS.iter().map(|(kind, _)| *kind).collect();
            let message = format!("an event is one of {}", known.join(", "));
            return Err(Error::invalid(&format!("/events/{at}"), "unknown", message));
        }
    }
    Ok(kinds)
}

impl Workflow {
    /// The webhooks of a workspace, each with how much it has still to be told.
    pub async fn webhooks(&self, workspace: &Permit<WorkspaceId>) -> Result<Vec<(WebhookRow, i64)>> {
        let id = *workspace.resource();
        self.read(move |tx| Box::pin(async move { Ok(webhooks::of_workspace(tx, id).await?) })).await
    }

    /// The secret is shown this once.
    pub async fn create_webhook(
        &self,
        workspace: &Permit<WorkspaceId>,
        url: &str,
        kinds: Vec<String>,
    ) -> Result<Shown<i64>> {
        let (url, kinds) = (checked_url(url)?, checked_kinds(kinds)?);
        let (id, by, now) = (*workspace.resource(), workspace.user(), self.now());
        let secret = secret::generate_standard(SECRET_PREFIX)?;
        let kept = secret.clone();
        let made = self
            .write(move |tx| {
                Box::pin(async move {
                    if webhooks::of_workspace(tx, id).await?.len() >= WEBHOOKS_MAXIMUM {
                        let message = format!("a workspace has at most {WEBHOOKS_MAXIMUM} webhooks");
                        return Err(Error::conflict("too_many", message));
                    }
                    let made = webhooks::create(tx, id, (&url, &kept), &kinds, by, now).await?;
                    let detail = json!({ "url": url, "events": kinds });
                    let target = format!("webhook:{made}");
                    audit::record(tx, id, Some(by), "webhook.create", &target, &detail, now).await?;
                    Ok(made)
                })
            })
            .await?;
        Ok(Shown { row: made, secret })
    }

    pub async fn change_webhook(&self, webhook: &Permit<WebhookRow>, change: WebhookChange) -> Result<()> {
        let mut row = webhook.resource().clone();
        if let Some(url) = &change.url {
            row.url = checked_url(url)?;
        }
        if let Some(kinds) = change.kinds {
            row.kinds = checked_kinds(kinds)?;
        }
        let (by, now) = (webhook.user(), self.now());
        if let Some(active) = change.active {
            (row.active, row.failures, row.next_at) = (active, 0, now);
        }
        self.write(move |tx| {
            Box::pin(async move {
                webhooks::change(tx, &row).await?;
                let detail = json!({ "url": row.url, "events": row.kinds, "active": row.active });
                let target = format!("webhook:{}", row.id);
                Ok(audit::record(tx, row.workspace, Some(by), "webhook.change", &target, &detail, now).await?)
            })
        })
        .await
    }

    /// What it was still to be told goes too.
    pub async fn delete_webhook(&self, webhook: &Permit<WebhookRow>) -> Result<()> {
        let (row, by, now) = (webhook.resource().clone(), webhook.user(), self.now());
        self.write(move |tx| {
            Box::pin(async move {
                webhooks::delete(tx, row.id).await?;
                let (detail, target) = (json!({ "url": row.url }), format!("webhook:{}", row.id));
                Ok(audit::record(tx, row.workspace, Some(by), "webhook.delete", &target, &detail, now).await?)
            })
        })
        .await
    }

    /// Sends a trial and tells how it went, in a few words. Nothing else is told by it.
    pub async fn try_webhook(&self, webhook: &Permit<WebhookRow>) -> Result<std::result::Result<String, String>> {
        let row = webhook.resource();
        let delivery =
            DeliveryRow { id: self.now().0, kind: PING.into(), project: None, data: "{}".into(), at: self.now() };
        Ok(match self.post(row, &delivery).await {
            Posted::Taken(status) => Ok(status),
            Posted::Failed(why) | Posted::Gone(why) => Err(why),
        })
    }

    /// Tells one address what waits for it; false when none is due.
    pub async fn tell_next(&self) -> Result<bool> {
        let now = self.now();
        let due = self.write(move |tx| Box::pin(async move { Ok(webhooks::take_due(tx, now).await?) })).await?;
        let Some((row, deliveries)) = due else { return Ok(false) };
        let (mut last, mut outcome) = (None, (Told::All, "nothing was to be told".to_owned()));
        for delivery in deliveries {
            match self.post(&row, &delivery).await {
                Posted::Taken(words) => {
                    last = Some(delivery.id);
                    outcome = (Told::All, words);
                }
                Posted::Failed(words) => {
                    outcome = (Told::Failed, words);
                    break;
                }
                Posted::Gone(words) => {
                    outcome = (Told::Gone, words);
                    break;
                }
            }
        }
        let now = self.now();
        self.write(move |tx| {
            Box::pin(async move { Ok(webhooks::told(tx, &row, last, (outcome.0, &outcome.1), now).await?) })
        })
        .await?;
        Ok(true)
    }

    /// Tells what happens until the process ends. Several processes share the table.
    pub async fn tell(&self) {
        loop {
            match self.tell_next().await {
                Ok(true) => {}
                Ok(false) => tokio::time::sleep(LOOK).await,
                Err(error) => {
                    tracing::warn!(%error, "webhooks cannot be told");
                    tokio::time::sleep(LOOK).await;
                }
            }
        }
    }

    async fn post(&self, row: &WebhookRow, delivery: &DeliveryRow) -> Posted {
        let Ok(url) = Url::parse(&row.url) else { return Posted::Failed("the address cannot be read".into()) };
        let body = body_of(row, delivery).to_string();
        // Ids are of one address, so that a copy of the same event elsewhere is another one.
        let id = format!("msg_{}_{}", row.id, delivery.id);
        let seconds = self.now().0.div_euclid(1_000_000).to_string();
        let signature = match sign(&row.secret, &id, &seconds, &body) {
            Some(signature) => signature,
            None => return Posted::Failed("the secret cannot be read".into()),
        };
        let ask = Ask::post(url, body, ANSWER_BYTES, PATIENCE)
            .named("webhook-id", id)
            .named("webhook-timestamp", seconds)
            .named("webhook-signature", signature);
        match self.fetcher.ask(&ask).await {
            Err(error) => Posted::Failed(error.to_string()),
            Ok(answer) if (200..300).contains(&answer.status) => Posted::Taken(format!("status {}", answer.status)),
            Ok(answer) if answer.status == 410 => Posted::Gone("status 410: it wants to be told nothing more".into()),
            Ok(answer) => Posted::Failed(format!("status {}", answer.status)),
        }
    }
}

/// What became of one POST, in a few words that repeat nothing of what the other side said.
enum Posted {
    Taken(String),
    Failed(String),
    Gone(String),
}

fn body_of(row: &WebhookRow, delivery: &DeliveryRow) -> Value {
    let data: Value = serde_json::from_str(&delivery.data).unwrap_or_default();
    json!({
        "type": delivery.kind,
        "timestamp": delivery.at.to_string(),
        "workspace": row.workspace,
        "project": delivery.project,
        "data": data,
    })
}

/// `v1,` and the HMAC-SHA256 of `id.timestamp.body` under the bytes behind the prefix of the secret, in base64.
fn sign(secret: &str, id: &str, seconds: &str, body: &str) -> Option<String> {
    let key = STANDARD.decode(secret.strip_prefix(SECRET_PREFIX)?).ok()?;
    let mut mac = Hmac::<sha2_for_hmac::Sha256>::new_from_slice(&key).ok()?;
    for part in [id, ".", seconds, ".", body] {
        mac.update(part.as_bytes());
    }
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::sign;

    /// The worked example of the specification.
    #[test]
    fn a_signature_is_that_of_the_specification() {
        let signature = sign(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "1614265330",
            "{\"test\": 2432232314}",
        );
        assert_eq!(signature.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    }
}
