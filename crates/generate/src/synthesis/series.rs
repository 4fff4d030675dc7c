//! Time series with labelled anomalies: channels of level, trend, seasons and noise, and intervals in which something is
//! different. A tick is one row.

use super::schema::schema;
use crate::{
    GenerateError, Random,
    recipe::{Check, Range, document, parameters, within},
};
use labelwright_core::{Answer, Geometry, GeometryKind, LabelSchema, Modality, Region, Target, geometry::Interval};
use serde::Deserialize;
use std::{collections::BTreeMap, fmt::Write};

type Checked = Result<(), (&'static str, String)>;

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeriesRecipe {
    /// Rows of a series.
    #[serde(default = "length")]
    length: Range,
    #[serde(default = "ticks_per_second")]
    pub ticks_per_second: u32,
    channel: Vec<Channel>,
    #[serde(default)]
    anomaly: Vec<Anomaly>,
}

fn length() -> Range {
    Range::new(500.0, 500.0)
}

fn ticks_per_second() -> u32 {
    1
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Channel {
    name: String,
    #[serde(default)]
    level: Option<Range>,
    /// Change over a thousand ticks.
    #[serde(default)]
    trend: Option<Range>,
    /// Deviation of normal noise.
    #[serde(default)]
    noise: Option<Range>,
    #[serde(default)]
    season: Vec<Season>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Season {
    /// Ticks.
    period: Range,
    amplitude: Range,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Shape {
    /// Up to the full size and back, like a tent.
    Spike,
    /// Higher or lower by the size.
    Shift,
    /// The value at the start stays.
    Flat,
    /// More noise, of this deviation.
    Noise,
    /// Away by the size at the end, in a straight line.
    Drift,
    /// No value.
    Missing,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Anomaly {
    class: String,
    shape: Shape,
    /// How many a series has.
    #[serde(default = "once")]
    count: Range,
    /// Ticks.
    #[serde(default = "lasting")]
    length: Range,
    /// In the channel's units; either sign comes up.
    #[serde(default = "sized")]
    size: Range,
    /// Names of channels; all of them when it is left out.
    #[serde(default)]
    channels: Vec<String>,
}

fn once() -> Range {
    Range::new(0.0, 2.0)
}

fn lasting() -> Range {
    Range::new(5.0, 30.0)
}

fn sized() -> Range {
    Range::new(3.0, 6.0)
}

const LENGTH_MAXIMUM: f64 = 10_000_000.0;

impl Check for SeriesRecipe {
    fn check(&self) -> Checked {
        within("length", self.length, 1.0, LENGTH_MAXIMUM)?;
        if self.ticks_per_second == 0 {
            return Err(("ticks_per_second", "it is a number from 1 up".into()));
        }
        let named = |at: usize| self.channel.iter().take(at).any(|other| other.name == self.channel[at].name);
        if self.channel.is_empty() || (0..self.channel.len()).any(named) {
            return Err(("channel", "at least one is needed, each with a name of its own".into()));
        }
        let plain = |name: &str| !name.is_empty() && !name.contains([',', '"', '\n', '\r']);
        if !self.channel.iter().all(|channel| plain(&channel.name)) {
            return Err(("channel", "names have no commas, quotes or line ends".into()));
        }
        for season in self.channel.iter().flat_map(|channel| &channel.season) {
            within("channel, season, period", season.period, 2.0, LENGTH_MAXIMUM)?;
        }
        for channel in &self.channel {
            within("channel, noise", channel.noise.unwrap_or(Range::new(0.0, 0.0)), 0.0, f64::MAX)?;
        }
        for anomaly in &self.anomaly {
            within("anomaly, count", anomaly.count, 0.0, 10_000.0)?;
            within("anomaly, length", anomaly.length, 1.0, LENGTH_MAXIMUM)?;
            let known = |name: &String| self.channel.iter().any(|channel| channel.name == *name);
            if let Some(name) = anomaly.channels.iter().find(|name| !known(name)) {
                return Err(("anomaly, channels", format!("there is no channel {name:?}")));
            }
        }
        Ok(())
    }
}

/// A series as CSV, with its labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    pub csv: String,
    pub ticks: i64,
    pub answer: Answer,
}

/// Places that are tried for an anomaly before it is left out.
const TRIES: usize = 50;

impl SeriesRecipe {
    /// # Errors
    /// With the place and the way out.
    pub fn parse(recipe: &str) -> Result<Self, GenerateError> {
        parameters("the recipe", document(recipe)?)
    }

    pub fn schema(&self) -> LabelSchema {
        let classes = self.anomaly.iter().map(|anomaly| anomaly.class.as_str());
        schema(Modality::TimeSeries, classes, &[GeometryKind::Interval], Vec::new())
    }

    pub fn make(&self, random: &mut Random) -> Series {
        let ticks = self.length.draw_count(random).max(1);
        let mut channels: Vec<Vec<Option<f64>>> =
            self.channel.iter().map(|channel| channel.draw(ticks, random)).collect();
        let mut taken: Vec<(usize, usize, &Anomaly)> = Vec::new();
        for anomaly in &self.anomaly {
            for _ in 0..anomaly.count.draw_count(random) {
                let length = anomaly.length.draw_count(random).clamp(1, ticks);
                // Anomalies keep apart, so that each is what its label says.
                let free = (0..TRIES)
                    .map(|_| random.below(ticks - length + 1))
                    .find(|start| taken.iter().all(|(from, to, _)| start + length < *from || *start > *to));
                let Some(start) = free else { continue };
                taken.push((start, start + length, anomaly));
                let size = anomaly.size.draw(random) * if random.chance(0.5) { 1.0 } else { -1.0 };
                for (channel, values) in self.channel.iter().zip(&mut channels) {
                    if anomaly.channels.is_empty() || anomaly.channels.contains(&channel.name) {
                        anomaly.shape.apply(&mut values[start..start + length], size, random);
                    }
                }
            }
        }
        taken.sort_by_key(|(start, ..)| *start);
        let regions = taken.iter().enumerate().map(|(number, (start, end, anomaly))| Region {
            id: format!("a{}", number + 1),
            target: Target::Item,
            geometry: Geometry::Interval(Interval { start: *start as i64, end: *end as i64 }),
            class: anomaly.class.clone(),
            attributes: BTreeMap::new(),
            score: None,
        });
        let answer = Answer { regions: regions.collect(), ..Answer::default() };
        Series { csv: self.csv(&channels, ticks), ticks: ticks as i64, answer }
    }

    fn csv(&self, channels: &[Vec<Option<f64>>], ticks: usize) -> String {
        let mut text = String::from("tick");
        for channel in &self.channel {
            text.push(',');
            text.push_str(&channel.name);
        }
        for tick in 0..ticks {
            // Writing into a string does not fail.
            let _ = write!(text, "\n{tick}");
            for values in channels {
                let _ = match values.get(tick).copied().flatten() {
                    Some(value) => write!(text, ",{}", (value * 1e6).round() / 1e6),
                    None => write!(text, ","),
                };
            }
        }
        text.push('\n');
        text
    }
}

impl Channel {
    fn draw(&self, ticks: usize, random: &mut Random) -> Vec<Option<f64>> {
        let mut number = |range: Option<Range>| range.map_or(0.0, |range| range.draw(random));
        let (level, trend, noise) = (number(self.level), number(self.trend) / 1000.0, number(self.noise));
        let seasons: Vec<[f64; 3]> = self
            .season
            .iter()
            .map(|season| {
                [season.period.draw(random), season.amplitude.draw(random), random.unit() * std::f64::consts::TAU]
            })
            .collect();
        (0..ticks)
            .map(|tick| {
                let at = tick as f64;
                let wave = |[period, amplitude, phase]: &[f64; 3]| {
                    amplitude * (std::f64::consts::TAU * at / period + phase).sin()
                };
                Some(level + trend * at + seasons.iter().map(wave).sum::<f64>() + noise * random.normal())
            })
            .collect()
    }
}

impl Shape {
    fn apply(self, values: &mut [Option<f64>], size: f64, random: &mut Random) {
        let (length, first) = (values.len() as f64, values.first().copied().flatten());
        for (at, value) in values.iter_mut().enumerate() {
            // From the middle of the first tick to the middle of the last one.
            let share = (at as f64 + 0.5) / length;
            let Some(old) = *value else { continue };
            *value = match self {
                Self::Spike => Some(old + size * (1.0 - (2.0 * share - 1.0).abs())),
                Self::Shift => Some(old + size),
                Self::Flat => first,
                Self::Noise => Some(old + size * random.normal()),
                Self::Drift => Some(old + size * share),
                Self::Missing => None,
            };
        }
    }
}
