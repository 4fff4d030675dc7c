//! What is there to be read, and as what.

use super::{ImportInput, reading::Files};
use crate::{Workflow, ingest::FilesView, jobs::Stopped};
use labelwright_core::Modality;
use labelwright_formats::{
    ArchiveLimits, DirectoryView, Format, Options, RecordError, Settings, Way, ZipView, detect, format,
};
use labelwright_store::records::projects;

/// The files as a directory; a zip file that is alone is opened.
pub fn opened(files: Files) -> Result<Box<dyn DirectoryView>, RecordError> {
    let single_zip = match &files {
        Files::Named(named) => named.first().filter(|(n, _)| named.len() == 1 && n.ends_with(".zip")).cloned(),
        Files::Path(path) => path
            .extension()
            .is_some_and(|ending| ending == "zip")
            .then(|| (path.file_name().unwrap_or_default().to_string_lossy().into_owned(), path.clone())),
    };
    if let Some((zip, path)) = single_zip {
        let opened = std::fs::File::open(path).map_err(|error| error.to_string());
        let view = opened.and_then(|file| {
            ZipView::open(std::io::BufReader::new(file), ArchiveLimits::DEFAULT).map_err(|error| error.to_string())
        });
        return match view {
            Ok(view) => Ok(Box::new(view)),
            Err(message) => Err(RecordError::new(zip, "unreadable", message)),
        };
    }
    let view = match files {
        Files::Named(named) => FilesView::of(named),
        Files::Path(path) if path.is_dir() => FilesView::of_folder(&path),
        Files::Path(path) => {
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            FilesView::of(vec![(file, path)])
        }
    };
    match view {
        Ok(view) => Ok(Box::new(view)),
        Err(error) => Err(RecordError::new("", "unreadable", error.to_string())),
    }
}

/// What the reader of this format is told.
pub fn settings(format: &Format, wanted: &ImportInput) -> Result<Settings, String> {
    let pairs = wanted.options.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    let options = Options::parse(format.options, Way::Read, pairs)?;
    Ok(Settings { options, ..Settings::from(wanted.mapping.clone()) })
}

/// Formats of trainers, whose lines are texts with labels elsewhere.
const TRAINERS: [&str; 3] = ["sft", "preference", "judged-completions"];

/// The format that was asked for, or the one that the data look like. Lines for trainers become conversations where
/// conversations are labeled.
pub fn chosen(view: &dyn DirectoryView, wanted: &ImportInput, conversations: bool) -> Option<&'static Format> {
    if wanted.format != "auto" {
        return format(&wanted.format);
    }
    let (found, _) = detect(view)?;
    let turns = conversations && TRAINERS.contains(&found.id);
    if turns { format("conversations") } else { Some(found) }
}

/// Does the project for which the items are ask about conversations?
pub async fn for_conversations(workflow: &Workflow, wanted: &ImportInput) -> Result<bool, Stopped> {
    let Some(project) = wanted.project else { return Ok(false) };
    let row = workflow.read(move |tx| Box::pin(async move { Ok(projects::project(tx, project).await?) })).await?;
    let Some(row) = row else { return Ok(false) };
    Ok(workflow.schema_of(row.schema_version).await?.modality == Modality::Dialogue)
}
