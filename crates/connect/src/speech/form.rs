//! A recording with a few fields beside it as `multipart/form-data` (RFC 7578).

use super::Recording;
use sha2::{Digest, Sha256};

/// What kind of body it is, and the body.
pub fn form(fields: &[(&str, &str)], recording: Recording<'_>) -> (String, Vec<u8>) {
    // No file can be made that holds its own hash, so the line never stands within the recording.
    let hash = Sha256::digest(recording.bytes);
    let line: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let line = format!("labelwright-{line}");
    let mut body = Vec::with_capacity(recording.bytes.len() + 1024);
    for (name, value) in fields {
        let part = format!("--{line}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let (ending, kind) = (recording.ending, kind(recording.ending));
    let part = format!(
        "--{line}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"recording.{ending}\"\r\n\
         Content-Type: {kind}\r\n\r\n"
    );
    body.extend_from_slice(part.as_bytes());
    body.extend_from_slice(recording.bytes);
    body.extend_from_slice(format!("\r\n--{line}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={line}"), body)
}

fn kind(ending: &str) -> &'static str {
    match ending {
        "wav" => "audio/wav",
        "mp3" => "audio/mpeg",
        "flac" => "audio/flac",
        "ogg" => "audio/ogg",
        "m4a" => "audio/mp4",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn parts_stand_between_lines_that_are_not_in_them() {
        let recording = Recording { bytes: b"--labelwright-\r\n\0\xff", ending: "mp3" };
        let (kind, body) = form(&[("model", "m"), ("language", "en")], recording);
        let line = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
        let wanted = [
            format!("--{line}\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nm\r\n").as_bytes(),
            format!("--{line}\r\nContent-Disposition: form-data; name=\"language\"\r\n\r\nen\r\n").as_bytes(),
            format!("--{line}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"recording.mp3\"\r\n")
                .as_bytes(),
            b"Content-Type: audio/mpeg\r\n\r\n--labelwright-\r\n\0\xff\r\n",
            format!("--{line}--\r\n").as_bytes(),
        ]
        .concat();
        assert_eq!(String::from_utf8_lossy(&body), String::from_utf8_lossy(&wanted));
        // RFC 2046 has 70 characters for it.
        assert!(line.len() <= 70);
    }
}
