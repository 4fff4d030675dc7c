//! PDFs of another program against the words that another reader finds in them, and files that are none.
#![allow(clippy::unwrap_used)]

use labelwright_core::document::TextLayer;
use labelwright_media::{
    Refused,
    document::{read, read_head},
};

const LETTER: &[u8] = include_bytes!("data/letter.pdf");
const LOCKED: &[u8] = include_bytes!("data/locked.pdf");

/// What pdfplumber reads, see scripts/fixtures/documents.py: sizes of pages, words with left, top, right and bottom.
#[derive(serde::Deserialize)]
struct Page {
    size: [f64; 2],
    words: Vec<(String, f64, f64, f64, f64)>,
}

fn refused(bytes: &[u8]) -> (&'static str, String) {
    match read(bytes.to_vec()).unwrap_err() {
        Refused::Data { code, message } => (code, message),
        Refused::Output(error) => panic!("{error}"),
    }
}

fn words(layer: &TextLayer, page: usize) -> Vec<(String, [f32; 4])> {
    let text: Vec<char> = layer.text.chars().collect();
    let word = |word: &labelwright_core::document::Word| {
        (text[word.start as usize..word.end as usize].iter().collect(), word.bounds)
    };
    layer.pages[page].words.iter().map(word).collect()
}

#[test]
fn words_and_boxes_are_those_of_pdfplumber_within_a_point() {
    let layer = read(LETTER.to_vec()).unwrap();
    assert!(layer.is_sound());
    let expected: Vec<Page> = serde_json::from_str(include_str!("data/letter.json")).unwrap();
    assert_eq!(layer.pages.len(), expected.len());
    let mut furthest: f64 = 0.0;
    for (number, page) in expected.iter().enumerate() {
        let size = [layer.pages[number].width, layer.pages[number].height];
        assert!(size.iter().zip(page.size).all(|(one, other)| (one - other).abs() < 0.01), "{size:?} {:?}", page.size);
        let found = words(&layer, number);
        let told: Vec<&str> = found.iter().map(|(word, _)| word.as_str()).collect();
        let wanted: Vec<&str> = page.words.iter().map(|word| word.0.as_str()).collect();
        assert_eq!(told, wanted);
        for ((word, bounds), (_, left, top, right, bottom)) in found.iter().zip(&page.words) {
            for (mine, theirs) in bounds.iter().zip([left, top, right, bottom]) {
                let apart = (f64::from(*mine) - theirs).abs();
                furthest = furthest.max(apart);
                assert!(apart < 1.0, "{word}: {bounds:?}, pdfplumber {left} {top} {right} {bottom}");
            }
        }
    }
}

#[test]
fn lines_and_blocks_are_those_that_one_sees() {
    let layer = read(LETTER.to_vec()).unwrap();
    let lines: Vec<&str> = layer.text.split('\n').filter(|line| !line.is_empty()).collect();
    assert_eq!(lines[0], "Dear reader, this letter has (brackets) and a back\\slash.");
    assert_eq!(lines[3], "Zoë naïve Škoda Ελλάδα Привет 100 €");
    assert_eq!(lines[lines.len() - 2..], ["Upright when turned", "below the first"]);
}

#[test]
fn what_is_no_readable_document_says_why() {
    assert_eq!(refused(b"").0, "empty_file");
    assert_eq!(refused(b"\x89PNG\r\n\x1a\n and so on").0, "not_a_document");
    assert_eq!(refused(b"%PDF-1.7\nnothing else").0, "damaged");
    let (code, message) = refused(LOCKED);
    assert_eq!(code, "encrypted");
    assert!(message.contains("password"), "{message}");
}

/// Whatever was cut off or changed, reading ends with words or with a reason.
#[test]
fn damaged_files_are_read_or_refused() {
    for length in (0..LETTER.len()).step_by(997) {
        drop(read(LETTER[..length].to_vec()));
    }
    for at in (0..LETTER.len()).step_by(499) {
        let mut bytes = LETTER.to_vec();
        bytes[at] ^= 0x55;
        drop(read(bytes));
    }
}

#[test]
fn more_pages_than_anybody_reads_are_refused() {
    let (mut kids, mut pages) = (String::new(), String::new());
    for number in 3..10_004 {
        kids.push_str(&format!("{number} 0 R "));
        pages.push_str(&format!("{number} 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 10 10] >>\nendobj\n"));
    }
    let file = format!(
        "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n\
         2 0 obj\n<< /Type /Pages /Kids [{kids}] /Count 10001 >>\nendobj\n{pages}\
         trailer\n<< /Root 1 0 R /Size 10004 >>\n%%EOF\n"
    );
    assert_eq!(refused(file.as_bytes()).0, "too_many_pages");
}

#[test]
fn the_head_is_read_from_the_beginning_of_the_layer() {
    let layer = read(LETTER.to_vec()).unwrap();
    let bytes = layer.to_bytes("application/pdf");
    let head = read_head(&mut bytes.as_slice()).unwrap();
    assert_eq!((head.pages.len(), head.chars as usize), (2, layer.text.chars().count()));
    assert!(read_head(&mut &b"LWAUDIO1...."[..]).is_err());
}
