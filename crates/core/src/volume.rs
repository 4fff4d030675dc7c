//! Where the voxels of a volume lie: the grid of its slices, and what the files that it came from call them.

use serde::{Deserialize, Serialize};

/// From column, row and slice (each with a 1 behind them) to millimetres: three rows of four numbers.
pub type Affine = [[f64; 4]; 3];

/// The grid of a volume as it is shown: columns to the right, rows down, slices on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grid {
    /// Columns, rows, slices.
    pub size: [u32; 3],
    /// From voxel to voxel along columns, rows and slices.
    pub spacing: [f64; 3],
    /// Are those millimetres? Otherwise the files do not say how far pixels are apart.
    pub measured: bool,
    /// To millimetres towards the patient's right, front and head, as NIfTI counts. None where the files do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub affine: Option<Affine>,
    /// Axes along which the file counts the other way.
    #[serde(default)]
    pub flipped: [bool; 3],
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dicom: Option<Instances>,
}

/// What DICOM calls a series and its slices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Instances {
    pub study: String,
    pub series: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame_of_reference: Option<String>,
    pub sop_class: String,
    /// The instance of each slice and, of instances with several frames, which frame, counted from 1.
    pub slices: Vec<(String, Option<u32>)>,
}

/// Which axes of a grid have to be turned round so that it is shown as radiologists look at it: the patient's left to the
/// right of the screen, the back (or the feet) at its lower edge, slices from the feet to the head, from the right to the
/// left, or from the front to the back.
pub fn turned_for_display(affine: &Affine) -> [bool; 3] {
    std::array::from_fn(|axis| {
        let column = [affine[0][axis], affine[1][axis], affine[2][axis]];
        let (mut main, mut most) = (0, 0.0);
        for (world, part) in column.iter().enumerate() {
            if part.abs() > most {
                (main, most) = (world, part.abs());
            }
        }
        let upward = column[main] > 0.0;
        // Of world axes only that to the head goes up with slices; within a slice all go down.
        if axis == 2 && main == 2 { column[main] < 0.0 } else { upward }
    })
}

/// The affine of the grid whose axes are turned round, of this size.
#[must_use]
pub fn turned(affine: &Affine, size: [u32; 3], flips: [bool; 3]) -> Affine {
    let mut found = *affine;
    for row in &mut found {
        for (axis, side) in size.into_iter().enumerate().filter(|(axis, _)| flips[*axis]) {
            row[3] += row[axis] * f64::from(side.saturating_sub(1));
            row[axis] = -row[axis];
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{turned, turned_for_display};

    #[test]
    fn a_grid_in_the_order_of_nifti_is_turned_to_the_radiologists_view() {
        let ras = [[2.0, 0.0, 0.0, -10.0], [0.0, 3.0, 0.0, -20.0], [0.0, 0.0, 4.0, -30.0]];
        let flips = turned_for_display(&ras);
        assert_eq!(flips, [true, true, false]);
        let shown = turned(&ras, [11, 21, 5], flips);
        assert_eq!(shown, [[-2.0, 0.0, 0.0, 10.0], [0.0, -3.0, 0.0, 40.0], [0.0, 0.0, 4.0, -30.0]]);
        assert_eq!(turned_for_display(&shown), [false; 3]);
        assert_eq!(turned(&shown, [11, 21, 5], flips), ras);
    }

    #[test]
    fn sagittal_slices_show_the_head_above() {
        // Columns to the back, rows to the feet, slices to the left: as it is looked at.
        let sagittal = [[0.0, 0.0, -1.0, 0.0], [-1.0, 0.0, 0.0, 0.0], [0.0, -1.0, 0.0, 0.0]];
        assert_eq!(turned_for_display(&sagittal), [false; 3]);
    }
}
