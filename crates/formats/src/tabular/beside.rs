//! Files beside tables: what a cell holds may be the name of one of them.

use crate::{
    companion::is_address,
    files::read_text,
    media::{AUDIO_ENDINGS, DOCUMENT_ENDINGS, IMAGE_ENDINGS, VIDEO_ENDINGS, VOLUME_ENDINGS, has_ending},
    record::{Data, DirectoryView, RecordError, Sink, Stop, give},
};
use std::{cell::RefCell, collections::HashMap};

const TEXT_ENDINGS: [&str; 2] = [".txt", ".md"];

pub(crate) struct Beside<'a> {
    view: &'a dyn DirectoryView,
    /// Files that are no tables, and whether a cell has named them.
    files: RefCell<HashMap<String, bool>>,
}

impl<'a> Beside<'a> {
    /// The tables of a directory view, and what lies beside them. A view of other files alone is one of tables: somebody
    /// has said that it is.
    pub fn of(view: &'a dyn DirectoryView) -> (Vec<(String, u64)>, Self) {
        let kinds: [&[&str]; 6] =
            [&IMAGE_ENDINGS, &AUDIO_ENDINGS, &VIDEO_ENDINGS, &DOCUMENT_ENDINGS, &VOLUME_ENDINGS, &TEXT_ENDINGS];
        let is_data = |name: &str| kinds.iter().any(|endings| has_ending(name, endings));
        let (others, tables): (Vec<_>, Vec<_>) = view.list().into_iter().partition(|(name, _)| is_data(name));
        let (tables, others) = if tables.is_empty() { (others, tables) } else { (tables, others) };
        let files = others.into_iter().map(|(name, _)| (name, false)).collect();
        (tables, Self { view, files: RefCell::new(files) })
    }

    /// What a cell of a table is: a file beside it that is called so, an address, or else a text.
    pub fn data(&self, table: &str, cell: &str) -> Result<Data, RecordError> {
        if let Some(name) = self.file(table, cell) {
            return if has_ending(&name, &TEXT_ENDINGS) {
                read_text(self.view, &name).map(Data::Text)
            } else {
                Ok(Data::File(name))
            };
        }
        Ok(if is_address(cell) { Data::Url(cell.to_owned()) } else { Data::Text(cell.to_owned()) })
    }

    /// By its name in the view, or in the folder of the table.
    fn file(&self, table: &str, cell: &str) -> Option<String> {
        let mut files = self.files.borrow_mut();
        if files.is_empty() {
            return None;
        }
        let cell = cell.strip_prefix("./").unwrap_or(cell);
        let near = table.rsplit_once('/').map(|(folder, _)| format!("{folder}/{cell}"));
        let name = near.into_iter().chain([cell.to_owned()]).find(|name| files.contains_key(name))?;
        files.insert(name.clone(), true);
        Some(name)
    }

    /// Tells of files that no cell has named.
    pub fn finish(self, sink: &mut Sink<'_>) -> Result<(), Stop> {
        let files = self.files.into_inner().into_iter();
        let mut unnamed: Vec<String> = files.filter(|(_, named)| !named).map(|(name, _)| name).collect();
        unnamed.sort_unstable();
        unnamed.into_iter().try_for_each(|name| {
            give(sink, Err(RecordError::new(name, "other_kind", "no cell of a table names this file")))
        })
    }
}
