//! A phantom of a belly for the project of scans: a body of ellipsoids with known Hounsfield units, as the files of a CT
//! series, and the masks of what is in it.

use super::dice::Dice;
use labelwright_core::geometry::Mask;
use labelwright_dicom::{DataSet, tags, uid, written};

const SIDE: usize = 128;
const SLICES: usize = 40;
/// Millimetres from pixel to pixel, and from slice to slice.
const PIXEL: f64 = 2.8;
const STEP: f64 = 5.0;
/// Stored values are Hounsfield units and this.
const ABOVE: f64 = 1024.0;
const AIR: f64 = -1000.0;

/// An organ on a slice.
pub struct Outline {
    pub class: &'static str,
    pub slice: u32,
    pub mask: Mask,
}

pub struct Phantom {
    /// DICOM files, one a slice.
    pub files: Vec<Vec<u8>>,
    pub outlines: Vec<Outline>,
}

/// In pixels and slices.
#[derive(Clone, Copy)]
struct Ellipsoid {
    center: [f64; 3],
    radii: [f64; 3],
    units: f64,
    class: Option<&'static str>,
}

impl Ellipsoid {
    fn holds(&self, place: [f64; 3]) -> bool {
        (0..3).map(|axis| ((place[axis] - self.center[axis]) / self.radii[axis]).powi(2)).sum::<f64>() <= 1.0
    }
}

/// What lies later lies within what lies before.
fn parts(dice: &mut Dice) -> Vec<Ellipsoid> {
    let mut part = |center: [f64; 3], radii: [f64; 3], units: f64, class| {
        let center = center.map(|place| place + dice.between(-1.5, 1.5));
        Ellipsoid { center, radii: radii.map(|radius| radius * dice.between(0.92, 1.08)), units, class }
    };
    let mut all = vec![
        part([64.0, 66.0, 20.0], [56.0, 42.0, 80.0], -90.0, None),
        part([64.0, 66.0, 20.0], [51.0, 37.0, 78.0], 35.0, None),
        part([64.0, 92.0, 20.0], [8.0, 8.0, 80.0], 650.0, None),
        part([58.0, 78.0, 20.0], [5.0, 5.0, 80.0], 180.0, None),
        part([40.0, 58.0, 25.0], [24.0, 20.0, 11.0], 110.0, Some("liver")),
        part([93.0, 70.0, 28.0], [10.0, 13.0, 7.0], 135.0, Some("spleen")),
        part([42.0, 84.0, 14.0], [8.0, 9.0, 8.0], 170.0, Some("kidney")),
        part([84.0, 84.0, 16.0], [8.0, 9.0, 8.0], 170.0, Some("kidney")),
    ];
    let liver = all[4];
    for _ in 0..1 + dice.below(3) {
        let radius = dice.between(2.5, 5.5);
        let inside: [f64; 3] = std::array::from_fn(|axis| {
            let room = (liver.radii[axis] - radius).max(0.0) * 0.55;
            liver.center[axis] + dice.between(-room, room)
        });
        let radii = [radius, radius, (radius * PIXEL / STEP).max(1.2)];
        all.push(Ellipsoid { center: inside, radii, units: 55.0, class: Some("lesion") });
    }
    all
}

pub fn scan(index: u64) -> Phantom {
    let mut dice = Dice::new("phantom", index);
    let parts = parts(&mut dice);
    let (mut files, mut outlines) = (Vec::with_capacity(SLICES), Vec::new());
    for slice in 0..SLICES {
        let mut values = Vec::with_capacity(SIDE * SIDE * 2);
        let mut classes: Vec<Option<&'static str>> = Vec::with_capacity(SIDE * SIDE);
        for at in 0..SIDE * SIDE {
            let place = [(at % SIDE) as f64, (at / SIDE) as f64, slice as f64];
            let part = parts.iter().rfind(|part| part.holds(place));
            // The sum of a few dice is nearly normal.
            let noise: f64 = (0..4).map(|_| dice.between(-9.0, 9.0)).sum();
            let units = part.map_or(AIR, |part| part.units) + noise;
            values.extend_from_slice(&((units + ABOVE).round().clamp(0.0, 4095.0) as u16).to_le_bytes());
            classes.push(part.and_then(|part| part.class));
        }
        for class in ["liver", "spleen", "kidney", "lesion"] {
            let columns = (0..SIDE).flat_map(|x| (0..SIDE).map(move |y| y * SIDE + x));
            let mask = Mask::from_pixels(SIDE as u32, SIDE as u32, columns.map(|at| classes[at] == Some(class)));
            if mask.area() > 0 {
                outlines.push(Outline { class, slice: slice as u32, mask });
            }
        }
        files.push(file(index, slice, values));
    }
    Phantom { files, outlines }
}

fn file(index: u64, slice: usize, values: Vec<u8>) -> Vec<u8> {
    let name = |what: &str| uid::standing_for(&format!("phantom {index} {what}"));
    let instance = name(&format!("slice {slice}"));
    let mut data = DataSet::default();
    for (tag, vr, text) in [
        (tags::IMAGE_TYPE, b"CS", "ORIGINAL\\PRIMARY\\AXIAL"),
        (tags::SOP_CLASS_UID, b"UI", uid::CT_IMAGE_STORAGE),
        (tags::SOP_INSTANCE_UID, b"UI", &instance),
        (tags::MODALITY, b"CS", "CT"),
        (tags::BODY_PART_EXAMINED, b"CS", "ABDOMEN"),
        (tags::KVP, b"DS", "120"),
        (tags::PATIENT_POSITION, b"CS", "HFS"),
        (tags::STUDY_INSTANCE_UID, b"UI", &name("study")),
        (tags::SERIES_INSTANCE_UID, b"UI", &name("series")),
        (tags::FRAME_OF_REFERENCE_UID, b"UI", &name("frame of reference")),
        (tags::SERIES_NUMBER, b"IS", "1"),
        (tags::INSTANCE_NUMBER, b"IS", &(slice + 1).to_string()),
        (tags::PHOTOMETRIC_INTERPRETATION, b"CS", "MONOCHROME2"),
    ] {
        data.put_text(tag, vr, text);
    }
    let middle = SIDE as f64 * PIXEL / 2.0;
    data.put_numbers(tags::IMAGE_POSITION_PATIENT, &[-middle, -middle, slice as f64 * STEP]);
    data.put_numbers(tags::IMAGE_ORIENTATION_PATIENT, &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
    data.put_numbers(tags::PIXEL_SPACING, &[PIXEL, PIXEL]);
    data.put_numbers(tags::SLICE_THICKNESS, &[STEP]);
    data.put_numbers(tags::RESCALE_INTERCEPT, &[-ABOVE]);
    data.put_numbers(tags::RESCALE_SLOPE, &[1.0]);
    data.put_numbers(tags::WINDOW_CENTER, &[60.0]);
    data.put_numbers(tags::WINDOW_WIDTH, &[360.0]);
    for (tag, number) in [
        (tags::SAMPLES_PER_PIXEL, 1),
        (tags::ROWS, SIDE as u16),
        (tags::COLUMNS, SIDE as u16),
        (tags::BITS_ALLOCATED, 16),
        (tags::BITS_STORED, 12),
        (tags::HIGH_BIT, 11),
        (tags::PIXEL_REPRESENTATION, 0),
    ] {
        data.put_u16(tag, number);
    }
    data.put(tags::PIXEL_DATA, b"OW", values);
    written(uid::EXPLICIT_LITTLE, &data)
}
