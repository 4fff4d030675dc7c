//! What an interface says that it heard: `verbose_json` with segments and perhaps words, or nothing but the text. Its times
//! are taken as they stand; whoever knows how long the recording is looks at them.

use serde_json::{Map, Value};

/// Problems of one answer that are told; others are of the same kinds.
const PROBLEMS_MAXIMUM: usize = 100;

/// What was said at a time, in seconds from the recording's start.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    pub start: f64,
    pub end: f64,
    pub text: String,
    /// Where it stood in the answer, like `segments/3`.
    pub place: String,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Heard {
    /// All of it.
    pub text: String,
    pub segments: Vec<Said>,
    pub words: Vec<Said>,
    /// Parts that could not be used, and why.
    pub problems: Vec<String>,
}

impl Heard {
    /// # Errors
    /// What is wrong with the answer as a whole, with its place.
    pub fn of(bytes: &[u8]) -> Result<Self, String> {
        let value: Value = serde_json::from_slice(bytes).map_err(|error| format!("it is no JSON: {error}"))?;
        let Value::Object(answer) = value else { return Err("it is no JSON object".into()) };
        let mut heard = Self::default();
        match answer.get("text") {
            Some(Value::String(text)) => heard.text = text.clone(),
            None | Some(Value::Null) => {}
            Some(_) => return Err("text: this is no text".into()),
        }
        let segments = list(&answer, "segments")?;
        for (at, segment) in segments.unwrap_or_default().iter().enumerate() {
            let place = format!("segments/{at}");
            // Some servers put the words into their segments.
            for (at, word) in segment.get("words").and_then(Value::as_array).into_iter().flatten().enumerate() {
                heard.take(word, format!("{place}/words/{at}"), true);
            }
            heard.take(segment, place, false);
        }
        let words = list(&answer, "words")?;
        if heard.words.is_empty() {
            for (at, word) in words.unwrap_or_default().iter().enumerate() {
                heard.take(word, format!("words/{at}"), true);
            }
        }
        if segments.is_none() && words.is_none() && !answer.contains_key("text") {
            let said = answer.get("error").map(|error| error.get("message").unwrap_or(error));
            let said = said.map_or_else(String::new, |said| format!("; it says {:.200}", said.to_string()));
            return Err(format!("it has neither segments nor text{said}"));
        }
        Ok(heard)
    }

    /// A segment or a word, or what is wrong with it.
    fn take(&mut self, value: &Value, place: String, is_word: bool) {
        let number = |name: &str| {
            let number = value.get(name).and_then(Value::as_f64).filter(|number| number.is_finite());
            number.ok_or_else(|| format!("{place}/{name}: this is no time"))
        };
        let text = ["word", "text"].iter().skip(usize::from(!is_word)).find_map(|name| value.get(name)?.as_str());
        let said = number("start").and_then(|start| {
            let text = text.ok_or_else(|| format!("{place}: it has no text"))?.to_owned();
            Ok(Said { start, end: number("end")?, text, place: place.clone() })
        });
        match said {
            Ok(said) if is_word => self.words.push(said),
            Ok(said) => self.segments.push(said),
            Err(problem) if self.problems.len() < PROBLEMS_MAXIMUM => self.problems.push(problem),
            Err(_) => {}
        }
    }
}

/// A list that may be left out.
fn list<'a>(answer: &'a Map<String, Value>, name: &str) -> Result<Option<&'a [Value]>, String> {
    match answer.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(values)) => Ok(Some(values)),
        Some(_) => Err(format!("{name}: this is no list")),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<Heard, String> {
        Heard::of(text.as_bytes())
    }

    #[test]
    fn segments_words_and_plain_texts_are_taken() {
        let heard = of(
            r#"{"text": " Hi there.", "language": "en", "segments": [{"id": 0, "start": 0, "end": 1.5, "text": " Hi there.",
            "words": [{"word": " Hi", "start": 0.0, "end": 0.5}, {"text": "there.", "start": 0.6, "end": 1.5}]}], "words": null}"#,
        );
        let heard = heard.unwrap();
        assert_eq!((heard.segments.len(), heard.segments[0].end, heard.text.as_str()), (1, 1.5, " Hi there."));
        let words: Vec<&str> = heard.words.iter().map(|word| word.text.as_str()).collect();
        assert_eq!((words, heard.problems.len()), (vec![" Hi", "there."], 0));
        let heard = of(r#"{"text": "a", "words": [{"word": "a", "start": 0.1, "end": 0.2}]}"#).unwrap();
        assert_eq!((heard.segments.len(), heard.words[0].start), (0, 0.1));
        assert_eq!(of(r#"{"text": "a"}"#).unwrap(), Heard { text: "a".into(), ..Heard::default() });
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let heard =
            of(r#"{"segments": [{"start": null, "end": 1, "text": "a"}, 7, {"start": 0, "end": "1", "text": "b"},
            {"start": 0, "end": 1}, {"start": 0, "end": 1, "text": "good"}]}"#)
            .unwrap();
        assert_eq!(heard.segments.len(), 1);
        let wanted =
            ["segments/0/start: this", "segments/1/start: this", "segments/2/end: this", "segments/3: it has no text"];
        for (problem, wanted) in heard.problems.iter().zip(wanted) {
            assert!(problem.starts_with(wanted), "{problem}");
        }
        assert_eq!(heard.problems.len(), wanted.len());
        for (text, wanted) in [
            ("<html>", "no JSON: expected value at line 1 column 1"),
            (r#"{"text": "cut"#, "no JSON: EOF"),
            (r#"{"segments": [{"start": NaN}]}"#, "line 1 column"),
            ("[]", "no JSON object"),
            ("{}", "neither segments nor text"),
            (r#"{"error": {"message": "no model"}}"#, "it says \"no model\""),
            (r#"{"segments": 3}"#, "segments: this is no list"),
            (r#"{"text": ["a"]}"#, "text: this is no text"),
            (&"[".repeat(100_000), "no JSON: recursion limit"),
        ] {
            let said = of(text).unwrap_err();
            assert!(said.contains(wanted), "{said}");
        }
    }
}
