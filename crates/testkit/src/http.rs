//! A small HTTP/1.1 client for tests: one connection that is kept, bodies by length or in chunks. It shows what a
//! browser's library hides: whether an answer was lost, and at which point.

use std::{io, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

#[derive(Debug, Clone)]
pub struct Request<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub headers: Vec<(&'a str, String)>,
    pub body: String,
}

impl<'a> Request<'a> {
    pub fn new(method: &'a str, path: &'a str) -> Self {
        Self { method, path, headers: Vec::new(), body: String::new() }
    }

    pub fn bearer(mut self, token: &str) -> Self {
        self.headers.push(("authorization", format!("Bearer {token}")));
        self
    }

    pub fn header(mut self, name: &'a str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub fn json(mut self, body: String) -> Self {
        self.headers.push(("content-type", "application/json".to_owned()));
        self.body = body;
        self
    }

    /// The bytes on the wire.
    pub fn encode(&self, host: &str) -> Vec<u8> {
        let mut text = format!("{} {} HTTP/1.1\r\nhost: {host}\r\n", self.method, self.path);
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str(&format!("content-length: {}\r\n\r\n{}", self.body.len(), self.body));
        text.into_bytes()
    }
}

#[derive(Debug, Clone)]
pub struct Response {
    pub status: u16,
    pub body: Vec<u8>,
    /// The server takes no further request on this connection.
    pub closes: bool,
}

impl Response {
    /// The body as JSON; null where it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// A client of one address. A connection that broke is opened anew by the next request.
pub struct Client {
    address: String,
    connection: Option<BufReader<TcpStream>>,
    wait: Duration,
}

impl Client {
    /// `address` is `127.0.0.1:PORT`; an answer that takes longer than `wait` counts as lost.
    pub fn new(address: &str, wait: Duration) -> Self {
        Self { address: address.to_owned(), connection: None, wait }
    }

    /// One request, sent once. After an error nobody knows whether the server has done it.
    pub async fn send(&mut self, request: &Request<'_>) -> io::Result<Response> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => BufReader::new(connect(&self.address).await?),
        };
        let bytes = request.encode(&self.address);
        let exchange = async {
            connection.get_mut().write_all(&bytes).await?;
            let response = read_response(&mut connection).await?;
            Ok::<_, io::Error>((connection, response))
        };
        let (connection, response) =
            tokio::time::timeout(self.wait, exchange).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        if !response.closes {
            self.connection = Some(connection);
        }
        Ok(response)
    }
}

pub async fn connect(address: &str) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// A head: its first line and its headers, names in lower case.
pub async fn read_head(reader: &mut BufReader<TcpStream>) -> io::Result<(String, Vec<(String, String)>)> {
    let first = line(reader).await?;
    let mut headers = Vec::new();
    loop {
        let line = line(reader).await?;
        if line.is_empty() {
            return Ok((first, headers));
        }
        if let Some((name, value)) = line.split_once(':') {
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
}

async fn line(reader: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut line = String::new();
    if reader.read_line(&mut line).await? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end().to_owned())
}

/// A body as its headers announce it.
pub async fn read_body(reader: &mut BufReader<TcpStream>, headers: &[(String, String)]) -> io::Result<Vec<u8>> {
    let value = |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let mut body = Vec::new();
    if value("transfer-encoding") == Some("chunked") {
        loop {
            let bad = || io::Error::from(io::ErrorKind::InvalidData);
            let size = usize::from_str_radix(&line(reader).await?, 16).map_err(|_| bad())?;
            let mut chunk = vec![0; size + 2];
            reader.read_exact(&mut chunk).await?;
            if size == 0 {
                return Ok(body);
            }
            body.extend_from_slice(&chunk[..size]);
        }
    }
    let length = value("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    body.resize(length, 0);
    reader.read_exact(&mut body).await?;
    Ok(body)
}

async fn read_response(reader: &mut BufReader<TcpStream>) -> io::Result<Response> {
    let (first, headers) = read_head(reader).await?;
    let status = first.split(' ').nth(1).and_then(|word| word.parse().ok());
    let status = status.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))?;
    let body = if status == 204 || status == 304 { Vec::new() } else { read_body(reader, &headers).await? };
    let closes = headers.iter().any(|(name, value)| name == "connection" && value.eq_ignore_ascii_case("close"));
    Ok(Response { status, body, closes })
}
