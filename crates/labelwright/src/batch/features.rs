//! Feature vectors with ids: a table with `id` and number columns, a Parquet table with a list column `vector`, or a
//! NumPy array (ids are then row numbers from 0).

use super::{Interner, Table, numpy, table::Cell};
use crate::environment::Failure;
use std::path::Path;

#[derive(Debug, Clone, Default)]
pub struct Features {
    /// In natural order.
    pub ids: Interner,
    /// Row by row, in the order of `ids`.
    pub values: Vec<f64>,
    pub columns: usize,
}

impl Features {
    pub fn read(path: &Path) -> Result<Self, Failure> {
        if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("npy")) {
            let (rows, columns, values) = numpy::read(path)?;
            let mut ids = Interner::new();
            for row in 0..rows {
                ids.intern(row.to_string().as_bytes());
            }
            return Ok(Self { ids, values, columns });
        }
        let table = Table::open(path)?;
        table.column("id")?;
        if table.parquet().is_some() && table.columns().iter().any(|column| column == "vector") {
            return Self::lists(path, &table);
        }
        let names: Vec<String> = table.columns().iter().filter(|column| *column != "id").cloned().collect();
        if names.is_empty() {
            return Err(format!("{}: no column of numbers beside \"id\"", path.display()).into());
        }
        let mut wanted = vec!["id"];
        wanted.extend(names.iter().map(String::as_str));
        let (mut ids, mut values, mut room) = (Interner::new(), Vec::new(), Vec::new());
        let mut seen = 0;
        table.read(&wanted, |row| {
            let id = row.required(0, &mut room)?;
            ids.intern(id).ok_or("more than 4,294,967,295 ids")?;
            seen += 1;
            if ids.len() < seen {
                return Err(row.wrong(0, "the id was there before"));
            }
            for index in 1..wanted.len() {
                values.push(row.required_number(index)?);
            }
            Ok(())
        })?;
        Ok(Self { ids, values, columns: names.len() }.sorted())
    }

    fn lists(path: &Path, table: &Table) -> Result<Self, Failure> {
        let wrong = |row: u64, message: &str| -> Failure {
            format!("{}, row {row}, column \"vector\": {message}", path.display()).into()
        };
        let places = [table.column("id")?, table.column("vector")?];
        let mut found = Self::default();
        let mut number = 0_u64;
        let Some(parquet) = table.parquet() else { return Ok(found) };
        parquet.batches(&places, &mut |columns, rows| {
            let [ids, vectors] = columns else { return Ok(()) };
            let mut at = 0;
            for row in 0..rows {
                number += 1;
                let id = match ids.cell(row) {
                    Cell::Text(text) => text.to_vec(),
                    Cell::Integer(id) => id.to_string().into_bytes(),
                    _ => return Err(wrong(number, "the id is empty or not text or a whole number")),
                };
                found.ids.intern(&id).ok_or("more than 4,294,967,295 ids")?;
                if (found.ids.len() as u64) < number {
                    return Err(wrong(number, "the id was there before"));
                }
                let length = vectors.lengths.get(row).copied().unwrap_or(0) as usize;
                if number == 1 {
                    found.columns = length;
                }
                if length != found.columns || length == 0 {
                    return Err(wrong(number, &format!("{length} numbers where the first row has {}", found.columns)));
                }
                for place in at..at + length {
                    let value = match vectors.cell(place) {
                        Cell::Number(value) if value.is_finite() => value,
                        Cell::Integer(value) => value as f64,
                        other => return Err(wrong(number, &format!("{other:?} is not a finite number"))),
                    };
                    found.values.push(value);
                }
                at += length;
            }
            Ok(())
        })?;
        Ok(found.sorted())
    }

    /// Ids in natural order, the rows with them.
    fn sorted(mut self) -> Self {
        let Some(new_of) = self.ids.reorder() else { return self };
        let mut values = vec![0.0; self.values.len()];
        for (row, new) in self.values.chunks_exact(self.columns.max(1)).zip(&new_of) {
            let start = *new as usize * self.columns;
            if let Some(place) = values.get_mut(start..start + self.columns) {
                place.copy_from_slice(row);
            }
        }
        self.values = values;
        self
    }
}
