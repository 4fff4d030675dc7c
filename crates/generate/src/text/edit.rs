//! The one place that changes a text. An edit replaces a range that is not empty; it either touches no inside of a span's
//! range, or lies wholly in it. Then every span covers what it covered, changed by the edits inside of it and nothing else.

use labelwright_core::{Answer, Geometry, offsets::ScalarText};

/// Characters `start..end` become `text`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    pub start: usize,
    pub end: usize,
    pub text: String,
}

impl Edit {
    pub fn new(start: usize, end: usize, text: impl Into<String>) -> Self {
        Self { start, end, text: text.into() }
    }
}

/// A text with the answers that lie on it.
#[derive(Debug, Clone, PartialEq)]
pub struct TextItem {
    pub chars: Vec<char>,
    pub answers: Vec<Answer>,
}

impl TextItem {
    pub fn new(text: &str, answers: Vec<Answer>) -> Self {
        Self { chars: text.chars().collect(), answers }
    }

    pub fn text(&self) -> String {
        self.chars.iter().collect()
    }

    pub fn slice(&self, start: usize, end: usize) -> String {
        self.chars.get(start..end).unwrap_or_default().iter().collect()
    }

    /// All ranges of all spans of all answers.
    pub fn ranges(&self) -> Vec<[usize; 2]> {
        let spans =
            self.answers.iter().flat_map(|answer| &answer.regions).filter_map(|region| match &region.geometry {
                Geometry::Span(span) => Some(&span.ranges),
                _ => None,
            });
        spans.flatten().map(|range| [range[0] as usize, range[1] as usize]).collect()
    }

    /// For each character: does a span lie on it?
    pub fn covered(&self) -> Vec<bool> {
        let mut covered = vec![false; self.chars.len()];
        for [start, end] in self.ranges() {
            let end = end.min(covered.len());
            if let Some(part) = covered.get_mut(start..end) {
                part.fill(true);
            }
        }
        covered
    }

    /// Applies edits, which are sorted and do not overlap; how many were. Those that break the rule are left out. None
    /// are applied when a span would begin or end inside of a character that is made of several.
    pub fn apply(&mut self, edits: Vec<Edit>) -> usize {
        let ranges = self.ranges();
        let allowed = |edit: &Edit| {
            edit.start < edit.end
                && edit.end <= self.chars.len()
                && ranges.iter().all(|[start, end]| {
                    edit.end <= *start || edit.start >= *end || (edit.start >= *start && edit.end <= *end)
                })
        };
        let edits: Vec<Edit> = edits.into_iter().filter(allowed).collect();
        let (mut chars, mut at) = (Vec::with_capacity(self.chars.len()), 0);
        // Old offset behind which the text is longer by so much.
        let mut shifts: Vec<(usize, i64)> = Vec::with_capacity(edits.len());
        let mut shift = 0_i64;
        for edit in &edits {
            chars.extend_from_slice(self.chars.get(at..edit.start).unwrap_or_default());
            let before = chars.len();
            chars.extend(edit.text.chars());
            shift += (chars.len() - before) as i64 - (edit.end - edit.start) as i64;
            shifts.push((edit.end, shift));
            at = edit.end;
        }
        chars.extend_from_slice(self.chars.get(at..).unwrap_or_default());
        let moved = |offset: u32| {
            let before = shifts.partition_point(|(end, _)| *end <= offset as usize);
            let shift = before.checked_sub(1).map_or(0, |last| shifts[last].1);
            (i64::from(offset) + shift).max(0) as u32
        };
        let mut answers = self.answers.clone();
        let shape = ScalarText::new(&chars.iter().collect::<String>());
        for region in answers.iter_mut().flat_map(|answer| &mut answer.regions) {
            let Geometry::Span(span) = &mut region.geometry else { continue };
            for range in &mut span.ranges {
                *range = [moved(range[0]), moved(range[1])];
                let whole = range.iter().all(|offset| shape.is_grapheme_boundary(*offset));
                if !whole || range[0] >= range[1] {
                    return 0;
                }
            }
        }
        (self.chars, self.answers) = (chars, answers);
        edits.len()
    }
}
