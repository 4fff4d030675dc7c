//! Rows like those of an example table. An item's text is the row, its metadata are the columns, and the label's column is
//! its answer.

use super::{Order, stream::Maker, writings::SOURCE};
use crate::{
    batch::{Output, csv::Csv},
    commands::augment::beside,
};
use labelwright_core::{
    Answer, LabelSchema, Modality, Value,
    numeric::in_chunks,
    schema::{Choice, Field, FieldKind},
};
use labelwright_formats::{ExportItem, SourcedAnswer};
use labelwright_generate::synthesis::table::{Cell, Table, TableRecipe};
use std::{cell::RefCell, ops::Range, path::Path, rc::Rc};

/// Cells of an example: it is learned from as a whole.
const CELLS_MAXIMUM: usize = 50_000_000;
/// Rows that are in memory at a time, and those of them that one worker makes before it takes the next ones.
const BATCH: usize = 1024;
const UNIT: usize = 64;

/// The example, understood.
pub fn learned(order: &Order<'_>) -> Result<Table, String> {
    let recipe = TableRecipe::parse(&order.recipe).map_err(|error| order.about(error))?;
    let path = beside(&order.folder, &recipe.example)?;
    let (names, rows) = example(&path)?;
    let table = Table::new(names, rows, recipe).map_err(|error| format!("{}: {error}", path.display()))?;
    if table.incomplete > 0 {
        eprintln!("{}: {} rows have empty cells and are not learned from", path.display(), table.incomplete);
    }
    Ok(table)
}

/// The rows as a table too, if that is wanted: in its place only when all else is written.
pub struct File(Option<Rc<RefCell<Output>>>);

impl File {
    pub fn commit(self) -> Result<(), String> {
        let Some(file) = self.0 else { return Ok(()) };
        let file = Rc::into_inner(file).ok_or("the table is still being written")?;
        file.into_inner().commit().map_err(|error| error.to_string())
    }
}

pub fn rows<'a>(order: &'a Order<'_>, table: &'a Table) -> Result<(Maker<'a>, File), String> {
    let rows = table.rows(order.count(), order.options.seed).map_err(|error| order.about(error))?;
    let file = match &order.options.table {
        None => None,
        Some(path) => {
            let mut file = Output::create(path).map_err(|error| error.to_string())?;
            let names: Vec<&[u8]> = table.names.iter().map(String::as_bytes).collect();
            file.record(&names).map_err(|error| error.to_string())?;
            Some(Rc::new(RefCell::new(file)))
        }
    };
    let copy = file.clone();
    let make = move |numbers: Range<usize>| {
        let count = numbers.len();
        let made = in_chunks(count.div_ceil(UNIT), |unit| {
            let first = numbers.start + unit * UNIT;
            (first..(first + UNIT).min(numbers.end)).map(|number| rows.row(number - 1)).collect::<Vec<_>>()
        });
        let mut items = Vec::with_capacity(count);
        for (row, number) in made.into_iter().flatten().zip(numbers.clone()) {
            if let Some(file) = &copy {
                let cells: Vec<String> = row.iter().map(spelled).collect();
                let cells: Vec<&[u8]> = cells.iter().map(String::as_bytes).collect();
                file.borrow_mut().record(&cells).map_err(|error| error.to_string())?;
            }
            items.push(item(order, table, number, &row));
        }
        Ok(items)
    };
    Ok((Maker { schema: schema(table), batch: BATCH, make: Box::new(make) }, File(file)))
}

fn item(order: &Order<'_>, table: &Table, number: usize, row: &[Cell]) -> ExportItem {
    let label = table.label().map(|(at, _)| at);
    let mut item = order.item("row", number, "", Modality::Text, None);
    let mut lines = Vec::with_capacity(row.len());
    for (column, (name, cell)) in table.names.iter().zip(row).enumerate() {
        if label == Some(column) {
            let mut answer = Answer::default();
            answer.fields.insert(name.clone(), Value::Text(spelled(cell)));
            item.answers.push(SourcedAnswer::new(SOURCE, answer));
            continue;
        }
        lines.push(format!("{name}: {}", spelled(cell)));
        // A column cannot hide where the row comes from.
        let mut name = name.clone();
        while item.metadata.contains_key(&name) {
            name.push('_');
        }
        item.metadata.insert(
            name,
            match cell {
                Cell::Number(number) => (*number).into(),
                Cell::Word(word) => word.as_str().into(),
            },
        );
    }
    item.text = Some(lines.join("\n"));
    item
}

fn spelled(cell: &Cell) -> String {
    match cell {
        Cell::Number(number) => number.to_string(),
        Cell::Word(word) => word.clone(),
    }
}

fn schema(table: &Table) -> LabelSchema {
    let field = table.label().map(|(at, words)| {
        let options = words.iter().map(|word| Choice {
            id: word.clone(),
            title: word.clone(),
            description: String::new(),
            color: None,
            hotkey: None,
            children: Vec::new(),
        });
        let kind = FieldKind::Choice { options: options.collect(), multiple: false, min: None, max: None };
        let name = table.names.get(at).cloned().unwrap_or_default();
        Field { id: name.clone(), title: name, help: String::new(), kind, required: false, when: None, mutable: false }
    });
    LabelSchema {
        name: "synthetic".into(),
        description: String::new(),
        modality: Modality::Text,
        panes: Vec::new(),
        fields: field.into_iter().collect(),
        classes: Vec::new(),
        relations: Vec::new(),
    }
}

fn example(path: &Path) -> Result<(Vec<String>, Vec<Vec<String>>), String> {
    let mut csv = Csv::open(path).map_err(|error| error.to_string())?;
    let names = csv.columns.clone();
    let (mut rows, mut cells) = (Vec::new(), 0);
    csv.records(u64::MAX, &mut |record| {
        let cell = |at| String::from_utf8_lossy(record.field(at).unwrap_or_default()).into_owned();
        cells += names.len();
        if cells > CELLS_MAXIMUM {
            return Err(
                format!("{}: more than {CELLS_MAXIMUM} cells; take a sample of the rows", path.display()).into()
            );
        }
        rows.push((0..names.len()).map(cell).collect());
        Ok(())
    })
    .map_err(|error| error.to_string())?;
    Ok((names, rows))
}
