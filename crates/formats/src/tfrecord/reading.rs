//! Examples as records: boxes, masks, classes. Pictures stay where they lie in the file.

use super::{
    CLASS_FIELD, FLAGS,
    example::{self, Example, Feature},
    files,
    frames::{Frame, Frames},
    label_map,
};
use crate::{
    files::read_text,
    labels,
    media::has_ending,
    names::{last_part, region_id, split_ending},
    packed, png_mask,
    record::{Data, DirectoryView, Record, RecordError, Settings, Sink, Stop, give, give_schema},
    shapes,
};
use labelwright_core::{Answer, Geometry, GeometryKind, Region, Value, geometry::Mask};
use std::{collections::BTreeMap, io::BufReader};

type Problem = (&'static str, String);

pub(super) fn read(view: &dyn DirectoryView, _: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let names = view.list().into_iter().map(|(name, _)| name);
    let mut map = BTreeMap::new();
    if let Some(file) = names.filter(|name| has_ending(name, &[".pbtxt"])).min_by_key(String::len) {
        match read_text(view, &file).and_then(|text| label_map::parse(&file, &text)) {
            Ok(found) => {
                let kinds = [GeometryKind::Box, GeometryKind::Mask];
                give_schema(sink, labels::class_list(found.values().map(String::as_str), &kinds), None)?;
                map = found;
            }
            Err(error) => give(sink, Err(error))?,
        }
    }
    for name in files(view) {
        let file = view.open(&name).map_err(|error| Stop::Unreadable(crate::text::unreadable(&name, &error)))?;
        let mut frames = Frames::new(&name, BufReader::with_capacity(1 << 16, file));
        loop {
            match frames.next() {
                Ok(Frame::Data { data, start, number }) => {
                    let place = format!("{name}: record {number}");
                    let item = Item { file: &name, place: &place, start, map: &map };
                    let mut problems = Vec::new();
                    let record = item.record(&data, number, &mut problems);
                    for (code, message) in problems {
                        give(sink, Err(RecordError::new(&place, code, message)))?;
                    }
                    give(sink, record)?;
                }
                Ok(Frame::Damaged(error)) => give(sink, Err(error))?,
                Ok(Frame::End) => break,
                Err(error) => {
                    give(sink, Err(error))?;
                    break;
                }
            }
        }
    }
    Ok(())
}

/// The part of the dataset in `train-00000-of-00001.tfrecord` or `val.record`.
fn split_of(file: &str) -> Option<String> {
    let name = last_part(file);
    let numbered = name.contains("-of-").then(|| name.split_once("-0")).flatten().map(|(split, _)| split);
    let usual = || name.split_once('.').map(|(split, _)| split).filter(|split| USUAL.contains(split));
    let split = numbered.or_else(usual)?;
    (!split.is_empty() && split != "data").then(|| split.to_owned())
}

const USUAL: [&str; 5] = ["train", "val", "validation", "test", "eval"];

struct Item<'a> {
    file: &'a str,
    place: &'a str,
    /// Where the data begins in the file.
    start: u64,
    map: &'a BTreeMap<i64, String>,
}

fn text(example: &Example<'_>, key: &str) -> Option<String> {
    match example.get(key)? {
        Feature::Bytes(list) => list.first().map(|bytes| String::from_utf8_lossy(bytes).into_owned()),
        _ => None,
    }
}

fn integers<'e>(example: &'e Example<'_>, key: &str) -> &'e [i64] {
    match example.get(key) {
        Some(Feature::Integers(list)) => list,
        _ => &[],
    }
}

fn bytes<'e, 'd>(example: &'e Example<'d>, key: &str) -> &'e [&'d [u8]] {
    match example.get(key) {
        Some(Feature::Bytes(list)) => list,
        _ => &[],
    }
}

impl Item<'_> {
    fn record(&self, data: &[u8], number: u64, problems: &mut Vec<Problem>) -> Result<Record, RecordError> {
        let example = example::parse(data).map_err(|message| RecordError::new(self.place, "malformed", message))?;
        let key = ["image/filename", "image/source_id"].iter().find_map(|key| text(&example, key));
        let key = key.filter(|key| !key.is_empty());
        let side = |key: &str| integers(&example, key).first().and_then(|side| u32::try_from(*side).ok());
        let size = side("image/width").zip(side("image/height")).map(|(width, height)| [width, height]);
        let size = size.filter(|size| !size.contains(&0));
        let encoded = bytes(&example, "image/encoded").first().filter(|bytes| !bytes.is_empty());
        let format = text(&example, "image/format").filter(|format| !format.is_empty());
        let ending = format.map_or_else(|| "jpg".to_owned(), |format| format.to_lowercase());
        let key = key.unwrap_or_else(|| {
            let stem = split_ending(last_part(self.file)).0;
            format!("{stem}-{number:07}.{ending}")
        });
        let data = match encoded {
            Some(encoded) => {
                // The slice is a part of the record: where it begins there is where it lies in the file.
                let within = encoded.as_ptr().addr() - data.as_ptr().addr();
                let inner =
                    if crate::media::is_image(&key) { last_part(&key).to_owned() } else { format!("x.{ending}") };
                let (start, length) = (self.start + within as u64, encoded.len() as u64);
                Data::File(packed::bytes_name(self.file, start, length, &inner))
            }
            None if key.starts_with("http://") || key.starts_with("https://") => Data::Url(key.clone()),
            None => Data::Absent(key.clone()),
        };
        let mut answer = Answer { regions: self.regions(&example, size, problems), ..Answer::default() };
        let class = text(&example, "image/class/text").filter(|class| !class.is_empty());
        let class = class.or_else(|| self.map.get(integers(&example, "image/class/label").first()?).cloned());
        answer.fields.extend(class.map(|class| (CLASS_FIELD.to_owned(), Value::Text(class))));
        Ok(Record { size, split: split_of(self.file), ..Record::new(key, data, self.place) }.answered(answer))
    }

    fn regions(&self, example: &Example<'_>, size: Option<[u32; 2]>, problems: &mut Vec<Problem>) -> Vec<Region> {
        let side = |side: &str| match example.get(&format!("image/object/bbox/{side}")) {
            Some(Feature::Numbers(list)) => list.as_slice(),
            _ => &[],
        };
        let [left, right, top, bottom] = ["xmin", "xmax", "ymin", "ymax"].map(side);
        let count = left.len();
        if [right, top, bottom].iter().any(|side| side.len() != count) {
            problems.push(("bad_box", "xmin, xmax, ymin and ymax are lists of the same length".to_owned()));
            return Vec::new();
        }
        let Some([width, height]) = size.map(|size| size.map(f64::from)).or((count == 0).then_some([1.0; 2])) else {
            problems.push((
                "no_size",
                "boxes are shares of a picture whose image/width and image/height are missing".into(),
            ));
            return Vec::new();
        };
        let texts = bytes(example, "image/object/class/text");
        let numbers = integers(example, "image/object/class/label");
        let masks = bytes(example, "image/object/mask");
        let mut regions = Vec::new();
        for at in 0..count {
            let [x, right, y, bottom] = [(left, width), (right, width), (top, height), (bottom, height)]
                .map(|(side, size)| f64::from(side[at]) * size);
            let class = texts.get(at).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
            let class = class
                .or_else(|| numbers.get(at).map(|number| self.map.get(number).cloned().unwrap_or(number.to_string())));
            let Some(class) = class else {
                problems.push(("no_class", format!("object {} has neither a class/text nor a class/label", at + 1)));
                continue;
            };
            let bad = |sides: [f64; 4]| {
                sides.iter().any(|side| !side.is_finite()) || sides[1] < sides[0] || sides[3] < sides[2]
            };
            let geometry = match masks.get(at).filter(|mask| !mask.is_empty()) {
                Some(mask) => match self::mask(mask, size) {
                    Ok(mask) => Geometry::Mask(mask),
                    Err(message) => {
                        problems.push(("bad_mask", format!("object {}: {message}", at + 1)));
                        continue;
                    }
                },
                None if bad([x, right, y, bottom]) => {
                    problems.push(("bad_box", format!("object {} has corners that are no box", at + 1)));
                    continue;
                }
                None => shapes::upright(x, y, right - x, bottom - y),
            };
            let mut region = labels::region(region_id(regions.len()), class, geometry);
            for name in FLAGS {
                if integers(example, &format!("image/object/{name}")).get(at) == Some(&1) {
                    region.attributes.insert(name.to_owned(), Value::Boolean(true));
                }
            }
            regions.push(region);
        }
        regions
    }
}

/// A PNG of the picture's size; what is not 0 is the object.
fn mask(png: &[u8], size: Option<[u32; 2]>) -> Result<Mask, String> {
    let raster = png_mask::decode(png)?;
    if size.is_some_and(|size| size != [raster.width, raster.height]) {
        return Err(format!(
            "the mask has {} x {} pixels, which is not the picture's size",
            raster.width, raster.height
        ));
    }
    let (width, height) = (raster.width, raster.height);
    let columns = (0..width).flat_map(|x| (0..height).map(move |y| (x, y)));
    let set = |(x, y): (u32, u32)| raster.values[y as usize * width as usize + x as usize] != 0;
    Ok(Mask::from_pixels(width, height, columns.map(set)))
}
