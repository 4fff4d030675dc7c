//! Datasets as Roboflow exports them: a folder a part of the dataset (`train`, `valid`, `test`) that holds its pictures
//! and its labels, and two README files beside them.

mod coco;
mod csv;
mod yolo;

pub use coco::FORMAT as COCO;
pub use csv::FORMAT as CSV;
pub use yolo::FORMAT as YOLO;

use crate::{record::Record, registry::Job, sink::ArchiveSink};
use std::io;

/// Roboflow's name for the part that is `val` everywhere else.
const VALID: &str = "valid";

/// Our name of a part, by its folder.
fn part_of(folder: &str) -> String {
    if folder == VALID { "val".to_owned() } else { folder.to_owned() }
}

fn folder_of(part: &str) -> &str {
    if part == "val" { VALID } else { part }
}

/// `train/`, or nothing for what is in no part.
fn prefix_of(part: Option<&str>) -> String {
    part.map_or(String::new(), |part| format!("{}/", crate::names::folder(folder_of(part))))
}

fn with_our_part(record: Record) -> Record {
    Record { split: record.split.as_deref().map(part_of), ..record }
}

/// The two files beside the parts.
fn write_readme(job: &Job<'_, '_>, kind: &str, images: u64, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let title: String = job.head.project.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let classes: Vec<String> =
        job.head.schema.classes.iter().map(|class| class.id.replace(['\n', '\r'], " ")).collect();
    out.begin("README.dataset.txt")?;
    write!(out, "# {title}\n\nExported by labelwright.\n")?;
    out.begin("README.roboflow.txt")?;
    write!(out, "\n{title}\n==============================\n\nThe dataset includes {images} images.\n")?;
    writeln!(out, "{} are annotated in {kind} format.", classes.join(", "))
}
