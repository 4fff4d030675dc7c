//! Roboflow's COCO: in the folder of each part `_annotations.coco.json` beside the pictures. The first category has the
//! number 0 and the name of the project; it is the supercategory of all others, and no class.

use super::{prefix_of, with_our_part, write_readme};
use crate::{
    carries::{Carries, SplitNames},
    coco,
    extras::Extras,
    media::MediaIndex,
    names::last_part,
    record::{DirectoryView, Found, FoundSchema, Settings, Sink, Stop},
    registry::{Format, Job},
    sink::ArchiveSink,
};
use serde_json::Value as Json;
use std::io;

const FILE: &str = "_annotations.coco.json";
const ID: &str = "roboflow-coco";

pub const FORMAT: Format = Format {
    id: ID,
    title: "Roboflow COCO",
    carries: Carries { split_names: SplitNames::Folder { none: "", others: &["valid"] }, ..coco::FORMAT.carries },
    options: coco::FORMAT.options,
    sniff: |view| f64::from(u8::from(view.list().iter().any(|(name, _)| last_part(name) == FILE))) * 0.97,
    read: Some(read),
    write: Some(write),
    ..Format::NEW
};

fn read(view: &dyn DirectoryView, settings: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let names: Vec<String> =
        view.list().into_iter().map(|(name, _)| name).filter(|name| last_part(name) == FILE).collect();
    for name in &names {
        let folder = name.strip_suffix(FILE).unwrap_or_default();
        // Parts may have pictures of one name: each has its own.
        let media = MediaIndex::new(view, |path| path.starts_with(folder) && !path.ends_with(".json"));
        coco::read_file(view, name, &media, names.len() == 1, settings, &mut |found| {
            sink(match found {
                Found::Schema(schema) => Found::Schema(Box::new(without_project(*schema))),
                Found::Record(record) => {
                    let mut record = with_our_part(*record);
                    record.extras = record.extras.map(|extras| Box::new(Extras { format: ID.to_owned(), ..*extras }));
                    Found::Record(Box::new(record))
                }
                problem @ Found::Problem(_) => problem,
            })
        })?;
    }
    Ok(())
}

fn supercategory<'a>(extras: &'a Extras, class: &str) -> Option<&'a str> {
    extras.part(class)?.kept.get("supercategory").and_then(Json::as_str)
}

/// The schema without the category that stands for the project: a class that something has comes back as such.
fn without_project(mut found: FoundSchema) -> FoundSchema {
    let Some(extras) = &mut found.extras else { return found };
    ID.clone_into(&mut extras.format);
    let classes = &mut found.schema.classes;
    let Some(first) = classes.first().map(|class| class.id.clone()) else { return found };
    let numbered_0 = extras.part(&first).and_then(|part| part.form.get("id")).and_then(Json::as_i64) == Some(0);
    let above = classes.iter().skip(1).any(|class| supercategory(extras, &class.id) == Some(&first));
    if numbered_0 && above && supercategory(extras, &first) == Some("none") {
        classes.remove(0);
        extras.parts.remove(&first);
    }
    found
}

fn write(mut job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let known = job.head.extras.filter(|extras| extras.format == ID);
    let classes = job.head.schema.classes.iter();
    let above = known.and_then(|extras| classes.filter_map(|class| supercategory(extras, &class.id)).next());
    let layout = coco::Layout {
        format: ID,
        file: |part| format!("{}{FILE}", prefix_of(part)),
        media: |part, name| format!("{}{name}", prefix_of(part)),
        // Pictures lie in the folders of their parts.
        apart: true,
        above_all: Some(above.filter(|name| !name.is_empty()).unwrap_or(job.head.project)),
    };
    let images = coco::write_files(&mut job, out, &layout)?;
    write_readme(&job, "COCO", images, out)
}

#[cfg(test)]
mod tests {
    use super::super::part_of;
    use super::*;

    #[test]
    fn parts_have_roboflows_names() {
        assert_eq!((prefix_of(Some("val")), prefix_of(None)), ("valid/".to_owned(), String::new()));
        assert_eq!((part_of("valid"), part_of("test")), ("val".to_owned(), "test".to_owned()));
    }
}
