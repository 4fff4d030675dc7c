//! A PNG of black and white for every class of a picture: `masks/<class>/<picture>.png`. Classes may overlap; regions of
//! one class in a picture become one. Beside them `classes.tsv` (folder, class) and `pictures.tsv` (picture, width,
//! height), which tell of classes and pictures without masks; folders of other programs that have neither are read too.

use super::{MASKS, each_pixel, mask_of, raster};
use crate::{
    carries::Carries,
    labels,
    media::MediaIndex,
    names::{Folders, Stems, region_id, split_ending},
    png_mask,
    record::{Data, DirectoryView, Record, RecordError, Sink, Stop, give, give_schema},
    registry::{Format, Job},
    sink::{ArchiveSink, append},
    text,
};
use labelwright_core::{Answer, Geometry, GeometryKind, geometry::Mask};
use std::{
    collections::BTreeSet,
    io::{self, Write},
};

const CLASSES: &str = "classes.tsv";
const PICTURES: &str = "pictures.tsv";
const FOLDER: &str = "masks/";

pub const FORMAT: Format = Format {
    id: "mask-classes",
    title: "Mask PNG, one a class",
    carries: Carries { words: "images with one mask a class", splits: false, ..MASKS },
    sniff: |view| {
        let both = [CLASSES, PICTURES].iter().all(|name| view.list_size(name).is_some());
        f64::from(u8::from(both)) * 0.97
    },
    read: Some(|view, _, sink| read(view, sink)),
    write: Some(write),
    ..Format::NEW
};

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    // A folder and the class that it is of.
    let mut classes: Vec<(String, String)> = Vec::new();
    if view.list_size(CLASSES).is_some() {
        text::each_line(view, CLASSES, |number, line| {
            match line.map(|line| line.split_once('\t').map(|(folder, class)| (folder.to_owned(), class.to_owned()))) {
                Ok(Some((folder, class))) if !class.is_empty() => {
                    classes.push((folder, class));
                    Ok(())
                }
                Ok(_) => {
                    let place = format!("{CLASSES}:{number}");
                    give(sink, Err(RecordError::new(place, "bad_line", "a line has a folder, a tab and a class")))
                }
                Err(error) => give(sink, Err(error)),
            }
        })?;
    } else {
        classes = folders(view).into_iter().map(|folder| (folder.clone(), folder)).collect();
    }
    let names = classes.iter().map(|(_, class)| class.as_str());
    give_schema(sink, labels::class_list(names, &[GeometryKind::Mask]), None)?;
    let media = MediaIndex::new(view, |name| crate::media::is_image(name) && !name.starts_with(FOLDER));
    if view.list_size(PICTURES).is_none() {
        for stem in stems(view) {
            picture(view, &media, &classes, Listed { key: None, stem: &stem, size: None, place: &stem }, sink)?;
        }
        return Ok(());
    }
    text::each_line(view, PICTURES, |number, line| {
        let place = format!("{PICTURES}:{number}");
        let line = match line {
            Ok(line) => line,
            Err(error) => return give(sink, Err(error)),
        };
        let mut cells = line.split('\t');
        let key = cells.next().filter(|key| !key.is_empty());
        let mut side = || cells.next().and_then(|cell| cell.parse::<u32>().ok()).filter(|side| *side > 0);
        let (Some(key), Some(width), Some(height)) = (key, side(), side()) else {
            let message = "a line has a picture, its width and its height";
            return give(sink, Err(RecordError::new(place, "bad_line", message)));
        };
        let size = Some([width, height]);
        picture(view, &media, &classes, Listed { key: Some(key), stem: split_ending(key).0, size, place: &place }, sink)
    })
}

/// A picture as its list or its masks tell of it.
struct Listed<'a> {
    key: Option<&'a str>,
    stem: &'a str,
    size: Option<[u32; 2]>,
    place: &'a str,
}

fn picture(
    view: &dyn DirectoryView,
    media: &MediaIndex,
    classes: &[(String, String)],
    listed: Listed<'_>,
    sink: &mut Sink<'_>,
) -> Result<(), Stop> {
    let (mut size, mut answer) = (listed.size, Answer::default());
    for (folder, class) in classes {
        let name = format!("{FOLDER}{folder}/{}.png", listed.stem);
        if view.list_size(&name).is_none() {
            continue;
        }
        let mask = raster(view, &name).and_then(|picture| {
            let found = [picture.width, picture.height];
            if *size.get_or_insert(found) != found {
                let message = "the mask has another size than the picture";
                return Err(RecordError::new(&name, "bad_mask", message));
            }
            let columns = (0..found[0]).flat_map(|x| (0..found[1]).map(move |y| (x, y)));
            let lit = |(x, y)| picture.values.get((y * found[0] + x) as usize).is_some_and(|value| *value != 0);
            Ok(Mask::from_pixels(found[0], found[1], columns.map(lit)))
        });
        match mask {
            Ok(mask) if mask.area() > 0 => {
                let id = region_id(answer.regions.len());
                answer.regions.push(labels::region(id, class, Geometry::Mask(mask)));
            }
            Ok(_) => {}
            Err(error) => give(sink, Err(error))?,
        }
    }
    let beside = format!("images/{}", listed.key.unwrap_or(listed.stem));
    let found = match listed.key {
        Some(key) => media.find(&beside).or_else(|| media.find(key)),
        None => media.find_stem(&beside).or_else(|| media.find_stem(listed.stem)),
    };
    let ending = found.map_or(".png", |path| split_ending(path).1);
    let key = listed.key.map_or_else(|| format!("{}{ending}", listed.stem), str::to_owned);
    let data = found.map_or_else(|| Data::Absent(key.clone()), |path| Data::File(path.to_owned()));
    give(sink, Ok(Record { size, ..Record::new(key, data, listed.place).answered(answer) }))
}

/// Folders with masks.
fn folders(view: &dyn DirectoryView) -> BTreeSet<String> {
    let files = view.list();
    let below = files.iter().filter_map(|(name, _)| name.strip_prefix(FOLDER)?.split_once('/'));
    below.filter(|(_, file)| file.ends_with(".png")).map(|(folder, _)| folder.to_owned()).collect()
}

/// Pictures that have a mask.
fn stems(view: &dyn DirectoryView) -> BTreeSet<String> {
    let files = view.list();
    let below = files.iter().filter_map(|(name, _)| name.strip_prefix(FOLDER)?.split_once('/'));
    below.filter_map(|(_, file)| file.strip_suffix(".png")).map(str::to_owned).collect()
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let (mut names, mut folders) = (Stems::default(), Folders::new(&[]));
    let mut list = out.scratch()?;
    for item in job.items {
        let name = names.name("", &item.key, job.losses);
        let Some([width, height]) = item.size else {
            job.losses.add("no_size", "the size of the picture is not known", &item.key);
            continue;
        };
        let used: BTreeSet<&str> = item.regions().map(|region| region.class.as_str()).collect();
        if used.len() < item.regions().count() {
            job.losses.add("overlap", "regions of one class in a picture become one", &item.key);
        }
        for class in job.head.schema.classes.iter().filter(|class| used.contains(class.id.as_str())) {
            let mut pixels = vec![false; width as usize * height as usize];
            for region in item.regions().filter(|region| region.class == class.id) {
                let Some(mask) = mask_of(region).filter(|mask| (mask.width, mask.height) == (width, height)) else {
                    job.losses.add("other_size", "a mask of another size than the picture is left out", &item.key);
                    continue;
                };
                each_pixel(mask, |x, y| pixels[y as usize * width as usize + x as usize] = true);
            }
            out.begin(&format!("{FOLDER}{}/{}.png", folders.name(&class.id), split_ending(&name).0))?;
            out.write_all(&png_mask::encode_bits(width, height, &pixels))?;
        }
        writeln!(list, "{name}\t{width}\t{height}")?;
        if let Some(source) = &item.media {
            out.media(&format!("images/{name}"), source)?;
        }
    }
    out.begin(CLASSES)?;
    for class in &job.head.schema.classes {
        writeln!(out, "{}\t{}", folders.name(&class.id), class.id)?;
    }
    out.begin(PICTURES)?;
    append(out, list)
}
