//! Parameters of the operations on recordings.

use super::{Check, Range, pictures::parameters, within};
use crate::sound::Hiss;
use serde::Deserialize;

type Checked = Result<(), (&'static str, String)>;

parameters! {
    /// Louder or quieter.
    Gain {
        /// Decibels.
        decibels: Range = Range::new(-6.0, 6.0),
    }
    check(this) { within("decibels", this.decibels, -80.0, 40.0) }
}

parameters! {
    /// Noise, at so many decibels below the recording.
    SoundNoise {
        /// Signal to noise, in decibels over all of the recording.
        snr: Range = Range::new(10.0, 30.0),
        kind: Hiss = Hiss::White,
        /// WAV files beside the recipe, for the kind `file`.
        files: Vec<String> = Vec::new(),
    }
    check(this) {
        within("snr", this.snr, -40.0, 100.0)?;
        if (this.kind == Hiss::File) == this.files.is_empty() {
            return Err(("files", "the kind \"file\" needs a list of WAV files, and no other kind has one".into()));
        }
        named(&this.files)
    }
}

parameters! {
    /// Later (positive) or earlier; what leaves is cut off, and what is free is silent.
    TimeShift {
        seconds: Range = Range::new(-0.5, 0.5),
        /// Longer instead of cut: silence before (positive) or behind (negative).
        pad: bool = false,
    }
    check(this) { within("seconds", this.seconds, -3600.0, 3600.0) }
}

parameters! {
    /// Faster or slower at the same pitch.
    Stretch {
        /// Twice as fast is half as long.
        speed: Range = Range::new(0.9, 1.1),
    }
    check(this) { within("speed", this.speed, 0.25, 4.0) }
}

parameters! {
    /// Higher or lower at the same length.
    PitchShift { semitones: Range = Range::new(-2.0, 2.0), }
    check(this) { within("semitones", this.semitones, -24.0, 24.0) }
}

parameters! {
    /// As a room or a loudspeaker makes it sound.
    ImpulseResponse {
        /// WAV files beside the recipe; one is drawn.
        files: Vec<String> = Vec::new(),
        /// Of the sound, how much goes through it.
        mix: Range = Range::new(1.0, 1.0),
    }
    check(this) {
        if this.files.is_empty() {
            return Err(("files", "a list of WAV files is needed".into()));
        }
        within("mix", this.mix, 0.0, 1.0)?;
        named(&this.files)
    }
}

parameters! {
    /// Stretches of silence. Labels stay; what is hidden of each is told.
    TimeMask {
        count: Range = Range::new(1.0, 2.0),
        seconds: Range = Range::new(0.05, 0.3),
    }
    check(this) {
        within("count", this.count, 1.0, 1000.0)?;
        within("seconds", this.seconds, 0.001, 3600.0)
    }
}

parameters! {
    /// Bands of frequency that are taken out. Labels stay; what is hidden of those with a band of their own is told.
    FrequencyMask {
        count: Range = Range::new(1.0, 2.0),
        hertz: Range = Range::new(200.0, 1000.0),
    }
    check(this) {
        within("count", this.count, 1.0, 100.0)?;
        within("hertz", this.hertz, 1.0, 400_000.0)
    }
}

fn named(files: &[String]) -> Checked {
    match files.iter().any(|name| name.trim().is_empty()) {
        true => Err(("files", "a file has a name".into())),
        false => Ok(()),
    }
}
