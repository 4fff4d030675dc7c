//! Speech: a program of this machine speaks texts from a grammar. It runs by itself, with limits on time and memory, and
//! gets the text on its input, never by way of a shell.

use super::{
    Order,
    stream::{Maker, each},
    writings::SOURCE,
};
use crate::{
    commands::augment::beside,
    outside::{self, Ended, Limits},
};
use labelwright_core::Modality;
use labelwright_formats::{Clock, ExportItem, SourcedAnswer};
use labelwright_generate::{
    Random,
    sound::{self, SAMPLES_MAXIMUM, Sound, common_clock},
    synthesis::speech::{Program, SpeechRecipe, Utterance},
};
use serde_json::json;
use std::{
    ffi::OsString,
    fs,
    io::{Seek, SeekFrom, Write},
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
};

/// Recordings that are made before they are written.
const BATCH: usize = 32;
/// What a program may take: bytes of addresses, and of what it writes.
const MEMORY_BYTES: u64 = 4 << 30;
const OUTPUT_BYTES: u64 = 1 << 30;
const MILLISECONDS: u32 = 1000;

/// A recipe with the program that speaks it.
pub struct Studio {
    recipe: SpeechRecipe,
    program: PathBuf,
    /// Spans of texts that recordings have no place for.
    spans: AtomicU64,
}

impl Studio {
    pub fn open(order: &Order<'_>) -> Result<Self, String> {
        let recipe = SpeechRecipe::parse(&order.recipe).map_err(|error| order.about(error))?;
        let program = recipe.program();
        let program = outside::found(program.name(), program.installation(), order.options.program.clone())?;
        Ok(Self { recipe, program, spans: AtomicU64::new(0) })
    }

    /// What was left out.
    pub fn tell(&self) {
        let spans = self.spans.load(Ordering::Relaxed);
        if spans > 0 {
            eprintln!("{spans} spans of texts are left out: a recording has no places for them");
        }
    }

    fn speak(&self, order: &Order<'_>, utterance: &Utterance, number: usize) -> Result<Sound, String> {
        let about = |what: &dyn std::fmt::Display| format!("{}: {what}", self.program.display());
        let file = order.made.folder().join(format!("speech-{number}.wav"));
        let voice = match self.recipe.program() {
            Program::EspeakNg => utterance.voice.clone(),
            Program::Piper => beside(&order.folder, &utterance.voice)?.to_string_lossy().into_owned(),
        };
        let (mut text, complaints) = (order.made.scratch()?, order.made.scratch()?);
        let written = text.write_all(format!("{}\n", utterance.text).as_bytes());
        written.and_then(|()| text.seek(SeekFrom::Start(0))).map_err(|error| about(&error))?;
        let seconds = u64::from(self.recipe.seconds());
        let limits = Limits { seconds, memory_bytes: MEMORY_BYTES, output_bytes: OUTPUT_BYTES };
        let words = self.recipe.arguments(utterance, &voice, &file.to_string_lossy()).into_iter().map(OsString::from);
        outside::run(&self.program, words, &limits, text.into(), complaints).map_err(|ended| match ended {
            Ended::Unstartable(error) => about(&error),
            Ended::Stopped => about(&format!("stopped after {seconds} seconds; speech, seconds gives it more")),
            Ended::Failed(how) => about(&format!("voice {:?}: {how}", utterance.voice)),
        })?;
        let bytes = fs::read(&file).map_err(|error| about(&format!("it wrote no recording: {error}")))?;
        drop(fs::remove_file(&file));
        let sound = sound::read(&bytes, SAMPLES_MAXIMUM).map_err(|error| about(&error))?;
        if !sound.is_sound() {
            return Err(about(&format!("voice {:?}: it wrote a recording without samples", utterance.voice)));
        }
        Ok(sound)
    }
}

pub fn recordings<'a>(order: &'a Order<'_>, studio: &'a Studio) -> Maker<'a> {
    each(studio.recipe.schema(), BATCH, move |number| {
        let made = studio.recipe.make(&mut Random::of(order.options.seed, "speech", number as u64));
        let utterance = made.map_err(|error| order.about(error))?;
        studio.spans.fetch_add(utterance.spans as u64, Ordering::Relaxed);
        let sound = studio.speak(order, &utterance, number)?;
        // Ticks that divide samples and milliseconds, as recordings that come in have them.
        let clock = common_clock(sound.rate, MILLISECONDS).unwrap_or(sound.rate);
        let ticks = sound.frames() as i64 * i64::from(clock / sound.rate.max(1));
        let voice = json!({ "program": studio.recipe.program().name(), "name": utterance.voice,
            "words_a_minute": utterance.rate, "pitch": utterance.pitch });
        Ok(ExportItem {
            media: Some(order.made.put(&number.to_string(), &sound::write(&sound))?),
            answers: vec![SourcedAnswer::new(SOURCE, utterance.answer)],
            clock: Some(Clock { ticks: Some(ticks), ..Clock::new(clock) }),
            ..order.item("speech", number, ".wav", Modality::Audio, Some(("voice", voice)))
        })
    })
}
