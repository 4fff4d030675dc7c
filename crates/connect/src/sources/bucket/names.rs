//! Where an object lies in a folder: a name that leads nowhere else, another one for every key.

use std::path::{Path, PathBuf};

/// Longer names do not fit into every file system.
const NAME_BYTES_MAXIMUM: usize = 200;

/// A place below the folder for a key, another one for every other key.
pub fn place(folder: &Path, key: &str) -> PathBuf {
    let mut place = folder.to_owned();
    for segment in key.split('/').filter(|segment| !segment.is_empty()) {
        let mut name = String::new();
        for byte in segment.bytes() {
            let is_plain = byte.is_ascii_alphanumeric() || b"_-".contains(&byte) || (byte == b'.' && !name.is_empty());
            if is_plain {
                name.push(char::from(byte));
            } else {
                name.push_str(&format!("%{byte:02X}"));
            }
        }
        if name.len() > NAME_BYTES_MAXIMUM {
            let hash = crate::crawl::warc::hex(name.as_bytes());
            let ending = name.rsplit_once('.').map(|(_, ending)| ending).filter(|ending| ending.len() < 10);
            name = format!("{}{}{}", hash, if ending.is_some() { "." } else { "" }, ending.unwrap_or_default());
        }
        place.push(name);
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_lead_nowhere_else_and_not_to_each_other() {
        let at = |key: &str| place(Path::new("/f"), key).to_string_lossy().into_owned();
        assert_eq!(at("a/b.png"), "/f/a/b.png");
        assert_eq!(at("../../etc/passwd"), "/f/%2E./%2E./etc/passwd");
        assert_eq!(at("/.hidden//x y"), "/f/%2Ehidden/x%20y");
        assert_ne!(at("a%20b"), at("a b"));
        assert!(at(&format!("{}.png", "x".repeat(1000))).ends_with(".png"));
    }
}
