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

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["nan", "inf", "-inf", "1e999", "", "x"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
