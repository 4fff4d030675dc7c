//! The recordings of folders, and where their transcripts lie.

use std::{
    ffi::OsString,
    fs, io,
    io::Write,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

const ENDINGS: [&str; 5] = ["wav", "flac", "mp3", "ogg", "m4a"];

pub struct Recording {
    pub path: PathBuf,
    /// Of its name, in small letters.
    pub ending: &'static str,
}

/// Recordings by themselves, of folders and those below them, each once; links in folders are not followed.
pub fn found(inputs: &[PathBuf]) -> Result<Vec<Recording>, String> {
    let mut found = Vec::new();
    for input in inputs {
        let before = found.len();
        find(input, true, &mut found).map_err(|error| format!("{}: {error}", input.display()))?;
        if found.len() == before && input.is_file() {
            return Err(format!("{}: its name ends in none of {}", input.display(), ENDINGS.join(", ")));
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found.dedup_by(|a, b| a.path == b.path);
    Ok(found)
}

fn find(path: &Path, named: bool, found: &mut Vec<Recording>) -> io::Result<()> {
    let kind = if named { fs::metadata(path)? } else { fs::symlink_metadata(path)? };
    if kind.is_dir() {
        for entry in fs::read_dir(path)? {
            find(&entry?.path(), false, found)?;
        }
    } else if kind.is_file() {
        let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
        let ending = ENDINGS.into_iter().find(|known| ending.as_deref() == Some(known));
        found.extend(ending.map(|ending| Recording { path: path.to_owned(), ending }));
    }
    Ok(())
}

impl Recording {
    /// By its whole name, so that `talk.mp3` beside `talk.wav` has one of its own.
    fn transcript(&self) -> PathBuf {
        let mut name = OsString::from(&self.path);
        name.push(".vtt");
        name.into()
    }

    /// Subtitles by its stem are somebody else's: they stay, and a second transcript would contradict them.
    pub fn has_transcript(&self, again: bool) -> bool {
        self.path.with_extension("vtt").exists() || !again && self.transcript().exists()
    }

    /// Whole or not at all.
    pub fn write(&self, text: &str) -> io::Result<()> {
        let to = self.transcript();
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // As other files are: for whom, says the mask of the one who runs this.
        let mut file = tempfile::Builder::new()
            .prefix(".transcript-")
            .suffix(".part")
            .permissions(fs::Permissions::from_mode(0o666))
            .tempfile_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_data()?;
        file.persist(to)?;
        Ok(())
    }
}
