//! Videos.

use super::Template;

templates! {
    "video":
    "video_tracking": "Tracking in videos", "Boxes that follow things through a video.",
        ["tracks", "boxes", "traffic"],
        "One track for one thing from when it appears until it is gone for good. Set a frame where the movement changes.";
    "clip_classification": "Classes of clips", "What a whole clip shows, and whether it can be used.",
        ["choices", "clips"],
        "Look at the whole clip before you answer.";
    "actions": "Actions in videos", "What is done from when to when.",
        ["intervals", "people"],
        "Begin with the first movement that belongs to the action. Actions may overlap.";
}
