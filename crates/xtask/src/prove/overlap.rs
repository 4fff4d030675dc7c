//! P2: never more than `overlap` people hold or finish a task, and nobody twice. Two hundred labelers claim, submit,
//! skip, release and forget, through two stores on PostgreSQL (as two servers), while leases run out, the clock jumps
//! and the overlap is raised and lowered.

use super::{Failure, Options, StoreKind, ground};
use labelwright_core::{Timestamp, UserId};
use labelwright_store::{
    Arg, Sql, Store, StoreError,
    seats::{self, Lease},
    submit::{Submission, SubmitError, submit},
};
use labelwright_testkit::{
    facts::SeatState,
    invariants, stored,
    world::{Size, World, answer, set_overlap},
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

const LEASE_SECONDS: u32 = 60;
/// The overlap of each round; every other one changes while people work.
const OVERLAPS: [u32; 10] = [2, 3, 1, 4, 2, 5, 1, 4, 3, 5];
const ROUNDS_MAXIMUM: usize = 60;

#[derive(Default)]
struct Tally {
    claims: AtomicU64,
    submits: AtomicU64,
    given_back: AtomicU64,
    lost: AtomicU64,
    /// The database asked to try again: a deadlock or a full pool.
    again: AtomicU64,
    problems: Mutex<Vec<String>>,
}

#[derive(Clone)]
struct Table {
    stores: Vec<Store>,
    world: Arc<World>,
    /// Microseconds, shared by all: it jumps for all of them.
    clock: Arc<AtomicI64>,
    tally: Arc<Tally>,
    /// Most seats that may be started at a task in this round.
    cap: i64,
    /// Claims at which the round ends.
    until: u64,
    /// Only claims, one seat each: for the rate.
    only_claims: bool,
}

pub async fn run(options: Options) -> Result<Vec<String>, Failure> {
    let (labelers, target, tasks) = if options.short { (32, 1_500, 600) } else { (200, 50_000, 10_000) };
    let size = Size { labelers, tasks, overlap: OVERLAPS[0], lease_seconds: LEASE_SECONDS };
    let ground = ground::lay(options.store, size).await?;
    let servers = if options.store == StoreKind::Postgres { 2 } else { 1 };
    let mut stores = Vec::new();
    for _ in 0..servers {
        stores.push(Store::open(&ground.database).await?);
    }
    let mut dice = StdRng::seed_from_u64(options.seed);
    let mut table = Table {
        stores,
        world: Arc::new(ground.world.clone()),
        clock: Arc::new(AtomicI64::new(1_900_000_000_000_000)),
        tally: Arc::default(),
        cap: i64::from(OVERLAPS[0]),
        until: target / 10,
        only_claims: true,
    };
    let began = Instant::now();
    round(&table, &mut dice).await?;
    let rate = table.tally.claims.load(Ordering::Relaxed) as f64 / began.elapsed().as_secs_f64();
    println!("claims alone, one seat each: {rate:.0}/s");
    table.only_claims = false;

    let (mut problems, mut worked, mut rounds) = (Vec::new(), Duration::ZERO, 0);
    let before = table.tally.claims.load(Ordering::Relaxed);
    let mut overlap = OVERLAPS[0];
    while table.tally.claims.load(Ordering::Relaxed) < target && rounds < ROUNDS_MAXIMUM {
        let next = OVERLAPS[rounds % OVERLAPS.len()];
        table.until = target.min(table.tally.claims.load(Ordering::Relaxed) + target / 12);
        let started = Instant::now();
        if rounds % 2 == 0 {
            set_overlap(&table.stores[0], ground.world.project, next).await?;
            table.cap = i64::from(next);
            round(&table, &mut dice).await?;
        } else {
            table.cap = i64::from(next.max(overlap));
            let (store, project) = (table.stores[0].clone(), ground.world.project);
            let change = tokio::spawn(async move { patiently(&store, project, next).await });
            round(&table, &mut dice).await?;
            change.await??;
        }
        worked += started.elapsed();
        overlap = next;
        rounds += 1;
        let facts = stored::facts(&table.stores[0], ground.world.project, Some(i64::from(overlap))).await?;
        problems.extend(invariants::check(&facts).iter().map(|found| format!("round {rounds}: {found}")));
        if rounds % 10 == 0 || table.tally.claims.load(Ordering::Relaxed) >= target {
            let over = facts.tasks.iter().filter(|task| task.started() > i64::from(overlap)).count();
            let submitted = facts.tasks.iter().flat_map(|task| &task.seats);
            let submitted = submitted.filter(|seat| seat.state == SeatState::Submitted).count();
            println!("round {rounds}, overlap {overlap}: {submitted} submitted, {over} tasks started above it before");
        }
    }
    problems.extend(table.tally.problems.lock().map_err(|_| "the tally is broken")?.iter().cloned());
    let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let tally = &table.tally;
    println!(
        "{} claims by {labelers} labelers through {servers} store(s) in {rounds} rounds; with everything else {:.0} claims/s",
        count(&tally.claims),
        (count(&tally.claims) - before) as f64 / worked.as_secs_f64(),
    );
    println!(
        "{} submitted, {} given back, {} leases lost to others, {} transactions tried again",
        count(&tally.submits),
        count(&tally.given_back),
        count(&tally.lost),
        count(&tally.again),
    );
    if count(&tally.claims) < target {
        problems.push(format!("only {} of {target} claims were made", count(&tally.claims)));
    }
    Ok(problems)
}

/// Changes the overlap while everybody works; a page that met a deadlock is tried again.
async fn patiently(store: &Store, project: labelwright_core::ProjectId, overlap: u32) -> Result<(), StoreError> {
    loop {
        match set_overlap(store, project, overlap).await {
            Err(StoreError::Unavailable(_)) => tokio::time::sleep(Duration::from_millis(5)).await,
            other => return other,
        }
    }
}

async fn round(table: &Table, dice: &mut StdRng) -> Result<(), Failure> {
    let mut crowd = tokio::task::JoinSet::new();
    for (number, person) in table.world.labelers.iter().enumerate() {
        let store = table.stores[number % table.stores.len()].clone();
        crowd.spawn(work(table.clone(), store, person.user, StdRng::seed_from_u64(dice.random())));
    }
    while let Some(done) = crowd.join_next().await {
        done??;
    }
    Ok(())
}

async fn work(table: Table, store: Store, labeler: UserId, mut dice: StdRng) -> Result<(), StoreError> {
    let mut empty = 0;
    while table.tally.claims.load(Ordering::Relaxed) < table.until && empty < 3 {
        let count = if table.only_claims { 1 } else { dice.random_range(1..=5) };
        let leases = match claim(&table, &store, labeler, count).await {
            Err(StoreError::Unavailable(_)) => {
                table.tally.again.fetch_add(1, Ordering::Relaxed);
                continue;
            }
            other => other?,
        };
        table.tally.claims.fetch_add(leases.len() as u64, Ordering::Relaxed);
        table.clock.fetch_add(10_000, Ordering::Relaxed);
        if dice.random_bool(0.004) {
            // Mostly forward past every lease, sometimes back.
            table.clock.fetch_add(dice.random_range(-20..90) * 1_000_000, Ordering::Relaxed);
        }
        if leases.is_empty() {
            empty += 1;
            table.clock.fetch_add(61_000_000, Ordering::Relaxed);
        }
        for lease in leases {
            if !table.only_claims {
                finish(&table, &store, labeler, &lease, &mut dice).await?;
            }
        }
    }
    Ok(())
}

const STARTED: Sql = Sql::fixed(
    "SELECT COUNT(*), CAST(SUM(CASE WHEN labeler_id = $2 THEN 1 ELSE 0 END) AS BIGINT) FROM seats WHERE task_id = $1 AND state <> 0",
);

/// Claims, and looks in the claim's own transaction whether it was allowed.
async fn claim(table: &Table, store: &Store, labeler: UserId, count: u32) -> Result<Vec<Lease>, StoreError> {
    let (project, now) = (table.world.project, Timestamp(table.clock.load(Ordering::Relaxed)));
    let (leases, seen) = store
        .write::<_, StoreError, _>(move |tx| {
            Box::pin(async move {
                let leases = seats::claim(tx, project, labeler, count, LEASE_SECONDS, now).await?;
                let mut seen = Vec::new();
                for lease in &leases {
                    let row = tx.one(STARTED, &[Arg::from(lease.task), Arg::from(labeler)]).await?;
                    seen.push((row.int(0)?, row.int(1)?));
                }
                Ok((leases, seen))
            })
        })
        .await?;
    for (lease, (started, mine)) in leases.iter().zip(seen) {
        if (started > table.cap || mine != 1)
            && let Ok(mut problems) = table.tally.problems.lock()
        {
            let task = lease.task;
            problems
                .push(format!("task {task}: given to {labeler}, {started} started of {}, {mine} theirs", table.cap));
        }
    }
    Ok(leases)
}

async fn finish(
    table: &Table,
    store: &Store,
    labeler: UserId,
    lease: &Lease,
    dice: &mut StdRng,
) -> Result<(), StoreError> {
    let (project, task, epoch) = (table.world.project, lease.task, lease.epoch);
    let now = Timestamp(table.clock.load(Ordering::Relaxed));
    let fate = dice.random_range(0..20);
    let outcome = match fate {
        // Forgotten: it runs out.
        0..=3 => return Ok(()),
        4 => store
            .write::<_, SubmitError, _>(move |tx| {
                Box::pin(async move { Ok(seats::release(tx, project, task, labeler, epoch).await?) })
            })
            .await
            .map(|_| false),
        5 => store
            .write::<_, SubmitError, _>(move |tx| {
                Box::pin(async move { Ok(seats::skip(tx, project, task, labeler, epoch, "", now).await?) })
            })
            .await
            .map(|_| false),
        _ => send(table, store, labeler, lease, now).await.map(|()| true),
    };
    match outcome {
        Ok(true) => drop(table.tally.submits.fetch_add(1, Ordering::Relaxed)),
        Ok(false) => drop(table.tally.given_back.fetch_add(1, Ordering::Relaxed)),
        Err(SubmitError::LeaseLost | SubmitError::StaleParent { .. }) => {
            table.tally.lost.fetch_add(1, Ordering::Relaxed);
        }
        Err(SubmitError::Store(StoreError::Unavailable(_))) => {
            table.tally.again.fetch_add(1, Ordering::Relaxed);
        }
        Err(SubmitError::Store(error)) => return Err(error),
        Err(other) => return Err(StoreError::Statement(other.to_string())),
    }
    Ok(())
}

async fn send(table: &Table, store: &Store, labeler: UserId, lease: &Lease, now: Timestamp) -> Result<(), SubmitError> {
    let (project, schema_version) = (table.world.project, table.world.schema_version);
    let (task, epoch) = (lease.task, lease.epoch);
    let valid = answer("good", "").ok_or(StoreError::NotFound)?;
    store
        .write(move |tx| {
            Box::pin(async move {
                let key = format!("{task}-{labeler}-{epoch}");
                let new = Submission {
                    project,
                    task,
                    labeler,
                    schema_version,
                    epoch,
                    parent: None,
                    answer: &valid,
                    took_ms: 1,
                    idempotency_key: &key,
                    request_hash: &key,
                    complete_state: "labeled",
                };
                submit(tx, &new, now).await.map(|_| ())
            })
        })
        .await
}
