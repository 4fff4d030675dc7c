//! A file holds one idea. Past 400 lines it usually holds two; tests beside the code are counted too.

use super::{Finding, Source};

const LIMIT_LINES: usize = 400;

pub fn check(sources: &[Source]) -> Vec<Finding> {
    sources
        .iter()
        .filter_map(|source| {
            let lines = source.text.lines().count();
            (lines > LIMIT_LINES)
                .then(|| Finding::new(&source.path, format!("{lines} lines, the limit is {LIMIT_LINES}")))
        })
        .collect()
}
