//! Personal data in a text: addresses of electronic mail, telephone numbers, payment cards, bank accounts and numbers of
//! persons, each only where its check digits agree. What is found is counted and placed, never repeated.

use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Personal {
    Email,
    Phone,
    /// By the Luhn sum (ISO/IEC 7812-1).
    Card,
    /// An IBAN, by its sum modulo 97 (ISO 13616).
    Account,
    /// A social security number of the United States, by the ranges that are given out.
    NationalId,
    /// An IP version 4 address.
    IpAddress,
}

/// What is found, with the range of bytes in the text, in order.
pub fn personal(text: &str) -> Vec<(Personal, std::ops::Range<usize>)> {
    let bytes = text.as_bytes();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let hit = match bytes[at] {
            b'@' => email(bytes, at),
            b'0'..=b'9' | b'+' | b'(' if at == 0 || !is_word(bytes[at - 1]) && bytes[at - 1] != b'.' => {
                number(bytes, at)
            }
            b'A'..=b'Z' if at == 0 || !is_word(bytes[at - 1]) => account(bytes, at),
            _ => None,
        };
        match hit {
            Some((kind, range)) => {
                at = range.end.max(at + 1);
                found.push((kind, range));
            }
            None => at += 1,
        }
    }
    found
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || byte == b'_'
}

/// Around an `@` (RFC 5321, in the forms that people write).
fn email(bytes: &[u8], at: usize) -> Option<(Personal, std::ops::Range<usize>)> {
    const LOCAL_MAXIMUM: usize = 64;
    const DOMAIN_MAXIMUM: usize = 255;
    let is_local = |byte: &u8| byte.is_ascii_alphanumeric() || b"._%+-".contains(byte);
    let local = bytes[..at].iter().rev().take(LOCAL_MAXIMUM).take_while(|byte| is_local(byte)).count();
    let is_domain = |byte: &u8| byte.is_ascii_alphanumeric() || b".-".contains(byte);
    let length = bytes[at + 1..].iter().take(DOMAIN_MAXIMUM).take_while(|byte| is_domain(byte)).count();
    let domain = std::str::from_utf8(&bytes[at + 1..at + 1 + length]).ok()?.trim_end_matches(['.', '-']);
    let (name, top) = domain.rsplit_once('.')?;
    let good = local > 0 && !name.is_empty() && top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic());
    good.then(|| (Personal::Email, at - local..at + 1 + domain.len()))
}

/// Digits with what people put between them.
fn number(bytes: &[u8], at: usize) -> Option<(Personal, std::ops::Range<usize>)> {
    const LENGTH_MAXIMUM: usize = 32;
    let rest = &bytes[at..bytes.len().min(at + LENGTH_MAXIMUM)];
    let mut end = rest.iter().take_while(|byte| byte.is_ascii_digit() || b" -.()+/".contains(byte)).count();
    while end > 0 && !rest[end - 1].is_ascii_digit() {
        end -= 1;
    }
    if bytes.get(at + end).is_some_and(|byte| is_word(*byte)) {
        return None;
    }
    let written = &rest[..end];
    let digits: Vec<u8> = written.iter().filter(|byte| byte.is_ascii_digit()).map(|byte| byte - b'0').collect();
    let only = |marks: &[u8]| written.iter().all(|byte| byte.is_ascii_digit() || marks.contains(byte));
    let kind = if (13..=19).contains(&digits.len()) && only(b" -") && digits[0] != 0 && luhn(&digits) {
        Personal::Card
    } else if is_social_security(written) {
        Personal::NationalId
    } else if is_ip(written) {
        Personal::IpAddress
    } else if is_phone(written, &digits) {
        Personal::Phone
    } else {
        return None;
    };
    Some((kind, at..at + end))
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(*digit) * if place % 2 == 1 { 2 } else { 1 };
            if digit > 9 { digit - 9 } else { digit }
        })
        .sum();
    sum.is_multiple_of(10) && digits.iter().any(|digit| *digit != digits[0])
}

/// `AAA-GG-SSSS` with an area, a group and a serial that are given out.
fn is_social_security(written: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(written) else { return false };
    let parts: Vec<&str> = text.split('-').collect();
    let [area, group, serial] = parts.as_slice() else { return false };
    let lengths = [area.len(), group.len(), serial.len()] == [3, 2, 4];
    let digits = [area, group, serial].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    lengths && digits && *area != "000" && *area != "666" && *area < "900" && *group != "00" && *serial != "0000"
}

fn is_ip(written: &[u8]) -> bool {
    std::str::from_utf8(written).is_ok_and(|text| text.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| !ip.is_loopback()))
}

/// With the country's number, or with the marks of a telephone number: dates, amounts and versions have none of them.
fn is_phone(written: &[u8], digits: &[u8]) -> bool {
    if written[0] == b'+' {
        return (8..=15).contains(&digits.len());
    }
    let groups = written.split(|byte| !byte.is_ascii_digit()).filter(|group| !group.is_empty()).count();
    let marked = written.contains(&b'(') && written.contains(&b')');
    let american = digits.len() == 10 && groups == 3 && written.iter().any(|byte| b"-.".contains(byte));
    // `0` or `00` leads out of a town or a country; three are a number that was not given out.
    let leads = digits[0] == 0 && !digits.starts_with(&[0, 0, 0]);
    let national = leads && (9..=12).contains(&digits.len()) && (2..=5).contains(&groups);
    (marked && (9..=13).contains(&digits.len())) || american || national
}

fn account(bytes: &[u8], at: usize) -> Option<(Personal, std::ops::Range<usize>)> {
    const LENGTHS: std::ops::RangeInclusive<usize> = 15..=34;
    let rest = &bytes[at..];
    if !(rest.get(1)?.is_ascii_uppercase() && rest.get(2)?.is_ascii_digit() && rest.get(3)?.is_ascii_digit()) {
        return None;
    }
    let (mut letters, mut end) = (Vec::new(), 0);
    for (place, byte) in rest.iter().enumerate().take(42) {
        match byte {
            b'A'..=b'Z' | b'0'..=b'9' => {
                letters.push(*byte);
                end = place + 1;
            }
            // Groups of four.
            b' ' if letters.len().is_multiple_of(4) => {}
            _ => break,
        }
    }
    // A word may follow behind a space.
    while LENGTHS.contains(&letters.len()) {
        let moved = letters[4..].iter().chain(&letters[..4]);
        let rest = moved.fold(0_u64, |rest, byte| match byte {
            b'0'..=b'9' => (rest * 10 + u64::from(byte - b'0')) % 97,
            _ => (rest * 100 + u64::from(byte - b'A') + 10) % 97,
        });
        if rest == 1 {
            return Some((Personal::Account, at..at + end));
        }
        if !letters.last()?.is_ascii_uppercase() {
            return None;
        }
        letters.pop();
        end -= 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(Personal, &str)> {
        personal(text).into_iter().map(|(kind, range)| (kind, &text[range])).collect()
    }

    #[test]
    fn what_is_personal() {
        use Personal::{Account, Card, Email, IpAddress, NationalId, Phone};
        for (text, wanted) in [
            ("Write to ada.l+x@mail.example.org.", vec![(Email, "ada.l+x@mail.example.org")]),
            ("Grüße, müller@example.de", vec![(Email, "ller@example.de")]),
            ("4111 1111 1111 1111 and 4111111111111112", vec![(Card, "4111 1111 1111 1111")]),
            ("call +49 (0)731 123456-7 now", vec![(Phone, "+49 (0)731 123456-7")]),
            ("(212) 555-0198, 212-555-0198", vec![(Phone, "(212) 555-0198"), (Phone, "212-555-0198")]),
            ("Tel. 0731 1234567", vec![(Phone, "0731 1234567")]),
            ("IBAN DE89 3704 0044 0532 0130 00 BIC", vec![(Account, "DE89 3704 0044 0532 0130 00")]),
            ("SSN 219-09-9999, not 000-12-3456", vec![(NationalId, "219-09-9999")]),
            ("from 203.0.113.7", vec![(IpAddress, "203.0.113.7")]),
        ] {
            assert_eq!(found(text), wanted, "{text}");
        }
    }

    #[test]
    fn what_is_not() {
        for text in [
            "2026-11-29 12:30:00",
            "1,234,567.89 EUR",
            "version 1.2.3",
            "@home a@b x@y.1",
            "ISBN 978-3-16-148410-0",
            "0000 0000 0000 0000",
            "order 1234567890",
            "GB99 is no account, AB12CD neither",
            "",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
