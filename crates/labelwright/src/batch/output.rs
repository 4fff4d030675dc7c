//! A file that is whole or not there: written beside its place and moved into it at the end. `-` is standard output.

use crate::environment::Failure;
use std::{
    io::{BufWriter, Read, Stdout, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};
use tempfile::NamedTempFile;

pub struct Output {
    path: PathBuf,
    to: To,
}

enum To {
    File(BufWriter<NamedTempFile>),
    Screen(BufWriter<Stdout>),
}

impl Output {
    pub fn create(path: &Path) -> Result<Self, Failure> {
        let to = if path == Path::new("-") {
            To::Screen(BufWriter::new(std::io::stdout()))
        } else {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            // The umask takes away what others may not.
            let file = tempfile::Builder::new()
                .permissions(std::fs::Permissions::from_mode(0o666))
                .tempfile_in(folder)
                .map_err(|error| format!("{}: {error}", path.display()))?;
            To::File(BufWriter::with_capacity(1 << 18, file))
        };
        Ok(Self { path: path.to_owned(), to })
    }

    fn writer(&mut self) -> &mut dyn Write {
        match &mut self.to {
            To::File(file) => file,
            To::Screen(screen) => screen,
        }
    }

    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let wrote = self.writer().write_all(bytes);
        wrote.map_err(|error| format!("{}: {error}", self.path.display()).into())
    }

    /// All that `from` gives; how many bytes that was.
    pub fn copy(&mut self, from: &mut dyn Read) -> Result<u64, Failure> {
        let copied = std::io::copy(from, self.writer());
        copied.map_err(|error| format!("{}: {error}", self.path.display()).into())
    }

    /// One CSV record; fields with a comma, a quote or a line end are quoted, and so is an only field that is empty.
    pub fn record(&mut self, fields: &[&[u8]]) -> Result<(), Failure> {
        let mut line = Vec::with_capacity(64);
        for (index, field) in fields.iter().enumerate() {
            if index > 0 {
                line.push(b',');
            }
            if field.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) || field.is_empty() {
                line.push(b'"');
                for byte in *field {
                    if *byte == b'"' {
                        line.push(b'"');
                    }
                    line.push(*byte);
                }
                line.push(b'"');
            } else {
                line.extend_from_slice(field);
            }
        }
        line.push(b'\n');
        self.bytes(&line)
    }

    /// Moves the finished file into its place.
    pub fn commit(self) -> Result<(), Failure> {
        let failed = |error: std::io::Error| -> Failure { format!("{}: {error}", self.path.display()).into() };
        match self.to {
            To::File(file) => {
                let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
                file.persist(&self.path).map_err(|error| failed(error.error))?;
            }
            To::Screen(mut screen) => screen.flush().map_err(failed)?,
        }
        Ok(())
    }
}
