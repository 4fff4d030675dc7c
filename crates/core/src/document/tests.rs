use super::{LayerBuilder, LayerHead, TextLayer};
use crate::{MediaShape, geometry::Bounds};
use proptest::prelude::*;

/// Two pages: two lines and a block of their own, then one word.
fn letter() -> TextLayer {
    let mut builder = LayerBuilder::default();
    builder.page(200.0, 100.0);
    assert_eq!(builder.word("Dear", [10.0, 10.0, 30.0, 20.0], 0, 0, None), Some([0, 4]));
    assert_eq!(builder.word("Zoë", [35.0, 10.0, 50.0, 20.0], 0, 0, Some(0.5)), Some([5, 8]));
    assert_eq!(builder.word("thanks", [10.0, 25.0, 40.0, 35.0], 1, 0, Some(7.0)), Some([9, 15]));
    assert_eq!(builder.word("🙂", [10.0, 60.0, 400.0, 70.0], 2, 1, None), Some([17, 18]));
    assert_eq!(builder.word("  ", [10.0, 60.0, 40.0, 70.0], 2, 1, None), None, "no characters");
    assert_eq!(builder.word("away", [300.0, 60.0, 400.0, 70.0], 2, 1, None), None, "not on the page");
    builder.page(50.0, 50.0);
    assert_eq!(builder.word("end", [1.0, 1.0, 9.0, 9.0], 0, 0, None), Some([20, 23]));
    assert_eq!((builder.words(), builder.chars()), (5, 23));
    builder.finish()
}

#[test]
fn words_are_joined_by_what_lies_between_them() {
    let layer = letter();
    assert_eq!(layer.text, "Dear Zoë\nthanks\n\n🙂\n\nend");
    assert_eq!(layer.pages[0].words[3].bounds, [10.0, 60.0, 200.0, 70.0], "cut at the edge");
    assert_eq!(layer.pages[0].words[2].score, Some(1.0));
    assert!(layer.is_sound());
    let MediaShape::Document { pages, text } = layer.shape() else { panic!() };
    assert_eq!((pages, text.chars()), (vec![[200.0, 100.0], [50.0, 50.0]], 23));
}

#[test]
fn a_range_of_the_text_is_words_on_pages() {
    let layer = letter();
    let found = |start, end| layer.words_of(start, end).map(|(page, word)| (page, word.start)).collect::<Vec<_>>();
    assert_eq!(found(6, 10), [(0, 5), (0, 9)]);
    assert_eq!(found(17, 21), [(0, 17), (1, 20)]);
    assert_eq!(found(15, 17), []);
    let within: Vec<u32> = layer.words_within(0, Bounds::new(0.0, 0.0, 41.0, 40.0)).map(|word| word.start).collect();
    assert_eq!(within, [0, 9], "that of Zoë has its middle outside");
    assert_eq!(layer.words_within(7, Bounds::new(0.0, 0.0, 41.0, 40.0)).count(), 0);
}

#[test]
fn what_is_written_is_read() {
    let layer = letter();
    let bytes = layer.to_bytes("application/pdf");
    assert_eq!(TextLayer::from_bytes(&bytes).unwrap(), layer);
    let head = LayerHead::read(&bytes).unwrap();
    assert_eq!((head.chars, head.text_bytes, head.media_type.as_str()), (23, 27, "application/pdf"));
    assert_eq!(head.pages.iter().map(|page| (page.words, page.start)).collect::<Vec<_>>(), [(4, 0), (1, 20)]);
    assert_eq!(LayerHead::shape(&bytes).unwrap(), layer.shape());
    let blank = TextLayer::blank(3.0, 4.0);
    assert_eq!(TextLayer::from_bytes(&blank.to_bytes("image/png")).unwrap(), blank);
}

#[test]
fn what_is_not_sound_is_found() {
    let broken = |change: fn(&mut TextLayer)| {
        let mut layer = letter();
        change(&mut layer);
        layer.is_sound()
    };
    assert!(!broken(|layer| layer.text.truncate(3)));
    assert!(!broken(|layer| layer.pages[0].width = 0.0));
    assert!(!broken(|layer| layer.pages[0].words.swap(0, 1)));
    assert!(!broken(|layer| layer.pages[0].words[0].bounds[2] = f32::NAN));
    assert!(!broken(|layer| layer.pages.swap(0, 1)));
}

proptest! {
    #[test]
    fn a_file_that_is_cut_or_changed_is_refused_or_read_but_breaks_nothing(cut in 0_usize..400, at in 0_usize..400, byte: u8) {
        let mut bytes = letter().to_bytes("application/pdf");
        let length = bytes.len();
        bytes[at % length] = byte;
        bytes.truncate(cut % (length + 1));
        drop((TextLayer::from_bytes(&bytes), LayerHead::read(&bytes), LayerHead::shape(&bytes)));
    }
}
