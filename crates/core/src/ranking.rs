//! Rankings as they are written in answers: a list of places, best first. Options that share a place are one value,
//! their ids sorted and joined by `=`, which no id contains: `["b", "a=d", "c"]`.

/// The ids at each place, best first.
pub fn places(words: &[String]) -> impl Iterator<Item = Vec<&str>> {
    words.iter().map(|word| word.split('=').collect())
}

/// A place as it is written.
pub fn place(mut ids: Vec<&str>) -> String {
    ids.sort_unstable();
    ids.join("=")
}

#[cfg(test)]
mod tests {
    use super::{place, places};

    #[test]
    fn a_place_reads_back_as_it_was_written() {
        let words = ["b".to_owned(), place(vec!["d", "a"]), "c".to_owned()];
        assert_eq!(words[1], "a=d");
        assert_eq!(places(&words).collect::<Vec<_>>(), [vec!["b"], vec!["a", "d"], vec!["c"]]);
    }
}
