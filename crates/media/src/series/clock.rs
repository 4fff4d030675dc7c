//! The clock of a series: its ticks are as coarse as its times allow, so that every row lies on a whole tick.

/// Whole numbers beyond are not exact in a browser.
const TICKS_MAXIMUM: i64 = 1 << 53;

/// Times, as nanoseconds after the first, in ticks: ticks a second, and the ticks in their place.
pub fn ticks(mut offsets: Vec<i64>) -> (u32, Vec<i64>) {
    let last = offsets.last().copied().unwrap_or(0);
    let (mut unit, mut per_second) = (1_i64, 1_000_000_000_u32);
    // The coarsest tick that every row lies on; coarser still where a browser could not count that far.
    while per_second > 1 {
        let next = unit * 10;
        let fits = offsets.iter().all(|offset| offset % next == 0);
        if !fits && last / unit < TICKS_MAXIMUM {
            break;
        }
        (unit, per_second) = (next, per_second / 10);
    }
    for offset in &mut offsets {
        *offset = offset.saturating_add(unit / 2) / unit;
    }
    (per_second, offsets)
}

#[cfg(test)]
mod tests {
    use super::ticks;

    #[test]
    fn a_tick_is_as_coarse_as_the_times_allow() {
        assert_eq!(ticks(vec![0, 1_000_000_000, 5_000_000_000]), (1, vec![0, 1, 5]));
        assert_eq!(ticks(vec![0, 4_000_000, 10_000_000]), (1000, vec![0, 4, 10]));
        assert_eq!(ticks(vec![0, 1]), (1_000_000_000, vec![0, 1]));
        // Two hundred years in nanoseconds are more than a browser can count: rounded.
        let years = 200 * 365 * 86_400 * 1_000_000_000_i64;
        assert_eq!(ticks(vec![0, years + 1]), (1_000_000, vec![0, years / 1000]));
        assert_eq!(ticks(vec![0]), (1, vec![0]));
        assert_eq!(ticks(vec![0, i64::MAX]), (100_000, vec![0, i64::MAX / 10_000]));
    }
}
