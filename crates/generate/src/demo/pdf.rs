//! PDF files from scratch (ISO 32000-1): pages of A4 with text in Helvetica and lines, and nothing else. Positions are
//! points from the upper left corner.

/// Points of a page of A4.
pub const WIDTH: f64 = 595.28;
pub const HEIGHT: f64 = 841.89;

/// A document that is being written.
#[derive(Default)]
pub struct Pdf {
    /// What each page draws.
    pages: Vec<String>,
}

impl Pdf {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn add_page(&mut self) {
        self.pages.push(String::new());
    }

    /// The number of the page that was added last, from 0.
    pub fn page(&self) -> u32 {
        self.pages.len().saturating_sub(1) as u32
    }

    /// Writes a text of Latin letters on the line at `at`, from its left.
    pub fn text(&mut self, at: [f64; 2], size: f64, bold: bool, text: &str) {
        let Some(page) = self.pages.last_mut() else { return };
        let mut escaped = String::new();
        for c in text.chars() {
            match c {
                '(' | ')' | '\\' => escaped.extend(['\\', c]),
                ' '..='~' => escaped.push(c),
                // In WinAnsiEncoding these are the letters of Latin 1.
                '\u{a0}'..='\u{ff}' => escaped.push_str(&format!("\\{:03o}", c as u32)),
                _ => escaped.push('?'),
            }
        }
        let font = if bold { "F2" } else { "F1" };
        let y = HEIGHT - at[1];
        page.push_str(&format!("BT /{font} {size} Tf 1 0 0 1 {:.2} {y:.2} Tm ({escaped}) Tj ET\n", at[0]));
    }

    pub fn line(&mut self, from: [f64; 2], to: [f64; 2]) {
        let Some(page) = self.pages.last_mut() else { return };
        let (from_y, to_y) = (HEIGHT - from[1], HEIGHT - to[1]);
        page.push_str(&format!("0.5 w {:.2} {from_y:.2} m {:.2} {to_y:.2} l S\n", from[0], to[0]));
    }

    /// The file.
    pub fn finish(self) -> Vec<u8> {
        let font =
            |name: &str| format!("<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>");
        // Catalog, list of pages, two fonts; then each page and what it draws.
        let kids: Vec<String> = (0..self.pages.len()).map(|page| format!("{} 0 R", 5 + 2 * page)).collect();
        let mut objects = vec![
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), kids.len()),
            font("Helvetica"),
            font("Helvetica-Bold"),
        ];
        for (page, drawn) in self.pages.iter().enumerate() {
            let content = 6 + 2 * page;
            let fonts = "/Font << /F1 3 0 R /F2 4 0 R >>";
            objects.push(format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Resources << {fonts} >> \
                 /Contents {content} 0 R >>"
            ));
            objects.push(format!("<< /Length {} >>\nstream\n{drawn}\nendstream", drawn.len() + 1));
        }
        let (mut file, mut places) = ("%PDF-1.4\n".to_owned(), Vec::new());
        for (number, object) in objects.iter().enumerate() {
            places.push(file.len());
            file.push_str(&format!("{} 0 obj\n{object}\nendobj\n", number + 1));
        }
        let start = file.len();
        file.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
        for place in places {
            file.push_str(&format!("{place:010} 00000 n \n"));
        }
        let size = objects.len() + 1;
        file.push_str(&format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"));
        file.into_bytes()
    }
}
