//! Invoices for the project of documents: PDF files of one or two pages that are put together from scratch, with what stands
//! where.

use super::{dice::Dice, pdf::Pdf};

/// Something of an invoice that is to be found.
pub struct Mark {
    pub class: &'static str,
    /// From 0.
    pub page: u32,
    /// Where its first word begins: left, and the line that it stands on, in points from the upper left corner.
    pub at: [f64; 2],
    pub text: String,
}

pub struct Invoice {
    pub pdf: Vec<u8>,
    /// What is a place in the text.
    pub marks: Vec<Mark>,
    /// Rows of the table: page, and left, top, right, bottom in points.
    pub rows: Vec<(u32, [f64; 4])>,
    /// Id of the currency.
    pub currency: &'static str,
}

const SELLERS: [[&str; 3]; 4] = [
    ["Harbour Paper Works", "12 Quay Street", "Bristol BS1 4DJ"],
    ["Lindqvist Instruments", "Storgatan 8", "411 38 Gothenburg"],
    ["Moulin Tea Company", "3 rue des Halles", "59000 Lille"],
    ["Northfield Seeds", "221 County Road", "Ames, Iowa 50010"],
];
const BUYERS: [&str; 5] = ["Open Bakery", "City Library", "Hotel Miramar", "Riverside School", "Kite Cycles"];
const GOODS: [&str; 8] = [
    "Notebook A5, ruled",
    "Thermometer, glass",
    "Earl Grey, loose, 1 kg",
    "Sunflower seeds, 5 kg",
    "Envelope, window",
    "Scale, 0 to 5 kg",
    "Tea cup, white",
    "Label roll, 500",
];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Columns of the table, in points from the left.
const COLUMNS: [f64; 4] = [56.0, 300.0, 370.0, 460.0];
const ROW: f64 = 20.0;
/// Rows of the table on the first page.
const FIRST_ROWS: usize = 14;

pub fn write(index: u64) -> Invoice {
    let mut dice = Dice::new("invoices", index);
    let seller = dice.pick(&SELLERS);
    let (currency, sign) = *dice.pick(&[("eur", "EUR"), ("usd", "USD"), ("gbp", "GBP")]);
    let number = format!("{}-{:04}", 2024 + dice.below(3), 1 + dice.below(9000));
    let date = format!("{} {} {}", 1 + dice.below(28), dice.pick(&MONTHS), 2024 + dice.below(3));
    // One in five is too long for a page.
    let count = if dice.chance(0.2) { 15 + dice.below(6) } else { 2 + dice.below(7) };
    let (mut pdf, mut marks, mut rows) = (Pdf::new(), Vec::new(), Vec::new());
    let mut mark = |pdf: &mut Pdf, class, at: [f64; 2], size: f64, text: String| {
        pdf.text(at, size, false, &text);
        marks.push(Mark { class, page: pdf.page(), at, text });
    };
    pdf.add_page();
    mark(&mut pdf, "seller", [56.0, 70.0], 16.0, seller[0].to_owned());
    pdf.text([56.0, 88.0], 9.0, false, seller[1]);
    pdf.text([56.0, 100.0], 9.0, false, seller[2]);
    pdf.text([400.0, 70.0], 20.0, true, "INVOICE");
    pdf.text([400.0, 100.0], 10.0, true, "Number");
    mark(&mut pdf, "invoice_number", [460.0, 100.0], 10.0, number);
    pdf.text([400.0, 116.0], 10.0, true, "Date");
    mark(&mut pdf, "date", [460.0, 116.0], 10.0, date);
    pdf.text([56.0, 150.0], 10.0, true, "Billed to");
    mark(&mut pdf, "buyer", [56.0, 166.0], 11.0, (*dice.pick(&BUYERS)).to_owned());
    let header = |pdf: &mut Pdf, y: f64| {
        for (x, title) in COLUMNS.iter().zip(["Description", "Count", "Price", "Amount"]) {
            pdf.text([*x, y], 10.0, true, title);
        }
        pdf.line([56.0, y + 5.0], [540.0, y + 5.0]);
    };
    header(&mut pdf, 220.0);
    let (mut y, mut sum) = (220.0, 0);
    for row in 0..count {
        if row == FIRST_ROWS {
            pdf.add_page();
            y = 80.0;
            header(&mut pdf, y);
        }
        y += ROW;
        let (pieces, cents) = (1 + dice.below(12), 90 + 5 * dice.below(700));
        sum += pieces * cents;
        let cells = [(*dice.pick(&GOODS)).to_owned(), pieces.to_string(), money(cents), money(pieces * cents)];
        for (x, cell) in COLUMNS.iter().zip(&cells) {
            pdf.text([*x, y], 10.0, false, cell);
        }
        rows.push((pdf.page(), [52.0, y - 12.0, 540.0, y + 5.0]));
    }
    let tax = sum / 5;
    y += 1.5 * ROW;
    pdf.line([300.0, y - 14.0], [540.0, y - 14.0]);
    pdf.text([370.0, y], 10.0, false, "Tax 20 %");
    mark(&mut pdf, "tax", [460.0, y], 10.0, money(tax));
    pdf.text([370.0, y + ROW], 11.0, true, &format!("Total {sign}"));
    mark(&mut pdf, "total", [460.0, y + ROW], 11.0, money(sum + tax));
    pdf.text([56.0, 800.0], 8.0, false, "Payable within 30 days. Goods stay ours until they are paid.");
    Invoice { pdf: pdf.finish(), marks, rows, currency }
}

fn money(cents: usize) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

#[cfg(test)]
mod tests {
    use super::write;

    #[test]
    fn invoices_have_all_their_parts_and_come_the_same_again() {
        let mut pages = std::collections::BTreeSet::new();
        for index in 0..40 {
            let invoice = write(index);
            assert!(invoice.pdf.starts_with(b"%PDF-1.4") && invoice.pdf.ends_with(b"%%EOF\n"));
            assert_eq!(invoice.marks.len(), 6);
            assert!(invoice.rows.len() >= 2);
            pages.extend(invoice.rows.iter().map(|(page, _)| *page));
            assert_eq!(write(index).pdf, invoice.pdf);
        }
        assert_eq!(pages.len(), 2, "some have a second page");
    }
}
