//! Sensors of a pump for the series project: an hour and a half of three channels, a row every ten seconds, with a bearing
//! that runs hot, a valve that sticks, strokes on the pipe, and a line that was down.

use super::dice::Dice;
use std::f64::consts::TAU;

/// A tick is a second; the series has a row for every tenth.
const SECONDS_A_ROW: i64 = 10;
const ROWS: i64 = 540;
/// 2026-03-02T06:00:00Z; each series begins a day after the one before.
const BEGINNING: i64 = 1_772_431_200;
const DAY: i64 = 86_400;

pub struct Event {
    pub class: &'static str,
    /// In ticks; a moment has one.
    pub start: i64,
    pub end: i64,
    pub cause: &'static str,
}

pub struct Sensors {
    pub csv: String,
    pub events: Vec<Event>,
}

pub fn record(index: u64) -> Sensors {
    let mut dice = Dice::new("sensors", index);
    let phase = dice.between(0.0, TAU);
    let mut events: Vec<Event> = Vec::new();
    let mut row = 30 + dice.below(40) as i64;
    while row < ROWS - 70 {
        let length = 12 + dice.below(30) as i64;
        let (class, cause, rows) = match dice.below(4) {
            0 => ("anomaly", "bearing runs hot", length),
            1 => ("anomaly", "valve sticks", length),
            2 => ("spike", "stroke on the pipe", 0),
            _ => ("gap", "line was down", length / 2 + 2),
        };
        let start = row * SECONDS_A_ROW;
        let end = if rows == 0 { start + 1 } else { (row + rows) * SECONDS_A_ROW };
        events.push(Event { class, start, end, cause });
        row += rows + 40 + dice.below(120) as i64;
    }
    let mut csv = String::from("time,temperature,pressure,vibration\n");
    for row in 0..ROWS {
        let tick = row * SECONDS_A_ROW;
        let slow = (row as f64 / 260.0 * TAU + phase).sin();
        let mut numbers = [
            61.0 + 3.0 * slow + dice.between(-0.3, 0.3),
            4.2 + 0.15 * (row as f64 / 33.0 * TAU).sin() + dice.between(-0.04, 0.04),
            0.8 + dice.between(-0.15, 0.15) + 0.1 * slow,
        ];
        let mut is_down = false;
        for event in events.iter().filter(|event| (event.start..event.end).contains(&tick)) {
            let share = (tick - event.start) as f64 / (event.end - event.start) as f64;
            match event.cause {
                "bearing runs hot" => {
                    numbers[0] += 14.0 * (share * TAU / 2.0).sin();
                    numbers[2] += 0.9 + dice.between(-0.3, 0.3);
                }
                "valve sticks" => numbers[1] = 3.1 + dice.between(-0.01, 0.01),
                "stroke on the pipe" => numbers[2] += 3.5,
                _ => is_down = true,
            }
        }
        let seconds = BEGINNING + index as i64 * DAY + tick;
        let time = labelwright_core::Timestamp(seconds * 1_000_000).to_string();
        let time = time.get(..19).unwrap_or_default();
        let [temperature, pressure, vibration] = numbers;
        csv.push_str(&match is_down {
            true => format!("{time}Z,,,\n"),
            false => format!("{time}Z,{temperature:.2},{pressure:.3},{vibration:.3}\n"),
        });
    }
    Sensors { csv, events }
}

#[cfg(test)]
mod tests {
    use super::{ROWS, record};

    #[test]
    fn events_lie_in_the_series_one_behind_the_other_and_come_the_same_again() {
        let mut classes = std::collections::BTreeSet::new();
        for index in 0..20 {
            let sensors = record(index);
            assert_eq!(sensors.csv.lines().count() as i64, ROWS + 1);
            let mut before = 0;
            for event in &sensors.events {
                assert!(before < event.start && event.start < event.end && event.end < ROWS * 10, "{index}");
                before = event.end;
                classes.insert(event.class);
            }
            assert_eq!(record(index).csv, sensors.csv);
        }
        assert_eq!(classes.len(), 3);
    }
}
