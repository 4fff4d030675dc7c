//! Roboflow's YOLO (v5 to v12): in the folder of each part `images` and `labels`, and `data.yaml` with the list of classes
//! and paths that begin with `../`. Boxes and polygons may stand in one file.

use super::{folder_of, part_of, prefix_of, write_readme};
use crate::{
    carries::{Carries, SplitNames},
    names::{Stems, split_ending},
    record::{DirectoryView, Sink, Stop},
    registry::{Format, Job},
    sink::ArchiveSink,
    text::start_of,
    yolo,
};
use labelwright_core::GeometryKind;
use std::{collections::BTreeSet, io};

pub const FORMAT: Format = Format {
    id: "roboflow-yolo",
    title: "Roboflow YOLO",
    carries: Carries {
        words: "images with boxes, polygons of one ring",
        geometry: &[GeometryKind::Box, GeometryKind::Polygon],
        split_names: SplitNames::Folder { none: "", others: &["valid"] },
        ..yolo::DETECT.carries
    },
    sniff,
    read: Some(|view, _, sink| read(view, sink)),
    write: Some(write),
    ..Format::NEW
};

/// As Ultralytics has it, with `roboflow:` or paths that begin with `../` in `data.yaml`. Poses and rotated boxes are
/// left to the formats of theirs.
fn sniff(view: &dyn DirectoryView) -> f64 {
    let names = view.list().into_iter().map(|(name, _)| name);
    let yaml = names.into_iter().find(|name| name.ends_with(".yaml") || name.ends_with(".yml"));
    let start = yaml.map(|name| start_of(view, &name, 1 << 16)).unwrap_or_default();
    let ours = |line: &str| line.starts_with("roboflow:") || line.contains(": ../") && line.contains("images");
    // The quick look first: the other one reads the whole file.
    if !start.lines().any(ours) {
        return 0.0;
    }
    let (boxes, polygons) = ((yolo::DETECT.sniff)(view), (yolo::SEGMENT.sniff)(view));
    if boxes > 0.9 || polygons > 0.9 {
        return 0.97;
    }
    // Polygons of four corners, which may be rotated boxes.
    if polygons > (yolo::ROTATED.sniff)(view) { polygons + 0.05 } else { 0.0 }
}

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    yolo::read_segments(view, sink, |path| {
        let (before, key) = match path.find("/images/") {
            Some(at) => (&path[..at], &path[at + "/images/".len()..]),
            None => ("", path.strip_prefix("images/").unwrap_or(path)),
        };
        let part = Some(crate::names::last_part(before)).filter(|part| !part.is_empty()).map(part_of);
        (part, key.to_owned())
    })
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let classes = job.head.class_indices();
    let (mut stems, mut parts, mut images) = (Stems::default(), BTreeSet::new(), 0);
    let mut text = Vec::new();
    for item in &mut *job.items {
        let prefix = prefix_of(item.split.as_deref());
        let name = yolo::name_of(&mut stems, &prefix, &item.key, job.losses);
        text.clear();
        yolo::label_lines(&item, &classes, job.losses, &mut text);
        out.begin(&format!("{prefix}labels/{}.txt", split_ending(&name).0))?;
        out.write_all(&text)?;
        if let Some(source) = &item.media {
            out.media(&format!("{prefix}images/{name}"), source)?;
        }
        parts.insert(prefix);
        images += 1;
    }
    out.begin("data.yaml")?;
    let named = ["train", "val", "test"].map(|part| (part.to_owned(), prefix_of(Some(part))));
    let known: BTreeSet<String> = named.iter().map(|(_, prefix)| prefix.clone()).collect();
    let others = parts.difference(&known).filter(|prefix| !prefix.is_empty());
    let others: Vec<_> = others.map(|prefix| (prefix.trim_end_matches('/').to_owned(), prefix.clone())).collect();
    for (part, prefix) in named.into_iter().chain(others) {
        // Programs want pictures to train with and to check with, whatever there is.
        let instead = || parts.first().filter(|_| folder_of(&part) != "test").cloned();
        if let Some(prefix) = parts.get(&prefix).cloned().or_else(instead) {
            writeln!(out, "{}: {}", yolo::quoted(&part), yolo::quoted_path(&format!("../{prefix}images")))?;
        }
    }
    let names: Vec<String> =
        job.head.schema.classes.iter().map(|class| serde_json::to_string(&class.id)).collect::<Result<_, _>>()?;
    write!(out, "\nnc: {}\nnames: [{}]\n", names.len(), names.join(", "))?;
    write!(out, "\nroboflow:\n  project: {}\n", serde_json::to_string(job.head.project)?)?;
    write_readme(&job, "YOLO", images, out)
}
