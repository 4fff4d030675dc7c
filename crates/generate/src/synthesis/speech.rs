//! What is to be spoken, by which voice, and how a program is asked to speak it. The words come from a grammar, so that
//! they are known exactly; the program runs elsewhere.

use super::{
    schema::{choice, schema},
    text::Grammar,
};
use crate::{
    GenerateError, Random,
    recipe::{Check, Range, document, parameters, within},
};
use labelwright_core::{
    Answer, LabelSchema, Modality, Value,
    schema::{Field, FieldKind},
};
use serde::Deserialize;

/// The id of the field that holds what is said.
pub const TRANSCRIPT: &str = "transcript";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Program {
    #[serde(rename = "espeak-ng")]
    EspeakNg,
    #[serde(rename = "piper")]
    Piper,
}

impl Program {
    /// What it is called on the disk.
    pub fn name(self) -> &'static str {
        match self {
            Self::EspeakNg => "espeak-ng",
            Self::Piper => "piper",
        }
    }

    /// How to come by it.
    pub fn installation(self) -> &'static str {
        match self {
            Self::EspeakNg => "apt install espeak-ng, brew install espeak-ng",
            Self::Piper => "pip install piper-tts, and a voice from https://huggingface.co/rhasspy/piper-voices",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    #[serde(default = "espeak")]
    program: Program,
    /// Names of voices; of Piper files of models, beside the recipe.
    voices: Vec<String>,
    /// Words a minute.
    #[serde(default = "rate")]
    rate: Range,
    /// 0 to 99; eSpeak NG only.
    #[serde(default = "pitch")]
    pitch: Range,
    /// For one text.
    #[serde(default = "seconds")]
    seconds: u32,
}

fn espeak() -> Program {
    Program::EspeakNg
}

fn rate() -> Range {
    Range::new(140.0, 200.0)
}

fn pitch() -> Range {
    Range::new(35.0, 65.0)
}

fn seconds() -> u32 {
    60
}

impl Check for Settings {
    fn check(&self) -> Result<(), (&'static str, String)> {
        if self.voices.is_empty() || self.voices.iter().any(|voice| voice.trim().is_empty() || voice.starts_with('-')) {
            return Err(("voices", "a list of names like \"en-us\" is needed".into()));
        }
        if !(1..=3600).contains(&self.seconds) {
            return Err(("seconds", format!("{} does not lie between 1 and 3600", self.seconds)));
        }
        within("rate", self.rate, 40.0, 450.0)?;
        within("pitch", self.pitch, 0.0, 99.0)
    }
}

pub struct SpeechRecipe {
    settings: Settings,
    grammar: Grammar,
}

/// One text with the voice that speaks it.
#[derive(Debug, Clone, PartialEq)]
pub struct Utterance {
    pub text: String,
    pub answer: Answer,
    pub voice: String,
    pub rate: u32,
    pub pitch: u32,
    /// Spans of the text: a recording has no place for them.
    pub spans: usize,
}

impl SpeechRecipe {
    /// A grammar with a table `speech`.
    ///
    /// # Errors
    /// With the place and the way out.
    pub fn parse(recipe: &str) -> Result<Self, GenerateError> {
        let mut recipe = document(recipe)?;
        let settings = recipe.as_object_mut().and_then(|map| map.remove("speech"));
        let settings = settings.ok_or_else(|| GenerateError::recipe("speech", "a table with `voices` is needed"))?;
        let (settings, grammar) = (parameters("speech", settings)?, Grammar::of(recipe)?);
        Ok(Self { settings, grammar })
    }

    pub fn program(&self) -> Program {
        self.settings.program
    }

    /// Seconds that the program may take for one text.
    pub fn seconds(&self) -> u32 {
        self.settings.seconds
    }

    /// What is said is a field of its own; the class of a text stays the class of its recording.
    pub fn schema(&self) -> LabelSchema {
        let kind = FieldKind::Text { multiline: true, max_chars: None, pattern: None, starts_from: None };
        let said = Field {
            id: TRANSCRIPT.into(),
            title: "What is said".into(),
            help: String::new(),
            kind,
            required: true,
            when: None,
            mutable: false,
        };
        let mut fields = vec![said];
        for field in self.grammar.schema().fields {
            if let FieldKind::Choice { options, .. } = &field.kind {
                fields.push(choice(&field.id, options.iter().map(|option| option.id.as_str())));
            }
        }
        schema(Modality::Audio, [], &[], fields)
    }

    /// # Errors
    /// When the grammar makes nothing that can be spoken.
    pub fn make(&self, random: &mut Random) -> Result<Utterance, GenerateError> {
        let Settings { program, voices, rate, pitch, .. } = &self.settings;
        let (text, answer) = self.grammar.make(random)?;
        // Programs take lines for texts of their own.
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if !text.chars().any(char::is_alphanumeric) {
            return Err(GenerateError::recipe("document", "a text has nothing that could be spoken"));
        }
        if *program == Program::EspeakNg && text.contains("[[") {
            return Err(GenerateError::recipe("document", "eSpeak NG takes [[ for phonemes; write something else"));
        }
        let spans = answer.regions.len();
        let mut fields = answer.fields;
        fields.insert(TRANSCRIPT.into(), Value::Text(text.clone()));
        Ok(Utterance {
            text,
            answer: Answer { fields, ..Answer::default() },
            voice: random.pick(voices).cloned().unwrap_or_default(),
            rate: rate.draw(random).round() as u32,
            pitch: pitch.draw(random).round() as u32,
            spans,
        })
    }

    /// The words behind the program's name. The text goes to its input, the sound into the file; `voice` is as the program
    /// finds it.
    pub fn arguments(&self, utterance: &Utterance, voice: &str, file: &str) -> Vec<String> {
        let words: Vec<String> = match self.settings.program {
            Program::EspeakNg => vec![
                "-v".into(),
                voice.into(),
                "-s".into(),
                utterance.rate.to_string(),
                "-p".into(),
                utterance.pitch.to_string(),
                "-w".into(),
                file.into(),
                "--stdin".into(),
            ],
            // Its voices speak about 170 words a minute; noise would make the same text another sound each time.
            Program::Piper => vec![
                "--model".into(),
                voice.into(),
                "--output_file".into(),
                file.into(),
                "--length_scale".into(),
                format!("{:.3}", 170.0 / f64::from(utterance.rate.max(1))),
                "--noise_scale".into(),
                "0".into(),
                "--noise_w".into(),
                "0".into(),
            ],
        };
        words
    }
}
