//! A web site on loopback for tests: answers by path, with the log of who asked for what and when. Speaks HTTP/1.1 by
//! hand, so that it can lie.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// One request as it arrived.
#[derive(Debug, Clone)]
pub struct Request {
    pub at: Instant,
    pub method: String,
    /// With its query.
    pub path: String,
    /// Names in small letters.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What the site says.
#[derive(Debug, Clone)]
pub enum Reply {
    /// Status, headers and body, with the right length.
    Whole { status: u16, headers: Vec<(String, String)>, body: Vec<u8> },
    /// These very bytes, after which the connection ends.
    Raw(Vec<u8>),
    /// These very bytes, and then the last ones again and again, this far apart.
    Endless(Vec<u8>, Vec<u8>, Duration),
    /// Nothing for so long, then the connection ends.
    Silence(Duration),
}

impl Reply {
    pub fn of(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::Whole { status, headers: vec![("content-type".into(), content_type.into())], body: body.into() }
    }

    pub fn html(body: impl Into<Vec<u8>>) -> Self {
        Self::of(200, "text/html; charset=utf-8", body)
    }

    pub fn json(body: impl Into<Vec<u8>>) -> Self {
        Self::of(200, "application/json", body)
    }

    pub fn missing() -> Self {
        Self::of(404, "text/plain", "not found")
    }

    pub fn to(place: &str) -> Self {
        Self::of(302, "text/plain", "").with("location", place)
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        if let Self::Whole { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }
}

type Answering = dyn Fn(&Request) -> Reply + Send + Sync;

/// Ends with the value.
pub struct Site {
    pub address: SocketAddr,
    log: Arc<Mutex<Vec<Request>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Site {
    /// # Errors
    /// When no port is free.
    pub async fn start(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let (address, log, answer) = (listener.local_addr()?, Arc::default(), Arc::new(answer) as Arc<Answering>);
        let kept: Arc<Mutex<Vec<Request>>> = Arc::clone(&log);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (answer, log) = (Arc::clone(&answer), Arc::clone(&kept));
                // Whoever hangs up is not waited for.
                tokio::spawn(async move { drop(serve(stream, &*answer, &log).await) });
            }
        });
        Ok(Self { address, log, task })
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// All requests so far, in the order in which they came.
    pub fn log(&self) -> Vec<Request> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn paths(&self) -> Vec<String> {
        self.log().into_iter().map(|request| request.path).collect()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(stream: TcpStream, answer: &Answering, log: &Mutex<Vec<Request>>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    while let Some(request) = read(&mut stream).await? {
        log.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
        match answer(&request) {
            Reply::Whole { status, headers, body } => {
                let mut out = format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\n", body.len());
                headers.iter().for_each(|(name, value)| out.push_str(&format!("{name}: {value}\r\n")));
                out.push_str("\r\n");
                let mut out = out.into_bytes();
                if request.method != "HEAD" {
                    out.extend_from_slice(&body);
                }
                stream.get_mut().write_all(&out).await?;
            }
            Reply::Raw(bytes) => return stream.get_mut().write_all(&bytes).await,
            Reply::Endless(start, more, pause) => {
                stream.get_mut().write_all(&start).await?;
                loop {
                    stream.get_mut().write_all(&more).await?;
                    tokio::time::sleep(pause).await;
                }
            }
            Reply::Silence(time) => {
                tokio::time::sleep(time).await;
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The next request; None when there is none.
async fn read(stream: &mut BufReader<TcpStream>) -> io::Result<Option<Request>> {
    let mut line = String::new();
    if stream.read_line(&mut line).await? == 0 {
        return Ok(None);
    }
    let at = Instant::now();
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut headers: Vec<(String, String)> = Vec::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 || line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':') {
            headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await?;
    Ok(Some(Request { at, method, path, headers, body }))
}
