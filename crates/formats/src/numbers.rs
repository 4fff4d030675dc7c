//! Numbers as text: the shortest that reads back as the same number, and nothing that is no finite number.

/// Appends the shortest form; whole numbers without a point. What is not finite becomes 0: writers never get it from a
/// valid answer.
pub(crate) fn push(out: &mut Vec<u8>, value: f64) {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        push_integer(out, value as i64);
    } else if value.is_finite() {
        out.extend_from_slice(zmij::Buffer::new().format_finite(value).as_bytes());
    } else {
        out.push(b'0');
    }
}

pub(crate) fn push_integer(out: &mut Vec<u8>, value: i64) {
    let mut digits = [0_u8; 20];
    let (mut rest, mut at) = (value.unsigned_abs(), digits.len());
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&digits[at..]);
}

/// Two digits of each number below a hundred.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut number = 0;
    while number < 100 {
        pairs[number] = [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8];
        number += 1;
    }
    pairs
};

/// What [`push_share`] writes as more than nothing.
pub(crate) const LEAST_SHARE: f64 = 0.500_001e-10;

/// Appends a number from 0 to 1 to ten places, without zeros at its end: of a picture of 100,000 pixels that is a
/// hundred-thousandth of a pixel.
pub(crate) fn push_share(out: &mut Vec<u8>, share: f64) {
    let mut rest = (share.clamp(0.0, 1.0) * 1e10 + 0.5) as u64;
    if rest == 0 || rest == 10_000_000_000 {
        out.push(b'0' + u8::from(rest != 0));
        return;
    }
    let mut text = *b"0.0000000000";
    for pair in text[2..].as_chunks_mut::<2>().0.iter_mut().rev() {
        *pair = PAIRS[(rest % 100) as usize];
        rest /= 100;
    }
    let end = text.iter().rposition(|digit| *digit != b'0').unwrap_or_default();
    out.extend_from_slice(&text[..=end]);
}

pub(crate) fn shortest(value: f64) -> String {
    let mut bytes = Vec::with_capacity(24);
    push(&mut bytes, value);
    String::from_utf8(bytes).unwrap_or_default()
}

/// A finite number; text such as `nan` or `inf` is none.
pub(crate) fn parse(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

/// All of them, or None.
pub(crate) fn parse_all<'a>(texts: impl IntoIterator<Item = &'a str>) -> Option<Vec<f64>> {
    texts.into_iter().map(parse).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_come_back_exactly(number in proptest::num::f64::NORMAL | proptest::num::f64::ZERO) {
            prop_assert_eq!(parse(&shortest(number)), Some(number));
        }

        #[test]
        fn whole_numbers_have_no_point(number in any::<i32>()) {
            prop_assert_eq!(shortest(f64::from(number)), number.to_string());
        }
    }

    proptest! {
        #[test]
        fn shares_come_back_to_ten_places(share in 0.0..=1.0_f64) {
            let mut text = Vec::new();
            push_share(&mut text, share);
            let text = String::from_utf8(text).unwrap();
            prop_assert!((parse(&text).unwrap() - share).abs() <= 0.500_001e-10, "{text}");
            prop_assert!(text.len() <= 12 && !(text.contains('.') && text.ends_with('0')), "{text}");
        }
    }

    #[test]
    fn shares_at_the_ends_and_beyond_are_whole() {
        for (share, wanted) in [
            (0.0, "0"),
            (1.0, "1"),
            (-0.0, "0"),
            (f64::NAN, "0"),
            (2.0, "1"),
            (0.5, "0.5"),
            (1e-11, "0"),
            (1e-10, "0.0000000001"),
            (0.999_999_999_99, "1"),
        ] {
            let mut text = Vec::new();
            push_share(&mut text, share);
            assert_eq!(text, wanted.as_bytes(), "{share}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["nan", "inf", "-inf", "1e999", "", "x"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
