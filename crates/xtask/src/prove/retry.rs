//! P3: a submit is exactly once in effect. Labelers work through a bad network and send again, with the same key, what
//! was not answered.

use super::{
    Failure, Options, audit, ground,
    labeler::{Labeler, Ledger},
    process::{Server, binary},
    proxy,
};
use labelwright_store::Store;
use labelwright_testkit::{http::Client, world::Size};
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

const OVERLAP: u32 = 3;

pub async fn run(options: Options) -> Result<Vec<String>, Failure> {
    let (seconds, labelers, tasks) = if options.short { (4, 12, 2_000) } else { (60, 32, 20_000) };
    let binary = binary()?;
    let size = Size { labelers, tasks, overlap: OVERLAP, lease_seconds: 600 };
    let ground = ground::lay(options.store, size).await?;
    let mut server = Server::new(binary, &ground)?;
    server.start().await?;
    let mut dice = StdRng::seed_from_u64(options.seed);
    let proxy = proxy::start(&server.address, dice.random()).await?;
    let ledger = Arc::new(Ledger::default());
    let stop = Arc::default();
    let mut crowd = tokio::task::JoinSet::new();
    for person in ground.world.labelers.clone() {
        let seed = dice.random();
        let mut labeler = Labeler::new(person, ground.world.project.0, &proxy.address, Arc::clone(&ledger), seed);
        labeler.client = Client::new(&proxy.address, Duration::from_millis(250));
        labeler.probes = true;
        labeler.stop = Arc::clone(&stop);
        crowd.spawn(labeler.work());
    }
    let began = Instant::now();
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    stop.store(true, Ordering::Relaxed);
    while crowd.join_next().await.is_some() {}
    // What the network still holds back arrives before the last look.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let spent = began.elapsed().as_secs_f64();
    server.kill()?;
    // A draft that was held back may land after a newer one: a lost race of drafts proves nothing here.
    ledger.drafts.lock().map_err(|_| "the ledger is broken")?.clear();

    let store = Store::open(&ground.database).await?;
    let (facts, mut problems) = audit::audit(&store, &ground.world, OVERLAP, &ledger).await?;
    let acknowledged = ledger.acknowledged.lock().map_or(0, |all| all.len());
    let stored: usize = facts.tasks.iter().flat_map(|task| &task.annotations).map(|one| one.revisions.len()).sum();
    let read = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
    println!(
        "{} requests in {spent:.0} s; the network lost {} answers, sent {} requests twice, let {} wait",
        read(&ledger.requests),
        read(&proxy.counts.dropped),
        read(&proxy.counts.duplicated),
        read(&proxy.counts.delayed),
    );
    println!(
        "{acknowledged} answers acknowledged ({:.0}/s), {stored} revisions under {} keys; {} replays, {} reused keys refused",
        acknowledged as f64 / spent,
        facts.receipts.len(),
        read(&ledger.replayed),
        read(&ledger.reused),
    );
    if read(&ledger.replayed) == 0 || read(&proxy.counts.dropped) == 0 {
        problems.push("nothing was proven: no answer was lost, or none was asked for again".into());
    }
    Ok(problems)
}
