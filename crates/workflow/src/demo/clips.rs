//! Clips of a road for the project of videos. There is no encoder here: they were made by `scripts/fixtures/videos.py`,
//! with the places of all things in them.

use labelwright_core::Answer;

/// The clips, and where things are in them.
const CLIPS: [(&[u8], &str); 4] = [
    (include_bytes!("clips/road-0.webm"), include_str!("clips/road-0.json")),
    (include_bytes!("clips/road-1.webm"), include_str!("clips/road-1.json")),
    (include_bytes!("clips/road-2.webm"), include_str!("clips/road-2.json")),
    (include_bytes!("clips/road-3.webm"), include_str!("clips/road-3.json")),
];

/// How many there are.
pub const COUNT: u64 = CLIPS.len() as u64;

pub const GUIDELINES: &str = "# Road clips\n\nOne track for each thing, **from the first frame in which you see it to the last**.\n\n\
- Draw the box where the thing appears, go to where it is gone, and move the box there: between the two it goes in a straight line.\n\
- Where it leaves that line, correct the box: that is one keyframe more.\n- Press `q` where something begins to hide a part: the thing is occluded from there on.\n";

/// A clip, and the truth about it.
pub fn clip(index: u64) -> (&'static [u8], Answer) {
    let (clip, labels) = CLIPS[index as usize % CLIPS.len()];
    // They are our own, and a test reads them.
    (clip, serde_json::from_str(labels).unwrap_or_default())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{CLIPS, clip};
    use labelwright_core::{LabelSchema, Limits, MediaShape, schema::templates::TEMPLATES};

    #[test]
    fn the_labels_of_the_clips_fit_their_schema() {
        let template = TEMPLATES.iter().find(|template| template.id == "video_tracking").unwrap();
        let schema: LabelSchema = serde_json::from_str(template.document).unwrap();
        let shape = MediaShape::Video { width: 384, height: 216, frames: 125 };
        for index in 0..CLIPS.len() as u64 {
            let answer = clip(index).1;
            assert!(answer.regions.len() >= 5, "{answer:?}");
            answer.validate(&schema, &shape, &Limits::DEFAULT).unwrap();
        }
    }
}
