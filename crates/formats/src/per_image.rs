//! What formats with a label file for every picture have in common: names on the way out, pictures on the way in.

use crate::{
    loss::Losses,
    media::MediaIndex,
    names::{Stems, folder, split_ending},
    record::{Data, DirectoryView, ExportItem, Record, RecordError, Sink, Stop, give},
    registry::Job,
    sink::ArchiveSink,
};
use std::{collections::BTreeSet, io};

/// Folders of labels and of pictures, and the ending of label files. With parts of a dataset, each has both folders.
pub(crate) struct Layout {
    pub labels: &'static str,
    pub media: &'static str,
    pub ending: &'static str,
}

impl Layout {
    fn path(folder: &str, split: Option<&str>, name: &str) -> String {
        let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        match split {
            Some(split) => format!("{split}/{folder}{name}"),
            None => format!("{folder}{name}"),
        }
    }

    /// Writes a file for every item; `file` appends its bytes.
    pub fn write(
        &self,
        job: Job<'_, '_>,
        out: &mut dyn ArchiveSink,
        mut file: impl FnMut(&ExportItem, &str, &Losses, &mut Vec<u8>) -> io::Result<()>,
    ) -> io::Result<()> {
        let (mut stems, mut bytes) = (Stems::default(), Vec::new());
        for item in job.items {
            let split = item.split.as_deref().map(folder);
            let name = stems.name(split.as_deref().unwrap_or_default(), &item.key, job.losses);
            bytes.clear();
            file(&item, &name, job.losses, &mut bytes)?;
            let label = format!("{}{}", split_ending(&name).0, self.ending);
            out.begin(&Self::path(self.labels, split.as_deref(), &label))?;
            out.write_all(&bytes)?;
            if let Some(source) = &item.media {
                out.media(&Self::path(self.media, split.as_deref(), &name), source)?;
            }
        }
        Ok(())
    }

    /// The part of the dataset and the name below a folder of this layout.
    fn below<'a>(folder: &str, path: &'a str) -> (Option<&'a str>, &'a str) {
        if folder.is_empty() {
            return (None, path);
        }
        let inner = format!("/{folder}/");
        if let Some(at) = path.find(&inner) {
            let split = path[..at].rsplit('/').next().filter(|split| !split.is_empty());
            return (split, &path[at + inner.len()..]);
        }
        (None, path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')).unwrap_or(path))
    }

    /// Reads every label file; `file` gets its name, the record that belongs to it, and makes it whole. Pictures without
    /// a label file follow.
    pub fn read(
        &self,
        view: &dyn DirectoryView,
        sink: &mut Sink<'_>,
        mut file: impl FnMut(&str, Record, &mut Vec<RecordError>) -> Result<Record, RecordError>,
    ) -> Result<(), Stop> {
        let media = MediaIndex::images(view);
        let mut used = BTreeSet::new();
        let files = view.list().into_iter().map(|(name, _)| name);
        for name in files.filter(|name| name.ends_with(self.ending)) {
            let (split, below) = Self::below(self.labels, &name);
            let stem = below.strip_suffix(self.ending).unwrap_or(below);
            let prefix = split.map(|split| format!("{split}/{}", self.media));
            let found = prefix
                .as_deref()
                .and_then(|prefix| media.find_stem(&format!("{}/{stem}", prefix.trim_end_matches('/'))))
                .or_else(|| media.find_stem(stem));
            let (key, data) = match found {
                Some(path) => {
                    used.insert(path.to_owned());
                    let ending = split_ending(path).1;
                    (format!("{stem}{ending}"), Data::File(path.to_owned()))
                }
                None => (format!("{stem}.jpg"), Data::Absent(format!("{stem}.jpg"))),
            };
            let mut record = Record::new(key, data, &name);
            record.split = split.map(str::to_owned);
            if let Data::File(path) = &record.data {
                record.size = crate::media::image_size(view, path);
            }
            let mut problems = Vec::new();
            let record = file(&name, record, &mut problems);
            for problem in problems {
                give(sink, Err(problem))?;
            }
            give(sink, record)?;
        }
        for path in media.paths().iter().filter(|path| !used.contains(*path)) {
            let (split, key) = Self::below(self.media, path);
            let split = split.map(str::to_owned);
            give(sink, Ok(Record { split, ..Record::new(key, Data::File(path.clone()), path) }))?;
        }
        Ok(())
    }
}

/// The record under another name, where its file says one; the data stays what was found.
pub(crate) fn renamed(mut record: Record, key: &str, view: &dyn DirectoryView) -> Record {
    if let Data::Absent(name) = &mut record.data {
        if view.list_size(key).is_some() {
            record.data = Data::File(key.to_owned());
        } else {
            key.clone_into(name);
        }
    }
    key.clone_into(&mut record.key);
    record
}
