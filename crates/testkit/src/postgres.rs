//! A real PostgreSQL server, started in a temporary folder and stopped when the test process ends.
//!
//! One server serves a whole test process; each test gets a database of its own. PostgreSQL refuses to run as root,
//! so that root hands it to the user `postgres` (made by the Debian package) or `nobody`. Where a test machine really
//! has no PostgreSQL, `LABELWRIGHT_TEST_POSTGRES=skip` says so; without it a missing server fails the tests.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};
use tokio_postgres::error::SqlState;

pub struct TestPostgres {
    folder: PathBuf,
    port: u16,
    server: Child,
    owner: Option<String>,
}

static SERVER: OnceLock<Result<TestPostgres, String>> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(0);
/// PostgreSQL refuses to copy the template for two new databases at once.
static CREATING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

impl TestPostgres {
    /// The address of a fresh database on the process's server; None when the environment says to leave PostgreSQL out.
    ///
    /// # Panics
    /// When PostgreSQL is not installed or does not start: a test that silently leaves it out would prove nothing.
    pub async fn database() -> Option<String> {
        if std::env::var("LABELWRIGHT_TEST_POSTGRES").as_deref() == Ok("skip") {
            return None;
        }
        let server = match SERVER.get_or_init(Self::start) {
            Ok(server) => server,
            Err(reason) => panic!("PostgreSQL for tests: {reason}"),
        };
        let name = format!("test_{}", DATABASES.fetch_add(1, Ordering::SeqCst));
        match server.create(&name).await {
            Ok(url) => Some(url),
            Err(reason) => panic!("PostgreSQL for tests: {reason}"),
        }
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://labelwright@127.0.0.1:{}/{database}", self.port)
    }

    /// Makes a database and gives its address.
    ///
    /// # Errors
    /// What the server said.
    pub async fn create(&self, name: &str) -> Result<String, String> {
        let _one = CREATING.lock().await;
        let deadline = Instant::now() + Duration::from_secs(30);
        let (client, connection) = loop {
            match tokio_postgres::connect(&self.url("postgres"), tokio_postgres::NoTls).await {
                Ok(connected) => break connected,
                // The port is open a little before the server takes anybody in.
                Err(error) if error.code() == Some(&SqlState::CANNOT_CONNECT_NOW) && Instant::now() < deadline => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                Err(error) => return Err(format!("{error:?}")),
            }
        };
        let connection = tokio::spawn(connection);
        let made = client.batch_execute(&format!("CREATE DATABASE {name}")).await.map_err(|error| error.to_string());
        drop(client);
        connection.abort();
        made.map(|()| self.url(name))
    }

    /// A server of one's own, to be stopped and started again in the middle of things.
    ///
    /// # Errors
    /// Why it is not there: not installed, or it does not start.
    pub fn start() -> Result<Self, String> {
        let programs = programs()?;
        let folder = tempfile::Builder::new().prefix("labelwright-pg-").tempdir().map_err(|e| e.to_string())?.keep();
        let data = folder.join("data");
        let owner = unprivileged_user();
        if let Some(user) = &owner {
            run(Command::new("chown").arg(user).arg(&folder))?;
        }
        let initdb = programs.join("initdb");
        run(as_user(owner.as_deref(), &initdb)
            .args(["--auth=trust", "--username=labelwright", "--no-sync"])
            .args(["--encoding=UTF8", "--locale=C", "-D"])
            .arg(&data)
            .stdout(Stdio::null()))?;
        let port = free_port()?;
        let server = launch(&programs, owner.as_deref(), &folder, port)?;
        let started = Self { folder, port, server, owner };
        started.watch()?;
        started.wait()?;
        Ok(started)
    }

    /// As `pg_ctl stop -m immediate`: every connection breaks, nothing is flushed, the next start recovers from the log.
    ///
    /// # Errors
    /// The signal cannot be sent.
    pub fn stop_immediately(&mut self) -> Result<(), String> {
        run(Command::new("kill").arg("-QUIT").arg(self.server.id().to_string()))?;
        self.server.wait().map(|_| ()).map_err(|error| error.to_string())
    }

    /// # Errors
    /// The server does not come up again.
    pub fn start_again(&mut self) -> Result<(), String> {
        self.server = launch(&programs()?, self.owner.as_deref(), &self.folder, self.port)?;
        self.watch()?;
        self.wait()
    }

    /// Statics are never dropped: a child shell stops the server when this process is gone, however it went.
    fn watch(&self) -> Result<(), String> {
        let script = format!(
            "while kill -0 {} 2>/dev/null; do sleep 0.5; done; kill -INT {server} 2>/dev/null; sleep 1; \
             kill -KILL {server} 2>/dev/null; rm -rf '{}'",
            std::process::id(),
            self.folder.display(),
            server = self.server.id(),
        );
        let quiet = || Stdio::null();
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(script).stdin(quiet()).stdout(quiet()).stderr(quiet());
        // A group of its own: a terminal's interrupt must not end the watcher before the server.
        std::os::unix::process::CommandExt::process_group(&mut shell, 0);
        shell.spawn().map(|_| ()).map_err(|error| error.to_string())
    }

    fn wait(&self) -> Result<(), String> {
        let deadline = Instant::now() + Duration::from_secs(30);
        while Instant::now() < deadline {
            if std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        Err(format!("the server did not start: {log}"))
    }
}

fn launch(programs: &Path, owner: Option<&str>, folder: &Path, port: u16) -> Result<Child, String> {
    let mut command = as_user(owner, &programs.join("postgres"));
    command.arg("-D").arg(folder.join("data")).args(["-h", "127.0.0.1", "-p", &port.to_string()]).arg("-k").arg(folder);
    command.args(["-c", "max_connections=200"]);
    let log = fs::OpenOptions::new().create(true).append(true).open(folder.join("log"));
    let log = log.map_err(|error| error.to_string())?;
    command.stdout(Stdio::null()).stderr(log).spawn().map_err(|error| error.to_string())
}

/// The newest installed PostgreSQL.
fn programs() -> Result<PathBuf, String> {
    let mut found: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    found.sort();
    found
        .pop()
        .ok_or_else(|| "not installed; `make setup` installs it, LABELWRIGHT_TEST_POSTGRES=skip leaves it out".into())
}

/// Whom to run the server as: nobody else unless we are root.
fn unprivileged_user() -> Option<String> {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let root = status.lines().any(|line| line.starts_with("Uid:\t0\t"));
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let known = |name: &str| users.lines().any(|line| line.starts_with(&format!("{name}:")));
    root.then(|| if known("postgres") { "postgres".to_owned() } else { "nobody".to_owned() })
}

fn as_user(user: Option<&str>, program: &Path) -> Command {
    match user {
        None => Command::new(program),
        Some(user) => {
            let mut command = Command::new("setpriv");
            command.args(["--reuid", user, "--regid"]).arg(group_of(user)).arg("--clear-groups").arg(program);
            command.current_dir("/");
            command
        }
    }
}

fn group_of(user: &str) -> String {
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let line = users.lines().find(|line| line.starts_with(&format!("{user}:"))).unwrap_or_default();
    line.split(':').nth(3).unwrap_or("65534").to_owned()
}

fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(|error| error.to_string())?;
    listener.local_addr().map(|address| address.port()).map_err(|error| error.to_string())
}

fn run(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} failed with {status}")) }
}
