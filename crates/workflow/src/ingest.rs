//! Raw data on its way in: datasets, uploads in chunks that can go on after a break, and the imports that read them.
//! Keeps: nothing of an import is seen before all of it is there; the same data twice adds nothing.

use crate::{
    Error, Result, Workflow,
    jobs::kinds::{self, ImportInput, import::reading::settings},
    people::check_name,
    policy::{Permit, Principal},
};
use bytes::Bytes;
use labelwright_core::{Action, DatasetId, ItemId, JobId, WorkspaceId};
use labelwright_formats::{DirectoryView, ReadSeek, archive::safe_name, format};
use labelwright_store::{
    audit,
    blobs::Blobs,
    records::{
        datasets::{self, Content, DatasetRow, ItemRow},
        uploads::{self, UploadRow},
    },
};
use std::{
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

pub use labelwright_store::records::{datasets::DatasetRow as Dataset, uploads::UploadRow as Upload};

/// Largest file that is taken by upload, in bytes.
pub const UPLOAD_BYTES_MAXIMUM: i64 = 1 << 40;
/// Bytes in one chunk of an upload: what the browser is asked to send at once, and the most that is taken.
pub const CHUNK_BYTES: usize = 8 << 20;
/// Texts up to this many bytes lie in their row, where they can be searched; longer ones in a blob.
const TEXT_BYTES: usize = 64 << 10;
/// Other data up to this many bytes lie in their row: a file or an object of its own costs more than they do. See
/// <https://www.sqlite.org/intern-v-extern-blob.html>.
const DATA_BYTES: usize = 16 << 10;

impl Workflow {
    pub async fn create_dataset(&self, workspace: &Permit<WorkspaceId>, name: &str) -> Result<DatasetRow> {
        let name = check_name("/name", name)?;
        let (id, actor, now) = (*workspace.resource(), workspace.user(), self.now());
        self.write(move |tx| {
            Box::pin(async move {
                let dataset = datasets::create_dataset(tx, id, &name, now).await?;
                let detail = serde_json::json!({ "name": name });
                let target = format!("dataset:{dataset}");
                audit::record(tx, id, Some(actor), "dataset.create", &target, &detail, now).await?;
                Ok(DatasetRow { id: dataset, workspace: id, name, created_at: now })
            })
        })
        .await
    }

    /// The datasets of a workspace, each with its items counted by modality.
    pub async fn datasets(&self, workspace: &Permit<WorkspaceId>) -> Result<Vec<(DatasetRow, Vec<(String, i64)>)>> {
        let id = *workspace.resource();
        self.read(move |tx| {
            Box::pin(async move {
                let mut found = Vec::new();
                for row in datasets::datasets(tx, id).await? {
                    let counts = datasets::modality_counts(tx, row.id).await?;
                    found.push((row, counts));
                }
                Ok(found)
            })
        })
        .await
    }

    pub async fn items(&self, dataset: &Permit<DatasetRow>, after: ItemId, limit: i64) -> Result<Vec<ItemRow>> {
        let id = dataset.resource().id;
        self.read(move |tx| Box::pin(async move { Ok(datasets::items_after(tx, id, after, limit).await?) })).await
    }

    pub async fn start_upload(&self, workspace: &Permit<WorkspaceId>, name: &str, bytes: i64) -> Result<UploadRow> {
        if !safe_name(name) {
            return Err(Error::invalid("/name", "bad_name", "a file's name is relative and leads nowhere else"));
        }
        if !(0..=UPLOAD_BYTES_MAXIMUM).contains(&bytes) {
            let message = format!("a file has 0 to {UPLOAD_BYTES_MAXIMUM} bytes");
            return Err(Error::invalid("/bytes", "out_of_range", message));
        }
        let (workspace, user, now, name) = (*workspace.resource(), workspace.user(), self.now(), name.to_owned());
        let row = self
            .write(move |tx| {
                Box::pin(async move {
                    let id = uploads::create(tx, workspace, user, &name, bytes, now).await?;
                    Ok(UploadRow { id, workspace, user, name, bytes, received: 0 })
                })
            })
            .await?;
        let path = self.upload_path(row.id);
        tokio::fs::create_dir_all(self.uploads.as_ref()).await.map_err(|error| disk(&error))?;
        tokio::fs::File::create(&path).await.map_err(|error| disk(&error))?;
        Ok(row)
    }

    /// Takes the next bytes of a file. `offset` is where the sender believes to be; where that is wrong the answer says
    /// how much is there, and sending goes on from it.
    pub async fn continue_upload(&self, upload: &Permit<UploadRow>, offset: i64, chunk: Bytes) -> Result<UploadRow> {
        let mut row = upload.resource().clone();
        if offset != row.received {
            return Err(Error::conflict(
                "wrong_offset",
                format!("{} bytes have arrived; go on from there", row.received),
            ));
        }
        if chunk.len() > CHUNK_BYTES {
            let message = format!("a chunk has at most {CHUNK_BYTES} bytes");
            return Err(Error::invalid("", "too_large", message));
        }
        let to = row.received + chunk.len() as i64;
        if to > row.bytes {
            return Err(Error::invalid("", "too_large", format!("the file was said to have {} bytes", row.bytes)));
        }
        let (id, from) = (row.id, row.received);
        // Held until the bytes are noted: two senders at one place would write over each other.
        let busy = || Error::conflict("wrong_offset", "another sender is at the same file");
        let path = self.upload_path(id);
        let held = self.blocking(move || lock(&path)).await?.map_err(|error| disk(&error))?.ok_or_else(busy)?;
        let still = self.read(move |tx| Box::pin(async move { Ok(uploads::upload(tx, id).await?) })).await?;
        if still.is_none_or(|now| now.received != from) {
            return Err(busy());
        }
        let held = self.blocking(move || append(held, offset as u64, &chunk)).await?.map_err(|error| disk(&error))?;
        let advanced =
            self.write(move |tx| Box::pin(async move { Ok(uploads::advance(tx, id, from, to).await?) })).await?;
        drop(held);
        if !advanced {
            return Err(busy());
        }
        row.received = to;
        Ok(row)
    }

    pub async fn drop_upload(&self, upload: &Permit<UploadRow>) -> Result<()> {
        let id = upload.resource().id;
        self.write(move |tx| Box::pin(async move { Ok(uploads::close(tx, id).await?) })).await?;
        // A file that stays behind is no harm to anybody: its row is closed.
        drop(tokio::fs::remove_file(self.upload_path(id)).await);
        Ok(())
    }

    pub(crate) fn upload_path(&self, id: i64) -> PathBuf {
        self.uploads.join(format!("upload-{id}"))
    }

    /// Can the format be read, are the uploads this person's, and have they arrived?
    pub(crate) async fn check_source(&self, principal: &Principal, input: &ImportInput) -> Result<()> {
        check_format(input)?;
        for (index, id) in input.upload_ids().iter().enumerate() {
            let upload = self.permit_upload(principal, *id).await?;
            let row = upload.resource();
            if row.received != row.bytes {
                let message = format!("{}: {} of {} bytes have arrived", row.name, row.received, row.bytes);
                return Err(Error::invalid(&format!("/uploads/{index}"), "incomplete", message));
            }
        }
        Ok(())
    }

    pub async fn import_later(&self, dataset: &Permit<DatasetRow>, input: ImportInput) -> Result<JobId> {
        self.check_source(dataset.principal(), &input).await?;
        if let Some(project) = input.project {
            self.permit_project(dataset.principal(), project, Action::ManageProject).await?;
        }
        let row = dataset.resource();
        let input = input.into_dataset(row.id);
        let value = serde_json::to_value(&input).map_err(|error| Error::internal(error.to_string()))?;
        self.enqueue(row.workspace, input.project, kinds::IMPORT, &value, Some(dataset.user())).await
    }

    /// Puts data where it is kept, few bytes in their rows and many in blobs; in the order of the data each one's hash
    /// and what its row holds. The flag says that it is text.
    pub(crate) async fn keep(&self, data: Vec<(Bytes, bool)>) -> Result<Vec<(String, Content)>> {
        let outside = data.iter().filter(|(bytes, text)| !is_inline(bytes, *text)).map(|(bytes, _)| bytes.clone());
        let mut stored = self.blobs.put_all(outside.collect()).await?.into_iter();
        let mut kept = Vec::with_capacity(data.len());
        for (bytes, text) in data {
            kept.push(if !is_inline(&bytes, text) {
                (stored.next().ok_or_else(|| Error::internal("a blob was not stored"))?, Content::Blob)
            } else if let Some(words) = std::str::from_utf8(&bytes).ok().filter(|_| text) {
                (Blobs::hash(&bytes), Content::Text(words.to_owned()))
            } else {
                (Blobs::hash(&bytes), Content::Bytes(bytes.into()))
            });
        }
        Ok(kept)
    }

    pub(crate) async fn bytes_of(&self, row: &ItemRow) -> Result<Bytes> {
        match self.inline(row).await? {
            Some(bytes) => Ok(bytes),
            None => Ok(self.blobs.get(&row.hash).await?),
        }
    }

    /// The bytes that lie in the item's row; None when they lie in a blob.
    pub(crate) async fn inline(&self, row: &ItemRow) -> Result<Option<Bytes>> {
        let id = row.id;
        match &row.content {
            Some(text) => Ok(Some(Bytes::from(text.clone()))),
            None if row.bytes <= DATA_BYTES as i64 => {
                let data = self.read(move |tx| Box::pin(async move { Ok(datasets::data(tx, id).await?) })).await?;
                Ok(data.map(Bytes::from))
            }
            None => Ok(None),
        }
    }

    pub async fn dataset_counts(&self, dataset: DatasetId) -> Result<Vec<(String, i64)>> {
        self.read(move |tx| Box::pin(async move { Ok(datasets::modality_counts(tx, dataset).await?) })).await
    }
}

/// Do the bytes lie in their row?
pub(crate) fn is_inline(bytes: &Bytes, is_text: bool) -> bool {
    bytes.len() <= if is_text { TEXT_BYTES } else { DATA_BYTES }
}

fn disk(error: &io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::ReadOnlyFilesystem => {
            Error::StorageFull
        }
        _ => Error::internal(format!("the upload cannot be written: {error}")),
    }
}

/// The file for one sender alone; None while another has it.
fn lock(path: &Path) -> io::Result<Option<std::fs::File>> {
    let file = std::fs::OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(error)) => Err(error),
    }
}

fn append(mut file: std::fs::File, offset: u64, chunk: &[u8]) -> io::Result<std::fs::File> {
    file.seek(SeekFrom::Start(offset))?;
    file.write_all(chunk)?;
    file.sync_data()?;
    Ok(file)
}

/// Named files on disk as a directory: a folder that the operator named, or finished uploads under their own names.
pub(crate) struct FilesView {
    files: Vec<(String, u64, PathBuf)>,
}

impl FilesView {
    pub fn of(files: Vec<(String, PathBuf)>) -> io::Result<Self> {
        let mut found = Vec::with_capacity(files.len());
        for (name, path) in files {
            let bytes = std::fs::metadata(&path)?.len();
            found.push((name, bytes, path));
        }
        Ok(Self::sorted(found))
    }

    fn sorted(mut files: Vec<(String, u64, PathBuf)>) -> Self {
        files.sort();
        Self { files }
    }

    /// All files below a folder. Links are not followed: they could lead anywhere.
    pub fn of_folder(folder: &Path) -> io::Result<Self> {
        fn walk(root: &Path, folder: &Path, found: &mut Vec<(String, u64, PathBuf)>) -> io::Result<()> {
            for entry in std::fs::read_dir(folder)? {
                let entry = entry?;
                let kind = entry.file_type()?;
                let path = entry.path();
                let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
                if kind.is_dir() {
                    walk(root, &path, found)?;
                } else if kind.is_file() && !name.split('/').any(|part| part.starts_with('.')) {
                    found.push((name, entry.metadata()?.len(), path));
                }
            }
            Ok(())
        }
        let mut found = Vec::new();
        walk(folder, folder, &mut found)?;
        Ok(Self::sorted(found))
    }
}

/// A file that is asked for nothing behind its end: when all that it was said to have has come, and then less than was
/// asked for, there is no more. Of pipes nothing is said beforehand.
struct ToEnd {
    file: std::fs::File,
    said: u64,
    read: u64,
    ended: bool,
}

impl Read for ToEnd {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ended {
            return Ok(0);
        }
        let count = self.file.read(buffer)?;
        self.read += count as u64;
        self.ended = self.said > 0 && self.read >= self.said && count < buffer.len();
        Ok(count)
    }
}

impl FilesView {
    fn find(&self, name: &str) -> Option<&(String, u64, PathBuf)> {
        let at = self.files.binary_search_by(|file| file.0.as_str().cmp(name)).ok()?;
        self.files.get(at)
    }

    fn file(&self, name: &str) -> io::Result<(std::fs::File, u64)> {
        let missing = || io::Error::new(io::ErrorKind::NotFound, "there is no such file");
        let (_, said, path) = self.find(name).ok_or_else(missing)?;
        Ok((std::fs::File::open(path)?, *said))
    }
}

impl DirectoryView for FilesView {
    fn list(&self) -> Vec<(String, u64)> {
        self.files.iter().map(|(name, bytes, _)| (name.clone(), *bytes)).collect()
    }

    fn list_size(&self, name: &str) -> Option<u64> {
        self.find(name).map(|(_, bytes, _)| *bytes)
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>> {
        let (file, said) = self.file(name)?;
        Ok(Box::new(ToEnd { file, said, read: 0, ended: false }))
    }

    fn open_random(&self, name: &str) -> io::Result<Box<dyn ReadSeek>> {
        Ok(Box::new(self.file(name)?.0))
    }
}

/// Can the format be read, and has it the options that are set?
pub(crate) fn check_format(input: &ImportInput) -> Result<()> {
    if input.format != "auto" && format(&input.format).is_none_or(|format| format.read.is_none()) {
        return Err(Error::invalid("/format", "unknown_format", format!("{:?} cannot be read", input.format)));
    }
    // What is recognised later is checked then.
    if let Some(format) = format(&input.format) {
        settings(format, input).map_err(|message| Error::invalid("/options", "unknown_option", message))?;
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn all(view: &FilesView, name: &str) -> String {
        let mut text = String::new();
        view.open(name).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn a_file_is_read_to_its_end_also_when_it_has_changed_since_it_was_listed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        for (listed, now) in [("", "grown"), ("abc", "abc"), ("abc", "abc and more"), ("long before", "cut")] {
            std::fs::write(&path, listed).unwrap();
            let view = FilesView::of_folder(folder.path()).unwrap();
            assert_eq!(view.list(), [("a.txt".to_owned(), listed.len() as u64)]);
            std::fs::write(&path, now).unwrap();
            assert_eq!(all(&view, "a.txt"), now);
        }
    }

    /// A pipe gives less than is asked for in the middle, and says nothing of its length.
    #[test]
    fn a_pipe_is_read_to_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let view = FilesView::of(vec![("pipe".into(), path.clone())]).unwrap();
        let writer = std::thread::spawn(move || {
            let mut pipe = std::fs::OpenOptions::new().write(true).open(path).unwrap();
            for part in ["one ", "two ", "three"] {
                pipe.write_all(part.as_bytes()).unwrap();
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
        });
        assert_eq!(all(&view, "pipe"), "one two three");
        writer.join().unwrap();
    }
}
