//! `labelwright embed`: feature vectors of texts, pictures, sounds and rows of tables.

mod model;

use crate::{
    batch::{Interner, Table, pictures, vector_file, wav},
    environment::Failure,
};
use clap::{Args, ValueEnum};
use labelwright_learn::{
    Matrix,
    embed::{audio, image, table, text},
};
use serde_json::json;
use std::path::{Path, PathBuf};

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Texts are a table with id, text, or a folder of .txt files; pictures and sounds (.wav) are files or \
    folders. Ids of files are their paths. A table has id and columns of any kind: numbers are brought to one scale, other \
    columns become one column a value.\nThe output has id and the list column vector (.parquet), or id, f0, f1, ... \
    (.csv). Nothing is downloaded: texts become hashed words and runs of characters by their frequency, pictures colours, \
    gradients and frequencies, sounds statistics of mel bands.\nWith --model, a sentence encoder or a picture encoder in \
    ONNX makes them. Beside the file are looked for: tokenizer.json (texts), preprocessor_config.json (pictures). The model \
    is probed first; one that ignores an input, or whose output is not what it declares, is refused.\n\nExamples:\n  \
    labelwright embed --kind text --input texts.csv --output texts.parquet --dims 128\n  \
    labelwright embed --kind image --input pictures/ --output pictures.parquet\n  \
    labelwright embed --kind text --model all-MiniLM-L6-v2/model.onnx --input texts.csv --output texts.parquet"
)]
pub struct Options {
    /// What the input is.
    #[arg(long)]
    kind: Kind,
    /// An ONNX file: an encoder of texts or pictures.
    #[arg(long)]
    model: Option<PathBuf>,
    /// The model's tokenizer.json; the one beside the model unless told.
    #[arg(long, requires = "model")]
    tokenizer: Option<PathBuf>,
    /// Tokens of a text that count, at most 512; what the tokeniser says unless told.
    #[arg(long, requires = "model")]
    tokens: Option<usize>,
    /// A file or a folder.
    #[arg(long)]
    input: PathBuf,
    /// Where to write the vectors: .parquet or .csv.
    #[arg(long)]
    output: PathBuf,
    /// How many numbers a text becomes.
    #[arg(long, default_value_t = 128)]
    dims: usize,
    /// Seed of what is drawn at random (texts).
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Print a summary as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    Text,
    Image,
    Audio,
    Table,
}

/// Longer texts are rather a mistake than a text.
const MOST_TEXT_BYTES: u64 = 64 << 20;

pub fn run(options: &Options) -> Result<(), Failure> {
    let (ids, vectors) = match options.kind {
        kind if options.model.is_some() => model::embed(options, kind)?,
        Kind::Text => {
            let (ids, texts) = texts(&options.input)?;
            let found = text::embed(&texts, options.dims, options.seed)
                .map_err(|e| format!("{}: {e}", options.input.display()))?;
            (ids, found)
        }
        Kind::Image => each_file(&options.input, pictures::PICTURES, &|path| {
            Ok(image::embed(pictures::square(path, image::SIDE)?.to_rgb8().as_raw()))
        })?,
        Kind::Audio => each_file(&options.input, &["wav"], &|path| {
            let (samples, rate) = wav::read(path)?;
            Ok(audio::embed(&samples, rate))
        })?,
        Kind::Table => rows(&options.input)?,
    };
    vector_file::write(&options.output, &vectors, |row| ids.get(row as u32))?;
    if options.json {
        let summary = json!({"rows": vectors.rows(), "dims": vectors.columns()});
        println!("{}", serde_json::to_string(&summary)?);
    } else {
        eprintln!("{} vectors of {} numbers", vectors.rows(), vectors.columns());
    }
    Ok(())
}

/// Ids and texts in natural order of ids.
fn texts(input: &Path) -> Result<(Interner, Vec<String>), Failure> {
    let (mut ids, mut texts) = (Interner::new(), Vec::new());
    if input.is_dir() {
        for (name, path) in pictures::files(input, &["txt", "md"])? {
            let wrong = |message: String| -> Failure { format!("{}: {message}", path.display()).into() };
            if std::fs::metadata(&path).map_err(|error| wrong(error.to_string()))?.len() > MOST_TEXT_BYTES {
                return Err(wrong(format!("longer than {MOST_TEXT_BYTES} bytes")));
            }
            let bytes = std::fs::read(&path).map_err(|error| wrong(error.to_string()))?;
            texts.push(String::from_utf8(bytes).map_err(|_| wrong("not UTF-8".into()))?);
            ids.intern(name.as_bytes()).ok_or("more than 4,294,967,295 ids")?;
        }
        return Ok((ids, texts));
    }
    let (mut room, mut seen) = (Vec::new(), 0);
    Table::open(input)?.read(&["id", "text"], |row| {
        ids.intern(row.required(0, &mut room)?).ok_or("more than 4,294,967,295 ids")?;
        seen += 1;
        if ids.len() < seen {
            return Err(row.wrong(0, "the id was there before"));
        }
        let text = row.text(1, &mut room).unwrap_or_default();
        texts.push(String::from_utf8(text.to_vec()).map_err(|_| row.wrong(1, "not UTF-8"))?);
        Ok(())
    })?;
    let new_of = ids.sort();
    let mut sorted = vec![String::new(); texts.len()];
    for (text, new) in texts.into_iter().zip(new_of) {
        if let Some(place) = sorted.get_mut(new as usize) {
            *place = text;
        }
    }
    Ok((ids, sorted))
}

/// Ids and features of a table's rows; says what became of each column.
fn rows(input: &Path) -> Result<(Interner, Matrix), Failure> {
    let file = Table::open(input)?;
    file.column("id")?;
    let names: Vec<String> = file.columns().iter().filter(|column| *column != "id").cloned().collect();
    let mut wanted = vec!["id"];
    wanted.extend(names.iter().map(String::as_str));
    let (mut ids, mut columns) = (Interner::new(), vec![Vec::new(); names.len()]);
    let (mut room, mut seen) = (Vec::new(), 0);
    file.read(&wanted, |row| {
        ids.intern(row.required(0, &mut room)?).ok_or("more than 4,294,967,295 ids")?;
        seen += 1;
        if ids.len() < seen {
            return Err(row.wrong(0, "the id was there before"));
        }
        for (at, column) in columns.iter_mut().enumerate() {
            let text = row.text(at + 1, &mut room).unwrap_or_default();
            column.push(String::from_utf8(text.to_vec()).map_err(|_| row.wrong(at + 1, "not UTF-8"))?);
        }
        Ok(())
    })?;
    let found = table::embed(&columns).map_err(|error| format!("{}: {error}", input.display()))?;
    for (name, became) in names.iter().zip(&found.became) {
        match became {
            table::Became::Number { gaps: 0 } => eprintln!("{name}: a number"),
            table::Became::Number { gaps } => eprintln!("{name}: a number, with {gaps} gaps"),
            table::Became::Values(count) => eprintln!("{name}: {count} values"),
            table::Became::Constant => eprintln!("{name}: left out, all rows have one value"),
            table::Became::Names => eprintln!("{name}: left out, nearly every row has a value of its own"),
        }
    }
    let new_of = ids.sort();
    let mut old_of = vec![0; new_of.len()];
    for (old, new) in new_of.iter().enumerate() {
        if let Some(place) = old_of.get_mut(*new as usize) {
            *place = old;
        }
    }
    Ok((ids, found.matrix.select(old_of)))
}

/// The file itself, or those of the folder that have one of the endings, with their ids.
fn files(input: &Path, endings: &[&str]) -> Result<Vec<(String, PathBuf)>, Failure> {
    if input.is_dir() {
        return pictures::files(input, endings);
    }
    let name = input.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(vec![(name, input.to_owned())])
}

type Embedder<'a> = &'a dyn Fn(&Path) -> Result<Vec<f64>, Failure>;

fn each_file(input: &Path, endings: &[&str], embed: Embedder<'_>) -> Result<(Interner, Matrix), Failure> {
    let (mut ids, mut values, mut columns) = (Interner::new(), Vec::new(), 0);
    for (name, path) in files(input, endings)? {
        let own = embed(&path)?;
        columns = own.len();
        values.extend(own);
        ids.intern(name.as_bytes()).ok_or("more than 4,294,967,295 ids")?;
    }
    Ok((ids, Matrix::new(values, columns)?))
}
