//! Captions of street scenes: who or what is where, in words whose places are known. Some speak of things that are not
//! in the picture.

use labelwright_generate::demo::{
    dice::Dice,
    street::{self, Street, WIDTH},
};

pub const GUIDELINES: &str = "# Captions\n\nWhich words mean which thing?\n\n\
- Draw a box around each thing that the caption speaks of, and mark the words for it, with the article.\n\
- Join the words with the box: *Means* goes from the phrase to the thing.\n\
- Things that the caption does not speak of get no box; words for what is not there get no mark.\n\
- Then say whether the caption fits: all of it, partly, or not at all.\n";

/// Most things that one caption speaks of.
const SPOKEN_OF: usize = 3;

/// Words for a thing that is there.
pub struct Phrase {
    /// x, y, width, height in pixels.
    pub frame: [f64; 4],
    /// Characters of the caption.
    pub range: [u32; 2],
}

pub struct Captioned {
    pub scene: Street,
    pub caption: String,
    pub phrases: Vec<Phrase>,
    /// Id of the option that is right.
    pub fits: &'static str,
}

fn words_for(class: &str, dice: &mut Dice) -> &'static str {
    let [usual, other] = match class {
        "car" => ["a car", "a parked car"],
        "truck" => ["a truck", "a lorry"],
        "person" => ["a person", "somebody on foot"],
        _ => ["a bicycle", "a bike"],
    };
    if dice.chance(0.5) { usual } else { other }
}

fn side(frame: [f64; 4]) -> &'static str {
    match (frame[0] + frame[2] / 2.0) / f64::from(WIDTH) {
        share if share < 1.0 / 3.0 => "on the left",
        share if share < 2.0 / 3.0 => "in the middle",
        _ => "on the right",
    }
}

pub fn write(index: u64) -> Captioned {
    let scene = street::draw(index + 5000);
    let mut dice = Dice::new("captions", index);
    let told: Vec<_> = scene.things.iter().rev().filter(|thing| !thing.occluded).take(SPOKEN_OF).collect();
    let mut parts: Vec<(String, Option<[f64; 4]>, &str)> = told
        .iter()
        .map(|thing| (words_for(thing.class, &mut dice).to_owned(), Some(thing.frame), side(thing.frame)))
        .collect();
    if dice.chance(0.3) || parts.is_empty() {
        let where_it_is_not = *dice.pick(&["on the left", "in the middle", "on the right"]);
        let nothing = (*dice.pick(&["a tram", "a horse", "a fountain"])).to_owned();
        parts.push((nothing, None, where_it_is_not));
    }
    let is_told_wrong = parts.iter().any(|(_, frame, _)| frame.is_none());
    let fits = match (is_told_wrong, told.is_empty()) {
        (true, true) => "not",
        (true, false) => "partly",
        (false, _) => "all",
    };
    let (mut caption, mut phrases) = ("The street with ".to_owned(), Vec::new());
    let last = parts.len() - 1;
    for (at, (words, frame, place)) in parts.iter().enumerate() {
        caption.push_str(match at {
            0 => "",
            _ if at == last => " and ",
            _ => ", ",
        });
        let start = caption.chars().count() as u32;
        caption.push_str(words);
        let range = [start, caption.chars().count() as u32];
        phrases.extend(frame.map(|frame| Phrase { frame, range }));
        caption.push(' ');
        caption.push_str(place);
    }
    caption.push('.');
    Captioned { scene, caption, phrases, fits }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn phrases_lie_where_their_words_are() {
        let mut verdicts = BTreeSet::new();
        for index in 0..100 {
            let made = write(index);
            let letters: Vec<char> = made.caption.chars().collect();
            for phrase in &made.phrases {
                let [start, end] = phrase.range.map(|at| at as usize);
                let words: String = letters[start..end].iter().collect();
                assert!(words.starts_with('a') || words.starts_with("somebody"), "{words}");
                assert!(made.scene.things.iter().any(|thing| thing.frame == phrase.frame));
            }
            verdicts.insert(made.fits);
        }
        assert!(verdicts.contains("all") && verdicts.contains("partly"));
    }
}
