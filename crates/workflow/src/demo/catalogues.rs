//! Entries of two catalogues that may mean the same article: written by different hands, some of them only alike.

use labelwright_core::table::Table;
use labelwright_generate::demo::dice::Dice;
use serde_json::Value as Json;

pub const GUIDELINES: &str = "# Catalogue entries\n\nDo both entries mean **the same article**?\n\n\
- Another spelling, another order of words or a missing maker is no difference.\n\
- Another model number, size or unit **is** one. Mark the cells that say so as *Difference*.\n\
- The price alone decides nothing: shops ask different prices.\n\
- If the number of the model is missing on one side and nothing else decides, say *Cannot tell*.\n";

pub struct Pair {
    pub table: Table,
    /// Id of the option that is right.
    pub verdict: &'static str,
    /// How sure one can be, 1 to 3.
    pub sure: u8,
    /// Column of the cells that speak against it.
    pub difference: Option<u32>,
}

const KINDS: [(&str, &str); 6] = [
    ("cordless drill", "18 V"),
    ("bench grinder", "350 W"),
    ("garden pump", "3600 l/h"),
    ("angle grinder", "125 mm"),
    ("heat gun", "2000 W"),
    ("orbital sander", "240 W"),
];
const MAKERS: [&str; 6] = ["Nordhag", "Velt & Söhne", "Okumi", "Brightwater", "Castella", "Rhone Tools"];
const COLUMNS: [&str; 5] = ["title", "maker", "model", "size", "price"];
const MODEL: u32 = 2;
const SIZE: u32 = 3;

/// As somebody else writes it.
fn another_hand(title: &str, dice: &mut Dice) -> String {
    let words: Vec<&str> = title.split(' ').collect();
    match dice.below(4) {
        0 => title.to_uppercase(),
        1 => words.iter().rev().copied().collect::<Vec<_>>().join(", "),
        2 => format!("{title} (new)"),
        _ => title.replace("cordless", "battery").replace("grinder", "grinding machine"),
    }
}

pub fn write(index: u64) -> Pair {
    let mut dice = Dice::new("catalogues", index);
    let (kind, size) = *dice.pick(&KINDS);
    let maker = *dice.pick(&MAKERS);
    let letter = *dice.pick(&["A", "B", "K", "T", "X"]);
    let number = 100 + dice.below(80) * 10;
    let model = format!("{letter}{number}");
    let price = 20.0 + dice.below(280) as f64 + 0.9;
    let left = [kind.to_owned(), maker.to_owned(), model.clone(), size.to_owned()];
    let mut right = [
        another_hand(kind, &mut dice),
        if dice.chance(0.2) { String::new() } else { maker.to_uppercase() },
        format!("{letter}-{number}"),
        size.replace(' ', ""),
    ];
    let (verdict, sure, difference) = match dice.below(10) {
        0..5 => ("same", 3, None),
        5 | 6 => {
            right[MODEL as usize] = format!("{letter}-{}", number + 10 * (1 + dice.below(3)));
            ("different", 3, Some(MODEL))
        }
        7 | 8 => {
            let other = size.replace("18", "12").replace("350", "450").replace("3600", "4600").replace("125", "230");
            right[SIZE as usize] = other.replace("2000", "1600").replace("240", "320");
            ("different", 2, Some(SIZE))
        }
        _ => {
            right[MODEL as usize].clear();
            ("cannot_tell", 1, None)
        }
    };
    let row = |cells: [String; 4], price: f64| {
        let said = cells.into_iter().map(|cell| if cell.is_empty() { Json::Null } else { cell.into() });
        said.chain([price.into()]).collect()
    };
    let other_price = price + dice.below(12) as f64 - 4.0;
    let table = Table {
        columns: COLUMNS.map(str::to_owned).to_vec(),
        rows: vec![row(left, price), row(right, other_price)],
        titles: vec!["Catalogue A".to_owned(), "Catalogue B".to_owned()],
    };
    Pair { table, verdict, sure, difference }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn what_is_said_of_a_pair_holds_of_its_cells() {
        let mut verdicts = BTreeSet::new();
        for index in 0..200 {
            let pair = write(index);
            assert_eq!(Table::stored(&pair.table.canonical_json()).as_ref(), Some(&pair.table));
            let cell = |row: usize, column: u32| {
                let text = pair.table.rows[row][column as usize].as_str().unwrap_or_default();
                text.replace(['-', ' '], "")
            };
            let differ: Vec<u32> = [MODEL, SIZE].into_iter().filter(|at| cell(0, *at) != cell(1, *at)).collect();
            match pair.verdict {
                "same" => assert!(differ.is_empty(), "{index}"),
                "different" => assert_eq!(differ, Vec::from_iter(pair.difference), "{index}"),
                _ => assert_eq!(cell(1, MODEL), "", "{index}"),
            }
            verdicts.insert(pair.verdict);
        }
        assert_eq!(verdicts.len(), 3);
    }
}
