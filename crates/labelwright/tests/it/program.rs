//! Starts the real program on a folder of its own.

use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// A data folder, and optionally another database than the one in it.
pub struct Place {
    pub folder: tempfile::TempDir,
    pub database: Option<String>,
}

pub struct Ended {
    pub good: bool,
    pub out: String,
    pub err: String,
}

impl Place {
    pub fn new(database: Option<String>) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), database }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::File::create(&path).unwrap().write_all(text.as_bytes()).unwrap();
        path
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_labelwright"));
        command.env("LABELWRIGHT_DATA", self.path("data")).env("LABELWRIGHT_LOG", "warn");
        if let Some(database) = &self.database {
            command.env("LABELWRIGHT_DATABASE", database);
        }
        command
    }

    pub fn run(&self, words: &[&str]) -> Ended {
        let output = self.command().args(words).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ended { good: output.status.success(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Runs a command that must succeed; what it printed.
    pub fn good(&self, words: &[&str]) -> String {
        let ended = self.run(words);
        assert!(ended.good, "{words:?}: {}{}", ended.out, ended.err);
        ended.out
    }

    /// Starts a server on a free port and waits until it listens; what it said.
    pub fn serve(&self, command: &str, more: &[&str]) -> (Server, String) {
        let mut child = self
            .command()
            .args([command, "--listen", "127.0.0.1:0"])
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        while !said.contains("/welcome#") {
            if lines.read_line(&mut said).unwrap() == 0 {
                panic!("the server ended: {said}");
            }
        }
        (Server(child), said)
    }
}

/// Killed when it goes out of scope, as a power cut would.
pub struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Python with the test peers, as the set-up script made it.
pub fn python() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.tools/python/bin/python")
}
