//! Recordings and series on their way in.

use super::{
    made::Made,
    source::{bytes, sourced},
};
use crate::batch::Table;
use labelwright_formats::{DirectoryView, ExportItem};
use labelwright_generate::{
    augment::{SeriesItem, SoundItem, Sounds},
    recipe::Recipe,
    series::{CELLS_MAXIMUM, Series},
    sound::{self, Form, SAMPLES_MAXIMUM, Sound},
};
use labelwright_workflow::decoding::Decoder;
use std::{
    fs,
    io::{Read, Seek, SeekFrom, Write},
    path::Path,
};

/// Bytes of one file.
const FILE_BYTES: u64 = 1 << 30;
/// Ticks a second where labels do not say how they count.
const MILLISECONDS: u32 = 1000;

/// WAV files that a recipe names; they lie beside it.
pub fn assets(recipe: &Recipe, folder: &Path) -> Result<Sounds, String> {
    let one = |name: &str| {
        let path = super::beside(folder, name)?;
        let about = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        let sound = sound::read(&fs::read(&path).map_err(|error| about(&error))?, SAMPLES_MAXIMUM)
            .map_err(|error| about(&error))?;
        if !sound.is_sound() || sound.peak() == 0.0 {
            return Err(about(&"it is silent, or some of its samples are no numbers"));
        }
        Ok((name.to_owned(), sound))
    };
    recipe.files().into_iter().map(one).collect()
}

/// An item's recording and answers. WAV is read here; everything else is decoded in a process of its own, for it is
/// others' data.
pub fn recording(item: &ExportItem, view: &dyn DirectoryView, made: &Made) -> Result<SoundItem, String> {
    let sound = heard(&bytes(item, view, FILE_BYTES)?, || made.scratch())?;
    let clock = item.clock.map_or(MILLISECONDS, |clock| clock.ticks_per_second.max(1));
    Ok(SoundItem { key: item.key.clone(), sound, answers: sourced(item), clock })
}

/// The recording in these bytes; `scratch` makes files without a name.
pub fn heard(bytes: &[u8], scratch: impl Fn() -> Result<fs::File, String>) -> Result<Sound, String> {
    let read = |bytes: &[u8]| sound::read(bytes, SAMPLES_MAXIMUM).map_err(|error| error.to_string());
    if bytes.starts_with(b"RIFF") { read(bytes) } else { read(&decoded(bytes, scratch)?).map(as_written) }
}

/// What was packed is written as 16 bits.
fn as_written(sound: Sound) -> Sound {
    Sound { form: Form::Pcm16, ..sound }
}

fn decoded(bytes: &[u8], scratch: impl Fn() -> Result<fs::File, String>) -> Result<Vec<u8>, String> {
    let about = |error: std::io::Error| error.to_string();
    let (mut source, mut output) = (scratch()?, scratch()?);
    source.write_all(bytes).and_then(|()| source.seek(SeekFrom::Start(0))).map_err(about)?;
    let program = std::env::current_exe().map_err(about)?;
    let given = output.try_clone().map_err(about)?;
    Decoder::Child(program).samples(source, given).map_err(|refused| refused.message)?;
    let mut decoded = Vec::new();
    output.seek(SeekFrom::Start(0)).and_then(|_| output.read_to_end(&mut decoded)).map_err(about)?;
    Ok(decoded)
}

/// An item's series and answers: CSV or Parquet, by its ending. A tick is a row.
pub fn series(item: &ExportItem, view: &dyn DirectoryView, made: &Made) -> Result<SeriesItem, String> {
    let ending = super::names::ending(item.media.as_deref().unwrap_or_default()).unwrap_or("csv");
    let bytes = bytes(item, view, FILE_BYTES)?;
    let copy = tempfile::Builder::new().suffix(&format!(".{ending}")).tempfile_in(made.folder());
    let mut copy = copy.map_err(|error| error.to_string())?;
    copy.write_all(&bytes).map_err(|error| error.to_string())?;
    // The name of the copy means nothing to anybody.
    let told = |error: crate::environment::Failure| {
        let message = error.to_string();
        message.strip_prefix(&format!("{}: ", copy.path().display())).unwrap_or(&message).to_owned()
    };
    let table = Table::open(copy.path()).map_err(told)?;
    let names: Vec<String> = table.columns().to_vec();
    let wanted: Vec<&str> = names.iter().map(String::as_str).collect();
    let (mut cells, mut count) = (vec![Vec::new(); names.len()], 0);
    let rows = table.read(&wanted, |row| {
        let mut room = Vec::new();
        for (at, column) in cells.iter_mut().enumerate() {
            let text =
                row.text(at, &mut room).map_or_else(String::new, |text| String::from_utf8_lossy(text).into_owned());
            column.push(text);
        }
        count += names.len();
        if count > CELLS_MAXIMUM {
            Err(format!("more than {CELLS_MAXIMUM} cells; cut it first").into())
        } else {
            Ok(())
        }
    });
    let rows = rows.map_err(told)?;
    if let Some(ticks) = item.clock.and_then(|clock| clock.ticks).filter(|ticks| *ticks != rows as i64) {
        return Err(format!("its labels are for {ticks} ticks, and the series has {rows} rows: a tick is to be a row"));
    }
    let series = Series::of(names, cells).map_err(|error| error.to_string())?;
    Ok(SeriesItem { key: item.key.clone(), series, answers: sourced(item) })
}
