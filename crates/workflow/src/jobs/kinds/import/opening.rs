//! What is there to be read, and as what.

use super::{ImportInput, reading::Files};
use crate::{Workflow, ingest::FilesView, jobs::Stopped};
use labelwright_core::{LabelSchema, Modality};
use labelwright_formats::{
    ArchiveLimits, DirectoryView, Format, Options, RecordError, Settings, Way, ZipView, detect, format,
};
use labelwright_store::records::projects;
use std::sync::Arc;

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

/// Tables: texts with labels elsewhere.
const TABLES: [&str; 3] = ["csv", "tsv", "parquet"];

/// The format that was asked for, or the one that the data look like. Lines for trainers become conversations where
/// conversations are labeled, tables records or series where those are, pictures pages where documents are, and folders of
/// pictures sequences where videos are.
pub fn chosen(view: &dyn DirectoryView, wanted: &ImportInput, labeled: Option<Modality>) -> Option<&'static Format> {
    if wanted.format != "auto" {
        return format(&wanted.format);
    }
    let found = detect(view);
    // Any table and any object of JSON can be a record, also one that no format knows.
    let holds_records =
        |found: &Format| !TABLES.contains(&found.id) && found.carries.modalities.contains(&Modality::Table);
    if labeled == Some(Modality::Table) && !found.is_some_and(|(found, _)| holds_records(found)) {
        return format("records");
    }
    let (found, _) = found?;
    match labeled {
        Some(Modality::Dialogue) if TRAINERS.contains(&found.id) => format("conversations"),
        Some(Modality::Video) if found.id == "images" => format("frames"),
        Some(Modality::TimeSeries) if TABLES.contains(&found.id) => format("series"),
        Some(Modality::Document) if found.id == "images" => format("documents"),
        _ => Some(found),
    }
}

/// The schema of the project for which the items are; None where they are for none.
pub async fn schema_for(workflow: &Workflow, wanted: &ImportInput) -> Result<Option<Arc<LabelSchema>>, Stopped> {
    let Some(project) = wanted.project else { return Ok(None) };
    let row = workflow.read(move |tx| Box::pin(async move { Ok(projects::project(tx, project).await?) })).await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(workflow.schema_of(row.schema_version).await?))
}
