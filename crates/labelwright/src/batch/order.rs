//! Natural order: runs of digits compare as numbers, everything else as bytes ("t2" before "t10"); equal numbers with
//! more leading zeros come later. It is the order of every output.

use std::cmp::Ordering;

/// A key whose order of bytes is the natural order, cut after 16 bytes.
fn key(text: &[u8]) -> u128 {
    let mut key = [0_u8; 16];
    let mut at = 0;
    let mut push = |byte: u8| {
        if let Some(place) = key.get_mut(at) {
            *place = byte;
        }
        at += 1;
        at < 16
    };
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        if !first.is_ascii_digit() {
            rest = after;
            if !push(*first) {
                break;
            }
            continue;
        }
        let (digits, after) = run(rest);
        rest = after;
        // Longer numbers are greater; a run of 255 digits and more is told apart by `compare` only.
        let mut room = push(b'0') && push(digits.len().min(255) as u8);
        for digit in digits {
            room = room && push(*digit);
        }
        if !room {
            break;
        }
    }
    u128::from_be_bytes(key)
}

/// The digits at the start without leading zeros, and what follows them.
fn run(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (digits, after) = text.split_at(end);
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    (digits.get(zeros..).unwrap_or_default(), after)
}

pub fn compare(one: &[u8], other: &[u8]) -> Ordering {
    let (mut left, mut right) = (one, other);
    loop {
        match (left.split_first(), right.split_first()) {
            (None, None) => break,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some((a, _)), Some((b, _))) if a.is_ascii_digit() && b.is_ascii_digit() => {
                let ((a, left_rest), (b, right_rest)) = (run(left), run(right));
                let order = a.len().cmp(&b.len()).then_with(|| a.cmp(b));
                if order.is_ne() {
                    return order;
                }
                (left, right) = (left_rest, right_rest);
            }
            (Some((a, left_rest)), Some((b, right_rest))) => {
                let same = |byte: u8| if byte.is_ascii_digit() { b'0' } else { byte };
                let order = same(*a).cmp(&same(*b));
                if order.is_ne() {
                    return order;
                }
                (left, right) = (left_rest, right_rest);
            }
        }
    }
    one.len().cmp(&other.len()).then_with(|| one.cmp(other))
}

/// The numbers 0 to `count` - 1 in the natural order of their strings.
pub fn natural_order<'a>(count: usize, text: impl Fn(u32) -> &'a [u8]) -> Vec<u32> {
    let mut keyed: Vec<(u128, u32)> = (0..count as u32).map(|id| (key(text(id)), id)).collect();
    keyed.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| compare(text(a.1), text(b.1))));
    keyed.into_iter().map(|(_, id)| id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn digits_count_as_numbers() {
        let sorted = ["", "0", "00", "1", "2", "10", "t2", "t02", "t2a", "t10", "t10-2", "t10-11", "é"];
        let mut turned: Vec<&[u8]> = sorted.iter().rev().map(|t| t.as_bytes()).collect();
        turned.sort_by(|a, b| compare(a, b));
        assert_eq!(turned, sorted.iter().map(|t| t.as_bytes()).collect::<Vec<_>>());
    }

    proptest! {
        #[test]
        fn keys_and_comparison_agree(texts in prop::collection::vec("[a0-9-]{0,24}", 0..30)) {
            let order = natural_order(texts.len(), |id| texts[id as usize].as_bytes());
            for pair in order.windows(2) {
                let (one, other) = (&texts[pair[0] as usize], &texts[pair[1] as usize]);
                prop_assert!(compare(one.as_bytes(), other.as_bytes()).is_le(), "{one:?} {other:?}");
            }
        }
    }
}
