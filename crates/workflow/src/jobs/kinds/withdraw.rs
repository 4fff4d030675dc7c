//! Takes away what contributors took back: items with all that was made of them.

use super::{Running, Stopped, input};
use crate::contribute::{WithdrawInput, withdraw};
use labelwright_store::audit;
use serde_json::{Value, json};

pub async fn run(running: &mut Running<'_>) -> Result<Value, Stopped> {
    let wanted: WithdrawInput = input(running)?;
    let workflow = running.workflow.clone();
    let total = wanted.contributions.len() as i64;
    let mut gone = Default::default();
    for (done, id) in wanted.contributions.iter().enumerate() {
        withdraw(&workflow, &wanted, *id, &mut gone).await?;
        running.progress(done as i64, total, "taking back").await?;
    }
    let told = serde_json::to_value(&gone).unwrap_or_else(|_| json!({}));
    if gone.contributions > 0 {
        let (workspace, now, detail) = (running.job.workspace, workflow.now(), told.clone());
        let target = format!("call:{}", wanted.call);
        workflow
            .write(move |tx| {
                Box::pin(async move {
                    Ok(audit::record(tx, workspace, None, "contribution.gone", &target, &detail, now).await?)
                })
            })
            .await?;
    }
    Ok(told)
}
