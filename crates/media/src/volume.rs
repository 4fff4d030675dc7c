//! Volumes: slices of a patient, from DICOM files (one, or a zip archive of a series) and NIfTI-1 files. Values are kept
//! exactly as they are stored. What an editor needs lies slice by slice, so that it never waits for all of them.

mod codecs;
pub mod levels;
mod nifti;
mod pixels;
mod series;
mod windows;

use crate::{Refused, limits::DICOM_BYTES_MAXIMUM};
use levels::Head;
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom, Write},
};
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

/// What is written at places that are known last.
pub trait Output: Write + Seek {}
impl<T: Write + Seek> Output for T {}

enum Source {
    Dicom(Vec<u8>),
    Archive(ZipArchive<File>),
    /// The second value says whether it is packed.
    Nifti(File, bool),
}

/// Reads a whole volume and writes its slices.
///
/// # Errors
/// What is wrong with it and where, or that the slices cannot be written.
pub fn prepare(source: File, output: &mut dyn Output) -> Result<Head, Refused> {
    match opened(source)? {
        Source::Dicom(bytes) => series::one(&bytes, output),
        Source::Archive(archive) => series::several(archive, output),
        Source::Nifti(file, packed) => nifti::prepare(file, packed, output),
    }
}

/// Writes the same file, or an archive of the same files, with nothing but what belongs to the picture
/// ([`labelwright_dicom::scrub`]). Of NIfTI files the words of the header go, and what lies between it and the voxels.
///
/// # Errors
/// What cannot be read, or that the output cannot be written.
pub fn scrub(source: File, output: &mut dyn Output) -> Result<(), Refused> {
    match opened(source)? {
        Source::Dicom(bytes) => output.write_all(&scrubbed(&bytes, "")?)?,
        Source::Archive(mut archive) => {
            let mut out = ZipWriter::new(&mut *output);
            let options = SimpleFileOptions::default()
                .compression_method(CompressionMethod::Stored)
                .last_modified_time(zip::DateTime::default())
                .large_file(true);
            for index in 0..archive.len() {
                let (name, bytes) = entry(&mut archive, index)?;
                // Names of files may be those of patients.
                out.start_file(format!("{:05}.dcm", index + 1), options).map_err(std::io::Error::other)?;
                out.write_all(&scrubbed(&bytes, &name)?)?;
            }
            out.finish().map_err(std::io::Error::other)?;
        }
        Source::Nifti(file, packed) => nifti::scrub(file, packed, output)?,
    }
    output.flush()?;
    Ok(())
}

fn scrubbed(bytes: &[u8], name: &str) -> Result<Vec<u8>, Refused> {
    labelwright_dicom::scrub::scrubbed(bytes).map_err(|error| wrong(&error, name))
}

/// What is wrong with a DICOM file; the name is empty where there is one file.
fn wrong(error: &labelwright_dicom::Error, name: &str) -> Refused {
    use labelwright_dicom::Error;
    let code = match error {
        Error::NotDicom => "not_a_volume",
        Error::Truncated(_) => "truncated",
        Error::Malformed(..) | Error::Deflated => "damaged",
    };
    Refused::data(code, named(name, error))
}

fn named(name: &str, message: impl ToString) -> String {
    let message = message.to_string();
    if name.is_empty() { message } else { format!("{name}: {message}") }
}

fn unreadable(error: &std::io::Error) -> Refused {
    Refused::data("damaged", format!("the file cannot be read: {error}"))
}

fn opened(mut source: File) -> Result<Source, Refused> {
    let mut start = [0; 348];
    let mut read = 0;
    while read < start.len() {
        match source.read(&mut start[read..]).map_err(|error| unreadable(&error))? {
            0 => break,
            more => read += more,
        }
    }
    source.seek(SeekFrom::Start(0)).map_err(|error| unreadable(&error))?;
    match &start[..read] {
        [] => Err(Refused::data("empty_file", "the file is empty")),
        [b'P', b'K', 3, 4, ..] => ZipArchive::new(source)
            .map(Source::Archive)
            .map_err(|error| Refused::data("damaged", format!("the archive cannot be read: {error}"))),
        [0x1f, 0x8b, ..] => Ok(Source::Nifti(source, true)),
        [92, 1, 0, 0, ..] | [0, 0, 1, 92, ..] if read == 348 => Ok(Source::Nifti(source, false)),
        _ => {
            let mut bytes = Vec::new();
            source.take(DICOM_BYTES_MAXIMUM + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
            limited(&bytes, "")?;
            Ok(Source::Dicom(bytes))
        }
    }
}

fn limited(bytes: &[u8], name: &str) -> Result<(), Refused> {
    if bytes.len() as u64 > DICOM_BYTES_MAXIMUM {
        return Err(Refused::data("too_large", named(name, format!("a file has at most {DICOM_BYTES_MAXIMUM} bytes"))));
    }
    Ok(())
}

/// Name and bytes of a file of an archive.
fn entry(archive: &mut ZipArchive<File>, index: usize) -> Result<(String, Vec<u8>), Refused> {
    let file = archive
        .by_index(index)
        .map_err(|error| Refused::data("damaged", format!("the archive cannot be read: {error}")))?;
    let name = String::from_utf8_lossy(file.name_raw()).into_owned();
    let mut bytes = Vec::new();
    file.take(DICOM_BYTES_MAXIMUM + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    limited(&bytes, &name)?;
    Ok((name, bytes))
}
