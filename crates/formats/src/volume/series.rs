//! Which DICOM files belong together, told by their heads alone; pixels are not looked at.

use super::{is_dicom, is_nifti, last};
use crate::{
    media::{VOLUME_ENDINGS, has_ending},
    record::{Data, DirectoryView, Record, RecordError},
};
use labelwright_core::volume::{Grid, Instances};
use labelwright_dicom::{
    DataSet, File, inflated,
    plane::{self, Plane},
    tags, uid,
};
use std::{
    collections::{BTreeMap, HashMap},
    io::Read,
};

/// Of a file, what is read to tell where it belongs.
const HEAD_BYTES: u64 = 256 << 10;
/// The heads of frames lie before the pixels too.
const FRAMES_BYTES: u64 = 64 << 20;
/// The index of a disk of files: nothing is in it that the files do not have.
const DIRECTORY: &str = "1.2.840.10008.1.3.10";

struct Slice {
    file: usize,
    plane: Plane,
    instance: (String, Option<u32>),
}

/// The files of a series.
pub struct Series {
    pub key: String,
    pub names: Vec<String>,
    uid: String,
    study: String,
    frame_of_reference: Option<String>,
    sop_class: String,
    size: [u32; 2],
    spacing: Option<[f64; 2]>,
    thickness: Option<f64>,
    /// In the order in which they are shown.
    slices: Vec<Slice>,
    along: Vec<f64>,
    /// Slices by the identifiers of their instances, and by what stands for those.
    places: HashMap<String, Vec<usize>>,
    is_segmentation: bool,
}

fn head(view: &dyn DirectoryView, name: &str, most: u64) -> Result<Vec<u8>, RecordError> {
    let wrong = |error: std::io::Error| RecordError::new(name, "unreadable", error.to_string());
    let mut bytes = Vec::new();
    view.open(name).map_err(wrong)?.take(most).read_to_end(&mut bytes).map_err(wrong)?;
    Ok(bytes)
}

/// All series of a view, and what could not be told of single files.
pub fn scan(view: &dyn DirectoryView) -> (Vec<Series>, Vec<RecordError>) {
    let (mut found, mut problems): (BTreeMap<(String, bool), Series>, _) = (BTreeMap::new(), Vec::new());
    for (name, bytes) in view.list() {
        if is_nifti(&name) {
            continue;
        }
        let named = has_ending(&name, &VOLUME_ENDINGS);
        if !named && !is_dicom(view, &name) {
            problems.push(RecordError::new(&name, "other_kind", "this is no DICOM and no NIfTI file"));
            continue;
        }
        if has_ending(&name, &[".dcm.zip"]) {
            found.insert((name.clone(), false), Series::packed(&name));
            continue;
        }
        if bytes == 0 {
            problems.push(RecordError::new(&name, "empty_file", "the file is empty"));
            continue;
        }
        if let Err(error) = add(view, &name, &mut found) {
            problems.push(error);
        }
    }
    let mut all: Vec<Series> = found.into_values().collect();
    for series in &mut all {
        series.sort();
    }
    name_all(&mut all);
    (all, problems)
}

fn add(view: &dyn DirectoryView, name: &str, found: &mut BTreeMap<(String, bool), Series>) -> Result<(), RecordError> {
    let mut bytes = head(view, name, HEAD_BYTES)?;
    // Of a file that is told by its frames more is needed.
    let several = |bytes: &[u8]| {
        File::beginning(bytes)
            .is_ok_and(|file| file.data.integer(tags::NUMBER_OF_FRAMES).is_some_and(|count| count > 1))
    };
    if bytes.len() as u64 == HEAD_BYTES && several(&bytes) {
        bytes = head(view, name, FRAMES_BYTES)?;
    }
    let wrong = |error: labelwright_dicom::Error| RecordError::new(name, "malformed", error.to_string());
    let plain = inflated(&bytes, FRAMES_BYTES).map_err(wrong)?;
    let data = File::beginning(&plain).map_err(wrong)?.data;
    let text = |tag| data.text(tag).unwrap_or_default();
    if text(tags::SOP_CLASS_UID) == DIRECTORY || last(name) == "DICOMDIR" {
        return Ok(());
    }
    let is_segmentation = text(tags::SOP_CLASS_UID) == uid::SEGMENTATION_STORAGE;
    let own = text(tags::SERIES_INSTANCE_UID);
    // What names no series is one of its own.
    let series = if own.is_empty() { name.to_owned() } else { own.clone() };
    // Segmentations are read one by one.
    let group = if is_segmentation { name.to_owned() } else { series };
    let series = found.entry((group, is_segmentation)).or_insert_with(|| Series::begun(own, is_segmentation, &data));
    let file = series.names.len();
    series.names.push(name.to_owned());
    let frames = data.integer(tags::NUMBER_OF_FRAMES).filter(|frames| (1..=10_000).contains(frames)).unwrap_or(1);
    let framed = frames > 1 || !data.items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE).is_empty();
    for frame in 0..frames as usize {
        series.slices.push(Slice {
            file,
            plane: if framed { Plane::of_frame(&data, frame) } else { Plane::of(&data) },
            instance: (text(tags::SOP_INSTANCE_UID), (frames > 1).then_some(frame as u32 + 1)),
        });
    }
    Ok(())
}

/// Keys by folders: what is alone in its folder is called by it.
fn name_all(all: &mut [Series]) {
    let folder = |name: &str| name.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let mut count: HashMap<String, usize> = HashMap::new();
    for series in all.iter().filter(|series| !series.is_segmentation) {
        *count.entry(series.names.first().map_or_else(String::new, |name| folder(name))).or_default() += 1;
    }
    for series in all {
        let Some(first) = series.names.first() else { continue };
        if series.names.len() == 1 {
            let named = has_ending(first, &VOLUME_ENDINGS);
            series.key = if named { first.clone() } else { format!("{first}.dcm") };
            continue;
        }
        let own = folder(first);
        let together = series.names.iter().all(|name| folder(name) == own);
        let short = uid::standing_for(&series.uid);
        let short = &short[5..short.len().min(13)];
        series.key = match (own.is_empty(), together && count.get(&own) == Some(&1)) {
            (false, true) => format!("{own}.dcm.zip"),
            (false, false) => format!("{own}/series-{short}.dcm.zip"),
            (true, _) => format!("series-{short}.dcm.zip"),
        };
    }
}

impl Series {
    /// An archive, of which nobody looks into the files yet.
    fn packed(name: &str) -> Self {
        let mut series = Self::begun(String::new(), false, &DataSet::default());
        series.names.push(name.to_owned());
        series
    }

    fn begun(uid: String, is_segmentation: bool, data: &DataSet<'_>) -> Self {
        let text = |tag| data.text(tag).unwrap_or_default();
        let shared = data.items(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE).first();
        let measures = shared.and_then(|groups| groups.items(tags::PIXEL_MEASURES_SEQUENCE).first()).unwrap_or(data);
        let side = |tag| data.integer(tag).and_then(|side| u32::try_from(side).ok()).unwrap_or(0);
        let spacing = match measures.numbers(tags::PIXEL_SPACING)[..] {
            [row, column] if row > 0.0 && column > 0.0 => Some([column, row]),
            _ => None,
        };
        let positive = |tag| measures.number(tag).filter(|number| *number > 0.0);
        Self {
            key: String::new(),
            names: Vec::new(),
            uid,
            study: text(tags::STUDY_INSTANCE_UID),
            frame_of_reference: data.text(tags::FRAME_OF_REFERENCE_UID).filter(|found| !found.is_empty()),
            sop_class: text(tags::SOP_CLASS_UID),
            size: [side(tags::COLUMNS), side(tags::ROWS)],
            spacing,
            thickness: positive(tags::SPACING_BETWEEN_SLICES).or_else(|| positive(tags::SLICE_THICKNESS)),
            slices: Vec::new(),
            along: Vec::new(),
            places: HashMap::new(),
            is_segmentation,
        }
    }

    fn sort(&mut self) {
        let planes: Vec<Plane> = self.slices.iter().map(|slice| slice.plane.clone()).collect();
        let plane::Order { order, along } = plane::sorted(&planes);
        let mut slices: Vec<Option<Slice>> = std::mem::take(&mut self.slices).into_iter().map(Some).collect();
        self.slices = order.into_iter().filter_map(|at| slices.get_mut(at)?.take()).collect();
        self.along = along;
        for (at, Slice { instance: (own, _), .. }) in self.slices.iter().enumerate() {
            self.places.entry(uid::standing_for(own)).or_default().push(at);
            self.places.entry(own.clone()).or_default().push(at);
        }
    }

    /// A segmentation is no image.
    pub fn problem(&self) -> Option<RecordError> {
        let name = self.names.first()?;
        let message = "this is a segmentation, not an image: import it with its series as DICOM-SEG";
        self.is_segmentation.then(|| RecordError::new(name, "other_kind", message))
    }

    pub fn is_segmentation(&self) -> bool {
        self.is_segmentation
    }

    pub fn size(&self) -> [u32; 2] {
        self.size
    }

    /// Is this its identifier, or what stands for it?
    pub fn is(&self, wanted: &str) -> bool {
        !self.uid.is_empty() && (self.uid == wanted || uid::standing_for(&self.uid) == wanted)
    }

    /// The slice of an instance by its identifier, or by what stands for that; of one with several frames, by its frame.
    pub fn slice_of(&self, instance: &str, frame: Option<u32>) -> Option<usize> {
        let number = |at: usize| self.slices.get(at).and_then(|slice| slice.instance.1);
        let own = self.places.get(instance)?;
        own.iter().copied().find(|at| number(*at).is_none() || number(*at) == frame)
    }

    /// The slice at a place, within a hundredth of a millimetre along the normal.
    pub fn slice_at(&self, plane: &Plane) -> Option<usize> {
        let first = self.slices.first()?.plane.clone();
        let orientation = plane.orientation.or(first.orientation);
        let pair = [first, Plane { orientation, ..plane.clone() }];
        let found = plane::sorted(&pair);
        let (own, other) = match (found.order.as_slice(), found.along.as_slice()) {
            ([0, 1], [own, other]) | ([1, 0], [other, own]) => (*own, *other),
            _ => return None,
        };
        let start = *self.along.first()?;
        self.along.iter().position(|along| ((along - start) - (other - own)).abs() < 0.01)
    }

    fn data(&self) -> Data {
        match self.names.as_slice() {
            [only] if has_ending(only, &VOLUME_ENDINGS) => Data::File(only.clone()),
            _ => Data::Files(self.names.clone()),
        }
    }

    /// As instances of the files say; None where they say no sizes.
    fn grid(&self) -> Option<Grid> {
        if self.size.contains(&0) || self.slices.is_empty() {
            return None;
        }
        let step = plane::step(&self.along).map(|(step, _)| step).or(self.thickness);
        let across = self.spacing.unwrap_or([1.0; 2]);
        let spacing = [across[0], across[1], step.unwrap_or(1.0)];
        let ends = (self.slices.first()?, self.slices.last()?);
        let affine = match self.along.is_empty() {
            true => None,
            false => plane::affine(&ends.0.plane, &ends.1.plane, spacing, self.slices.len()),
        };
        let dicom = Instances {
            study: self.study.clone(),
            series: self.uid.clone(),
            frame_of_reference: self.frame_of_reference.clone(),
            sop_class: self.sop_class.clone(),
            slices: self.slices.iter().map(|slice| slice.instance.clone()).collect(),
        };
        let size = [self.size[0], self.size[1], self.slices.len() as u32];
        let measured = self.spacing.is_some();
        Some(Grid { size, spacing, measured, affine, flipped: [false; 3], dicom: Some(dicom) })
    }

    pub fn record(&self) -> Record {
        let place = self.slices.first().and_then(|slice| self.names.get(slice.file)).or(self.names.first());
        let grid = self.grid();
        Record {
            size: grid.as_ref().map(|grid| [grid.size[0], grid.size[1]]),
            volume: grid.map(Box::new),
            ..Record::new(&self.key, self.data(), place.cloned().unwrap_or_default())
        }
    }
}
