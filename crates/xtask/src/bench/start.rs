//! From an empty folder to the first answer, and what an idle server holds.

use super::{Failure, Line, program::resident_mib};
use crate::prove::binary;
use std::{
    io::{Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

pub fn measure() -> Result<Vec<Line>, Failure> {
    // Asked first: it may have to be built.
    let program = binary()?;
    let (mut best, mut memory) = (f64::INFINITY, 0.0);
    for _ in 0..5 {
        let folder = tempfile::tempdir()?;
        let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let started = Instant::now();
        let child = Command::new(&program)
            .args(["serve", "--listen", &address.to_string(), "--data"])
            .arg(folder.path())
            .env("LABELWRIGHT_LOG", "error")
            .stdout(Stdio::null())
            .spawn()?;
        let child = Ended(child);
        while !answers(&address.to_string()) {
            if started.elapsed() > Duration::from_secs(30) {
                return Err("the server does not come up".into());
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        best = best.min(started.elapsed().as_secs_f64());
        std::thread::sleep(Duration::from_millis(500));
        memory = resident_mib(child.0.id())?;
    }
    Ok(vec![
        Line::at_most("empty folder to the first page", best, "s", 0.5),
        Line::at_most("idle server, resident memory", memory, "MiB", 60.0),
    ])
}

struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn answers(address: &str) -> bool {
    let Ok(mut stream) = TcpStream::connect(address) else { return false };
    let request = format!("GET / HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    let mut answer = String::new();
    stream.write_all(request.as_bytes()).is_ok()
        && stream.read_to_string(&mut answer).is_ok()
        && answer.starts_with("HTTP/1.1 200")
}
