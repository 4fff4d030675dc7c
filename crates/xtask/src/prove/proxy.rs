//! A bad network between labelers and server: it loses answers after the server has acted, sends requests twice, and
//! lets some wait so long that the retry overtakes them.

use super::Failure;
use labelwright_testkit::http::{connect, read_body, read_head};
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::{
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

#[derive(Default)]
pub struct Counts {
    pub dropped: AtomicU64,
    pub duplicated: AtomicU64,
    pub delayed: AtomicU64,
}

pub struct Proxy {
    pub address: String,
    pub counts: Arc<Counts>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// What happens to one request.
struct Fate {
    delay: Duration,
    twice: bool,
    lose: bool,
}

impl Fate {
    fn draw(dice: &Mutex<StdRng>) -> Self {
        let Ok(mut dice) = dice.lock() else { return Self { delay: Duration::ZERO, twice: false, lose: false } };
        // One in ten waits longer than its sender does.
        let long = dice.random_bool(0.1);
        let delay = Duration::from_millis(if long { dice.random_range(300..900) } else { dice.random_range(0..5) });
        Self { delay, twice: dice.random_bool(0.1), lose: dice.random_bool(0.3) }
    }
}

pub async fn start(target: &str, seed: u64) -> Result<Proxy, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    let counts = Arc::new(Counts::default());
    let dice = Arc::new(Mutex::new(StdRng::seed_from_u64(seed)));
    let (target, shared) = (target.to_owned(), Arc::clone(&counts));
    let accepting = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (target, counts, dice) = (target.clone(), Arc::clone(&shared), Arc::clone(&dice));
            // An error is a connection that one side has closed: the other side notices by itself.
            tokio::spawn(async move { drop(pass(stream, &target, &counts, &dice).await) });
        }
    });
    Ok(Proxy { address, counts, accepting })
}

/// One exchange a connection: the client opens a new one for the next.
async fn pass(stream: TcpStream, target: &str, counts: &Counts, dice: &Mutex<StdRng>) -> io::Result<()> {
    let mut client = BufReader::new(stream);
    let (first, headers) = read_head(&mut client).await?;
    let body = read_body(&mut client, &headers).await?;
    let bytes = request_bytes(&first, &headers, &body, target);
    let fate = Fate::draw(dice);
    if fate.twice {
        counts.duplicated.fetch_add(1, Ordering::Relaxed);
        let (bytes, target, delay) = (bytes.clone(), target.to_owned(), fate.delay / 2);
        tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            drop(exchange(&target, &bytes).await);
        });
    }
    if fate.delay > Duration::from_millis(100) {
        counts.delayed.fetch_add(1, Ordering::Relaxed);
    }
    // A client that gives up closes its side only: the request still reaches the server.
    tokio::time::sleep(fate.delay).await;
    let answer = exchange(target, &bytes).await?;
    if fate.lose {
        counts.dropped.fetch_add(1, Ordering::Relaxed);
        return Ok(());
    }
    client.get_mut().write_all(&answer).await?;
    client.get_mut().shutdown().await
}

fn request_bytes(first: &str, headers: &[(String, String)], body: &[u8], target: &str) -> Vec<u8> {
    let mut text = format!("{first}\r\nhost: {target}\r\nconnection: close\r\n");
    for (name, value) in headers.iter().filter(|(name, _)| name != "host" && name != "connection") {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// Sends a request on a connection of its own; the whole answer as it came.
async fn exchange(target: &str, bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut stream = connect(target).await?;
    stream.write_all(bytes).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(answer)
}
