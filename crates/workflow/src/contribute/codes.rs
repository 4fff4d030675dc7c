//! Receipts and completion codes. Both are HMAC-SHA-256 (RFC 2104) under the secret of the call: a receipt is the same each
//! time its contribution is sent, a code can be made again and compared by whoever has the call.

use crate::{Error, Result};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use labelwright_store::records::{calls::CallRow, contributors::ContributorRow};
use sha2_for_hmac::Sha256;

/// Bytes of a code that people may have to type.
const CODE_BYTES: usize = 5;
/// Bytes of a receipt: nobody guesses 128 bits.
const RECEIPT_BYTES: usize = 16;

fn signed(secret: &str, parts: &[&str]) -> Result<Vec<u8>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .map_err(|_| Error::internal("the secret of the call cannot be used"))?;
    for part in parts {
        // With its length before it, no part can pass for the end of another.
        mac.update(&(part.len() as u64).to_le_bytes());
        mac.update(part.as_bytes());
    }
    Ok(mac.finalize().into_bytes().to_vec())
}

/// The receipt of what a contributor gave under a key.
pub fn receipt(call: &CallRow, contributor: i64, key: &str) -> Result<String> {
    let full = signed(&call.secret, &["receipt", &contributor.to_string(), key])?;
    Ok(URL_SAFE_NO_PAD.encode(&full[..RECEIPT_BYTES]))
}

/// What somebody whom a panel sent shows there: `HMAC(secret, worker + call)`, ten characters. Two people of a panel
/// have different ones, and the same person the same one each time.
pub fn completion(call: &CallRow, contributor: &ContributorRow) -> Result<String> {
    let full = signed(&call.secret, &["completion", &contributor.participant, &call.id.to_string()])?;
    Ok(full[..CODE_BYTES].iter().map(|byte| format!("{byte:02X}")).collect())
}

/// The panel's address with what it wants to be told in it.
pub fn way_back(template: &str, code: &str, contributor: &ContributorRow) -> String {
    let escaped = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    template
        .replace("{code}", &escaped(code))
        .replace("{worker_id}", &escaped(&contributor.participant))
        .replace("{study_id}", &escaped(&contributor.study))
        .replace("{session_id}", &escaped(&contributor.session))
}
