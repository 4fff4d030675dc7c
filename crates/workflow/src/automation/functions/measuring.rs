//! What functions do on a sample: one that is being written, all of a field one by one, and all together.

use super::{
    EXAMPLES, Example, Looked, Measured, PATIENCE, Preview, Report, SNIPPET_CHARACTERS, Voters,
    rule::Matcher,
    sample::{Sample, Sampled},
};
use labelwright_learn::weak::{self, VoteMatrix};
use std::{ops::Range, time::Instant};

/// Tells the rows of a sample until the time is up.
fn looked_at(sample: &Sample, mut each: impl FnMut(&Sampled)) -> Looked {
    let start = Instant::now();
    let (mut items, mut labeled, mut cut) = (0, 0, sample.cut);
    for one in &sample.rows {
        if start.elapsed() > PATIENCE {
            cut = true;
            break;
        }
        items += usize::from(one.counts);
        labeled += usize::from(one.label.is_some());
        each(one);
    }
    Looked { items, labeled, tasks: sample.tasks, cut }
}

pub(super) fn preview(sample: &Sample, matcher: &Matcher, value: &str, others: &Voters) -> Preview {
    let own = others.values.iter().position(|one| one == value).unwrap_or(0) as i16;
    let (mut measured, mut examples) = (Measured::default(), Vec::new());
    let (mut overlap, mut conflict) = (0_usize, 0_usize);
    let looked = looked_at(sample, |one| {
        let look = one.look();
        if !matcher.votes(&look) {
            return;
        }
        if one.counts {
            measured.votes += 1;
            let others: Vec<i16> = others.votes(&look).filter(|vote| *vote >= 0).collect();
            overlap += usize::from(!others.is_empty());
            conflict += usize::from(others.iter().any(|vote| *vote != own));
        }
        measured.labeled += usize::from(one.label.is_some());
        measured.right += usize::from(one.label == Some(own as usize));
        if examples.len() < EXAMPLES {
            let (snippet, mark) = snippet(one, matcher.place(&look));
            let label = one.label.and_then(|label| others.values.get(label)).cloned();
            examples.push(Example { task: one.task, key: one.key.clone(), snippet, mark, label });
        }
    });
    let items = looked.items.max(1) as f64;
    measured.coverage = measured.votes as f64 / items;
    measured.overlap = overlap as f64 / items;
    measured.conflict = conflict as f64 / items;
    Preview { looked, measured, examples }
}

/// The part of a text around a place, and the place in it.
fn snippet(one: &Sampled, place: Option<Range<usize>>) -> (String, Option<Range<usize>>) {
    if one.text.is_empty() {
        return (one.key.clone(), None);
    }
    let start = place.as_ref().map_or(0, |place| place.start.saturating_sub(SNIPPET_CHARACTERS / 3));
    let part: String = one.text.chars().skip(start).take(SNIPPET_CHARACTERS).collect();
    let length = part.chars().count();
    let mark = place.map(|place| place.start - start..(place.end - start).min(length));
    (part, mark)
}

pub(super) fn report(sample: &Sample, voters: &Voters) -> Report {
    let functions = voters.ids.len();
    let (mut votes, mut rows) = (Vec::new(), Vec::new());
    let looked = looked_at(sample, |one| {
        votes.extend(voters.votes(&one.look()));
        rows.push((one.counts, one.label));
    });
    let mut measured = vec![Measured::default(); functions];
    let mut counting = Vec::new();
    for (row, (counts, label)) in votes.chunks_exact(functions.max(1)).zip(&rows) {
        if *counts {
            counting.extend_from_slice(row);
        }
        for (vote, own) in row.iter().zip(&mut measured).filter(|(vote, _)| **vote >= 0) {
            own.votes += usize::from(*counts);
            own.labeled += usize::from(label.is_some());
            own.right += usize::from(*label == Some(*vote as usize));
        }
    }
    let mut found = Report {
        looked,
        functions: Vec::new(),
        coverage: 0.0,
        labeled: 0,
        majority_right: 0,
        model_right: 0,
        notes: Vec::new(),
    };
    let classes = voters.values.len();
    if let Ok(matrix) = VoteMatrix::new(counting, functions, classes) {
        let voted = matrix.iter().filter(|row| row.iter().any(|vote| *vote >= 0)).count();
        found.coverage = voted as f64 / matrix.rows() as f64;
        for (own, shares) in measured.iter_mut().zip(matrix.report()) {
            (own.coverage, own.overlap, own.conflict) = (shares.coverage, shares.overlap, shares.conflict);
        }
    }
    if let Ok(matrix) = VoteMatrix::new(votes, functions, classes) {
        let known: Vec<Option<usize>> = rows.iter().map(|(_, label)| *label).collect();
        let compared = Compared::of(&matrix, &known);
        (found.labeled, found.majority_right) = (compared.labeled, compared.majority_right);
        (found.model_right, found.notes) = (compared.model_right, compared.model.notes);
    }
    found.functions = voters.ids.iter().copied().zip(measured).collect();
    found
}

/// The label model beside the majority, on rows whose value is known.
pub(crate) struct Compared {
    pub model: weak::Found,
    pub majority: weak::Found,
    pub labeled: usize,
    pub majority_right: usize,
    pub model_right: usize,
}

impl Compared {
    /// `known` has a class number for the rows that have one.
    pub fn of(matrix: &VoteMatrix, known: &[Option<usize>]) -> Self {
        let (model, majority) = (weak::model::auto(matrix), weak::majority::majority(matrix));
        let right = |found: &weak::Found| {
            let rows = matrix.iter().zip(found.probabilities.chunks_exact(matrix.classes())).zip(known);
            let voted = rows.filter(|((votes, _), label)| label.is_some() && votes.iter().any(|vote| *vote >= 0));
            voted.fold((0, 0), |(all, right), ((_, row), label)| {
                (all + 1, right + usize::from(likeliest(row).map(|best| best.0) == *label))
            })
        };
        let ((labeled, model_right), (_, majority_right)) = (right(&model), right(&majority));
        Self { model, majority, labeled, majority_right, model_right }
    }

    /// The model, unless the majority is right more often where that is known.
    pub fn better(&self) -> (&'static str, &weak::Found) {
        if self.majority_right > self.model_right { ("majority", &self.majority) } else { ("model", &self.model) }
    }
}

/// The likeliest class and its probability; None where two are as likely.
pub(crate) fn likeliest(row: &[f64]) -> Option<(usize, f64)> {
    let (best, most) = row.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let tied = row.iter().enumerate().any(|(class, value)| class != best && most - value < 1e-9);
    (!tied).then_some((best, most))
}
