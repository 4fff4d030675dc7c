//! What an answer to a comparison says of the responses.

use crate::{
    Value, ranking,
    schema::{Field, FieldKind},
};

/// Responses by their numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The best, and the others, of which nothing more is known.
    Best(usize, Vec<usize>),
    /// Responses at their places, best first; those at one place are alike.
    Places(Vec<Vec<usize>>),
    /// None is good enough.
    AllBad(Vec<usize>),
}

impl Verdict {
    /// None for a field that compares nothing, and for a value that is none of its own.
    pub fn of(field: &Field, value: &Value, responses: usize) -> Option<Self> {
        let compared: Vec<&str> = field.kind.compared().into_iter().map(|option| option.id.as_str()).collect();
        let number = |id: &str| compared.iter().position(|known| *known == id).filter(|at| *at < responses);
        let all = 0..compared.len().min(responses);
        match (&field.kind, value) {
            (FieldKind::Pairwise { options }, Value::Text(word)) => Some(match number(word) {
                Some(best) => Self::Best(best, all.filter(|at| *at != best).collect()),
                None if options.iter().any(|option| option.id == *word && option.says_bad()) => {
                    Self::AllBad(all.collect())
                }
                None => Self::Places(vec![all.collect()]),
            }),
            (FieldKind::Ranking { .. }, Value::List(words)) => {
                let place = |ids: Vec<&str>| ids.into_iter().filter_map(number).collect::<Vec<usize>>();
                Some(Self::Places(ranking::places(words).map(place).filter(|place| !place.is_empty()).collect()))
            }
            _ => None,
        }
    }
}
