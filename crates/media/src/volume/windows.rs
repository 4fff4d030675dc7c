//! The ranges of values in which a volume is looked at.

use super::levels::{Values, Window};
use labelwright_dicom::{DataSet, tags};

/// Centres and widths in Hounsfield units, as they are in use for computed tomography.
const CT: [(&str, f64, f64); 4] =
    [("Soft tissue", 40.0, 400.0), ("Lung", -600.0, 1500.0), ("Bone", 400.0, 1800.0), ("Brain", 40.0, 80.0)];
/// More are none that anybody would step through.
const FROM_FILE_MAXIMUM: usize = 4;

fn window(name: impl Into<String>, center: f64, width: f64) -> Window {
    Window { name: name.into(), center, width }
}

fn between(name: &str, low: f64, high: f64) -> Window {
    window(name, (low + high) / 2.0 + 0.5, (high - low + 1.0).max(1.0))
}

/// Those that the file names, those of its modality, and all values. `voi` is what holds the file's own.
pub fn of(voi: &DataSet<'_>, modality: &str, values: &Values) -> Vec<Window> {
    let centers = voi.numbers(tags::WINDOW_CENTER);
    let widths = voi.numbers(tags::WINDOW_WIDTH);
    let good = |(center, width): &(f64, f64)| center.is_finite() && width.is_finite() && *width > 0.0;
    let own = centers.into_iter().zip(widths).filter(good).take(FROM_FILE_MAXIMUM).enumerate();
    let name = |at: usize| if at == 0 { "Of the file".to_owned() } else { format!("Of the file, {}", at + 1) };
    let mut found: Vec<Window> = own.map(|(at, (center, width))| window(name(at), center, width)).collect();
    if modality == "CT" {
        found.extend(CT.iter().map(|(name, center, width)| window(*name, *center, *width)));
    }
    if found.is_empty() && values.most[0] < values.most[1] {
        found.push(spread("Most values", values.most));
    }
    found.push(spread("All values", [values.low, values.high]));
    found
}

/// Of whole numbers the window holds both ends; numbers between 0 and 1 must not be shown in one of width 2.
fn spread(name: &str, [low, high]: [f64; 2]) -> Window {
    if high - low >= 16.0 { between(name, low, high) } else { window(name, (low + high) / 2.0, (high - low).max(1e-6)) }
}
