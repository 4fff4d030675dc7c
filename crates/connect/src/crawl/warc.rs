//! An archive of all that was said and answered: WARC 1.1 (ISO 28500:2017), each record packed by itself, so that readers
//! can begin at any of them.

use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};
use std::io::{self, Write};

/// One request with its answer.
pub struct Exchange<'a> {
    pub url: &'a str,
    /// RFC 3339, in UTC.
    pub at: &'a str,
    /// Request and answer as HTTP/1.1 writes them, the body as it came.
    pub request: &'a str,
    pub head: &'a str,
    pub body: &'a [u8],
}

pub struct WarcWriter<W: Write> {
    out: W,
    count: u64,
}

impl<W: Write> WarcWriter<W> {
    /// # Errors
    /// Those of the writer.
    pub fn new(out: W, at: &str, software: &str) -> io::Result<Self> {
        let mut writer = Self { out, count: 0 };
        let fields = format!("software: {software}\r\nformat: WARC File Format 1.1\r\nrobots: RFC 9309\r\n");
        writer.record("warcinfo", None, at, "application/warc-fields", &[], &[fields.as_bytes()])?;
        Ok(writer)
    }

    /// # Errors
    /// Those of the writer.
    pub fn exchange(&mut self, exchange: &Exchange<'_>) -> io::Result<()> {
        let Exchange { url, at, request, head, body } = exchange;
        let digest = format!("sha256:{}", hex(body));
        let payload = [("WARC-Payload-Digest", digest.as_str())];
        let response = self.record(
            "response",
            Some(url),
            at,
            "application/http; msgtype=response",
            &payload,
            &[head.as_bytes(), body],
        )?;
        let with = [("WARC-Concurrent-To", response.as_str())];
        self.record("request", Some(url), at, "application/http; msgtype=request", &with, &[request.as_bytes()])?;
        self.out.flush()
    }

    /// Writes one record; its id is given back. Ids are made from what the record holds and its place: the same crawl of
    /// the same site writes the same archive.
    fn record(
        &mut self,
        kind: &str,
        url: Option<&str>,
        at: &str,
        content_type: &str,
        more: &[(&str, &str)],
        block: &[&[u8]],
    ) -> io::Result<String> {
        let mut hasher = Sha256::new();
        hasher.update(format!("{} {kind} {at} {}", self.count, url.unwrap_or_default()));
        block.iter().for_each(|part| hasher.update(part));
        self.count += 1;
        let id = format!("<urn:uuid:{}>", uuid(&hasher.finalize()));
        let length: usize = block.iter().map(|part| part.len()).sum();
        let mut packed = GzEncoder::new(&mut self.out, Compression::fast());
        write!(packed, "WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: {id}\r\nWARC-Date: {at}\r\n")?;
        if let Some(url) = url {
            write!(packed, "WARC-Target-URI: {url}\r\n")?;
        }
        for (name, value) in more {
            write!(packed, "{name}: {value}\r\n")?;
        }
        write!(packed, "Content-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n")?;
        block.iter().try_for_each(|part| packed.write_all(part))?;
        packed.write_all(b"\r\n\r\n")?;
        packed.finish()?;
        Ok(id)
    }
}

/// SHA-256 in small letters.
pub fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A UUID of version 8 (RFC 9562, section 5.8) from a hash.
fn uuid(hash: &[u8]) -> String {
    let mut bytes = [0_u8; 16];
    bytes.iter_mut().zip(hash).for_each(|(to, from)| *to = *from);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use flate2::bufread::{GzDecoder, MultiGzDecoder};
    use std::io::Read;

    #[test]
    fn every_record_is_packed_by_itself_and_says_its_length() {
        let mut out = Vec::new();
        let at = "2026-11-29T12:00:00Z";
        let mut writer = WarcWriter::new(&mut out, at, "labelwright/0").unwrap();
        let body = "a\r\n\r\nWARC/1.1 not a record \u{fc}".as_bytes();
        let (request, head) =
            ("GET / HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n");
        writer.exchange(&Exchange { url: "http://h/", at, request, head, body }).unwrap();
        let (mut rest, mut kinds) = (&out[..], Vec::new());
        while !rest.is_empty() {
            let mut record = Vec::new();
            let mut decoder = GzDecoder::new(rest);
            decoder.read_to_end(&mut record).unwrap();
            rest = decoder.into_inner();
            let end = record.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
            let fields = std::str::from_utf8(&record[..end]).unwrap();
            let field = |name: &str| fields.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned();
            assert_eq!(field("Content-Length: ").parse::<usize>().unwrap(), record.len() - end - 4);
            kinds.push(field("WARC-Type: "));
        }
        assert_eq!(kinds, ["warcinfo", "response", "request"]);
        let mut all = String::new();
        MultiGzDecoder::new(&out[..]).read_to_string(&mut all).unwrap();
        assert!(all.contains(&format!("WARC-Payload-Digest: sha256:{}", hex(body))));
    }
}
