//! Who acts on the stage: labelers, the manager, the importer. Each goes on for ever; the simulator stops looking.

use super::{
    Planted,
    model::LEASE_SECONDS,
    protocol::{Answering, LabelStore, Outcome},
    stage::{Fault, Shared, boot, call, pause},
};
use crate::facts::ImportFacts;
use labelwright_store::{seats::Lease, submit::Submitted};

const LEASE_MICROSECONDS: i64 = LEASE_SECONDS as i64 * 1_000_000;
const TRIES: u32 = 6;

struct Memory {
    me: i64,
    held: Vec<Lease>,
    /// Task, epoch and revision of what was stored.
    done: Vec<(i64, i64, i64)>,
    keys: u32,
}

pub async fn labeler(stage: Shared, me: i64) {
    let mut memory = Memory { me, held: Vec::new(), done: Vec::new(), keys: 0 };
    loop {
        let choice = stage.borrow_mut().roll(12);
        match choice {
            0..=2 => claim(&stage, &mut memory).await,
            3 | 4 => renew(&stage, &mut memory).await,
            5 => give_back(&stage, &mut memory, false).await,
            6 => give_back(&stage, &mut memory, true).await,
            7..=9 => {
                if let Some(lease) = pick(&stage, &mut memory.held) {
                    submit(&stage, &mut memory, lease.task.0, lease.epoch, None).await;
                }
            }
            10 => {
                if let Some((task, epoch, revision)) = pick(&stage, &mut memory.done) {
                    submit(&stage, &mut memory, task, epoch, Some(revision)).await;
                }
            }
            _ => pause().await,
        }
        pause().await;
    }
}

fn pick<T>(stage: &Shared, from: &mut Vec<T>) -> Option<T> {
    if from.is_empty() {
        return None;
    }
    let at = stage.borrow_mut().roll(from.len() as u32) as usize;
    Some(from.swap_remove(at))
}

async fn claim(stage: &Shared, memory: &mut Memory) {
    let (me, naive) = (memory.me, stage.borrow().planted == Some(Planted::CountThenClaim));
    let count = 1 + stage.borrow_mut().roll(2);
    let claimed = if naive {
        let Ok(Some(task)) = call(stage, |stage| stage.model.find_room(me)).await else { return };
        call(stage, |stage| Ok(vec![stage.model.sit_down(task, me, stage.now + LEASE_MICROSECONDS)])).await
    } else {
        call(stage, |stage| stage.model.claim(me, count, stage.now)).await
    };
    let Ok(Ok(leases)) = claimed else { return };
    let mut stage = stage.borrow_mut();
    let now = stage.now;
    for lease in &leases {
        stage.auditor.granted(me, lease, lease.until.0, now);
    }
    memory.held.extend(leases);
}

async fn renew(stage: &Shared, memory: &mut Memory) {
    let Some(lease) = pick(stage, &mut memory.held) else { return };
    let me = memory.me;
    let renewed = call(stage, |stage| {
        let until = stage.now + LEASE_MICROSECONDS;
        let renewed = stage.model.renew(&lease, me, until);
        // An epoch counts the changes of one seat: an old one may fit another seat that the labeler has by now.
        let slot = stage.model.slot_of(lease.task.0, me).unwrap_or(lease.slot);
        renewed.map(|good| good.then_some((slot, until)))
    })
    .await;
    let mut stage = stage.borrow_mut();
    match renewed {
        Ok(Ok(Some((slot, until)))) => {
            let now = stage.now;
            let lease = Lease { slot, ..lease };
            stage.auditor.granted(me, &lease, until, now);
            memory.held.push(lease);
        }
        Ok(_) => stage.auditor.let_go(me, lease.task.0),
        Err(_) => memory.held.push(lease),
    }
}

async fn give_back(stage: &Shared, memory: &mut Memory, skip: bool) {
    let Some(lease) = pick(stage, &mut memory.held) else { return };
    let me = memory.me;
    // Whatever the answer will be, this client does not count on the seat any more.
    stage.borrow_mut().auditor.let_go(me, lease.task.0);
    let done =
        call(
            stage,
            |stage| {
                if skip { stage.model.skip(&lease, me, stage.now) } else { stage.model.release(&lease, me) }
            },
        );
    drop(done.await);
}

async fn submit(stage: &Shared, memory: &mut Memory, task: i64, epoch: i64, parent: Option<i64>) {
    memory.keys += 1;
    let mood = if stage.borrow_mut().roll(2) == 0 { "good" } else { "bad" };
    let key = format!("{}-{}", memory.me, memory.keys);
    let answering = Answering { task, labeler: memory.me, epoch, parent, mood, key };
    stage.borrow_mut().auditor.let_go(memory.me, task);
    for _ in 0..TRIES {
        match send(stage, &answering).await {
            Ok(Some(submitted)) => {
                let mut stage = stage.borrow_mut();
                stage.auditor.acknowledged(task, &submitted);
                stage.report.submits += 1;
                memory.done.push((task, epoch, submitted.revision));
                return;
            }
            Ok(None) => return,
            Err(_) => pause().await,
        }
    }
}

/// One try; None when it was refused for good.
async fn send(stage: &Shared, answering: &Answering) -> Result<Option<Submitted>, Fault> {
    let naive = stage.borrow().planted == Some(Planted::CheckThenSubmit);
    let began = boot(stage);
    if naive {
        let good = call(stage, |stage| {
            let first = answering.parent.is_none() && !stage.model.has_answered(answering);
            first && stage.model.holds(answering.task, answering.labeler, answering.epoch).is_some()
        })
        .await?;
        if good && boot(stage) == began {
            let stored = call(stage, |stage| {
                let submitted = stage.model.append(answering, stage.now);
                stage.auditor.answered(answering, &Outcome::Stored(submitted.clone()));
                submitted
            });
            return stored.await.map(Some);
        }
    }
    let outcome = call(stage, |stage| {
        let outcome = stage.model.submit(answering, stage.now);
        if let Ok(outcome) = &outcome {
            stage.auditor.answered(answering, outcome);
        }
        outcome
    });
    Ok(match outcome.await? {
        Ok(Outcome::Stored(submitted)) => Some(submitted),
        _ => None,
    })
}

pub async fn manager(stage: Shared) {
    loop {
        for _ in 0..3 {
            pause().await;
        }
        let overlap = 1 + stage.borrow_mut().roll(3);
        drop(call(&stage, |stage| stage.model.set_overlap(overlap)).await);
    }
}

const BATCH: i64 = 3;

/// Brings imports in, batch by batch; after a crash from the beginning, as the job does.
pub async fn importer(stage: Shared) {
    let mut id = 0;
    loop {
        id += 1;
        let batches = 1 + i64::from(stage.borrow_mut().roll(4));
        while !import(&stage, id, batches).await {
            pause().await;
        }
    }
}

async fn import(stage: &Shared, id: i64, batches: i64) -> bool {
    let early = stage.borrow().planted == Some(Planted::SealEarly);
    for batch in 1..=batches {
        loop {
            let put = call(stage, |stage| {
                let imports = &mut stage.model.imports;
                if !imports.iter().any(|one| one.id == id) {
                    imports.push(ImportFacts { id, sealed: false, announced: Some(batches * BATCH), stored: 0 });
                }
                if let Some(one) = imports.iter_mut().find(|one| one.id == id) {
                    one.stored = one.stored.max(batch * BATCH);
                }
            });
            match put.await {
                Err(Fault::Crashed) => return false,
                Err(_) if !early => {}
                _ => break,
            }
        }
    }
    let sealed = call(stage, |stage| {
        if let Some(one) = stage.model.imports.iter_mut().find(|one| one.id == id) {
            one.sealed = true;
        }
    });
    sealed.await.is_ok()
}
