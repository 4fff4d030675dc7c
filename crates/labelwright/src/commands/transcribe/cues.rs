//! From what was heard to the cues of a WebVTT file: times that lie within the recording, in their order, with words. What
//! has to be mended is told.

use labelwright_connect::speech::{Heard, Said};
use labelwright_core::Limits;

/// Words further apart than this many seconds are not of one segment, nor is a segment longer than the second number.
const PAUSE_SECONDS: f64 = 1.0;
const SEGMENT_SECONDS: f64 = 15.0;

/// In milliseconds.
#[derive(Debug, PartialEq, Eq)]
pub struct Cue {
    pub start: i64,
    pub end: i64,
    pub text: String,
}

pub struct Fitted {
    pub cues: Vec<Cue>,
    /// What was mended or left out, with its place in the answer.
    pub problems: Vec<String>,
}

/// The cues of a recording that is so many seconds long: by segments, or by words where those are wanted. Where there
/// are neither, the text stands over the whole recording.
pub fn fitted(heard: Heard, seconds: f64, by_words: bool) -> Fitted {
    let Heard { text, segments, words, mut problems } = heard;
    if by_words && words.is_empty() && !(segments.is_empty() && text.trim().is_empty()) {
        problems.push("there are no words with times: segments stand for them".into());
    }
    let said = match (by_words && !words.is_empty(), segments.is_empty()) {
        (true, _) => words,
        (false, false) => segments,
        (false, true) if !words.is_empty() => joined(&words),
        (false, true) => vec![Said { start: 0.0, end: seconds, text, place: "text".into() }],
    };
    let mut cues = Vec::new();
    let mut is_in_order = true;
    // Rounded down: what ends with the recording does not end after it.
    let most = (seconds * 1000.0).floor() as i64;
    for said in said {
        let Some(text) = one_line(&said, &mut problems) else { continue };
        let Some((start, end)) = within(&said, most, &mut problems) else { continue };
        let is_after = cues.last().is_none_or(|last: &Cue| last.start <= start);
        if !is_after && is_in_order {
            problems.push(format!("{}: it begins before the one ahead of it; all are put in order", said.place));
            is_in_order = false;
        }
        cues.push(Cue { start, end, text });
    }
    cues.sort_by_key(|cue| (cue.start, cue.end));
    let regions = Limits::DEFAULT.regions;
    if cues.len() > regions {
        problems.push(format!("there are {} cues; those after {regions} are left out", cues.len()));
        cues.truncate(regions);
    }
    Fitted { cues, problems }
}

/// Its milliseconds within the recording. None when none of it lies there.
fn within(said: &Said, most: i64, problems: &mut Vec<String>) -> Option<(i64, i64)> {
    let place = &said.place;
    // What is out of all bounds becomes the largest number that there is.
    let [from, to] = [said.start, said.end].map(|seconds| (seconds * 1000.0).round() as i64);
    let [start, end] = [said.start, said.end].map(shown);
    if from >= to {
        problems.push(format!("{place}: from {start} to {end} s is no time; it is left out"));
        return None;
    }
    let (first, last) = (from.max(0), to.min(most));
    let length = most as f64 / 1000.0;
    if first >= last {
        problems.push(format!("{place}: {start} to {end} s lie outside of the recording of {length} s; left out"));
        return None;
    }
    // What ends with the recording may do so in the millisecond that is not whole.
    if first != from || to > most + 1 {
        problems.push(format!("{place}: {start} to {end} s reach beyond the recording of {length} s; cut there"));
    }
    Some((first, last))
}

/// Seconds as people read them; servers that count in nanoseconds have very many.
fn shown(seconds: f64) -> String {
    if seconds.abs() < 1e9 { seconds.to_string() } else { format!("{seconds:e}") }
}

/// None when it says nothing.
fn one_line(said: &Said, problems: &mut Vec<String>) -> Option<String> {
    let words = said.text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let text = words.collect::<Vec<_>>().join(" ");
    let most = Limits::DEFAULT.text_chars;
    if text.chars().count() <= most {
        return (!text.is_empty()).then_some(text);
    }
    problems.push(format!("{}: its text is cut after {most} characters", said.place));
    Some(text.chars().take(most).collect())
}

/// Segments out of words: they end with a sentence, at a pause, or when they become long.
fn joined(words: &[Said]) -> Vec<Said> {
    // Some recognisers give words with the space that stands before them, and none where a language has none.
    let own_spaces = words.iter().any(|word| word.text.starts_with(' '));
    let mut segments: Vec<Said> = Vec::new();
    for word in words {
        match segments.last_mut() {
            Some(last)
                if word.start - last.end <= PAUSE_SECONDS
                    && word.end - last.start <= SEGMENT_SECONDS
                    && !last.text.trim_end().ends_with(['.', '?', '!', '。', '？', '！']) =>
            {
                last.text.extend((!own_spaces).then_some(' '));
                last.text.push_str(&word.text);
                last.end = word.end.max(last.end);
            }
            _ => segments.push(word.clone()),
        }
    }
    segments
}

/// A WebVTT file; the class is who speaks, as the format has it. `by` is noted for people.
pub fn written(cues: &[Cue], class: &str, by: &str) -> String {
    let by = by.replace("-->", "->").replace(char::is_control, " ");
    let mut text = format!("WEBVTT\n\nNOTE transcribed by {by}\n\n");
    for Cue { start, end, text: said } in cues {
        let (start, end) = (clock(*start), clock(*end));
        text.push_str(&format!("{start} --> {end}\n<v {}>{}\n\n", escaped(class), escaped(said)));
    }
    text
}

fn clock(milliseconds: i64) -> String {
    let seconds = milliseconds / 1000;
    format!("{:02}:{:02}:{:02}.{:03}", seconds / 3600, seconds / 60 % 60, seconds % 60, milliseconds % 1000)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(at: usize, start: f64, end: f64, text: &str) -> Said {
        Said { start, end, text: text.into(), place: format!("segments/{at}") }
    }

    fn times(fitted: &Fitted) -> Vec<(i64, i64, &str)> {
        fitted.cues.iter().map(|cue| (cue.start, cue.end, cue.text.as_str())).collect()
    }

    #[test]
    fn times_that_cannot_be_are_mended_or_left_out_and_told() {
        let segments = vec![
            said(0, 0.5, 1.0, "  b \n b\u{1} "),
            said(1, -3.0, 0.4, "a"),
            said(2, 1.5, 99.0, "c"),
            said(3, 1.0, 1.0, "none"),
            said(4, 2.0, 1.0, "backwards"),
            said(5, 3.0, 4.0, "beyond"),
            said(6, 1e300, -1e300, "huge"),
            said(7, 0.0, 1.0, " \n"),
            said(8, f64::NAN, 1.0, "zero"),
        ];
        let fitted = fitted(Heard { segments, ..Heard::default() }, 2.5004, false);
        let wanted = [(0, 400, "a"), (0, 1000, "zero"), (500, 1000, "b b"), (1500, 2500, "c")];
        assert_eq!(times(&fitted), wanted);
        let starts =
            ["segments/1: -3", "segments/1: it begins", "segments/2: 1.5", "segments/3: from", "segments/4: from"];
        let starts = [&starts[..], &["segments/5: 3 to 4 s lie outside", "segments/6: from"]].concat();
        assert_eq!(fitted.problems.len(), starts.len(), "{:?}", fitted.problems);
        for (problem, start) in fitted.problems.iter().zip(starts) {
            assert!(problem.starts_with(start), "{problem} is not {start}");
        }
    }

    #[test]
    fn words_and_texts_stand_in_for_segments() {
        let words =
            vec![said(0, 0.0, 0.4, "Hi"), said(1, 0.5, 0.9, "you."), said(2, 1.0, 1.2, "Go"), said(3, 3.0, 3.2, "on")];
        let heard = Heard { text: "Hi you. Go on".into(), words, ..Heard::default() };
        let by_segments = fitted(heard.clone(), 4.0, false);
        assert_eq!(times(&by_segments), [(0, 900, "Hi you."), (1000, 1200, "Go"), (3000, 3200, "on")]);
        assert_eq!(fitted(heard, 4.0, true).cues.len(), 4);
        let spaced = [said(0, 0.0, 0.1, " 你"), said(1, 0.1, 0.2, "好")];
        assert_eq!(joined(&spaced)[0].text, " 你好");
        let heard = Heard { text: " All of it ".into(), ..Heard::default() };
        let whole = fitted(heard, 1.2345, true);
        assert_eq!((times(&whole), whole.problems.len()), (vec![(0, 1234, "All of it")], 1));
        let silent = fitted(Heard::default(), 1.0, true);
        assert!(silent.cues.is_empty() && silent.problems.is_empty());
    }

    #[test]
    fn no_answer_becomes_larger_than_a_region_or_an_answer_may_be() {
        let Limits { regions, text_chars, .. } = Limits::DEFAULT;
        for more in [0, 1] {
            let segments = (0..regions + more).map(|at| said(at, at as f64, at as f64 + 0.5, "a")).collect();
            let fitted = fitted(Heard { segments, ..Heard::default() }, 1e6, false);
            assert_eq!((fitted.cues.len(), fitted.problems.len()), (regions, more));
        }
        for more in [0, 1] {
            let text = format!("{} b", "ü".repeat(text_chars - 2 + more));
            let fitted = fitted(Heard { text, ..Heard::default() }, 1.0, false);
            assert_eq!(fitted.cues[0].text.chars().count(), text_chars);
            assert_eq!(fitted.problems.len(), more, "{:?}", fitted.problems);
        }
    }

    #[test]
    fn marks_of_the_format_are_letters_in_texts() {
        let cues = [Cue { start: 3_723_004, end: 3_724_000, text: "a --> <v b> & c".into() }];
        let wanted = "WEBVTT\n\nNOTE transcribed by a -> b\n\n01:02:03.004 --> 01:02:04.000\n\
            <v caller>a --&gt; &lt;v b&gt; &amp; c\n\n";
        assert_eq!(written(&cues, "caller", "a --> b"), wanted);
    }
}
