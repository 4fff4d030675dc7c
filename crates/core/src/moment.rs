//! Times as series write them: dates or plain numbers, kept to the nanosecond and written back the way they came.

use crate::time::{civil, days_of};
use serde::{Deserialize, Serialize};

const SECOND: i128 = 1_000_000_000;
const DAY_SECONDS: i64 = 86_400;

/// A time of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Moment {
    /// Seconds since 1970-01-01T00:00:00Z, and nanoseconds of the next, 0 to 999,999,999.
    Date { seconds: i64, nanoseconds: u32 },
    /// A number as a file counts time: its whole part, rounded down, and billionths of the next, 0 to 999,999,999.
    Number { seconds: i64, nanoseconds: u32 },
}

impl Moment {
    /// From nanoseconds; None for what lies 292 billion years away.
    pub fn new(nanoseconds: i128, is_date: bool) -> Option<Self> {
        let seconds = i64::try_from(nanoseconds.div_euclid(SECOND)).ok()?;
        let nanoseconds = nanoseconds.rem_euclid(SECOND) as u32;
        Some(if is_date { Self::Date { seconds, nanoseconds } } else { Self::Number { seconds, nanoseconds } })
    }

    /// As it is written: a date with a time (one without a zone is UTC), or a number with a point.
    pub fn parse(text: &str) -> Option<Self> {
        date(text).map_or_else(|| Self::new(number(text)?, false), |found| Self::new(found, true))
    }

    pub fn is_date(self) -> bool {
        matches!(self, Self::Date { .. })
    }

    pub fn nanoseconds(self) -> i128 {
        let (Self::Date { seconds, nanoseconds } | Self::Number { seconds, nanoseconds }) = self;
        i128::from(seconds) * SECOND + i128::from(nanoseconds)
    }

    /// Later by so many nanoseconds.
    pub fn after(self, nanoseconds: i128) -> Option<Self> {
        Self::new(self.nanoseconds() + nanoseconds, self.is_date())
    }
}

/// No more digits than it needs.
impl std::fmt::Display for Moment {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Self::Date { seconds, nanoseconds } => {
                let (days, rest) = (seconds.div_euclid(DAY_SECONDS), seconds.rem_euclid(DAY_SECONDS));
                let (year, month, day) = civil(days);
                let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
                write!(formatter, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
                fraction(formatter, nanoseconds)?;
                formatter.write_str("Z")
            }
            Self::Number { .. } => {
                let all = self.nanoseconds();
                let (whole, part) = (all.unsigned_abs() / SECOND as u128, all.unsigned_abs() % SECOND as u128);
                if all < 0 {
                    formatter.write_str("-")?;
                }
                write!(formatter, "{whole}")?;
                fraction(formatter, part as u32)
            }
        }
    }
}

fn fraction(formatter: &mut std::fmt::Formatter<'_>, nanoseconds: u32) -> std::fmt::Result {
    if nanoseconds == 0 {
        return Ok(());
    }
    let digits = format!("{nanoseconds:09}");
    write!(formatter, ".{}", digits.trim_end_matches('0'))
}

/// Billionths of a number; what is finer is rounded. None for what is no number.
pub fn number(text: &str) -> Option<i128> {
    let text = text.trim();
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    if !is_digits(whole) || !is_digits(part) || whole.len() > 18 || (whole.is_empty() && part.is_empty()) {
        return float(text.parse().ok()?);
    }
    let whole = if whole.is_empty() { 0 } else { whole.parse::<i128>().ok()? };
    let value = whole * SECOND + billionths(part);
    Some(if negative { -value } else { value })
}

/// Billionths of a floating number.
pub fn float(number: f64) -> Option<i128> {
    (number.abs() < 1e18).then(|| (number * 1e9).round() as i128)
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// What stands behind a point; its tenth digit rounds.
fn billionths(digits: &str) -> i128 {
    let (mut value, mut unit) = (0, SECOND / 10);
    for digit in digits.bytes().take(9) {
        value += i128::from(digit - b'0') * unit;
        unit /= 10;
    }
    value + i128::from(digits.as_bytes().get(9).is_some_and(|digit| *digit >= b'5'))
}

/// Nanoseconds since 1970 of a date, with a time of day or without, with a zone or in UTC (ISO 8601, extended form):
/// `2026-01-31T12:00:00.5+01:00`. A space may stand for the `T`.
pub fn date(text: &str) -> Option<i128> {
    let text = text.trim();
    let (day, rest) = match text.get(..10).zip(text.get(10..)) {
        Some((day, rest)) => (day, rest),
        None => return None,
    };
    let bytes = day.as_bytes();
    if bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let whole = |text: &str| (!text.is_empty() && is_digits(text)).then(|| text.parse::<i64>().ok()).flatten();
    let (year, month, day) = (whole(day.get(..4)?)?, whole(day.get(5..7)?)?, whole(day.get(8..)?)?);
    let days = days_of(year, month, day);
    if civil(days) != (year, month, day) {
        return None;
    }
    let midnight = i128::from(days) * i128::from(DAY_SECONDS) * SECOND;
    if rest.is_empty() {
        return Some(midnight);
    }
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let zone_at = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
    let (clock, zone) = (rest.get(..zone_at)?.trim_end(), rest.get(zone_at..)?);
    let (clock, part) = clock.split_once('.').unwrap_or((clock, ""));
    let mut parts = clock.split(':').map(|part| if part.len() == 2 { whole(part) } else { None });
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().unwrap_or(Some(0))?;
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 || !is_digits(part) {
        return None;
    }
    let seconds = (hour * 60 + minute) * 60 + second - zone_seconds(zone)?;
    Some(midnight + i128::from(seconds) * SECOND + billionths(part))
}

/// Seconds east of Greenwich.
fn zone_seconds(zone: &str) -> Option<i64> {
    let sign = match zone.as_bytes().first() {
        None | Some(b'Z' | b'z') => return (zone.len() < 2).then_some(0),
        Some(b'-') => -1,
        _ => 1,
    };
    let digits: String = zone[1..].chars().filter(|one| *one != ':').collect();
    if !is_digits(&digits) || ![2, 4].contains(&digits.len()) || zone.len() > 6 {
        return None;
    }
    let (hours, minutes) = (digits.get(..2)?.parse::<i64>().ok()?, digits.get(2..)?.parse::<i64>().unwrap_or(0));
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes) * 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_read_to_the_last_digit() {
        for (text, expected) in [
            ("0", 0),
            ("1.5", 1_500_000_000),
            ("-0.25", -250_000_000),
            (".5", 500_000_000),
            ("1700000000.123456789", 1_700_000_000_123_456_789),
            ("0.1234567896", 123_456_790),
            ("1e-3", 1_000_000),
            (" 7 ", 7_000_000_000),
        ] {
            assert_eq!(number(text), Some(expected), "{text}");
        }
        for text in ["", ".", "-", "x", "1.2.3", "1,5", "nan", "inf", "1e30"] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn dates_are_read_with_and_without_a_zone() {
        let noon = 1_769_860_800_000_000_000;
        for text in [
            "2026-01-31T12:00:00Z",
            "2026-01-31 12:00:00",
            "2026-01-31T14:00:00+02:00",
            "2026-01-31T12:00",
            "2026-01-31T07:30-0430",
        ] {
            assert_eq!(date(text), Some(noon), "{text}");
        }
        assert_eq!(date("2026-01-31T12:00:00.000001"), Some(noon + 1000));
        assert_eq!(date("2026-01-31"), Some(noon - 43_200_000_000_000));
        for text in [
            "20260131",
            "-3",
            "31 January",
            "2026-02-30",
            "",
            "2026-01-31T25:00",
            "2026-01-31Tx",
            "2026-01-31T12:00+x",
            "2026-1-31",
            "ä026-01-31",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_written_has_no_more_digits_than_it_needs() {
        for text in ["2026-01-31T12:00:00Z", "1969-12-31T23:59:59.25Z", "-0.25", "12", "1700000000.000000001"] {
            assert_eq!(Moment::parse(text).map(|found| found.to_string()).as_deref(), Some(text));
        }
    }

    proptest! {
        #[test]
        fn written_and_read_back(nanoseconds in -62_135_596_800_000_000_000_i128..253_402_300_799_000_000_000, is_date: bool) {
            let moment = Moment::new(nanoseconds, is_date);
            prop_assert_eq!(moment.and_then(|moment| Moment::parse(&moment.to_string())), moment);
        }

        #[test]
        fn no_text_makes_it_fall_over(text in "[0-9TZ:+. -]{0,30}") {
            prop_assert!(Moment::parse(&text).is_none_or(|moment| !moment.to_string().is_empty()));
        }
    }
}
