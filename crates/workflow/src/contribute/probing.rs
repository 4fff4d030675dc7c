//! What came in, by its content: a name or a claimed type is never believed. The same decoders as for imports.

use super::{
    checks::plain,
    settings::{CallSettings, FieldKind, Kind},
};
use crate::{
    Error, Result, Workflow,
    jobs::kinds::import::recording::{AUDIO, Taken, take_bytes},
    media::{Probed, StoredShape, probe_image, probe_text},
};
use bytes::Bytes;
use labelwright_core::Limits;
use labelwright_store::blobs::Blobs;
use serde_json::{Map, Value};

/// A contribution that was found good.
pub struct Probe {
    pub probed: Probed,
    /// The data of the item; None for a recording, which is a blob already.
    pub data: Option<Bytes>,
    /// A recording that is stored, with its levels.
    pub taken: Option<Taken>,
    /// What was written, for the checks.
    pub words: Option<String>,
    /// JSON of what was filled into a form; `{}` for all else.
    pub fields: String,
}

impl Probe {
    fn of(probed: Probed, data: Bytes) -> Self {
        Self { probed, data: Some(data), taken: None, words: None, fields: "{}".into() }
    }

    fn of_text(text: String) -> Self {
        let words = Some(text.clone());
        Self { words, ..Self::of(probe_text(&text), Bytes::from(text)) }
    }

    /// Hash of the words as they are compared; empty where there are none.
    pub fn words_hash(&self) -> String {
        self.words.as_deref().map(|words| Blobs::hash(plain(words).as_bytes())).unwrap_or_default()
    }
}

fn bad(code: &'static str, message: impl Into<String>) -> Error {
    Error::invalid("/body", code, message)
}

impl Workflow {
    /// Finds out what a contribution is; decoding a recording takes a process of its own.
    pub(super) async fn probe(&self, settings: &CallSettings, kind: Kind, body: Bytes) -> Result<Probe> {
        match kind {
            Kind::Text => Ok(Probe::of_text(text(&body)?)),
            Kind::Form => form(settings, &body),
            Kind::Photo => picture(body),
            Kind::Audio => self.recording(body).await.map_err(|message| bad("not_a_recording", message)),
            Kind::File => self.any(body).await,
        }
    }

    async fn recording(&self, body: Bytes) -> Result<Probe, String> {
        let (own, runtime) = (self.clone(), tokio::runtime::Handle::current());
        let taken =
            self.blocking(move || take_bytes(&own, &runtime, &body, AUDIO)).await.map_err(|error| error.to_string())?;
        let taken = taken.map_err(|(_, message)| message)?;
        let probed = taken.probed.clone();
        Ok(Probe { probed, data: None, taken: Some(taken), words: None, fields: "{}".into() })
    }

    /// A picture, a text or a recording, whichever it is.
    async fn any(&self, body: Bytes) -> Result<Probe> {
        if let Ok(found) = picture(body.clone()) {
            return Ok(found);
        }
        if let Ok(words) = text(&body) {
            return Ok(Probe::of_text(words));
        }
        self.recording(body).await.map_err(|_| {
            bad(
                "unknown_kind",
                "this is no picture (PNG, JPEG, GIF, WebP), no recording and no text that can be labeled",
            )
        })
    }
}

fn picture(body: Bytes) -> Result<Probe> {
    let probed = probe_image(&body).map_err(|message| bad("not_an_image", message))?;
    Ok(Probe::of(probed, body))
}

/// Words in UTF-8 without what no text holds.
fn text(body: &[u8]) -> Result<String> {
    let text = std::str::from_utf8(body).map_err(|_| bad("not_utf8", "the text is not UTF-8"))?;
    if text.trim().is_empty() {
        return Err(bad("empty_content", "the text is empty"));
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(bad("not_text", "the text holds control characters"));
    }
    let (chars, most) = (text.chars().count(), Limits::DEFAULT.text_chars);
    if chars > most {
        return Err(bad("too_long", format!("the text has {chars} characters, the limit is {most}")));
    }
    Ok(text.to_owned())
}

/// A form as a text with a line for each field that was filled in.
fn form(settings: &CallSettings, body: &[u8]) -> Result<Probe> {
    let given: Map<String, Value> = serde_json::from_slice(body)
        .map_err(|error| bad("malformed", format!("the form is no JSON object: {error}")))?;
    let at = |id: &str, code: &'static str, message: String| Error::invalid(&format!("/body/{id}"), code, message);
    if let Some(id) = given.keys().find(|id| !settings.fields.iter().any(|field| field.id == **id)) {
        return Err(at(id, "unknown_field", format!("the form has no field {id:?}")));
    }
    let (mut lines, mut words, mut kept) = (Vec::new(), Vec::new(), Map::new());
    for field in &settings.fields {
        let value = given.get(&field.id).filter(|value| !value.is_null() && value.as_str() != Some(""));
        let Some(value) = value else {
            if field.required {
                return Err(at(&field.id, "required", format!("{} is needed", field.title)));
            }
            continue;
        };
        let wrong = |wanted: &str| at(&field.id, "wrong_type", format!("{} is {wanted}", field.title));
        let shown = match &field.kind {
            FieldKind::Text => {
                let written = text(value.as_str().ok_or_else(|| wrong("a text"))?.as_bytes())?;
                words.push(written.clone());
                written
            }
            FieldKind::Number => {
                value.as_f64().filter(|number| number.is_finite()).ok_or_else(|| wrong("a number"))?.to_string()
            }
            FieldKind::YesNo => {
                if value.as_bool().ok_or_else(|| wrong("yes or no"))? {
                    "yes".into()
                } else {
                    "no".into()
                }
            }
            FieldKind::Choice { options } => {
                let chosen = value.as_str().filter(|chosen| options.iter().any(|option| option == chosen));
                chosen.ok_or_else(|| wrong("one of its options"))?.to_owned()
            }
        };
        lines.push(format!("{}: {shown}", field.title));
        kept.insert(field.id.clone(), value.clone());
    }
    if lines.is_empty() {
        return Err(bad("empty_content", "nothing was filled in"));
    }
    let all = lines.join("\n");
    let words = (!words.is_empty()).then(|| words.join("\n"));
    Ok(Probe { words, fields: Value::Object(kept).to_string(), ..Probe::of(probe_text(&all), Bytes::from(all)) })
}

/// Ending of the key of an item.
pub fn ending(media_type: &str) -> &'static str {
    match media_type.split(';').next().unwrap_or_default() {
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/gif" => "gif",
        "image/webp" => "webp",
        "audio/wav" => "wav",
        "audio/flac" => "flac",
        "audio/mpeg" => "mp3",
        "audio/ogg" => "ogg",
        "audio/mp4" => "m4a",
        "audio/aac" => "aac",
        "text/plain" => "txt",
        _ => "bin",
    }
}

/// Text of a shape as it is stored.
pub fn shape_json(shape: &StoredShape) -> String {
    serde_json::to_string(shape).unwrap_or_else(|_| "{}".into())
}
