//! Labels that formats of words give by names: a word names the spans that it belongs to, a block names what it shows.

use crate::labels;
use labelwright_core::{Answer, Geometry, Target, Value, geometry::Span};
use std::collections::BTreeMap;

/// What a name stands for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Label {
    pub class: String,
    /// What somebody wrote of the place.
    pub text: Option<String>,
}

/// The labels of one page while it is read.
#[derive(Default)]
pub(super) struct Labeled {
    pub known: BTreeMap<String, Label>,
    /// Names that the word before has, and the regions that they began.
    open: BTreeMap<String, usize>,
    answer: Answer,
}

impl Labeled {
    /// A word with the names of its spans. Words that follow each other and have a name in common are one span. The names
    /// that stand for nothing.
    pub fn word<'a>(&mut self, [start, end]: [u32; 2], names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
        let (mut now, mut unknown) = (BTreeMap::new(), Vec::new());
        for name in names {
            let begun = self.open.get(name).and_then(|at| Some((*at, self.answer.regions.get_mut(*at)?)));
            if let Some((at, region)) = begun {
                if let Geometry::Span(span) = &mut region.geometry
                    && let Some([_, last]) = span.ranges.first_mut()
                {
                    *last = end;
                }
                now.insert(name.to_owned(), at);
            } else if let Some(label) = self.known.get(name).cloned() {
                now.insert(name.to_owned(), self.answer.regions.len());
                self.push(&label, Geometry::Span(Span::new(start, end)), Target::Item);
            } else {
                unknown.push(name);
            }
        }
        self.open = now;
        unknown
    }

    /// A place on the page.
    pub fn shape(&mut self, label: &Label, geometry: Geometry) {
        self.push(label, geometry, Target::Page(0));
    }

    fn push(&mut self, label: &Label, geometry: Geometry, target: Target) {
        let mut region = labels::region(format!("r{}", self.answer.regions.len()), &label.class, geometry);
        region.target = target;
        region.attributes.extend(label.text.clone().map(|text| ("text".to_owned(), Value::Text(text))));
        self.answer.regions.push(region);
    }

    pub fn finish(self) -> Answer {
        self.answer
    }
}
