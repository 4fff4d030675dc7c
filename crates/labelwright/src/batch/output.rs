//! A file that is whole or not there: written beside its place and moved into it at the end. `-` is standard output. What
//! is no file (a device, a pipe) is written to as it is: moving a file into its place would put an end to it.

use crate::environment::Failure;
use std::{
    fs::File,
    io::{BufWriter, Read, Stdout, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};
use tempfile::NamedTempFile;

pub struct Output {
    path: PathBuf,
    to: To,
    /// Room for a record.
    line: Vec<u8>,
}

enum To {
    File(BufWriter<NamedTempFile>),
    Device(BufWriter<File>),
    Screen(BufWriter<Stdout>),
}

impl Output {
    pub fn create(path: &Path) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| format!("{}: {error}", path.display());
        if path == Path::new("-") {
            let to = To::Screen(BufWriter::new(std::io::stdout()));
            return Ok(Self { path: path.to_owned(), to, line: Vec::new() });
        }
        if std::fs::metadata(path).is_ok_and(|there| !there.is_file()) {
            let device = File::options().write(true).open(path).map_err(failed)?;
            return Ok(Self { path: path.to_owned(), to: To::Device(BufWriter::new(device)), line: Vec::new() });
        }
        // A link stays a link: the file that it leads to is renewed.
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // The umask takes away what others may not.
        let file = tempfile::Builder::new()
            .permissions(std::fs::Permissions::from_mode(0o666))
            .tempfile_in(folder)
            .map_err(failed)?;
        Ok(Self { to: To::File(BufWriter::with_capacity(1 << 18, file)), path, line: Vec::new() })
    }

    fn writer(&mut self) -> &mut dyn Write {
        match &mut self.to {
            To::File(file) => file,
            To::Device(device) => device,
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
        let mut line = std::mem::take(&mut self.line);
        line.clear();
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
        let wrote = self.bytes(&line);
        self.line = line;
        wrote
    }

    /// Moves the finished file into its place.
    pub fn commit(self) -> Result<(), Failure> {
        let failed = |error: std::io::Error| -> Failure { format!("{}: {error}", self.path.display()).into() };
        match self.to {
            To::File(file) => {
                let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
                file.persist(&self.path).map_err(|error| failed(error.error))?;
            }
            To::Device(mut device) => device.flush().map_err(failed)?,
            To::Screen(mut screen) => screen.flush().map_err(failed)?,
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::FileTypeExt};

    fn write(path: &Path, text: &str) {
        let mut file = Output::create(path).unwrap();
        file.bytes(text.as_bytes()).unwrap();
        file.commit().unwrap();
    }

    #[test]
    fn a_pipe_is_written_to_and_stays_a_pipe() {
        let home = tempfile::tempdir().unwrap();
        let pipe = home.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || fs::read_to_string(pipe).unwrap()
        });
        write(&pipe, "id\n");
        assert_eq!(reader.join().unwrap(), "id\n");
        assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
    }

    #[test]
    fn a_link_stays_and_a_file_is_renewed_as_a_whole() {
        let home = tempfile::tempdir().unwrap();
        let (file, link) = (home.path().join("file"), home.path().join("link"));
        write(&file, "old");
        std::os::unix::fs::symlink(&file, &link).unwrap();
        drop(Output::create(&link).unwrap());
        assert_eq!(fs::read_to_string(&file).unwrap(), "old", "nothing is done before the end");
        write(&link, "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        assert!(Output::create(home.path()).is_err(), "a folder is no place for a file");
    }
}
