//! What a call asks for. Stored as JSON with the call; what contributors agree to is apart from it, with versions.

use labelwright_core::{Problem, Timestamp};
use serde::{Deserialize, Serialize};

const TITLE_CHARS: usize = 200;
const INSTRUCTIONS_CHARS: usize = 20_000;
pub(super) const TERMS_CHARS: usize = 100_000;
const ENTRIES: usize = 100;
const WORD_CHARS: usize = 200;
const QUOTA: u32 = 10_000_000;

/// What somebody may give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = GiftKind))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Text,
    /// A picture, taken now or from a file.
    Photo,
    /// A recording.
    Audio,
    /// The fields of the call, filled in: becomes a text with a line for each.
    Form,
    /// Any file that can be labeled: a picture, a recording, or a text.
    File,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Photo => "photo",
            Self::Audio => "audio",
            Self::Form => "form",
            Self::File => "file",
        }
    }
}

/// One of the groups that a contributor chooses from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CallCategory))]
#[serde(deny_unknown_fields)]
pub struct Category {
    pub id: String,
    pub title: String,
    /// Contributions at most; as many as there are without it.
    #[serde(default)]
    pub most: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = FormFieldKind))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FieldKind {
    Text,
    Number,
    YesNo,
    Choice { options: Vec<String> },
}

/// One field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FormField {
    pub id: String,
    pub title: String,
    pub kind: FieldKind,
    #[serde(default)]
    pub required: bool,
}

/// What a contributor whom a panel sent is shown at the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CallCompletion))]
#[serde(deny_unknown_fields)]
pub struct Completion {
    /// After so many contributions.
    pub least: u32,
    /// Where the panel wants its people back, with `{code}`, `{worker_id}`, `{study_id}` and `{session_id}` in it.
    #[serde(default)]
    pub url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CallSettings {
    pub title: String,
    #[serde(default)]
    pub instructions: String,
    pub kinds: Vec<Kind>,
    #[serde(default)]
    pub fields: Vec<FormField>,
    /// Every contribution is in one of these; none asks for no choice.
    #[serde(default)]
    pub categories: Vec<Category>,
    /// The licence under which things are given; goes with every item.
    #[serde(default)]
    pub licence: String,
    /// Contributions at most of one person, and in all.
    #[serde(default)]
    pub most_each: Option<u32>,
    #[serde(default)]
    pub most: Option<u32>,
    #[serde(default)]
    pub opens_at: Option<Timestamp>,
    #[serde(default)]
    pub closes_at: Option<Timestamp>,
    /// Stopped by hand.
    #[serde(default)]
    pub paused: bool,
    /// What no check found anything about becomes an item at once.
    #[serde(default)]
    pub accept_at_once: bool,
    /// Texts with fewer characters are flagged.
    #[serde(default = "least_chars")]
    pub least_chars: u32,
    #[serde(default)]
    pub completion: Option<Completion>,
}

fn least_chars() -> u32 {
    10
}

/// Can somebody give now?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CallState))]
#[serde(rename_all = "snake_case")]
pub enum State {
    Open,
    NotYet,
    Closed,
    /// All that was asked for is there.
    Full,
}

impl CallSettings {
    /// Everything that is wrong, each with its place.
    pub fn check(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut bad = |pointer: String, code: &'static str, message: String| {
            problems.push(Problem::new(pointer, code, message));
        };
        line(&self.title, "/settings/title", TITLE_CHARS, true, &mut bad);
        line(&self.licence, "/settings/licence", WORD_CHARS, false, &mut bad);
        if self.instructions.chars().count() > INSTRUCTIONS_CHARS {
            let message = format!("instructions have at most {INSTRUCTIONS_CHARS} characters");
            bad("/settings/instructions".into(), "too_long", message);
        }
        if self.kinds.is_empty() {
            bad("/settings/kinds".into(), "required", "say what may be given: text, photo, audio, form or file".into());
        }
        if self.kinds.contains(&Kind::Form) == self.fields.is_empty() {
            bad("/settings/fields".into(), "required", "a form has fields, and fields belong to a form".into());
        }
        for (pointer, count) in [("categories", self.categories.len()), ("fields", self.fields.len())] {
            if count > ENTRIES {
                bad(format!("/settings/{pointer}"), "too_many", format!("there are at most {ENTRIES}"));
            }
        }
        let mut seen = Vec::new();
        for (at, category) in self.categories.iter().enumerate() {
            id(&category.id, &format!("/settings/categories/{at}/id"), &mut seen, &mut bad);
            line(&category.title, &format!("/settings/categories/{at}/title"), WORD_CHARS, true, &mut bad);
            quota(category.most, &format!("/settings/categories/{at}/most"), &mut bad);
        }
        let mut seen = Vec::new();
        for (at, field) in self.fields.iter().enumerate() {
            id(&field.id, &format!("/settings/fields/{at}/id"), &mut seen, &mut bad);
            line(&field.title, &format!("/settings/fields/{at}/title"), WORD_CHARS, true, &mut bad);
            if let FieldKind::Choice { options } = &field.kind {
                let pointer = format!("/settings/fields/{at}/kind/options");
                if !(2..=ENTRIES).contains(&options.len()) {
                    bad(pointer.clone(), "out_of_range", format!("a choice has 2 to {ENTRIES} options"));
                }
                for option in options {
                    line(option, &pointer, WORD_CHARS, true, &mut bad);
                }
            }
        }
        quota(self.most, "/settings/most", &mut bad);
        quota(self.most_each, "/settings/most_each", &mut bad);
        if self.opens_at.zip(self.closes_at).is_some_and(|(opens, closes)| opens >= closes) {
            bad("/settings/closes_at".into(), "out_of_range", "a call closes after it opens".into());
        }
        if let Some(completion) = &self.completion {
            quota(Some(completion.least), "/settings/completion/least", &mut bad);
            let address = completion.url.as_deref().map(url::Url::parse);
            if address.is_some_and(|url| !url.is_ok_and(|url| matches!(url.scheme(), "http" | "https"))) {
                let message = "the address that leads back is an http or https address".into();
                bad("/settings/completion/url".into(), "not_an_address", message);
            }
        }
        problems
    }

    /// Open by what was set, whatever has been given.
    pub fn state(&self, now: Timestamp) -> State {
        if self.paused || self.closes_at.is_some_and(|closes| now >= closes) {
            State::Closed
        } else if self.opens_at.is_some_and(|opens| now < opens) {
            State::NotYet
        } else {
            State::Open
        }
    }
}

type Bad<'a> = &'a mut dyn FnMut(String, &'static str, String);

fn line(text: &str, pointer: &str, most: usize, required: bool, bad: Bad<'_>) {
    if required && text.trim().is_empty() {
        bad(pointer.into(), "required", "this is needed".into());
    }
    if text.chars().count() > most {
        bad(pointer.into(), "too_long", format!("this has at most {most} characters"));
    }
    if text.chars().any(char::is_control) {
        bad(pointer.into(), "control_character", "this has no control characters".into());
    }
}

fn id(id: &str, pointer: &str, seen: &mut Vec<String>, bad: Bad<'_>) {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if id.is_empty() || id.len() > 64 || !id.chars().all(fits) {
        bad(pointer.into(), "bad_id", "an id has 1 to 64 of a-z, A-Z, 0-9, _ and -".into());
    }
    if seen.iter().any(|known| known == id) {
        bad(pointer.into(), "duplicate", format!("{id:?} is there twice"));
    }
    seen.push(id.to_owned());
}

fn quota(value: Option<u32>, pointer: &str, bad: Bad<'_>) {
    if value.is_some_and(|value| !(1..=QUOTA).contains(&value)) {
        bad(pointer.into(), "out_of_range", format!("this is 1 to {QUOTA}, or nothing"));
    }
}
