//! Passwords and bearer secrets. A secret is 256 random bits; what is stored is its SHA-256, which needs no salt
//! because the secret cannot be guessed. Passwords can, so they go through Argon2id.

use crate::{Error, Result};
use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use rand::TryRngCore;
use sha2::{Digest, Sha256};

/// Shortest password accepted, in characters (NIST SP 800-63B-4 asks for at least 8 beside other factors, 15 alone;
/// OWASP ASVS 5.0 row 6.2.1 asks for 8 and recommends 15).
pub const PASSWORD_CHARS_MINIMUM: usize = 10;
/// Longest password accepted, so that hashing stays cheap to refuse.
pub const PASSWORD_CHARS_MAXIMUM: usize = 256;

/// A fresh secret with a prefix that scanners can recognise, for example `lw_`.
pub fn generate(prefix: &str) -> Result<String> {
    let mut bytes = [0_u8; 32];
    rand::rngs::OsRng.try_fill_bytes(&mut bytes).map_err(|_| Error::internal("the system has no random bytes"))?;
    Ok(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// A fresh secret in plain base64 with a prefix, as "Standard Webhooks" wants it.
pub fn generate_standard(prefix: &str) -> Result<String> {
    let mut bytes = [0_u8; 32];
    rand::rngs::OsRng.try_fill_bytes(&mut bytes).map_err(|_| Error::internal("the system has no random bytes"))?;
    Ok(format!("{prefix}{}", STANDARD.encode(bytes)))
}

/// What the database keeps of a bearer secret.
pub fn hash(secret: &str) -> String {
    Sha256::digest(secret.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Checks the length rules and hashes with Argon2id at the library's defaults (19 MiB, 2 passes). Blocking: about 20 ms.
pub fn hash_password(password: &str) -> Result<String> {
    let length = password.chars().count();
    if length < PASSWORD_CHARS_MINIMUM {
        return Err(Error::invalid(
            "/password",
            "too_short",
            format!("a password has at least {PASSWORD_CHARS_MINIMUM} characters"),
        ));
    }
    if length > PASSWORD_CHARS_MAXIMUM {
        return Err(Error::invalid(
            "/password",
            "too_long",
            format!("a password has at most {PASSWORD_CHARS_MAXIMUM} characters"),
        ));
    }
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|_| Error::internal("the password cannot be hashed"))
}

/// Compares in constant time. `None` (no such user, or no password set) costs as much as a wrong password, so that
/// the time of an answer does not tell which addresses exist. Blocking.
pub fn verify_password(password: &str, stored: Option<&str>) -> bool {
    // Hash of a random password made for this purpose; nobody knows the password.
    const NOBODY: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$VmFsaWRTYWx0Rm9yTm9ib2R5$8jQ0tRBTNVZ8wQ9l0aG2o7t1Zx4k0mJ3c6f2y5h8pLs";
    let known = stored.is_some();
    let Ok(hash) = PasswordHash::new(stored.unwrap_or(NOBODY)) else {
        return false;
    };
    let matches = Argon2::default().verify_password(password.as_bytes(), &hash).is_ok();
    matches && known
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_password_matches_its_hash_only() {
        let hash = hash_password("correct horse").unwrap();
        assert!(verify_password("correct horse", Some(&hash)));
        assert!(!verify_password("correct horsf", Some(&hash)));
        assert!(!verify_password("correct horse", None));
    }

    #[test]
    fn short_and_long_passwords_are_refused_at_the_limit() {
        assert!(hash_password(&"x".repeat(PASSWORD_CHARS_MINIMUM - 1)).is_err());
        assert!(hash_password(&"x".repeat(PASSWORD_CHARS_MINIMUM)).is_ok());
        assert!(hash_password(&"x".repeat(PASSWORD_CHARS_MAXIMUM)).is_ok());
        assert!(hash_password(&"x".repeat(PASSWORD_CHARS_MAXIMUM + 1)).is_err());
    }

    #[test]
    fn secrets_differ_and_carry_their_prefix() {
        let (one, two) = (generate("lw_").unwrap(), generate("lw_").unwrap());
        assert!(one.starts_with("lw_") && one.len() == 46);
        assert_ne!(hash(&one), hash(&two));
    }
}
