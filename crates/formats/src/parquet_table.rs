//! Parquet tables on their way out: columns of values, lists and structures, every one of which may be null. Rows are
//! shredded into columns with definition and repetition levels (S. Melnik et al., 2010) and leave in row groups.

use ::parquet::{
    basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical},
    column::writer::ColumnWriter,
    data_type::ByteArray,
    errors::ParquetError,
    file::{metadata::KeyValue, properties::WriterProperties, writer::SerializedFileWriter},
    schema::types::{Type, TypePtr},
};
use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

/// What a column holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    Text,
    Bytes,
    Integer,
    /// Microseconds since 1970, in UTC.
    Time,
    Number,
    Boolean,
    List(Box<Shape>),
    Structure(Vec<(String, Shape)>),
}

impl Shape {
    pub fn list(of: Self) -> Self {
        Self::List(Box::new(of))
    }
}

/// One value of a row; it fits the shape of its column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Null,
    Text(String),
    Bytes(Vec<u8>),
    Integer(i64),
    Number(f64),
    Boolean(bool),
    List(Vec<Cell>),
    Structure(Vec<Cell>),
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub fn or_null<T>(value: Option<T>, cell: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Null, cell)
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
            Self::List(cells) | Self::Structure(cells) => cells.iter().map(Self::bytes).sum::<usize>() + 16,
            _ => 8,
        }
    }
}

fn field(name: &str, shape: &Shape) -> Result<TypePtr, ParquetError> {
    let leaf = |kind: Physical, logical: Option<LogicalType>| {
        Type::primitive_type_builder(name, kind)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical)
            .build()
            .map(Arc::new)
    };
    let group = |fields: Vec<TypePtr>, logical: Option<LogicalType>, repetition: Repetition, name: &str| {
        Type::group_type_builder(name)
            .with_fields(fields)
            .with_logical_type(logical)
            .with_repetition(repetition)
            .build()
            .map(Arc::new)
    };
    match shape {
        Shape::Text => leaf(Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Shape::Bytes => leaf(Physical::BYTE_ARRAY, None),
        Shape::Integer => leaf(Physical::INT64, None),
        Shape::Time => leaf(Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
        Shape::Number => leaf(Physical::DOUBLE, None),
        Shape::Boolean => leaf(Physical::BOOLEAN, None),
        Shape::List(of) => {
            let inner = group(vec![field("element", of)?], None, Repetition::REPEATED, "list")?;
            group(vec![inner], Some(LogicalType::List), Repetition::OPTIONAL, name)
        }
        Shape::Structure(fields) => {
            let fields = fields.iter().map(|(name, shape)| field(name, shape)).collect::<Result<_, _>>()?;
            group(fields, None, Repetition::OPTIONAL, name)
        }
    }
}

/// Values of one leaf of a row group.
enum Values {
    Bytes(Vec<ByteArray>),
    Integers(Vec<i64>),
    Numbers(Vec<f64>),
    Booleans(Vec<bool>),
}

struct Leaf {
    values: Values,
    definitions: Vec<i16>,
    repetitions: Vec<i16>,
}

fn leaves(shape: &Shape, found: &mut Vec<Leaf>) {
    let values = match shape {
        Shape::Text | Shape::Bytes => Values::Bytes(Vec::new()),
        Shape::Integer | Shape::Time => Values::Integers(Vec::new()),
        Shape::Number => Values::Numbers(Vec::new()),
        Shape::Boolean => Values::Booleans(Vec::new()),
        Shape::List(of) => return leaves(of, found),
        Shape::Structure(fields) => return fields.iter().for_each(|(_, shape)| leaves(shape, found)),
    };
    found.push(Leaf { values, definitions: Vec::new(), repetitions: Vec::new() });
}

/// Levels above a value.
#[derive(Clone, Copy)]
struct Levels {
    /// How many of the optional and repeated nodes above are there.
    definition: i16,
    /// At which list this value repeats.
    repetition: i16,
    /// How many lists are above.
    lists: i16,
}

/// Appends a value to the leaves from `at` on, and gives the leaf behind them.
fn shred(shape: &Shape, cell: &Cell, levels: Levels, at: usize, leaves: &mut [Leaf]) -> usize {
    match (shape, cell) {
        (Shape::List(of), Cell::List(cells)) if !cells.is_empty() => {
            let mut end = at;
            for (number, cell) in cells.iter().enumerate() {
                let repetition = if number == 0 { levels.repetition } else { levels.lists + 1 };
                let inner = Levels { definition: levels.definition + 2, repetition, lists: levels.lists + 1 };
                end = shred(of, cell, inner, at, leaves);
            }
            end
        }
        (Shape::List(of), _) => {
            let there = i16::from(matches!(cell, Cell::List(_)));
            absent(of, Levels { definition: levels.definition + there, ..levels }, at, leaves)
        }
        (Shape::Structure(fields), Cell::Structure(cells)) => {
            let inner = Levels { definition: levels.definition + 1, ..levels };
            let cells = cells.iter().chain(std::iter::repeat(&Cell::Null));
            fields.iter().zip(cells).fold(at, |at, ((_, shape), cell)| shred(shape, cell, inner, at, leaves))
        }
        (Shape::Structure(_), _) => absent(shape, levels, at, leaves),
        _ => {
            if let Some(leaf) = leaves.get_mut(at) {
                let there = match (&mut leaf.values, cell) {
                    (Values::Bytes(values), Cell::Text(text)) => {
                        values.push(ByteArray::from(text.as_str()));
                        true
                    }
                    (Values::Bytes(values), Cell::Bytes(bytes)) => {
                        values.push(ByteArray::from(bytes.clone()));
                        true
                    }
                    (Values::Integers(values), Cell::Integer(value)) => {
                        values.push(*value);
                        true
                    }
                    (Values::Numbers(values), Cell::Number(value)) => {
                        values.push(*value);
                        true
                    }
                    (Values::Booleans(values), Cell::Boolean(value)) => {
                        values.push(*value);
                        true
                    }
                    _ => false,
                };
                leaf.definitions.push(levels.definition + i16::from(there));
                leaf.repetitions.push(levels.repetition);
            }
            at + 1
        }
    }
}

/// Nothing in all leaves of a shape.
fn absent(shape: &Shape, levels: Levels, at: usize, leaves: &mut [Leaf]) -> usize {
    match shape {
        Shape::List(of) => absent(of, levels, at, leaves),
        Shape::Structure(fields) => fields.iter().fold(at, |at, (_, shape)| absent(shape, levels, at, leaves)),
        _ => shred(shape, &Cell::Null, levels, at, leaves),
    }
}

/// Bytes on their way from the writer to where they go.
#[derive(Clone, Default)]
struct Pipe(Arc<Mutex<Vec<u8>>>);

impl Pipe {
    fn drain(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut bytes = self.0.lock().map_err(|_| io::Error::other("an earlier write failed"))?;
        out.write_all(&bytes)?;
        bytes.clear();
        Ok(())
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut waiting = self.0.lock().map_err(|_| io::Error::other("an earlier write failed"))?;
        waiting.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Rows and bytes of a row group.
const GROUP_ROWS: usize = 1000;
const GROUP_BYTES: usize = 32 << 20;

pub(crate) struct Table {
    columns: Vec<(String, Shape)>,
    writer: SerializedFileWriter<Pipe>,
    pipe: Pipe,
    leaves: Vec<Leaf>,
    rows: usize,
    bytes: usize,
    total_rows: u64,
    /// Bytes of values in the groups that are written.
    pub total_bytes: u64,
}

impl Table {
    /// `notes` are keys and values of the footer.
    pub fn new(columns: Vec<(String, Shape)>, notes: Vec<(String, String)>) -> io::Result<Self> {
        let fields = columns.iter().map(|(name, shape)| field(name, shape)).collect::<Result<_, _>>();
        let root = fields.and_then(|fields| Type::group_type_builder("schema").with_fields(fields).build());
        let notes = notes.into_iter().map(|(key, value)| KeyValue { key, value: Some(value) }).collect();
        let properties =
            WriterProperties::builder().set_compression(Compression::SNAPPY).set_key_value_metadata(Some(notes));
        // The version of the library would be in every file.
        let properties = properties.set_created_by("labelwright".to_owned()).build();
        let pipe = Pipe::default();
        let root = Arc::new(root.map_err(io::Error::other)?);
        let writer = SerializedFileWriter::new(pipe.clone(), root, Arc::new(properties)).map_err(io::Error::other)?;
        let mut table =
            Self { columns, writer, pipe, leaves: Vec::new(), rows: 0, bytes: 0, total_rows: 0, total_bytes: 0 };
        table.clear();
        Ok(table)
    }

    fn clear(&mut self) {
        self.leaves.clear();
        self.columns.iter().for_each(|(_, shape)| leaves(shape, &mut self.leaves));
        (self.rows, self.bytes) = (0, 0);
    }

    /// A row with a cell for every column.
    pub fn row(&mut self, cells: &[Cell], out: &mut dyn Write) -> io::Result<()> {
        let cells = cells.iter().chain(std::iter::repeat(&Cell::Null));
        let top = Levels { definition: 0, repetition: 0, lists: 0 };
        let mut at = 0;
        for ((_, shape), cell) in self.columns.iter().zip(cells) {
            self.bytes += cell.bytes();
            at = shred(shape, cell, top, at, &mut self.leaves);
        }
        self.rows += 1;
        if self.rows < GROUP_ROWS && self.bytes < GROUP_BYTES {
            return Ok(());
        }
        self.flush_group(out)
    }

    fn flush_group(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if self.rows == 0 {
            return Ok(());
        }
        self.total_rows += self.rows as u64;
        self.total_bytes += self.bytes as u64;
        write_group(&mut self.writer, &self.leaves).map_err(io::Error::other)?;
        self.clear();
        self.pipe.drain(out)
    }

    /// Rows of the table, and bytes of their values.
    pub fn finish(mut self, out: &mut dyn Write) -> io::Result<(u64, u64)> {
        self.flush_group(out)?;
        self.writer.close().map_err(io::Error::other)?;
        self.pipe.drain(out)?;
        Ok((self.total_rows, self.total_bytes))
    }
}

fn write_group(writer: &mut SerializedFileWriter<Pipe>, leaves: &[Leaf]) -> Result<(), ParquetError> {
    let mut group = writer.next_row_group()?;
    for leaf in leaves {
        let Some(mut column) = group.next_column()? else { break };
        let (definitions, repetitions) = (Some(leaf.definitions.as_slice()), Some(leaf.repetitions.as_slice()));
        match (column.untyped(), &leaf.values) {
            (ColumnWriter::ByteArrayColumnWriter(typed), Values::Bytes(values)) => {
                typed.write_batch(values, definitions, repetitions)?
            }
            (ColumnWriter::Int64ColumnWriter(typed), Values::Integers(values)) => {
                typed.write_batch(values, definitions, repetitions)?
            }
            (ColumnWriter::DoubleColumnWriter(typed), Values::Numbers(values)) => {
                typed.write_batch(values, definitions, repetitions)?
            }
            (ColumnWriter::BoolColumnWriter(typed), Values::Booleans(values)) => {
                typed.write_batch(values, definitions, repetitions)?
            }
            _ => return Err(ParquetError::General("a column has values of another kind".into())),
        };
        column.close()?;
    }
    group.close().map(drop)
}
