//! Changes of whole words outside of spans. Words are those of UAX 29.

use super::{Edit, TextItem};
use crate::Random;
use std::collections::BTreeMap;
use unicode_segmentation::UnicodeSegmentation;

/// Words as ranges of characters that no span touches.
fn free_words(item: &TextItem) -> Vec<[usize; 2]> {
    let covered = item.covered();
    words(&item.text()).into_iter().filter(|[start, end]| !covered[*start..*end].contains(&true)).collect()
}

fn words(text: &str) -> Vec<[usize; 2]> {
    let (mut found, mut bytes, mut chars) = (Vec::new(), 0, 0);
    for (at, word) in text.unicode_word_indices() {
        chars += text[bytes..at].chars().count();
        let length = word.chars().count();
        found.push([chars, chars + length]);
        (bytes, chars) = (at + word.len(), chars + length);
    }
    found
}

/// Replaces this share of the words that the list knows. Keys are in small letters; capitals are kept.
pub fn synonyms(item: &mut TextItem, list: &BTreeMap<String, Vec<String>>, rate: f64, random: &mut Random) -> usize {
    let mut edits = Vec::new();
    for [start, end] in free_words(item) {
        let word = item.slice(start, end);
        let Some(others) = list.get(&word.to_lowercase()) else { continue };
        if !random.chance(rate) {
            continue;
        }
        if let Some(other) = random.pick(others) {
            edits.push(Edit::new(start, end, in_case_of(&word, other)));
        }
    }
    item.apply(edits)
}

/// The word with the capitals of another one.
fn in_case_of(model: &str, word: &str) -> String {
    let letters: Vec<char> = model.chars().filter(|c| c.is_alphabetic()).collect();
    if letters.len() > 1 && letters.iter().all(|c| c.is_uppercase()) {
        return word.to_uppercase();
    }
    let mut chars = word.chars();
    match chars.next() {
        Some(first) if letters.first().is_some_and(|c| c.is_uppercase()) => first.to_uppercase().chain(chars).collect(),
        _ => word.to_owned(),
    }
}

/// Swaps this share of neighbouring words that only white space stands between.
pub fn swap(item: &mut TextItem, rate: f64, random: &mut Random) -> usize {
    let (words, covered) = (free_words(item), item.covered());
    let (mut edits, mut at) = (Vec::new(), 0);
    while let Some([first, second]) = words.get(at..at + 2) {
        let gap = first[1]..second[0];
        let apart = !gap.is_empty() && gap.clone().all(|place| item.chars[place].is_whitespace() && !covered[place]);
        if apart && random.chance(rate) {
            let [one, between, two] =
                [[first[0], first[1]], [gap.start, gap.end], *second].map(|[start, end]| item.slice(start, end));
            edits.push(Edit::new(first[0], second[1], format!("{two}{between}{one}")));
            at += 1;
        }
        at += 1;
    }
    item.apply(edits)
}

/// Deletes this share of the words, each with the white space behind it; the last one that stands outside of spans stays
/// where there are no spans.
pub fn delete(item: &mut TextItem, rate: f64, random: &mut Random) -> usize {
    let (words, covered) = (free_words(item), item.covered());
    let mut left = words.len() + usize::from(covered.contains(&true));
    let mut edits = Vec::new();
    for [start, end] in words {
        if left > 1 && random.chance(rate) {
            let mut behind = end;
            while item.chars.get(behind).is_some_and(|c| *c == ' ') && !covered[behind] {
                behind += 1;
            }
            edits.push(Edit::new(start, behind, ""));
            left -= 1;
        }
    }
    item.apply(edits)
}
