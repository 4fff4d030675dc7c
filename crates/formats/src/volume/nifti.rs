//! Label maps as NIfTI-1 files in the folders of nnU-Net (F. Isensee et al., Nature Methods 18, 2021): volumes in
//! `imagesTr`, label maps of the same grid in `labelsTr`, names of values in `dataset.json`. A voxel has one value; where
//! regions overlap the later one is kept. Other folders of label maps are read as long as they are called `labels...`.

use super::{CARRIES, Slices, is_nifti, last, mask, stem};
use crate::{
    carries::Carries,
    labels,
    names::Stems,
    record::{Data, DirectoryView, Record, RecordError, Settings, Sink, Stop, give, give_schema},
    registry::{Format, Job},
    sink::ArchiveSink,
    text,
};
use flate2::{Compression, GzBuilder, read::MultiGzDecoder};
use labelwright_core::{
    Answer, Geometry, GeometryKind, Modality, Region, Target,
    volume::{Affine, Grid, turned, turned_for_display},
};
use serde_json::{Map, Value as Json, json};
use std::{
    collections::BTreeMap,
    io::{self, Read, Write},
};

const LIST: &str = "dataset.json";
/// Names of items by their cases; other programs pass it over.
const KEYS: &str = "labelwright_keys";
const HEADER_BYTES: usize = 352;
const VOXELS_MAXIMUM: u64 = 1 << 30;

pub const FORMAT: Format = Format {
    id: "nifti",
    title: "NIfTI label maps (nnU-Net folders)",
    carries: Carries { words: "volumes with one class a voxel", ..CARRIES },
    sniff: |view| f64::from(u8::from(view.list().iter().any(|(name, _)| is_label_map(name)))) * 0.9,
    read: Some(read),
    write: Some(write),
    ..Format::NEW
};

fn is_label_map(name: &str) -> bool {
    let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
    is_nifti(name) && last(folder).to_ascii_lowercase().starts_with("labels")
}

/// Names of values, as `dataset.json` has them: `{"liver": 1}`, or before its second version `{"1": "liver"}`.
fn names(listed: &Map<String, Json>) -> BTreeMap<i64, String> {
    let mut found = BTreeMap::new();
    for (one, other) in listed.get("labels").and_then(Json::as_object).into_iter().flatten() {
        match (other.as_i64(), other.as_str(), one.parse::<i64>()) {
            (Some(value), ..) => found.insert(value, one.clone()),
            (None, Some(name), Ok(value)) => found.insert(value, name.to_owned()),
            _ => None,
        };
    }
    found.remove(&0);
    found
}

fn read(view: &dyn DirectoryView, _: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let files: Vec<String> = view.list().into_iter().map(|(name, _)| name).collect();
    let list = files.iter().find(|name| last(name) == LIST);
    let listed: Map<String, Json> = match list {
        Some(list) => text::json_file(view, list).map_err(Stop::Unreadable)?,
        None => Map::new(),
    };
    let names = names(&listed);
    let maps: Vec<&String> = files.iter().filter(|name| is_label_map(name)).collect();
    if maps.is_empty() {
        let place = files.first().cloned().unwrap_or_default();
        let message = "there is no folder of label maps: its name begins with labels, as labelsTr";
        return Err(Stop::Unreadable(RecordError::new(place, "no_labels", message)));
    }
    let class_names: Vec<&str> = names.values().map(String::as_str).collect();
    if !class_names.is_empty() {
        let schema = labels::class_list(class_names, &[GeometryKind::Mask]);
        give_schema(sink, labelwright_core::LabelSchema { modality: Modality::Volume, ..schema }, None)?;
    }
    let case = |name: &str| {
        let stem = stem(last(name)).to_owned();
        stem.strip_suffix("_0000").map(str::to_owned).unwrap_or(stem)
    };
    let images: BTreeMap<String, &String> =
        files.iter().filter(|name| is_nifti(name) && !is_label_map(name)).map(|name| (case(name), name)).collect();
    for map in maps {
        let own = stem(last(map));
        let image = images.get(own);
        let known = listed.get(KEYS).and_then(|keys| keys.get(own)).and_then(Json::as_str);
        let key = known
            .map_or_else(|| image.map_or_else(|| format!("{own}.nii.gz"), |name| last(name).to_owned()), str::to_owned);
        let data = image.map_or_else(|| Data::Absent(key.clone()), |name| Data::File((*name).clone()));
        give(
            sink,
            label_map(view, map, &names).map(|(grid, answer)| Record {
                size: Some([grid.size[0], grid.size[1]]),
                volume: Some(Box::new(grid)),
                ..Record::new(&key, data, map).answered(answer)
            }),
        )?;
    }
    Ok(())
}

struct Header {
    bytes: [u8; HEADER_BYTES],
    big: bool,
}

impl Header {
    fn array<const N: usize>(&self, at: usize) -> [u8; N] {
        let mut word = [0; N];
        word.copy_from_slice(&self.bytes[at..at + N]);
        if self.big {
            word.reverse();
        }
        word
    }

    fn i16(&self, at: usize) -> i16 {
        i16::from_le_bytes(self.array(at))
    }

    fn f32(&self, at: usize) -> f64 {
        f64::from(f32::from_le_bytes(self.array(at)))
    }

    fn affine(&self) -> Option<Affine> {
        let affine: Affine = if self.i16(254) > 0 {
            std::array::from_fn(|row| std::array::from_fn(|column| self.f32(280 + 16 * row + 4 * column)))
        } else if self.i16(252) > 0 {
            quaternion(
                [256, 260, 264].map(|at| self.f32(at)),
                [80, 84, 88].map(|at| self.f32(at)),
                [268, 272, 276].map(|at| self.f32(at)),
                self.f32(76) < 0.0,
            )
        } else {
            return None;
        };
        affine.iter().flatten().all(|number| number.is_finite()).then_some(affine)
    }
}

/// Method 2 of the definition: a rotation, sizes of voxels, and where the first one lies.
fn quaternion([b, c, d]: [f64; 3], size: [f64; 3], offset: [f64; 3], mirrored: bool) -> Affine {
    let a = (1.0 - (b * b + c * c + d * d)).max(0.0).sqrt();
    let turn = [
        [a * a + b * b - c * c - d * d, 2.0 * (b * c - a * d), 2.0 * (b * d + a * c)],
        [2.0 * (b * c + a * d), a * a + c * c - b * b - d * d, 2.0 * (c * d - a * b)],
        [2.0 * (b * d - a * c), 2.0 * (c * d + a * b), a * a + d * d - c * c - b * b],
    ];
    let depth = if mirrored { -size[2] } else { size[2] };
    std::array::from_fn(|row| [turn[row][0] * size[0], turn[row][1] * size[1], turn[row][2] * depth, offset[row]])
}

/// Grid and masks of a label map, slices as they are shown of the volume that it lies on.
fn label_map(
    view: &dyn DirectoryView,
    name: &str,
    names: &BTreeMap<i64, String>,
) -> Result<(Grid, Answer), RecordError> {
    let bad = |code: &'static str, message: String| RecordError::new(name, code, message);
    let file = view.open(name).map_err(|error| bad("unreadable", error.to_string()))?;
    let mut source: Box<dyn Read + '_> =
        if name.to_ascii_lowercase().ends_with(".gz") { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    let mut header = Header { bytes: [0; HEADER_BYTES], big: false };
    source.read_exact(&mut header.bytes).map_err(|error| bad("malformed", format!("the header: {error}")))?;
    header.big = header.bytes.starts_with(&[0, 0, 1, 92]);
    if !(header.big || header.bytes.starts_with(&[92, 1, 0, 0])) || &header.bytes[344..348] != b"n+1\0" {
        return Err(bad("malformed", "this is no NIfTI-1 file".into()));
    }
    let count = header.i16(40);
    let sides: Vec<i64> = (1..=count.clamp(0, 7)).map(|axis| i64::from(header.i16(40 + 2 * axis as usize))).collect();
    let side = |axis: usize| sides.get(axis).copied().unwrap_or(1);
    let volume = side(0).saturating_mul(side(1)).saturating_mul(side(2));
    if count < 2
        || sides.iter().any(|side| *side < 1)
        || (3..7).any(|axis| side(axis) > 1)
        || volume as u64 > VOXELS_MAXIMUM
    {
        return Err(bad(
            "bad_size",
            format!("dim: {sides:?}; a label map is one volume of at most {VOXELS_MAXIMUM} voxels"),
        ));
    }
    let (bytes, number): (usize, fn([u8; 8]) -> f64) = match header.i16(70) {
        2 => (1, |word| f64::from(word[0])),
        256 => (1, |word| f64::from(word[0] as i8)),
        4 => (2, |word| f64::from(word[0] as i16 | i16::from(word[1]) << 8)),
        512 => (2, |word| f64::from(u16::from(word[0]) | u16::from(word[1]) << 8)),
        8 => (4, |word| i32::from_le_bytes([word[0], word[1], word[2], word[3]]).into()),
        768 => (4, |word| u32::from_le_bytes([word[0], word[1], word[2], word[3]]).into()),
        16 => (4, |word| f32::from_le_bytes([word[0], word[1], word[2], word[3]]).into()),
        64 => (8, f64::from_le_bytes),
        1024 => (8, |word| i64::from_le_bytes(word) as f64),
        1280 => (8, |word| u64::from_le_bytes(word) as f64),
        other => return Err(bad("bad_type", format!("datatype: labels are no voxels of type {other}"))),
    };
    let offset = header.f32(108);
    let skipped = if offset.is_finite() && (352.0..1e9).contains(&offset) { offset as u64 - 352 } else { 0 };
    io::copy(&mut source.by_ref().take(skipped), &mut io::sink())
        .map_err(|error| bad("malformed", error.to_string()))?;
    let (slope, intercept) = match (header.f32(112), header.f32(116)) {
        (slope, intercept) if slope != 0.0 && slope.is_finite() && intercept.is_finite() => (slope, intercept),
        _ => (1.0, 0.0),
    };
    let affine = header.affine();
    let flips = affine.as_ref().map_or([false; 3], turned_for_display);
    let [width, height, slices] = [side(0), side(1), side(2)].map(|side| side as usize);
    let mut found: Vec<(usize, i64, labelwright_core::geometry::Mask)> = Vec::new();
    let mut raw = vec![0; width * height * bytes];
    for index in 0..slices {
        source
            .read_exact(&mut raw)
            .map_err(|error| bad("malformed", format!("slice {} of {slices}: {error}", index + 1)))?;
        let mut values = Vec::with_capacity(width * height);
        for word in raw.chunks_exact(bytes) {
            let mut own = [0; 8];
            own[..bytes].copy_from_slice(word);
            if header.big {
                own[..bytes].reverse();
            }
            let value = number(own) * slope + intercept;
            if !value.is_finite() || (value - value.round()).abs() > 1e-3 || value.abs() > 1e9 {
                return Err(bad("no_labels", format!("slice {} of {slices}: {value} is no label", index + 1)));
            }
            values.push(value.round() as i64);
        }
        let shown = |at: usize| {
            let (x, y) = (at % width, at / width);
            let x = if flips[0] { width - 1 - x } else { x };
            let y = if flips[1] { height - 1 - y } else { y };
            values[y * width + x]
        };
        let mut own: Vec<i64> = values.clone();
        own.sort_unstable();
        own.dedup();
        let slice = if flips[2] { slices - 1 - index } else { index };
        for value in own.into_iter().filter(|value| *value != 0) {
            found.extend(mask(width, height, |at| shown(at) == value).map(|mask| (slice, value, mask)));
        }
    }
    found.sort_by_key(|(slice, value, _)| (*slice, *value));
    let regions = found.into_iter().enumerate().map(|(at, (slice, value, mask))| {
        let class = names.get(&value).cloned().unwrap_or_else(|| value.to_string());
        let region = labels::region(crate::names::region_id(at), class, Geometry::Mask(mask));
        Region { target: Target::Frames([slice as u32; 2]), ..region }
    });
    let answer = Answer { regions: regions.collect(), ..Answer::default() };
    let size = [width as u32, height as u32, slices as u32];
    let spacing = [80, 84, 88].map(|at| Some(header.f32(at).abs()).filter(|step| step.is_normal()).unwrap_or(1.0));
    let affine = affine.map(|affine| turned(&affine, size, flips));
    Ok((Grid { size, spacing, measured: true, affine, flipped: flips, dicom: None }, answer))
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let classes = job.head.class_indices();
    let (mut names, mut keys, mut written) = (Stems::default(), Map::new(), 0);
    let wide = job.head.schema.classes.len() > 255;
    for item in job.items {
        let Some(slices) = Slices::of(&item, |class| classes.get(class).copied(), job.losses) else { continue };
        let cleaned = names.name("", &format!("{}.nii.gz", stem(&item.key).replace('/', "_")), job.losses);
        let case = stem(&cleaned).to_owned();
        out.begin(&format!("labelsTr/{case}.nii.gz"))?;
        if write_map(&slices, wide, out)? {
            job.losses.add("overlap", "where regions of two classes overlap, the later one is kept", &item.key);
        }
        keys.insert(case.clone(), item.key.clone().into());
        written += 1;
        if let Some(source) = &item.media {
            out.media(&media_name(&item.key, &case, slices.grid), source)?;
        }
    }
    let mut labels = Map::from_iter([("background".to_owned(), json!(0))]);
    for (at, class) in job.head.schema.classes.iter().enumerate() {
        let mut name = class.id.clone();
        while labels.contains_key(&name) {
            name.push('_');
        }
        labels.insert(name, json!(at + 1));
    }
    let list = json!({
        "name": job.head.project,
        "channel_names": { "0": "image" },
        "labels": labels,
        "numTraining": written,
        "file_ending": ".nii.gz",
        KEYS: keys,
    });
    out.begin(LIST)?;
    serde_json::to_writer_pretty(&mut *out, &list)?;
    out.write_all(b"\n")
}

/// NIfTI files lie where nnU-Net looks for them, DICOM files beside.
fn media_name(key: &str, case: &str, grid: &Grid) -> String {
    match &grid.dicom {
        Some(dicom) => {
            let first = dicom.slices.first().map(|(instance, _)| instance);
            let alone = dicom.slices.iter().all(|(instance, _)| Some(instance) == first);
            format!("dicom/{case}{}", if alone { ".dcm" } else { ".dcm.zip" })
        }
        None => {
            let packed = key.to_ascii_lowercase().ends_with(".gz");
            format!("imagesTr/{case}_0000.nii{}", if packed { ".gz" } else { "" })
        }
    }
}

/// Slice after slice, in the order of the file that the volume came from. Says whether regions overlap.
fn write_map(slices: &Slices<'_>, wide: bool, out: &mut dyn ArchiveSink) -> io::Result<bool> {
    let grid = slices.grid;
    let [width, height, count] = grid.size.map(|side| side as usize);
    let mut packed = GzBuilder::new().write(out, Compression::default());
    packed.write_all(&header(grid, wide))?;
    let mut overlaps = false;
    for index in 0..count {
        let (values, overlap) = slices.values(if grid.flipped[2] { count - 1 - index } else { index });
        overlaps |= overlap;
        let mut bytes = Vec::with_capacity(values.len() * 2);
        for y in 0..height {
            let y = if grid.flipped[1] { height - 1 - y } else { y };
            for x in 0..width {
                let x = if grid.flipped[0] { width - 1 - x } else { x };
                let value = values[y * width + x];
                bytes.extend_from_slice(&value.to_le_bytes()[..if wide { 2 } else { 1 }]);
            }
        }
        packed.write_all(&bytes)?;
    }
    packed.finish()?;
    Ok(overlaps)
}

fn header(grid: &Grid, wide: bool) -> [u8; HEADER_BYTES] {
    let mut bytes = [0; HEADER_BYTES];
    let mut put = |at: usize, word: &[u8]| bytes[at..at + word.len()].copy_from_slice(word);
    put(0, &348_i32.to_le_bytes());
    put(38, b"r");
    for (axis, side) in [3, grid.size[0], grid.size[1], grid.size[2], 1, 1, 1, 1].into_iter().enumerate() {
        put(40 + 2 * axis, &(side as i16).to_le_bytes());
    }
    let (kind, bits): (i16, i16) = if wide { (512, 16) } else { (2, 8) };
    put(70, &kind.to_le_bytes());
    put(72, &bits.to_le_bytes());
    for (axis, step) in
        [1.0, grid.spacing[0], grid.spacing[1], grid.spacing[2], 0.0, 0.0, 0.0, 0.0].into_iter().enumerate()
    {
        put(76 + 4 * axis, &(step as f32).to_le_bytes());
    }
    put(108, &(HEADER_BYTES as f32).to_le_bytes());
    put(112, &1.0_f32.to_le_bytes());
    // Millimetres.
    put(123, &[2]);
    if let Some(affine) = &grid.affine {
        put(254, &1_i16.to_le_bytes());
        for (row, numbers) in turned(affine, grid.size, grid.flipped).iter().enumerate() {
            for (column, number) in numbers.iter().enumerate() {
                put(280 + 16 * row + 4 * column, &(*number as f32).to_le_bytes());
            }
        }
    }
    put(344, b"n+1\0");
    bytes
}
