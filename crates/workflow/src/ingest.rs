//! Raw data on its way in: datasets, uploads in chunks that can go on after a break, and the imports that read them.
//! Keeps: nothing of an import is seen before all of it is there; the same data twice adds nothing.

use crate::{
    Error, Result, Workflow,
    jobs::kinds::{self, ImportInput},
    people::check_name,
    policy::Permit,
};
use bytes::Bytes;
use labelwright_core::{Action, DatasetId, ItemId, JobId, WorkspaceId};
use labelwright_formats::{DirectoryView, ReadSeek, archive::safe_name, format};
use labelwright_store::{
    audit,
    records::datasets::{self, DatasetRow, ItemRow, UploadRow},
};
use std::{
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

pub use labelwright_store::records::datasets::{DatasetRow as Dataset, UploadRow as Upload};

/// Largest file that is taken by upload, in bytes.
pub const UPLOAD_BYTES_MAXIMUM: i64 = 1 << 40;
/// Bytes in one chunk of an upload: what the browser is asked to send at once, and the most that is taken.
pub const CHUNK_BYTES: usize = 8 << 20;

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
                    let id = datasets::create_upload(tx, workspace, user, &name, bytes, now).await?;
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
        let path = self.upload_path(row.id);
        self.blocking(move || append(&path, offset as u64, &chunk)).await?.map_err(|error| disk(&error))?;
        let (id, from) = (row.id, row.received);
        let advanced = self
            .write(move |tx| Box::pin(async move { Ok(datasets::advance_upload(tx, id, from, to).await?) }))
            .await?;
        if !advanced {
            return Err(Error::conflict("wrong_offset", "another sender is at the same file"));
        }
        row.received = to;
        Ok(row)
    }

    pub async fn drop_upload(&self, upload: &Permit<UploadRow>) -> Result<()> {
        let id = upload.resource().id;
        self.write(move |tx| Box::pin(async move { Ok(datasets::close_upload(tx, id).await?) })).await?;
        // A file that stays behind is no harm to anybody: its row is closed.
        drop(tokio::fs::remove_file(self.upload_path(id)).await);
        Ok(())
    }

    pub(crate) fn upload_path(&self, id: i64) -> PathBuf {
        self.uploads.join(format!("upload-{id}"))
    }

    pub async fn import_later(&self, dataset: &Permit<DatasetRow>, input: ImportInput) -> Result<JobId> {
        if input.format != "auto" && format(&input.format).is_none_or(|format| format.read.is_none()) {
            return Err(Error::invalid("/format", "unknown_format", format!("{:?} cannot be read", input.format)));
        }
        for (index, id) in input.upload_ids().iter().enumerate() {
            let upload = self.permit_upload(dataset.principal(), *id).await?;
            let row = upload.resource();
            if row.received != row.bytes {
                let message = format!("{}: {} of {} bytes have arrived", row.name, row.received, row.bytes);
                return Err(Error::invalid(&format!("/uploads/{index}"), "incomplete", message));
            }
        }
        if let Some(project) = input.project {
            self.permit_project(dataset.principal(), project, Action::ManageProject).await?;
        }
        let row = dataset.resource();
        let input = input.into_dataset(row.id);
        let value = serde_json::to_value(&input).map_err(|error| Error::internal(error.to_string()))?;
        self.enqueue(row.workspace, input.project, kinds::IMPORT, &value, Some(dataset.user())).await
    }

    /// The bytes of an item, whole or in part, and their type.
    pub async fn media(&self, item: &Permit<ItemRow>, range: Option<std::ops::Range<u64>>) -> Result<Bytes> {
        let row = item.resource();
        if let Some(text) = &row.content {
            let bytes = Bytes::from(text.clone());
            return Ok(match range {
                Some(range) => bytes.slice(range.start as usize..range.end as usize),
                None => bytes,
            });
        }
        Ok(match range {
            Some(range) => self.blobs.get_range(&row.hash, range).await?,
            None => self.blobs.get(&row.hash).await?,
        })
    }

    pub async fn dataset_counts(&self, dataset: DatasetId) -> Result<Vec<(String, i64)>> {
        self.read(move |tx| Box::pin(async move { Ok(datasets::modality_counts(tx, dataset).await?) })).await
    }
}

fn disk(error: &io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::ReadOnlyFilesystem => {
            Error::StorageFull
        }
        _ => Error::internal(format!("the upload cannot be written: {error}")),
    }
}

fn append(path: &Path, offset: u64, chunk: &[u8]) -> io::Result<()> {
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    file.write_all(chunk)?;
    file.sync_data()
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
        found.sort();
        Ok(Self { files: found })
    }

    /// All files below a folder. Links are not followed: they could lead anywhere.
    pub fn of_folder(folder: &Path) -> io::Result<Self> {
        fn walk(root: &Path, folder: &Path, found: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
            for entry in std::fs::read_dir(folder)? {
                let entry = entry?;
                let kind = entry.file_type()?;
                let path = entry.path();
                let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
                if kind.is_dir() {
                    walk(root, &path, found)?;
                } else if kind.is_file() && !name.split('/').any(|part| part.starts_with('.')) {
                    found.push((name, path));
                }
            }
            Ok(())
        }
        let mut found = Vec::new();
        walk(folder, folder, &mut found)?;
        Self::of(found)
    }
}

impl FilesView {
    fn find(&self, name: &str) -> Option<&(String, u64, PathBuf)> {
        let at = self.files.binary_search_by(|file| file.0.as_str().cmp(name)).ok()?;
        self.files.get(at)
    }

    fn file(&self, name: &str) -> io::Result<std::fs::File> {
        let missing = || io::Error::new(io::ErrorKind::NotFound, "there is no such file");
        let (_, _, path) = self.find(name).ok_or_else(missing)?;
        std::fs::File::open(path)
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
        Ok(Box::new(self.file(name)?))
    }

    fn open_random(&self, name: &str) -> io::Result<Box<dyn ReadSeek>> {
        Ok(Box::new(self.file(name)?))
    }
}
