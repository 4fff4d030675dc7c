//! SQLite: one thread owns the writing connection and commits in groups, a few threads read.
//!
//! A group is what has queued up while the last one was being flushed to disk. Each closure of a group but the first
//! runs in its own savepoint, so that its failure is its own; nobody is answered before the group's commit is on disk
//! (`synchronous=FULL`).

use crate::{Result, StoreError, Tx, counters::Changes};
use futures::{executor::block_on, future::BoxFuture};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, mpsc},
    thread,
};
use tokio::sync::oneshot;

/// Most closures in one commit: bounds how long the first of them waits.
const GROUP_MAXIMUM: usize = 128;
const READERS: usize = 4;
/// Only a second process can hold the lock; this long it is waited for.
const BUSY_MILLISECONDS: u64 = 10_000;

/// Tells the caller the outcome; called after the commit with its result.
type Answer = Box<dyn FnOnce(std::result::Result<(), String>) + Send>;
/// Runs the work (or, given a reason instead of a transaction, does not); tells whether it is to be kept, and how to
/// answer.
type Command = Box<dyn FnOnce(std::result::Result<&mut Tx, StoreError>) -> (bool, Answer) + Send>;

pub struct SqliteStore {
    path: PathBuf,
    writer: mpsc::Sender<Command>,
    readers: mpsc::Sender<Command>,
    threads: Vec<thread::JoinHandle<()>>,
}

impl SqliteStore {
    pub fn open(path: &Path) -> Result<Self> {
        let connection = rusqlite::Connection::open(path)?;
        prepare(&connection)?;
        // WAL is a property of the file; FULL makes each commit wait for the disk.
        connection
            .execute_batch("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000;")?;
        let (writer, commands) = mpsc::channel();
        let mut threads = vec![spawn("store-writer", move || write_loop(Tx::sqlite(connection), &commands))?];

        let (readers, commands) = mpsc::channel();
        let commands = Arc::new(Mutex::new(commands));
        for _ in 0..READERS {
            let connection = rusqlite::Connection::open(path)?;
            prepare(&connection)?;
            connection.execute_batch("PRAGMA query_only=ON;")?;
            let commands = Arc::clone(&commands);
            threads.push(spawn("store-reader", move || read_loop(Tx::sqlite(connection), &commands))?);
        }
        Ok(Self { path: path.to_owned(), writer, readers, threads })
    }

    /// Ends the threads and waits until their connections are closed: the file then stands for itself.
    pub async fn close(self) {
        let Self { writer, readers, threads, .. } = self;
        drop((writer, readers));
        let joined = tokio::task::spawn_blocking(move || {
            for thread in threads {
                // A thread that panicked has closed its connection as well.
                drop(thread.join());
            }
        });
        drop(joined.await);
    }

    /// Copies the state of this moment into a new file, on a connection of its own: writers go on meanwhile.
    pub async fn copy_to(&self, to: PathBuf) -> Result<()> {
        let from = self.path.clone();
        let copy = move || -> Result<()> {
            let connection = rusqlite::Connection::open_with_flags(from, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
            connection.busy_timeout(std::time::Duration::from_millis(BUSY_MILLISECONDS))?;
            connection.execute("VACUUM INTO ?1", [to.to_string_lossy()])?;
            std::fs::File::open(&to)
                .and_then(|file| file.sync_all())
                .map_err(|e| StoreError::StorageFull(e.to_string()))
        };
        tokio::task::spawn_blocking(copy).await.map_err(|_| StoreError::Panicked)?
    }

    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        send(&self.writer, work).await
    }

    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        send(&self.readers, work).await
    }
}

fn prepare(connection: &rusqlite::Connection) -> Result<()> {
    connection.busy_timeout(std::time::Duration::from_millis(BUSY_MILLISECONDS))?;
    connection.set_prepared_statement_cache_capacity(256);
    connection.execute_batch("PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16000;")?;
    Ok(())
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<thread::JoinHandle<()>> {
    let thread = thread::Builder::new().name(name.to_owned()).spawn(work);
    thread.map_err(|error| StoreError::Unavailable(format!("cannot start a thread: {error}")))
}

async fn send<T, E, F>(queue: &mpsc::Sender<Command>, work: F) -> Result<T, E>
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
{
    let (sender, receiver) = oneshot::channel();
    let command: Command = Box::new(move |tx| {
        // On this thread no future of a statement ever waits: block_on polls it to its end.
        let outcome = match tx {
            Ok(tx) => catch_unwind(AssertUnwindSafe(|| block_on(work(tx))))
                .unwrap_or_else(|_| Err(StoreError::Panicked.into())),
            Err(reason) => Err(reason.into()),
        };
        let keep = outcome.is_ok();
        let answer: Answer = Box::new(move |committed| {
            let outcome = match committed {
                Ok(()) => outcome,
                Err(reason) => outcome.and_then(|_| Err(commit_error(reason).into())),
            };
            // The caller may have stopped waiting; the work is done all the same.
            drop(sender.send(outcome));
        });
        (keep, answer)
    });
    let gone = || E::from(StoreError::Unavailable("the database thread has ended".into()));
    queue.send(command).map_err(|_| gone())?;
    receiver.await.map_err(|_| gone())?
}

fn commit_error(reason: String) -> StoreError {
    if reason.contains("full") || reason.contains("disk I/O") || reason.contains("readonly") {
        StoreError::StorageFull(reason)
    } else {
        StoreError::Unavailable(reason)
    }
}

fn write_loop(mut tx: Tx, commands: &mpsc::Receiver<Command>) {
    while let Ok(first) = commands.recv() {
        if let Err(error) = block_on(tx.batch("BEGIN IMMEDIATE")) {
            refuse(first, error);
            continue;
        }
        let (mut answers, mut changes) = (Vec::new(), Changes::default());
        // The first needs no savepoint: without it there is nothing to keep.
        let (keep, answer) = first(Ok(&mut tx));
        changes.merge(std::mem::take(&mut tx.changes));
        if !keep {
            drop(block_on(tx.batch("ROLLBACK")));
            answer(Ok(()));
            continue;
        }
        answers.push(answer);
        // A full disk can end the transaction by itself: what comes later must not begin one of its own.
        while answers.len() < GROUP_MAXIMUM && tx.in_transaction() {
            let Ok(next) = commands.try_recv() else { break };
            run_in_savepoint(&mut tx, next, &mut answers, &mut changes);
        }
        let end = async {
            changes.write(&mut tx, 0).await?;
            tx.batch("COMMIT").await
        };
        let committed = block_on(end).map_err(|error| {
            drop(block_on(tx.batch("ROLLBACK")));
            error.to_string()
        });
        for answer in answers {
            answer(committed.clone());
        }
    }
}

fn run_in_savepoint(tx: &mut Tx, command: Command, answers: &mut Vec<Answer>, changes: &mut Changes) {
    if let Err(error) = block_on(tx.batch("SAVEPOINT one")) {
        refuse(command, error);
        return;
    }
    let (keep, answer) = command(Ok(tx));
    let own = std::mem::take(&mut tx.changes);
    let end = if keep { "RELEASE one" } else { "ROLLBACK TO one; RELEASE one" };
    match block_on(tx.batch(end)) {
        Ok(()) => {
            if keep {
                changes.merge(own);
            }
            answers.push(answer);
        }
        Err(error) => answer(Err(error.to_string())),
    }
}

fn refuse(command: Command, reason: StoreError) {
    let (_, answer) = command(Err(reason));
    answer(Ok(()));
}

fn read_loop(mut tx: Tx, commands: &Mutex<mpsc::Receiver<Command>>) {
    loop {
        let next = match commands.lock() {
            Ok(receiver) => receiver.recv(),
            Err(_) => return,
        };
        let Ok(command) = next else { return };
        if let Err(error) = block_on(tx.batch("BEGIN")) {
            refuse(command, error);
            continue;
        }
        let (_, answer) = command(Ok(&mut tx));
        drop(block_on(tx.batch("ROLLBACK")));
        answer(Ok(()));
    }
}
