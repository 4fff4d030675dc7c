//! From drawn characters to words, lines and blocks. The order is that in which the page draws them: files that people make
//! with programs draw a column before the next, and what sorts by height mixes columns.

use super::glyphs::Glyph;
use hayro_interpret::kurbo::{Point, Vec2};
use labelwright_core::document::LayerBuilder;

/// A gap within a word, in ems along the line: more is a space that nobody drew.
const GAP: f64 = 0.2;
/// The next character of a line may lie so far back, in ems: letters are moved closer together.
const BACK: f64 = 0.5;
/// Characters of a line lie so far apart across it at most, in ems.
const ACROSS: f64 = 0.4;
/// The next line of a block is at most so far away, in ems.
const LEADING: f64 = 2.0;
/// Cosine of the largest angle between two lines that run the same way.
const SAME_WAY: f64 = 0.99;

/// The word that is being put together.
struct Open {
    text: String,
    bounds: [f64; 4],
    from: Point,
    to: Point,
    along: Vec2,
    size: f64,
}

/// Adds the words of a page to a layer in which the page has begun.
pub fn add(layer: &mut LayerBuilder, glyphs: Vec<Glyph>) {
    let (mut open, mut before): (Option<Open>, Option<Open>) = (None, None);
    let mut place = Place::default();
    let mut end = |open: &mut Option<Open>| {
        let Some(word) = open.take() else { return };
        if let Some(last) = &before {
            place.follow(last, &word);
        }
        layer.word(&word.text, word.bounds, place.line, place.block, None);
        before = Some(word);
    };
    for glyph in glyphs {
        let blank = glyph.text.chars().all(|c| c.is_whitespace() || c.is_control());
        if blank || open.as_ref().is_some_and(|word| !continues(word, &glyph)) {
            end(&mut open);
        }
        if blank {
            continue;
        }
        match &mut open {
            Some(word) => word.take(glyph),
            None => {
                let Glyph { text, bounds, from, to, along, size } = glyph;
                open = Some(Open { text, bounds, from, to, along, size });
            }
        }
    }
    end(&mut open);
}

impl Open {
    fn take(&mut self, glyph: Glyph) {
        let [left, top, right, bottom] = glyph.bounds;
        let [own_left, own_top, own_right, own_bottom] = self.bounds;
        self.bounds = [left.min(own_left), top.min(own_top), right.max(own_right), bottom.max(own_bottom)];
        self.text.push_str(&glyph.text);
        self.to = glyph.to;
        self.size = self.size.max(glyph.size);
    }
}

/// How far a place lies ahead of another along a line, and how far beside it (downwards of a line that runs to the right).
fn apart(from: Point, to: Point, along: Vec2) -> (f64, f64) {
    let step = to - from;
    (step.dot(along), along.cross(step))
}

fn continues(word: &Open, glyph: &Glyph) -> bool {
    let size = word.size.max(glyph.size);
    let (ahead, beside) = apart(word.to, glyph.from, word.along);
    word.along.dot(glyph.along) > SAME_WAY && ahead < GAP * size && ahead > -BACK * size && beside.abs() < ACROSS * size
}

/// Where the last word was.
#[derive(Default)]
struct Place {
    line: u32,
    block: u32,
}

impl Place {
    fn follow(&mut self, last: &Open, next: &Open) {
        let size = last.size.max(next.size);
        let (ahead, beside) = apart(last.to, next.from, last.along);
        let same_way = last.along.dot(next.along) > SAME_WAY;
        if same_way && beside.abs() < ACROSS * size && ahead > -BACK * size {
            return;
        }
        self.line += 1;
        // The line below begins further back, and not far away.
        let below = beside > 0.0 && beside < LEADING * size;
        let alike = last.size < 1.5 * next.size && next.size < 1.5 * last.size;
        if !(same_way && below && alike) {
            self.block += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Characters of a word at a place, 10 points high and 5 wide each.
    fn word(text: &str, x: f64, y: f64) -> Vec<Glyph> {
        let place = |(at, one): (usize, char)| {
            let left = x + 5.0 * at as f64;
            Glyph {
                text: one.to_string(),
                bounds: [left, y - 8.0, left + 5.0, y + 2.0],
                from: Point::new(left, y),
                to: Point::new(left + 5.0, y),
                along: Vec2::new(1.0, 0.0),
                size: 10.0,
            }
        };
        text.chars().enumerate().map(place).collect()
    }

    fn read(words: &[(&str, f64, f64)]) -> (String, Vec<(u32, u32)>) {
        let mut layer = LayerBuilder::default();
        layer.page(300.0, 300.0);
        add(&mut layer, words.iter().flat_map(|(text, x, y)| word(text, *x, *y)).collect());
        let layer = layer.finish();
        let places = layer.pages.iter().flat_map(|page| &page.words).map(|word| (word.line, word.block)).collect();
        (layer.text, places)
    }

    #[test]
    fn spaces_and_gaps_end_words_and_letters_that_touch_do_not() {
        assert_eq!(read(&[("one two", 0.0, 20.0)]).0, "one two");
        assert_eq!(read(&[("one", 0.0, 20.0), ("two", 17.5, 20.0)]).0, "one two", "a gap that nobody filled");
        assert_eq!(read(&[("on", 0.0, 20.0), ("e", 9.0, 20.0)]).0, "one", "kerned");
        assert_eq!(read(&[("m", 0.0, 20.0), ("2", 5.0, 17.0)]).0, "m2", "raised");
    }

    #[test]
    fn lines_and_blocks_follow_from_where_words_are() {
        let (text, places) = read(&[
            ("Title", 0.0, 20.0),
            ("left", 0.0, 60.0),
            ("on", 100.0, 60.0),
            ("below", 0.0, 72.0),
            ("column", 150.0, 60.0),
        ]);
        assert_eq!(text, "Title\n\nleft on\nbelow\n\ncolumn");
        assert_eq!(places, [(0, 0), (1, 1), (1, 1), (2, 1), (3, 2)]);
    }
}
