//! Scans of many slices.

use super::Template;

templates! {
    "volume":
    "volume_organs": "Organs in scans", "Outlines of organs and lesions, slice by slice.",
        ["masks", "medical"],
        "Draw every slice from the first to the last in which the organ can be seen. Vessels at the edge stay out.";
    "tumor_segmentation": "Tumor segmentation", "Masks of a tumor and its parts, slice by slice.",
        ["masks", "medical"],
        "Draw every slice in which the tumor can be seen. Draw the first, the last and a few between, fill the slices between them, then correct each.";
    "nodule_detection": "Nodule detection", "Boxes around nodules, from their first slice to their last.",
        ["boxes", "medical"],
        "One box a nodule. Draw it on the slice where the nodule is largest, then stretch it to the first and the last slice in which it can be seen.";
    "scan_landmarks": "Landmarks in scans", "Points and lengths that are measured in a scan.",
        ["points", "lines", "medical"],
        "Set each landmark on the slice where it is seen best. Lines are lengths: the list shows them in millimetres.";
    "study_classification": "Study classification", "What a scan shows, and whether it is good enough to tell.",
        ["choices", "medical"],
        "Look through all slices in the window of the region before you answer. This is no diagnosis.";
}
