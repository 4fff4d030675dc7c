//! Tables of a page that hold data: those that hold further tables only lay a page out.

use super::{ElementRef, Html, Selector, all, line, selector};
use serde::Serialize;
use std::sync::LazyLock;

const TABLES_MAXIMUM: usize = 50;
const ROWS_MAXIMUM: usize = 5000;
const COLUMNS_MAXIMUM: usize = 200;
const CELL_CHARS: usize = 1000;
/// Cells of all tables of a page.
const CELLS_MAXIMUM: usize = 50_000;

selector!(TABLE, "table");
selector!(CAPTION, "caption");
selector!(ROW, "tr");
selector!(CELL, "th, td");

/// One table: its rows in order, cells of several columns or rows once for each.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Table {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// Empty where the first row is no row of headings.
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

pub fn tables(html: &Html) -> Vec<Table> {
    let Some(selector) = TABLE.as_ref() else { return Vec::new() };
    let with_data = all(html, &TABLE).filter(|table| table.select(selector).next().is_none());
    let mut cells = 0;
    with_data.filter_map(|element| table(element, &mut cells)).take(TABLES_MAXIMUM).collect()
}

fn table(element: ElementRef<'_>, cells: &mut usize) -> Option<Table> {
    let mut found = Table {
        caption: element.select(CAPTION.as_ref()?).find_map(|caption| line(caption.text(), CELL_CHARS)),
        ..Table::default()
    };
    // Cells that reach into rows below: column, rows that are left, text.
    let mut reaching: Vec<(usize, usize, String)> = Vec::new();
    for row in element.select(ROW.as_ref()?).take(ROWS_MAXIMUM) {
        let (mut values, mut all_headings): (Vec<String>, bool) = (Vec::new(), true);
        let mut below = Vec::new();
        for cell in row.select(CELL.as_ref()?) {
            fill(&mut values, &mut reaching);
            let span = |name| cell.attr(name).and_then(|text: &str| text.trim().parse().ok()).unwrap_or(1).max(1);
            let (columns, rows): (usize, usize) = (span("colspan"), span("rowspan"));
            all_headings &= cell.value().name() == "th";
            let text = line(cell.text(), CELL_CHARS).unwrap_or_default();
            for _ in 0..columns.min(COLUMNS_MAXIMUM.saturating_sub(values.len())) {
                if rows > 1 {
                    below.push((values.len(), rows - 1, text.clone()));
                }
                values.push(text.clone());
            }
            *cells += columns.min(COLUMNS_MAXIMUM);
        }
        fill(&mut values, &mut reaching);
        reaching.extend(below);
        if *cells > CELLS_MAXIMUM {
            break;
        }
        if values.is_empty() {
            continue;
        }
        if all_headings && found.header.is_empty() && found.rows.is_empty() {
            found.header = values;
        } else {
            found.rows.push(values);
        }
    }
    // One column or one row is a layout or a list.
    (found.rows.iter().any(|row| row.len() > 1) && found.rows.len() + usize::from(!found.header.is_empty()) > 1)
        .then_some(found)
}

/// Puts in what reaches down from rows above at this place.
fn fill(values: &mut Vec<String>, reaching: &mut Vec<(usize, usize, String)>) {
    while let Some(at) = reaching.iter().position(|(column, ..)| *column == values.len()) {
        let Some((_, rows, text)) = reaching.get_mut(at) else { return };
        values.push(text.clone());
        *rows -= 1;
        // Met again only in the next row.
        if *rows == 0 {
            reaching.remove(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_spans_and_layouts() {
        let html = Html::parse_document(
            "<table><tr><td><table><caption>Cities</caption><tr><th>City<th>Country<th>People</tr>\
             <tr><td>Bonn<td rowspan=2>Germany<td>330 000</tr><tr><td>Ulm<td>130 000</tr>\
             <tr><td colspan=2>all</td><td>460 000</td></tr></table></td></tr></table><table><tr><td>one cell</table>",
        );
        let found = tables(&html);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].caption.as_deref(), Some("Cities"));
        assert_eq!(found[0].header, ["City", "Country", "People"]);
        assert_eq!(
            found[0].rows,
            [["Bonn", "Germany", "330 000"], ["Ulm", "Germany", "130 000"], ["all", "all", "460 000"]]
        );
    }
}
