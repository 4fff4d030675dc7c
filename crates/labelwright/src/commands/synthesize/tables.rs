//! Rows like those of an example table. An item's text is the row, its metadata are the columns, and the label's column is
//! its answer.

use super::{Order, writings::SOURCE};
use crate::batch::{Output, csv::Csv};
use labelwright_core::{
    Answer, LabelSchema, Modality, Value,
    schema::{Choice, Field, FieldKind},
};
use labelwright_formats::{ExportItem, SourcedAnswer};
use labelwright_generate::synthesis::table::{Cell, Table, TableRecipe};
use std::path::Path;

/// Cells of an example: it is learned from as a whole.
const CELLS_MAXIMUM: usize = 50_000_000;

pub fn rows(order: &Order<'_>) -> Result<(LabelSchema, Vec<ExportItem>), String> {
    let recipe = TableRecipe::parse(&order.recipe).map_err(|error| order.about(error))?;
    let path = order.folder.join(&recipe.example);
    let (names, rows) = example(&path)?;
    let table = Table::new(names, rows, recipe).map_err(|error| format!("{}: {error}", path.display()))?;
    if table.incomplete > 0 {
        eprintln!("{}: {} rows have empty cells and are not learned from", path.display(), table.incomplete);
    }
    let made = table.make(order.count(), order.options.seed).map_err(|error| format!("{}: {error}", path.display()))?;
    if let Some(path) = &order.options.table {
        write(path, &table.names, &made).map_err(|error| error.to_string())?;
    }
    let label = table.label().map(|(at, _)| at);
    let items = made.iter().enumerate().map(|(at, row)| {
        let mut item = order.item("row", at + 1, "", Modality::Text, None);
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
    });
    Ok((schema(&table), items.collect()))
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
        Field { id: name.clone(), title: name, help: String::new(), kind, required: false, when: None }
    });
    LabelSchema {
        name: "synthetic".into(),
        description: String::new(),
        modality: Modality::Text,
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

fn write(path: &Path, names: &[String], rows: &[Vec<Cell>]) -> Result<(), crate::environment::Failure> {
    let mut file = Output::create(path)?;
    file.record(&names.iter().map(String::as_bytes).collect::<Vec<_>>())?;
    for row in rows {
        let cells: Vec<String> = row.iter().map(spelled).collect();
        file.record(&cells.iter().map(String::as_bytes).collect::<Vec<_>>())?;
    }
    file.commit()
}
