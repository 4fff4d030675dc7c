//! COCO-Stuff's pixel maps (H. Caesar et al., 2018): `stuffthingmaps/<part>/*.png` with a byte a pixel, the number of its
//! class less one, 255 where nothing is labeled; `labels.txt` has `number: name` lines from `0: unlabeled` on. (The JSON
//! files of COCO stuff are read as COCO.)

use super::{
    MASKS,
    pictures::{Painted, Picture, Pixels, each_painted},
};
use crate::{
    carries::{Carries, ClassList},
    labels,
    media::MediaIndex,
    names::{last_part, split_ending},
    png_mask,
    record::{DirectoryView, RecordError, Sink, Stop, give, give_schema},
    registry::{Format, Job},
    sink::ArchiveSink,
    text,
};
use labelwright_core::GeometryKind;
use std::{collections::BTreeMap, io};

pub const FORMAT: Format = Format {
    id: "coco-stuff",
    title: "COCO-Stuff pixel maps",
    carries: Carries { words: "images with one mask a class", classes: ClassList::All, ..MASKS },
    sniff: |view| {
        let listed = list(view).is_some_and(|name| text::start_of(view, &name, 64).starts_with("0: unlabeled"));
        let maps = view.list().iter().any(|(name, _)| below(name).is_some());
        if listed && maps { 0.97 } else { 0.0 }
    },
    read: Some(|view, _, sink| read(view, sink)),
    write: Some(write),
    ..Format::NEW
};

const FOLDER: &str = "stuffthingmaps";
const NOTHING: u32 = 255;

fn list(view: &dyn DirectoryView) -> Option<String> {
    view.list().into_iter().map(|(name, _)| name).find(|name| last_part(name) == "labels.txt")
}

/// Part and name of a map; folders as `stuffthingmaps_trainval2017` count too.
fn below(path: &str) -> Option<(&str, &str)> {
    let at = path.find(FOLDER)?;
    let rest = path[at..].split_once('/')?.1.strip_suffix(".png")?;
    rest.split_once('/')
}

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let Some(list) = list(view) else {
        let message = "there is no labels.txt, so that the classes are not known";
        return Err(Stop::Unreadable(RecordError::new("labels.txt", "missing_file", message)));
    };
    let mut names: BTreeMap<u32, String> = BTreeMap::new();
    for line in text::list_of_lines(view, &list).map_err(Stop::Unreadable)? {
        match line.split_once(':').and_then(|(number, name)| Some((number.trim().parse().ok()?, name.trim()))) {
            Some((0, _)) => {}
            Some((number, name)) => drop(names.insert(number, name.to_owned())),
            None => give(sink, Err(RecordError::new(&list, "bad_line", format!("{line:?} is no `number: name`"))))?,
        }
    }
    give_schema(sink, labels::class_list(names.values().map(String::as_str), &[GeometryKind::Mask]), None)?;
    let media = MediaIndex::new(view, |name| crate::media::is_image(name) && below(name).is_none());
    let files: Vec<String> = view.list().into_iter().map(|(name, _)| name).collect();
    for (name, (part, stem)) in files.iter().filter_map(|name| Some((name, below(name)?))) {
        let beside = format!("images/{part}/{stem}");
        let labels = Picture { name, part: Some(part), stem, beside, ending: ".jpg" };
        labels.read(view, &media, sink, |_, value| match names.get(&(value + 1)) {
            _ if value == NOTHING => Pixels::Nothing,
            Some(class) => Pixels::Of(class),
            None => Pixels::Unknown(format!("labels.txt has no class {}", value + 1)),
        })?;
    }
    Ok(())
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let classes = job.head.class_indices();
    each_painted(
        job.items,
        job.losses,
        |part| part,
        |Painted { item, canvas, part, name }| {
            if classes.len() > NOTHING as usize {
                job.losses.add("overlap", "there is room for 255 classes; the others share the last number", &item.key);
            }
            let class = |region: &labelwright_core::Region| {
                classes.get(region.class.as_str()).map_or(0, |at| (*at).min(254) as u8)
            };
            let of_region: Vec<u8> = item.regions().map(class).collect();
            let mut seen = [false; 256];
            if of_region.iter().any(|class| std::mem::replace(&mut seen[usize::from(*class)], true)) {
                job.losses.add("overlap", "regions of one class in a picture become one", &item.key);
            }
            let values = canvas.map(NOTHING as u8, |region| of_region.get(region).copied().unwrap_or(0));
            out.begin(&format!("{FOLDER}/{part}/{}.png", split_ending(name).0))?;
            out.write_all(&png_mask::encode_grey(canvas.width, canvas.height, &values))?;
            match &item.media {
                Some(source) => out.media(&format!("images/{part}/{name}"), source),
                None => Ok(()),
            }
        },
    )?;
    out.begin("labels.txt")?;
    writeln!(out, "0: unlabeled")?;
    for (index, class) in job.head.schema.classes.iter().enumerate().take(255) {
        writeln!(out, "{}: {}", index + 1, class.id)?;
    }
    Ok(())
}
