//! Unique identifiers: the few of the standard that we must know, and those that stand for others.

use sha2::{Digest, Sha256};

pub const IMPLICIT_LITTLE: &str = "1.2.840.10008.1.2";
pub const EXPLICIT_LITTLE: &str = "1.2.840.10008.1.2.1";
pub const DEFLATED: &str = "1.2.840.10008.1.2.1.99";
pub const EXPLICIT_BIG: &str = "1.2.840.10008.1.2.2";
pub const JPEG_BASELINE: &str = "1.2.840.10008.1.2.4.50";
pub const JPEG_EXTENDED: &str = "1.2.840.10008.1.2.4.51";
pub const JPEG_LOSSLESS: &str = "1.2.840.10008.1.2.4.57";
pub const JPEG_LOSSLESS_SV1: &str = "1.2.840.10008.1.2.4.70";
pub const JPEG_2000_LOSSLESS: &str = "1.2.840.10008.1.2.4.90";
pub const JPEG_2000: &str = "1.2.840.10008.1.2.4.91";
pub const RLE: &str = "1.2.840.10008.1.2.5";

pub const CT_IMAGE_STORAGE: &str = "1.2.840.10008.5.1.4.1.1.2";
pub const SEGMENTATION_STORAGE: &str = "1.2.840.10008.5.1.4.1.1.66.4";

/// Those of the standard itself identify nobody.
pub fn is_standard(uid: &str) -> bool {
    uid.starts_with("1.2.840.10008.")
}

/// The identifier that stands for another one, always the same: `2.25.` and a number of 128 bits (PS3.5 section B.2).
/// Who knows the original can make it; who does not cannot go back.
pub fn standing_for(uid: &str) -> String {
    let digest = Sha256::new().chain_update(b"labelwright uid\0").chain_update(uid.as_bytes()).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    format!("2.25.{}", u128::from_be_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::standing_for;

    #[test]
    fn identifiers_that_stand_for_others_are_the_same_each_time_and_short_enough() {
        let one = standing_for("1.2.3");
        assert_eq!(one, standing_for("1.2.3"));
        assert_ne!(one, standing_for("1.2.4"));
        assert!(one.len() <= 64 && !one.contains("1.2.3") && one.bytes().all(|b| b.is_ascii_digit() || b == b'.'));
    }
}
