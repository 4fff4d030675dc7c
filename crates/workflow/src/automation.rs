//! What machines do for a project beside people: rules that vote, guesses, maps. Enters: items, and what people said of
//! some. Leaves: guesses with scores that labelers see as pre-labels, and pictures of the whole; never a person's answer.

pub mod functions;
pub(crate) mod labels;
