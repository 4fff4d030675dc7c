//! Scans of many slices.

use super::Template;

templates! {
    "volume":
    "volume_organs": "Organs in scans", "Outlines of organs and lesions, slice by slice.",
        ["masks", "medical"],
        "Draw every slice from the first to the last in which the organ can be seen. Vessels at the edge stay out.";
}
