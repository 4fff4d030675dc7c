//! How good a recording is as a recording: how long, how loud, and how much of it is cut off.

use serde::Serialize;

/// What a recording sounds like.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Hearing {
    pub seconds: f64,
    /// The largest sample, 0 to 1.
    pub peak: f64,
    /// Root of the mean square, 0 to 1.
    pub level: f64,
    /// Share of samples at full scale.
    pub clipped: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SoundFlaw {
    /// Nothing above -60 dB.
    Silent,
    /// On the whole below -40 dB.
    Quiet,
    /// One of a thousand samples or more is at full scale.
    Clipped,
    /// Less than half a second.
    Short,
}

const SILENT_PEAK: f64 = 1e-3;
const QUIET_LEVEL: f64 = 1e-2;
const CLIPPED_SHARE: f64 = 1e-3;
const FULL_SCALE: f32 = 0.9999;
const SHORT_SECONDS: f64 = 0.5;

impl Hearing {
    /// Samples of all channels from -1 to 1, and how many of them a second has.
    pub fn of(samples: impl Iterator<Item = f32>, a_second: f64) -> Self {
        let (mut count, mut peak, mut squares, mut clipped) = (0_u64, 0.0_f32, 0.0_f64, 0_u64);
        for sample in samples {
            let size = sample.abs();
            count += 1;
            peak = peak.max(size);
            squares += f64::from(size) * f64::from(size);
            clipped += u64::from(size >= FULL_SCALE);
        }
        let all = count.max(1) as f64;
        Self {
            seconds: count as f64 / a_second.max(1.0),
            peak: f64::from(peak),
            level: (squares / all).sqrt(),
            clipped: clipped as f64 / all,
        }
    }

    pub fn flaws(&self) -> Vec<SoundFlaw> {
        let silent = self.peak < SILENT_PEAK;
        let flaws = [
            (SoundFlaw::Silent, silent),
            (SoundFlaw::Quiet, !silent && self.level < QUIET_LEVEL),
            (SoundFlaw::Clipped, self.clipped >= CLIPPED_SHARE),
            (SoundFlaw::Short, self.seconds < SHORT_SECONDS),
        ];
        flaws.into_iter().filter(|(_, is)| *is).map(|(flaw, _)| flaw).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(size: f32, samples: usize) -> Hearing {
        Hearing::of((0..samples).map(|at| size * (at as f32 * 0.3).sin()), 8000.0)
    }

    #[test]
    fn silence_whispers_and_what_is_too_loud() {
        assert_eq!(tone(0.5, 8000).flaws(), []);
        // A sine has the root of one half of its peak.
        assert!((tone(0.5, 80_000).level - 0.5_f64 * 0.5_f64.sqrt()).abs() < 1e-3);
        assert_eq!(tone(0.0005, 8000).flaws(), [SoundFlaw::Silent]);
        assert_eq!(tone(0.005, 8000).flaws(), [SoundFlaw::Quiet]);
        let loud = Hearing::of((0..8000).map(|at| (3.0 * (at as f32 * 0.3).sin()).clamp(-1.0, 1.0)), 8000.0);
        assert_eq!(loud.flaws(), [SoundFlaw::Clipped]);
        assert_eq!(tone(0.5, 3999).flaws(), [SoundFlaw::Short]);
        assert_eq!(Hearing::of(std::iter::empty(), 0.0).flaws(), [SoundFlaw::Silent, SoundFlaw::Short]);
    }
}
