//! Children of recordings: what each operation does to samples and labels.

use super::{Classes, Lineage, Sourced, chosen, times};
use crate::{
    GenerateError, Random,
    recipe::{ImpulseResponse, Kind, Material, Recipe, SoundNoise, TimeShift},
    sound::{
        Hiss, Response, SAMPLES_MAXIMUM, Sound, add_noise, common_clock, convolve, from_recording, hiss,
        mask_frequencies, mask_times, resample, stretch,
    },
    timeline::Timeline,
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, ops::Range};

/// A recording with its answers.
#[derive(Debug, Clone, PartialEq)]
pub struct SoundItem {
    pub key: String,
    pub sound: Sound,
    pub answers: Vec<Sourced>,
    /// Ticks a second of the answers.
    pub clock: u32,
}

/// Recordings that a recipe names, by their names in it.
pub type Sounds = BTreeMap<String, Sound>;

/// Changes a recording by a recipe. The child's clock counts samples and what the parent's counted before, so that no
/// time is rounded. Rate and number of channels stay.
///
/// # Errors
/// When a recording would become too long.
pub fn augment_sound(
    recipe: &Recipe,
    classes: &Classes,
    item: SoundItem,
    sounds: &Sounds,
    random: &mut Random,
) -> Result<(SoundItem, Lineage), GenerateError> {
    let lineage = Lineage { parents: vec![item.key.clone()], ..Lineage::default() };
    let mut work = Work::new(item, lineage, classes, recipe.visibility)?;
    for at in chosen(recipe, Material::Sound, random) {
        let kind = &recipe.operations[at].kind;
        if let Some(mut numbers) = work.done(kind, sounds, random)? {
            numbers["op"] = kind.name().into();
            work.lineage.operations.push(numbers);
        }
    }
    work.keep_within_scale();
    Ok((work.item, work.lineage))
}

/// A child in the making.
struct Work<'a> {
    item: SoundItem,
    lineage: Lineage,
    classes: &'a Classes,
    least: f64,
    /// Ticks of one sample, and of a point.
    tick: i64,
    unit: i64,
}

impl<'a> Work<'a> {
    fn new(mut item: SoundItem, lineage: Lineage, classes: &'a Classes, least: f64) -> Result<Self, GenerateError> {
        if !item.sound.is_sound() {
            return Err(GenerateError::Sound("it has no samples, or some that are no numbers".into()));
        }
        let (rate, clock) = (item.sound.rate, item.clock.max(1));
        let common = common_clock(rate, clock).ok_or_else(|| {
            GenerateError::Sound(format!("no clock counts both {rate} samples and {clock} ticks a second"))
        })?;
        let unit = i64::from(common / clock);
        times::refine(&mut item.answers, unit);
        item.clock = common;
        Ok(Self { item, lineage, classes, least, tick: i64::from(common / rate), unit })
    }

    /// Does one operation; the numbers drawn. None when it could not be done.
    fn done(&mut self, kind: &Kind, sounds: &Sounds, random: &mut Random) -> Result<Option<Value>, GenerateError> {
        Ok(match kind {
            Kind::Gain(own) => {
                let decibels = own.decibels.draw(random);
                self.item.sound.amplify(10_f64.powf(decibels / 20.0) as f32);
                Some(json!({ "decibels": decibels }))
            }
            Kind::SoundNoise(own) => self.noise(own, sounds, random),
            Kind::TimeShift(own) => self.shift(own, random)?,
            Kind::Stretch(own) => {
                let speed = own.speed.draw(random);
                let (from, to) = (self.frames(), (self.frames() as f64 / speed).round().max(1.0) as i64);
                self.fits(to)?;
                self.item.sound = stretch(&self.item.sound, to as usize);
                self.carry(&Timeline::stretch(from * self.tick, to * self.tick));
                Some(json!({ "speed": speed }))
            }
            Kind::PitchShift(own) => {
                let semitones = own.semitones.draw(random);
                self.pitch(2_f64.powf(semitones / 12.0))?;
                Some(json!({ "semitones": semitones }))
            }
            Kind::ImpulseResponse(own) => self.respond(own, sounds, random),
            Kind::TimeMask(own) => {
                let frames = self.frames() as usize;
                let rate = f64::from(self.item.sound.rate);
                let ranges: Vec<Range<usize>> = (0..own.count.draw_count(random))
                    .map(|_| {
                        let length = ((own.seconds.draw(random) * rate).round() as usize).clamp(1, frames);
                        let start = random.below(frames - length + 1);
                        start..start + length
                    })
                    .collect();
                mask_times(&mut self.item.sound, &ranges);
                let ticks = |at: usize| at as i64 * self.tick;
                let hidden: Vec<Range<i64>> = ranges.iter().map(|r| ticks(r.start)..ticks(r.end)).collect();
                times::hidden_times(&self.item.answers, &hidden, &mut self.lineage);
                Some(json!({ "samples": ranges.iter().map(|r| [r.start, r.end]).collect::<Vec<_>>() }))
            }
            Kind::FrequencyMask(own) => {
                let most = f64::from(self.item.sound.rate) / 2.0;
                let bands: Vec<Range<f64>> = (0..own.count.draw_count(random))
                    .map(|_| {
                        let width = own.hertz.draw(random).min(most);
                        let low = random.between(0.0, most - width);
                        low..low + width
                    })
                    .collect();
                mask_frequencies(&mut self.item.sound, &bands);
                times::hidden_bands(&self.item.answers, &bands, self.item.sound.rate, &mut self.lineage);
                Some(json!({ "hertz": bands.iter().map(|band| [band.start, band.end]).collect::<Vec<_>>() }))
            }
            _ => None,
        })
    }

    fn frames(&self) -> i64 {
        self.item.sound.frames() as i64
    }

    fn fits(&self, frames: i64) -> Result<(), GenerateError> {
        let samples = frames.saturating_mul(self.item.sound.channels.len() as i64);
        if samples > SAMPLES_MAXIMUM as i64 {
            return Err(GenerateError::Sound(format!("it would have more than {SAMPLES_MAXIMUM} samples")));
        }
        Ok(())
    }

    fn carry(&mut self, line: &Timeline) {
        let (answers, lineage) = (&mut self.item.answers, &mut self.lineage);
        times::moved(answers, line, self.unit, self.classes, self.least, lineage);
    }

    fn noise(&mut self, own: &SoundNoise, sounds: &Sounds, random: &mut Random) -> Option<Value> {
        let snr = own.snr.draw(random);
        let (sound, frames) = (&self.item.sound, self.item.sound.frames());
        let mut told = json!({ "snr": snr });
        let noise = match own.kind {
            Hiss::White | Hiss::Pink => hiss(own.kind, sound.channels.len(), frames, random),
            Hiss::File => {
                let name = random.pick(&own.files)?;
                told["file"] = name.as_str().into();
                from_recording(sounds.get(name)?, sound.channels.len(), frames, sound.rate, random)
            }
        };
        if !add_noise(&mut self.item.sound, &noise, snr) {
            self.lineage.note("silent_recording", 1);
            return None;
        }
        Some(told)
    }

    fn shift(&mut self, own: &TimeShift, random: &mut Random) -> Result<Option<Value>, GenerateError> {
        let frames = self.frames();
        let by = (own.seconds.draw(random) * f64::from(self.item.sound.rate)).round() as i64;
        if by == 0 {
            return Ok(None);
        }
        let (moved, after) = if own.pad {
            self.fits(frames.saturating_add(by.abs()))?;
            self.item.sound.pad(by);
            (by.max(0), frames + by.abs())
        } else {
            // Nothing would be left of it.
            if by.abs() >= frames {
                return Ok(None);
            }
            self.item.sound.shift(by);
            (by, frames)
        };
        self.carry(&Timeline::shift(moved * self.tick, frames * self.tick, after * self.tick));
        Ok(Some(json!({ "samples": by })))
    }

    /// Longer at the same pitch, then as long as before by its samples: higher for factors above 1.
    fn pitch(&mut self, factor: f64) -> Result<(), GenerateError> {
        let frames = self.frames();
        let longer = (frames as f64 * factor).round().max(1.0) as i64;
        self.fits(longer)?;
        let long = stretch(&self.item.sound, longer as usize);
        self.item.sound.channels = long.channels.iter().map(|channel| resample(channel, frames as usize)).collect();
        times::pitched(&mut self.item.answers, factor, self.item.sound.rate, &mut self.lineage);
        Ok(())
    }

    fn respond(&mut self, own: &ImpulseResponse, sounds: &Sounds, random: &mut Random) -> Option<Value> {
        let name = random.pick(&own.files)?;
        let mix = own.mix.draw(random);
        let Some(response) = Response::of(sounds.get(name)?, self.item.sound.rate) else {
            self.lineage.note("silent_recording", 1);
            return None;
        };
        convolve(&mut self.item.sound, &response, mix);
        Some(json!({ "file": name, "mix": mix }))
    }

    /// What would be beyond full scale makes all of it quieter: cutting it off would add noise of its own.
    fn keep_within_scale(&mut self) {
        let peak = self.item.sound.peak();
        if peak > 1.0 && !self.lineage.operations.is_empty() {
            self.item.sound.amplify(1.0 / peak);
            self.lineage.operations.push(json!({ "op": "gain", "decibels": -20.0 * f64::from(peak).log10() }));
        }
    }
}
