//! The same in other words, with spans kept. What a span covers stands between marks that must come back, each once and
//! with the same characters between: then every span is where its mark is, and nothing is guessed.

use super::TextItem;
use crate::{
    Random,
    augment::Rewrite,
    recipe::{Endpoint, Paraphrase},
};
use labelwright_core::{Geometry, offsets::ScalarText};
use std::collections::BTreeMap;

/// What a language model is asked.
pub struct Rewriting<'a> {
    pub endpoint: &'a Endpoint,
    pub system: String,
    pub user: String,
    pub seed: u64,
    /// What is wrong with an answer.
    pub refuse: &'a dyn Fn(&str) -> Result<(), String>,
}

/// About how many tokens a text is (four characters each): for estimates only.
pub fn tokens(chars: u64) -> u64 {
    chars.div_ceil(4)
}

/// # Errors
/// The code of why the text stays as it was.
pub fn paraphrase(
    item: &mut TextItem,
    own: &Paraphrase,
    style: &str,
    random: &mut Random,
    rewrite: &mut Rewrite<'_>,
) -> Result<(), &'static str> {
    // 31 bits: some interfaces take no more.
    let seed = random.bits() >> 33;
    let endpoint = own.endpoint.as_ref().ok_or("paraphrase_without_endpoint")?;
    let marked = Marked::of(item).ok_or("paraphrase_with_marks")?;
    let mut system = String::from(
        "You rewrite texts. Keep the language, the meaning and all facts. Answer with the rewritten text alone.",
    );
    if !marked.ranges.is_empty() {
        system.push_str(
            " Parts of the text stand between marks such as <m1> and </m1>. Keep every mark exactly once, and keep \
            what stands between two marks unchanged, letter by letter; you may move it to another place.",
        );
    }
    let refuse = |answer: &str| marked.read(item, answer).map(drop);
    let user = format!("Say this {style}:\n\n{}", marked.text);
    let answer = rewrite(&Rewriting { endpoint, system, user, seed, refuse: &refuse })?;
    *item = marked.read(item, &answer).map_err(|_| "paraphrase_lost_mention")?;
    Ok(())
}

/// A text with marks around what its spans cover.
pub struct Marked {
    pub text: String,
    /// Ranges of characters by the number of their mark, from 1.
    ranges: Vec<[u32; 2]>,
}

impl Marked {
    /// None for a text that holds such marks by itself.
    pub fn of(item: &TextItem) -> Option<Self> {
        let plain = item.text();
        if plain.contains("<m") || plain.contains("</m") {
            return None;
        }
        let mut ranges: Vec<[u32; 2]> = item.ranges().iter().map(|range| range.map(|at| at as u32)).collect();
        // Outer ones first.
        ranges.sort_by_key(|[start, end]| (*start, std::cmp::Reverse(*end)));
        ranges.dedup();
        let mut text = String::with_capacity(plain.len() + ranges.len() * 10);
        for at in 0..=item.chars.len() {
            // Inner ones close first, and before another one opens.
            for (number, _) in ranges.iter().enumerate().rev().filter(|(_, range)| range[1] as usize == at) {
                text.push_str(&format!("</m{}>", number + 1));
            }
            for (number, _) in ranges.iter().enumerate().filter(|(_, range)| range[0] as usize == at) {
                text.push_str(&format!("<m{}>", number + 1));
            }
            text.extend(item.chars.get(at));
        }
        Some(Self { text, ranges })
    }

    /// The text that was answered, with the spans where their marks are.
    ///
    /// # Errors
    /// In words for the one who answered: which mark is missing, comes twice, or holds something else.
    pub fn read(&self, item: &TextItem, answer: &str) -> Result<TextItem, String> {
        let mut chars: Vec<char> = Vec::new();
        let mut found: Vec<[Option<u32>; 2]> = vec![[None; 2]; self.ranges.len()];
        let mut rest = answer.trim();
        while let Some(next) = rest.chars().next() {
            let Some((number, closes, after)) = mark(rest) else {
                chars.push(next);
                rest = &rest[next.len_utf8()..];
                continue;
            };
            let name = format!("<{}m{number}>", if closes { "/" } else { "" });
            let place = number.checked_sub(1).and_then(|at| found.get_mut(at)?.get_mut(usize::from(closes)));
            match place {
                None => return Err(format!("there is no mark {name} in the text")),
                Some(Some(_)) => return Err(format!("the mark {name} comes twice")),
                Some(place) => *place = Some(chars.len() as u32),
            }
            rest = after;
        }
        let mut moved: BTreeMap<[u32; 2], [u32; 2]> = BTreeMap::new();
        let text: String = chars.iter().collect();
        let shape = ScalarText::new(&text);
        for (number, (range, found)) in self.ranges.iter().zip(&found).enumerate() {
            let number = number + 1;
            let [Some(start), Some(end)] = *found else { return Err(format!("the mark <m{number}> is missing")) };
            let old = item.chars.get(range[0] as usize..range[1] as usize);
            if start >= end || old != chars.get(start as usize..end as usize) {
                let old: String = old.unwrap_or_default().iter().collect();
                return Err(format!("between <m{number}> and </m{number}> there must stand exactly {old:?}"));
            }
            if !shape.is_grapheme_boundary(start) || !shape.is_grapheme_boundary(end) {
                return Err(format!("what stands beside <m{number}> joins with it into one character"));
            }
            moved.insert(*range, [start, end]);
        }
        if chars.is_empty() || chars == item.chars {
            return Err("the text is the same as before; say it in other words".into());
        }
        let mut answers = item.answers.clone();
        for region in answers.iter_mut().flat_map(|answer| &mut answer.regions) {
            if let Geometry::Span(span) = &mut region.geometry {
                span.ranges.iter_mut().for_each(|range| *range = moved.get(range).copied().unwrap_or(*range));
                // Pieces of one span stand in the order of the text.
                span.ranges.sort_unstable();
            }
        }
        Ok(TextItem { chars, answers })
    }
}

/// The mark that a text begins with: its number, whether it closes, and what stands behind it.
fn mark(text: &str) -> Option<(usize, bool, &str)> {
    let (closes, rest) = match text.strip_prefix("</m") {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix("<m")?),
    };
    let (number, after) = rest.split_once('>')?;
    let digits = !number.is_empty() && number.len() <= 6 && number.bytes().all(|byte| byte.is_ascii_digit());
    Some((number.parse().ok().filter(|_| digits)?, closes, after))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use labelwright_core::{Answer, Region, Target, geometry::Span};
    use proptest::prelude::*;

    fn item(text: &str, ranges: &[[u32; 2]]) -> TextItem {
        let regions = ranges.iter().enumerate().map(|(at, [start, end])| Region {
            id: format!("s{at}"),
            target: Target::Item,
            geometry: Geometry::Span(Span::new(*start, *end)),
            class: "c".into(),
            attributes: BTreeMap::new(),
            score: None,
        });
        TextItem::new(text, vec![Answer { regions: regions.collect(), ..Answer::default() }])
    }

    #[test]
    fn marks_lie_in_each_other_and_come_back() {
        let item = item("University of New York, Rome", &[[14, 22], [0, 22], [24, 28]]);
        let marked = Marked::of(&item).unwrap();
        assert_eq!(marked.text, "<m1>University of <m2>New York</m2></m1>, <m3>Rome</m3>");
        let back = marked.read(&item, " In <m3>Rome</m3>: <m1>University of <m2>New York</m2></m1>! ").unwrap();
        assert_eq!(back.text(), "In Rome: University of New York!");
        assert_eq!(back.ranges(), [[23, 31], [9, 31], [3, 7]]);
        for (answer, words) in [
            ("<m1>University of <m2>New York</m2></m1>", "<m3> is missing"),
            ("<m1>University of <m2>New York</m2></m1> <m3>Roma</m3>", "exactly \"Rome\""),
            ("<m1>University of <m2>New York</m2></m1> <m3>Rome</m3><m3>Rome</m3>", "comes twice"),
            ("<m9>x</m9>", "no mark <m9>"),
            ("<m1>University of <m2>New York</m2></m1>, <m3>Rome</m3>", "the same as before"),
            ("", "missing"),
        ] {
            let said = marked.read(&item, answer).unwrap_err();
            assert!(said.contains(words), "{answer}: {said}");
        }
        assert!(Marked::of(&self::item("a <m1> b", &[])).is_none());
    }

    proptest! {
        #[test]
        fn spans_keep_their_characters(
            words in proptest::collection::vec("[a-zé漢]{1,6}", 2..12),
            picked in proptest::collection::vec((0..12_usize, 1..3_usize), 0..5),
            order in any::<u64>(),
        ) {
            let (mut ranges, mut starts, mut at) = (Vec::new(), Vec::new(), 0_u32);
            for word in &words {
                let length = word.chars().count() as u32;
                starts.push([at, at + length]);
                at += length + 1;
            }
            for (first, count) in picked {
                let first = first % words.len();
                let last = (first + count - 1).min(words.len() - 1);
                ranges.push([starts[first][0], starts[last][1]]);
            }
            let item = item(&words.join(" "), &ranges);
            let marked = Marked::of(&item).unwrap();
            // Something before, between and behind.
            let answer = format!("So: {}!{}", marked.text, order % 7);
            let back = marked.read(&item, &answer).unwrap();
            for (old, new) in item.ranges().into_iter().zip(back.ranges()) {
                prop_assert_eq!(item.slice(old[0], old[1]), back.slice(new[0], new[1]));
            }
        }
    }
}
