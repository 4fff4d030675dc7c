//! Changes of single characters: what fingers, scanners and shift keys do.

use super::{Edit, TextItem};
use crate::Random;
use labelwright_core::offsets::ScalarText;
use serde::Deserialize;

/// Rows of a QWERTY keyboard; each is half a key to the right of the one above.
const ROWS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

/// The keys that touch a key.
fn neighbours(key: char) -> Vec<char> {
    let Some((row, column)) = ROWS.iter().enumerate().find_map(|(row, keys)| Some((row, keys.find(key)?))) else {
        return Vec::new();
    };
    let at = |row: Option<usize>, column: Option<usize>| ROWS.get(row?)?.chars().nth(column?);
    let (above, below) = (row.checked_sub(1), Some(row + 1));
    let places = [
        at(Some(row), column.checked_sub(1)),
        at(Some(row), Some(column + 1)),
        at(above, Some(column)),
        at(above, Some(column + 1)),
        at(below, column.checked_sub(1)),
        at(below, Some(column)),
    ];
    places.into_iter().flatten().collect()
}

/// Characters that are letters by themselves: what stands before or after does not belong to them.
fn single(item: &TextItem, inside: bool) -> Vec<bool> {
    let (shape, covered) = (ScalarText::new(&item.text()), item.covered());
    let whole = |at: usize| shape.is_grapheme_boundary(at as u32) && shape.is_grapheme_boundary(at as u32 + 1);
    item.chars.iter().enumerate().map(|(at, c)| !c.is_control() && whole(at) && (inside || !covered[at])).collect()
}

/// Mistypes this share of the Latin letters: a neighbouring key, a letter twice, a letter left out, or two letters in the
/// wrong order. Letters of spans only with `inside`; a span never becomes empty.
pub fn typo(item: &mut TextItem, rate: f64, inside: bool, random: &mut Random) -> usize {
    let free = single(item, inside);
    let covered = item.covered();
    let letter = |at: usize| item.chars.get(at).is_some_and(|c| c.is_ascii_alphabetic() && free[at]);
    let (mut edits, mut at) = (Vec::new(), 0);
    while at < item.chars.len() {
        if !letter(at) || !random.chance(rate) {
            at += 1;
            continue;
        }
        let own = item.chars[at];
        let next = letter(at + 1) && covered[at] == covered[at + 1];
        let (length, text) = match random.below(4) {
            0 if next => (2, format!("{}{own}", item.chars[at + 1])),
            1 => (1, format!("{own}{own}")),
            2 if next && !covered[at] => (1, String::new()),
            _ => {
                let keys = neighbours(own.to_ascii_lowercase());
                let key = random.pick(&keys).copied().unwrap_or(own);
                (1, if own.is_ascii_uppercase() { key.to_ascii_uppercase() } else { key }.to_string())
            }
        };
        edits.push(Edit::new(at, at + length, text));
        at += length;
    }
    item.apply(edits)
}

/// What is read for what is printed.
const CONFUSED: [(&str, &str); 22] = [
    ("rn", "m"),
    ("m", "rn"),
    ("cl", "d"),
    ("d", "cl"),
    ("vv", "w"),
    ("w", "vv"),
    ("0", "O"),
    ("O", "0"),
    ("o", "0"),
    ("1", "l"),
    ("l", "1"),
    ("I", "l"),
    ("i", "l"),
    ("5", "S"),
    ("S", "5"),
    ("8", "B"),
    ("B", "8"),
    ("e", "c"),
    ("c", "e"),
    ("h", "b"),
    ("t", "f"),
    ("2", "Z"),
];

/// Misreads this share of the characters that look like others.
pub fn ocr(item: &mut TextItem, rate: f64, inside: bool, random: &mut Random) -> usize {
    let (free, covered) = (single(item, inside), item.covered());
    let (mut edits, mut at) = (Vec::new(), 0);
    while at < item.chars.len() {
        let fits = |printed: &str| {
            printed.chars().enumerate().all(|(offset, c)| {
                let place = at + offset;
                item.chars.get(place) == Some(&c) && free[place] && covered[place] == covered[at]
            })
        };
        let candidates: Vec<(&str, &str)> = CONFUSED.into_iter().filter(|(printed, _)| fits(printed)).collect();
        if candidates.is_empty() || !random.chance(rate) {
            at += 1;
            continue;
        }
        if let Some((printed, read)) = random.pick(&candidates) {
            edits.push(Edit::new(at, at + printed.len(), *read));
            at += printed.len();
        }
    }
    item.apply(edits)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Case {
    Upper,
    Lower,
    /// Each word begins with a capital.
    Title,
    /// Capitals become small letters and the other way round.
    Swap,
}

impl Case {
    pub fn name(self) -> &'static str {
        match self {
            Self::Upper => "upper",
            Self::Lower => "lower",
            Self::Title => "title",
            Self::Swap => "swap",
        }
    }
}

/// Changes the case of the whole text, mentions too. Where one letter becomes two (`ß`), offsets move along.
pub fn case(item: &mut TextItem, case: Case) -> usize {
    let mut edits = Vec::new();
    let mut in_word = false;
    for (at, c) in item.chars.iter().enumerate() {
        let upper = match case {
            Case::Upper => true,
            Case::Lower => false,
            Case::Title => !in_word,
            Case::Swap => !c.is_uppercase(),
        };
        in_word = c.is_alphanumeric() || (in_word && *c == '\'');
        let text: String = if upper { c.to_uppercase().collect() } else { c.to_lowercase().collect() };
        if c.is_alphabetic() && !text.chars().eq([*c]) {
            edits.push(Edit::new(at, at + 1, text));
        }
    }
    item.apply(edits)
}

#[cfg(test)]
mod tests {
    use super::neighbours;

    #[test]
    fn keys_touch_each_other_both_ways() {
        assert_eq!(neighbours('g'), ['f', 'h', 't', 'y', 'v', 'b']);
        for key in 'a'..='z' {
            assert!(!neighbours(key).is_empty());
            assert!(neighbours(key).iter().all(|other| neighbours(*other).contains(&key)), "{key}");
        }
    }
}
