//! A real `labelwright serve` process: started, waited for, killed.

use super::{Failure, ground::Ground};
use labelwright_testkit::http::{Client, Request};
use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// The binary: `LABELWRIGHT_BIN`, else the one beside this program, built first so that it is never an old one.
pub fn binary() -> Result<PathBuf, Failure> {
    if let Some(path) = std::env::var_os("LABELWRIGHT_BIN") {
        return Ok(path.into());
    }
    let here = std::env::current_exe()?;
    let folder = here.parent().ok_or("this program lies nowhere")?;
    let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // With the features of the whole workspace: what its tests have built already is not built again.
    build.args(["build", "--quiet", "--workspace", "--bin", "labelwright", "--manifest-path"]);
    build.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml"));
    // What cargo told this program of itself would make build scripts run anew.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let kept = ["CARGO_HOME", "CARGO_INCREMENTAL", "CARGO_BUILD_JOBS", "CARGO_NET_OFFLINE"];
        if (text.starts_with("CARGO_") && !kept.contains(&text.as_ref())) || text == "LD_LIBRARY_PATH" {
            build.env_remove(&name);
        }
    }
    if let Some(target) = folder.parent() {
        build.arg("--target-dir").arg(target);
    }
    if folder.ends_with("release") {
        build.arg("--release");
    }
    if !build.status()?.success() {
        return Err("labelwright cannot be built".into());
    }
    Ok(folder.join("labelwright"))
}

pub struct Server {
    binary: PathBuf,
    arguments: Vec<String>,
    pub address: String,
    child: Option<Child>,
}

impl Server {
    pub fn new(binary: PathBuf, ground: &Ground) -> Result<Self, Failure> {
        // A port that was free a moment ago; the kernel gives another one to whoever asks next.
        let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let data = ground.folder.path().display().to_string();
        let words = ["serve", "--data", &data, "--database", &ground.address, "--listen", &address];
        let arguments = words.into_iter().map(str::to_owned).collect();
        Ok(Self { binary, arguments, address, child: None })
    }

    /// Starts and waits until the server says that it is ready; how long that took.
    pub async fn start(&mut self) -> Result<Duration, Failure> {
        let started = Instant::now();
        let mut command = Command::new(&self.binary);
        command.args(&self.arguments).env("LABELWRIGHT_LOG", "error");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.child = Some(command.spawn()?);
        self.ready(started).await
    }

    /// Waits for `/readyz`.
    pub async fn ready(&self, since: Instant) -> Result<Duration, Failure> {
        let mut client = Client::new(&self.address, Duration::from_secs(2));
        while since.elapsed() < Duration::from_secs(60) {
            if client.send(&Request::new("GET", "/readyz")).await.is_ok_and(|response| response.status == 200) {
                return Ok(since.elapsed());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Err("the server does not come up".into())
    }

    /// The number of the running process.
    pub fn process(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// As `kill -9`: nothing is said, nothing is flushed.
    pub fn kill(&mut self) -> Result<(), Failure> {
        if let Some(mut child) = self.child.take() {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing is left to be done when even this fails.
        drop(self.kill());
    }
}
