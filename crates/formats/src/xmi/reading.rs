//! Which file is whose answer to which document: folders as INCEpTION exports them, archives in them, or single files.

use super::{CONSENSUS, CURATOR, NOBODY, document, types::Types};
use crate::{
    archive::{ArchiveLimits, ZipView},
    record::{Data, DirectoryView, Record, RecordError, Settings, Sink, SourcedAnswer, Stop, give},
    text,
};
use std::{
    collections::{BTreeMap, HashMap},
    io::Cursor,
    rc::Rc,
};

/// Document and user of `.../annotation/DOCUMENT/USER.xmi` or `.../curation/DOCUMENT/USER.xmi`.
pub(super) fn in_project(path: &str) -> Option<(&str, &str)> {
    let below = ["annotation/", "curation/"].into_iter().find_map(|folder| {
        path.strip_prefix(folder).or_else(|| path.split_once(&format!("/{folder}")).map(|(_, below)| below))
    })?;
    let (document, file) = below.rsplit_once('/')?;
    let user = file.rsplit_once('.').map_or(file, |(user, _)| user);
    Some((document, user))
}

/// Files of one document with their users.
type Documents = BTreeMap<String, Vec<(String, String)>>;

fn documents(view: &dyn DirectoryView) -> Documents {
    let mut found = Documents::new();
    for (name, _) in view.list() {
        let plain = crate::media::has_ending(&name, &[".xmi"]);
        let (document, user) = match in_project(&name) {
            Some((document, user)) if plain || name.ends_with(".zip") => (document, user),
            None if plain => (&name[..name.len() - 4], "import"),
            _ => continue,
        };
        let user = if user == CURATOR { CONSENSUS } else { user };
        found.entry(document.to_owned()).or_default().push((user.to_owned(), name.clone()));
    }
    for files in found.values_mut() {
        // What was there before anybody began is of use only where nobody has begun.
        if files.iter().any(|(user, _)| user != NOBODY) {
            files.retain(|(user, _)| user != NOBODY);
        }
        files.sort();
    }
    found
}

/// Type systems by the folder in which they lie.
#[derive(Default)]
struct Systems {
    read: HashMap<String, Rc<Types>>,
}

impl Systems {
    /// The one beside the file, above it, or the only one that there is.
    fn of(&mut self, view: &dyn DirectoryView, file: &str, sink: &mut Sink<'_>) -> Result<Rc<Types>, Stop> {
        let above = std::iter::successors(file.rsplit_once('/').map(|(folder, _)| folder), |folder| {
            folder.rsplit_once('/').map(|(folder, _)| folder)
        });
        let beside = |folder: &str| {
            let names = ["TypeSystem.xml", "typesystem.xml"].map(|name| format!("{folder}{name}"));
            names.into_iter().find(|name| view.list_size(name).is_some())
        };
        let found = above.map(|folder| format!("{folder}/")).chain([String::new()]).find_map(|at| beside(&at));
        let Some(name) = found else { return Ok(Rc::default()) };
        if let Some(known) = self.read.get(&name) {
            return Ok(Rc::clone(known));
        }
        let types = match Types::read(view, &name) {
            Ok(types) => Rc::new(types),
            Err(error) => {
                give(sink, Err(error))?;
                Rc::default()
            }
        };
        self.read.insert(name, Rc::clone(&types));
        Ok(types)
    }
}

pub(super) fn read(view: &dyn DirectoryView, settings: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let class = settings.options.get("class").filter(|name| !name.is_empty());
    let mut systems = Systems::default();
    for (key, files) in documents(view) {
        let mut record: Option<Record> = None;
        for (user, name) in files {
            let read = if crate::media::has_ending(&name, &[".zip"]) {
                packed(view, &name, class, sink)?
            } else {
                let types = systems.of(view, &name, sink)?;
                document::read(view, &name, &name, &types, class)
            };
            let found = match read {
                Ok(found) => found,
                Err(error) => {
                    give(sink, Err(error))?;
                    continue;
                }
            };
            for problem in found.problems {
                give(sink, Err(problem))?;
            }
            let record = record.get_or_insert_with(|| Record::new(&key, Data::Text(found.text.clone()), &name));
            if !matches!(&record.data, Data::Text(text) if *text == found.text) {
                let message = "the text is another one than that of the document's first file";
                give(sink, Err(RecordError::new(&name, "other_text", message)))?;
            } else if !found.answer.is_empty() {
                record.answers.push(SourcedAnswer::new(user, found.answer));
            }
        }
        if let Some(record) = record {
            give(sink, Ok(record))?;
        }
    }
    Ok(())
}

/// An archive of one annotator: a file and its type system.
fn packed(
    view: &dyn DirectoryView,
    name: &str,
    class: Option<&str>,
    sink: &mut Sink<'_>,
) -> Result<Result<document::Found, RecordError>, Stop> {
    let bytes = match text::whole_file(view, name) {
        Ok(bytes) => bytes,
        Err(error) => return Ok(Err(error)),
    };
    let limits = ArchiveLimits { entries: 100, entry_bytes: text::FILE_BYTES_MAXIMUM, ..ArchiveLimits::DEFAULT };
    let inner = match ZipView::open(Cursor::new(bytes), limits) {
        Ok(inner) => inner,
        Err(error) => return Ok(Err(RecordError::new(name, "unreadable", error.to_string()))),
    };
    let Some(file) = crate::spans::files(&inner, &[".xmi"]).into_iter().next() else {
        return Ok(Err(RecordError::new(name, "other_kind", "there is no XMI file in the archive")));
    };
    let types = Systems::default().of(&inner, &file, sink)?;
    Ok(document::read(&inner, &file, &format!("{name}/{file}"), &types, class))
}
