//! What every record must keep before its data are looked at.

use labelwright_core::Limits;
use labelwright_formats::{Data, Record, RecordError};

/// What holds for a record and for what comes with it.
pub fn checked_whole(record: Record) -> Result<Record, RecordError> {
    for companion in &record.companions {
        let own = companion.clone().into_record(&record.key, record.place.clone());
        checked(own).map_err(|error| in_pane(&companion.pane, error))?;
    }
    checked(record)
}

/// What is wrong with a companion, told of its record.
pub(super) fn in_pane(pane: &str, error: RecordError) -> RecordError {
    RecordError::new(error.place, error.code, format!("its {pane}: {}", error.message))
}

/// What holds for every record, whatever it was read from.
pub fn checked(record: Record) -> Result<Record, RecordError> {
    let bad = |code: &'static str, message: String| Err(RecordError::new(&record.place, code, message));
    if record.key.is_empty() || record.key.len() > 1024 || record.key.chars().any(char::is_control) {
        return bad("bad_key", "a key has 1 to 1024 bytes and no control characters".into());
    }
    let has_nul = |value: &serde_json::Value| value.as_str().is_some_and(|text| text.contains('\0'));
    if record.metadata.iter().any(|(key, value)| key.contains('\0') || has_nul(value)) {
        return bad("not_text", "the metadata holds a NUL character".into());
    }
    if record.split.as_ref().is_some_and(|split| split.contains('\0')) {
        return bad("not_text", "the name of its part (`train`, `val`, ...) holds a NUL character".into());
    }
    match &record.data {
        Data::Absent(name) => bad("missing_file", format!("{name} is not among the files")),
        Data::Text(text) if text.trim().is_empty() => bad("empty_content", "the text is empty".into()),
        Data::Text(text) if text.contains('\0') => bad("not_text", "the text holds a NUL character".into()),
        Data::Text(text) | Data::Conversation(text) | Data::Table(text) if text.len() > Limits::DEFAULT.json_bytes => {
            let limit = Limits::DEFAULT.json_bytes;
            bad("too_large", format!("the text has {} bytes, the limit is {limit}", text.len()))
        }
        Data::Text(_)
        | Data::Conversation(_)
        | Data::Table(_)
        | Data::File(_)
        | Data::Files(_)
        | Data::Frames { .. }
        | Data::Url(_) => Ok(record),
    }
}
