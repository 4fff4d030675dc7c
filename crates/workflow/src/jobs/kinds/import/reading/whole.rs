//! Records with what comes with them: each part is loaded as if it were a record of its own, and one that cannot be
//! loaded takes the whole with it.

use super::{Loaded, Piece, checking::in_pane, fetching::fetched};
use crate::Workflow;
use labelwright_core::{Answer, LabelSchema, Region, schema::PANES_MAXIMUM};
use labelwright_formats::{Record, RecordError, SourcedAnswer, schema_with_ids};
use std::collections::BTreeMap;

/// One record's data, or those of one of its companions.
pub(super) enum Part {
    Here(Piece),
    /// No bytes yet.
    Address(Box<Record>),
}

impl Part {
    async fn fetched(self, workflow: &Workflow) -> Piece {
        match self {
            Self::Here(piece) => piece,
            Self::Address(record) => fetched(workflow, *record).await,
        }
    }
}

/// What the reader's thread hands over.
pub(super) struct Whole {
    own: Part,
    companions: Vec<(String, Part)>,
}

impl From<Piece> for Whole {
    fn from(piece: Piece) -> Self {
        Self { own: Part::Here(piece), companions: Vec::new() }
    }
}

impl Whole {
    pub async fn fetched(self, workflow: &Workflow) -> Piece {
        let mut own = match self.own.fetched(workflow).await {
            Piece::Good(loaded) => loaded,
            other => return other,
        };
        for (pane, part) in self.companions {
            match part.fetched(workflow).await {
                Piece::Good(loaded) => join(&mut own, pane, *loaded),
                Piece::Bad(error) | Piece::End(error) => return Piece::Bad(in_pane(&pane, error)),
            }
        }
        Piece::Good(own)
    }
}

/// Gives a companion to its record, and the record back the regions that lie on it.
fn join(own: &mut Loaded, pane: String, mut companion: Loaded) {
    for (answer, taken) in own.record.answers.iter_mut().zip(std::mem::take(&mut companion.record.answers)) {
        answer.answer.regions.extend(taken.answer.regions);
    }
    own.companions.push((pane, companion));
}

/// Which classes of the data lie in which pane.
#[derive(Default)]
pub(super) struct Panes {
    of_class: BTreeMap<String, String>,
}

impl Panes {
    pub fn learn(&mut self, schema: &LabelSchema) {
        if schema.panes.is_empty() {
            return;
        }
        let classes = schema_with_ids(schema.clone(), "").classes.into_iter();
        self.of_class.extend(classes.filter_map(|class| Some((class.id, class.pane?))));
    }

    /// A record with the parts of its companions, `load`ed one after the other. None when one is not wanted any more.
    pub fn whole(
        &self,
        mut record: Record,
        load: &mut dyn FnMut(Option<&str>, Record) -> Option<Part>,
    ) -> Option<Whole> {
        let beside = std::mem::take(&mut record.companions);
        if beside.len() > PANES_MAXIMUM {
            let message = format!("{} companions, the limit is {PANES_MAXIMUM}", beside.len());
            return Some(Piece::Bad(RecordError::new(&record.place, "too_many", message)).into());
        }
        let mut companions = Vec::with_capacity(beside.len());
        for companion in beside {
            let pane = companion.pane.clone();
            if companions.iter().any(|(known, _)| *known == pane) {
                let message = format!("it has data for the pane {pane:?} twice");
                return Some(Piece::Bad(RecordError::new(&record.place, "same_pane", message)).into());
            }
            let mut own = companion.into_record(&record.key, record.place.clone());
            // Its regions go with it as it is loaded: they count time as it does.
            own.answers = self.taken(&mut record.answers, &pane);
            let part = load(Some(&pane), own)?;
            companions.push((pane, part));
        }
        Some(Whole { own: load(None, record)?, companions })
    }

    fn taken(&self, answers: &mut [SourcedAnswer], pane: &str) -> Vec<SourcedAnswer> {
        let lies_there = |region: &Region| self.of_class.get(&region.class).is_some_and(|found| found == pane);
        let taken = answers.iter_mut().map(|sourced| {
            let (there, here) = std::mem::take(&mut sourced.answer.regions).into_iter().partition(lies_there);
            sourced.answer.regions = here;
            SourcedAnswer::new("", Answer { regions: there, ..Answer::default() })
        });
        taken.collect()
    }
}
