//! A PNG of black and white for every region: nothing is lost where regions overlap. `masks/<picture>/<number>.png`,
//! and `masks/classes.tsv` with the class of each.

use super::{MASKS, mask_of, raster};
use crate::{
    carries::{Carries, ClassList, Kind, Names},
    labels,
    media::MediaIndex,
    names::{Stems, region_id},
    png_mask,
    record::{Data, DirectoryView, Record, RecordError, Sink, Stop, give},
    registry::{Format, Job},
    shapes,
    sink::{ArchiveSink, append},
    text,
};
use labelwright_core::{Answer, Geometry};
use std::io::{self, Write};

const LIST: &str = "masks/classes.tsv";

pub const FORMAT: Format = Format {
    id: "mask-instances",
    title: "Mask PNG, one an instance",
    carries: Carries {
        words: "images with masks",
        splits: false,
        classes: ClassList::Used,
        attributes: Names::Only(&[("z_order", Kind::Count)]),
        ..MASKS
    },
    sniff: |view| f64::from(u8::from(view.list_size(LIST).is_some())) * 0.97,
    read: Some(|view, _, sink| read(view, sink)),
    write: Some(write),
    ..Format::NEW
};

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let media = MediaIndex::new(view, |name| crate::media::is_image(name) && !name.starts_with("masks/"));
    let mut current: Option<(Record, Answer)> = None;
    text::each_line(view, LIST, |number, line| {
        let place = format!("{LIST}:{number}");
        let line = match line {
            Ok("") => return Ok(()),
            Ok(line) => line,
            Err(error) => return give(sink, Err(error)),
        };
        // picture, width, height, then for a region: file, class, order
        let cells: Vec<&str> = line.split('\t').collect();
        let side = |at: usize| cells.get(at).and_then(|cell| cell.parse::<u32>().ok()).filter(|side| *side > 0);
        let (Some(key), Some(width), Some(height)) = (cells.first(), side(1), side(2)) else {
            return give(
                sink,
                Err(RecordError::new(place, "bad_line", "a line has a picture, its width and its height")),
            );
        };
        if current.as_ref().is_none_or(|(record, _)| record.key != *key) {
            if let Some((record, answer)) = current.take() {
                give(sink, Ok(record.answered(answer)))?;
            }
            let data = media
                .find(&format!("images/{key}"))
                .map_or_else(|| media.data(key), |path| Data::File(path.to_owned()));
            let record = Record { size: Some([width, height]), ..Record::new(*key, data, &place) };
            current = Some((record, Answer::default()));
        }
        let (Some(file), Some(class)) = (cells.get(3), cells.get(4)) else { return Ok(()) };
        // A line may name no file at all: the place is its own.
        let named =
            |error: RecordError| RecordError::new(&place, error.code, format!("the mask {file:?}: {}", error.message));
        let mask = raster(view, file).map_err(named).and_then(|picture| {
            let pixels: Vec<bool> = picture.values.iter().map(|value| *value != 0).collect();
            let size = [picture.width, picture.height];
            shapes::mask_of_crop([width, height], [0, 0], size, &pixels)
                .filter(|_| size == [width, height])
                .ok_or_else(|| RecordError::new(&place, "bad_mask", "the mask has another size than the picture"))
        });
        match (mask, &mut current) {
            (Ok(mask), Some((_, answer))) => {
                let id = region_id(answer.regions.len());
                let mut region = labels::region(id, *class, Geometry::Mask(mask));
                let order = cells.get(5).and_then(|order| crate::numbers::parse(order));
                region
                    .attributes
                    .extend(order.map(|order| ("z_order".to_owned(), labelwright_core::Value::Number(order))));
                answer.regions.push(region);
                Ok(())
            }
            (Err(error), _) => give(sink, Err(error)),
            (Ok(_), None) => Ok(()),
        }
    })?;
    match current {
        Some((record, answer)) => give(sink, Ok(record.answered(answer))),
        None => Ok(()),
    }
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let mut names = Stems::default();
    let mut list = out.scratch()?;
    for item in job.items {
        let name = names.name("", &item.key, job.losses);
        let Some([width, height]) = item.size else {
            job.losses.add("no_size", "the size of the picture is not known", &item.key);
            continue;
        };
        let mut some = false;
        for (number, region) in item.regions().enumerate() {
            let Some(mask) = mask_of(region).filter(|mask| (mask.width, mask.height) == (width, height)) else {
                job.losses.add("other_size", "a mask of another size than the picture is left out", &item.key);
                continue;
            };
            let mut pixels = vec![false; width as usize * height as usize];
            super::each_pixel(mask, |x, y| pixels[y as usize * width as usize + x as usize] = true);
            let file = format!("masks/{name}/{}.png", number + 1);
            out.begin(&file)?;
            out.write_all(&png_mask::encode_bits(width, height, &pixels))?;
            write!(list, "{name}\t{width}\t{height}\t{file}\t{}", region.class)?;
            if let Some(order) = region.attributes.get("z_order") {
                write!(list, "\t{}", labels::as_text(order).0)?;
            }
            writeln!(list)?;
            some = true;
        }
        if !some {
            writeln!(list, "{name}\t{width}\t{height}")?;
        }
        if let Some(source) = &item.media {
            out.media(&format!("images/{name}"), source)?;
        }
    }
    out.begin(LIST)?;
    append(out, list)
}
