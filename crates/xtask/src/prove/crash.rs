//! P1: an acknowledged submit survives `kill -9`. Labelers work over real HTTP while the server is killed again and
//! again; on PostgreSQL the database itself is stopped without mercy once as well.

use super::{
    Failure, Options, audit, ground,
    labeler::{Labeler, Ledger},
    process::{Server, binary},
};
use labelwright_store::Store;
use labelwright_testkit::world::Size;
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

const OVERLAP: u32 = 3;
/// What an operator waits at most for the server after a crash.
const RECOVERY_SECONDS: f64 = 5.0;

pub async fn run(options: Options) -> Result<Vec<String>, Failure> {
    let (loops, labelers, tasks) = if options.short { (5, 8, 400) } else { (200, 32, 20_000) };
    let binary = binary()?;
    let size = Size { labelers, tasks, overlap: OVERLAP, lease_seconds: 600 };
    let mut ground = ground::lay(options.store, size).await?;
    let mut server = Server::new(binary, &ground)?;
    server.start().await?;
    let mut dice = StdRng::seed_from_u64(options.seed);
    let ledger = Arc::new(Ledger::default());
    let stop = Arc::default();
    let mut crowd = tokio::task::JoinSet::new();
    for person in ground.world.labelers.clone() {
        let seed = dice.random();
        let mut labeler = Labeler::new(person, ground.world.project.0, &server.address, Arc::clone(&ledger), seed);
        labeler.think = if options.short { 5..=20 } else { 20..=120 };
        labeler.stop = Arc::clone(&stop);
        crowd.spawn(labeler.work());
    }

    let began = Instant::now();
    let mut recoveries = Vec::new();
    let mut problems = Vec::new();
    for number in 0..loops {
        // Between 0.2 and 3 s, short times as often as long ones on a logarithmic scale.
        let seconds = 0.2 * 15_f64.powf(dice.random::<f64>());
        tokio::time::sleep(Duration::from_secs_f64(if options.short { seconds.min(1.2) } else { seconds })).await;
        if let Some(postgres) = ground.postgres.as_mut().filter(|_| !options.short && number == loops / 2) {
            postgres.stop_immediately()?;
            tokio::time::sleep(Duration::from_secs(1)).await;
            postgres.start_again()?;
            let back = server.ready(Instant::now()).await?;
            println!("the database was stopped at once and started again; ready after {:.2} s", back.as_secs_f64());
            continue;
        }
        server.kill()?;
        recoveries.push(server.start().await?.as_secs_f64());
    }
    // Whoever waits for an answer still gets it before the last look.
    tokio::time::sleep(Duration::from_millis(500)).await;
    stop.store(true, Ordering::Relaxed);
    while crowd.join_next().await.is_some() {}
    let seconds = began.elapsed().as_secs_f64();
    server.kill()?;

    let store = Store::open(&ground.database).await?;
    let (facts, found) = audit::audit(&store, &ground.world, OVERLAP, &ledger).await?;
    problems.extend(found);
    let acknowledged = ledger.acknowledged.lock().map_or(0, |all| all.len());
    let drafts = ledger.drafts.lock().map_or(0, |all| all.len());
    let stored: usize = facts.tasks.iter().flat_map(|task| &task.annotations).map(|one| one.revisions.len()).sum();
    recoveries.sort_by(f64::total_cmp);
    let slowest = recoveries.last().copied().unwrap_or(0.0);
    let middle = recoveries.get(recoveries.len() / 2).copied().unwrap_or(0.0);
    println!("{} kills in {seconds:.0} s, recovery {middle:.2} s median, {slowest:.2} s slowest", recoveries.len());
    println!(
        "{acknowledged} answers acknowledged ({:.0}/s), {stored} revisions stored, {drafts} drafts open; {} requests, \
         {} without an answer, {} refused",
        acknowledged as f64 / seconds,
        ledger.requests.load(Ordering::Relaxed),
        ledger.lost.load(Ordering::Relaxed),
        ledger.refused.load(Ordering::Relaxed),
    );
    if slowest > RECOVERY_SECONDS {
        problems.push(format!("a recovery took {slowest:.1} s"));
    }
    if acknowledged == 0 || ledger.lost.load(Ordering::Relaxed) == 0 {
        problems.push("nothing was proven: no answer was acknowledged, or none was lost".into());
    }
    Ok(problems)
}
