//! spaCy's names of strings: MurmurHash64A (A. Appleby) of the UTF-8 bytes with the seed 1; names of its symbols have
//! their own small numbers.

/// `number name`, a line each, from `spacy.symbols` (version 3.8).
const SYMBOLS: &str = include_str!("symbols.txt");

fn symbols() -> impl Iterator<Item = (u64, &'static str)> {
    SYMBOLS.lines().filter_map(|line| {
        let (number, name) = line.split_once(' ')?;
        Some((number.parse().ok()?, name))
    })
}

pub(super) fn murmur(bytes: &[u8]) -> u64 {
    const M: u64 = 0xc6a4_a793_5bd1_e995;
    let mut hash = 1 ^ (bytes.len() as u64).wrapping_mul(M);
    let (chunks, tail) = bytes.as_chunks::<8>();
    for chunk in chunks {
        let mut k = u64::from_le_bytes(*chunk).wrapping_mul(M);
        k = (k ^ (k >> 47)).wrapping_mul(M);
        hash = (hash ^ k).wrapping_mul(M);
    }
    if !tail.is_empty() {
        let rest = tail.iter().rev().fold(0, |rest, byte| rest << 8 | u64::from(*byte));
        hash = (hash ^ rest).wrapping_mul(M);
    }
    hash = (hash ^ (hash >> 47)).wrapping_mul(M);
    hash ^ (hash >> 47)
}

/// The number of a string.
pub(super) fn number(text: &str) -> u64 {
    if text.is_empty() {
        return 0;
    }
    symbols().find(|(_, name)| *name == text).map_or_else(|| murmur(text.as_bytes()), |(number, _)| number)
}

/// Strings by their numbers: those of a file, and spaCy's own.
pub(super) fn store<'a>(strings: impl Iterator<Item = &'a str>) -> std::collections::HashMap<u64, String> {
    let own = symbols().map(|(number, name)| (number, name.to_owned()));
    let mut store: std::collections::HashMap<u64, String> = own.collect();
    store.extend(strings.map(|text| (number(text), text.to_owned())));
    store
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_those_of_spacy() {
        // spacy.strings.hash_string, version 3.8.18
        assert_eq!(number("apple"), 8_566_208_034_543_834_098);
        assert_eq!(number("left"), 4_003_250_512_168_697_582);
        assert_eq!(number("東京"), 9_360_021_637_096_476_946);
        assert_eq!((number("ORG"), number("")), (383, 0));
    }
}
