//! The boxes of a COCO truth and of results, image by image, for those who judge labels rather than predictions.

use super::{CocoError, Data, Kind, input::Instance};
use crate::issues::detection::{Corners, LabelBox, PredictedBox};

/// The boxes of one image. Crowd regions are left out: their boxes say nothing about single things.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ImageBoxes {
    /// Id of the image.
    pub image: i64,
    pub labels: Vec<LabelBox>,
    /// Ids of the annotations.
    pub annotations: Vec<i64>,
    pub predictions: Vec<PredictedBox>,
    /// Places in the list of results.
    pub results: Vec<i64>,
}

impl Data {
    /// Reads what [`Self::boxes`] needs; scores of results must be probabilities, 0 to 1.
    pub fn read_boxes(truth: &[u8], results: &[u8]) -> Result<Self, CocoError> {
        let data = Self::read(truth, results, Kind::Boxes)?;
        match data.predictions.iter().find(|one| !(0.0..=1.0).contains(&one.score)) {
            None => Ok(data),
            Some(one) => Err(CocoError::Entry {
                list: "results",
                at: one.id as usize,
                message: format!("the score {} is no probability, 0 to 1", one.score),
            }),
        }
    }

    /// Every image of the truth, by its id.
    pub fn boxes(&self) -> Vec<ImageBoxes> {
        let mut images: Vec<ImageBoxes> =
            self.images.iter().map(|image| ImageBoxes { image: *image, ..ImageBoxes::default() }).collect();
        for truth in self.truths.iter().filter(|truth| !truth.crowd) {
            if let Some(image) = images.get_mut(truth.image as usize) {
                image.labels.push(LabelBox { corners: corners(truth), class: truth.class });
                image.annotations.push(truth.id);
            }
        }
        for one in &self.predictions {
            if let Some(image) = images.get_mut(one.image as usize) {
                image.predictions.push(PredictedBox { corners: corners(one), class: one.class, score: one.score });
                image.results.push(one.id);
            }
        }
        images
    }

    /// The name of a class, or its id where it has none.
    pub fn class_name(&self, class: u32) -> String {
        match self.classes.get(class as usize) {
            Some((id, name)) if name.is_empty() => id.to_string(),
            Some((_, name)) => name.clone(),
            None => String::new(),
        }
    }
}

fn corners(one: &Instance) -> Corners {
    let [left, top, width, height] = one.frame;
    [left, top, left + width, top + height]
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const TRUTH: &str = r#"{"images":[{"id":9},{"id":4}],"categories":[{"id":1,"name":"car"},{"id":7}],"annotations":[
        {"id":70,"image_id":9,"category_id":1,"bbox":[1,2,3,4]},
        {"id":71,"image_id":4,"category_id":7,"bbox":[0,0,5,5],"iscrowd":1}]}"#;

    #[test]
    fn boxes_come_by_image_with_their_ids() {
        let results = r#"[{"image_id":4,"category_id":7,"bbox":[0,0,1,1],"score":0.5}]"#;
        let data = Data::read_boxes(TRUTH.as_bytes(), results.as_bytes()).unwrap();
        let images = data.boxes();
        assert_eq!(images.iter().map(|one| one.image).collect::<Vec<_>>(), [4, 9]);
        assert_eq!((images[0].labels.len(), &images[0].results), (0, &vec![0]));
        assert_eq!(images[1].labels, [LabelBox { corners: [1.0, 2.0, 4.0, 6.0], class: 0 }]);
        assert_eq!(images[1].annotations, [70]);
        assert_eq!((data.class_name(0), data.class_name(1)), ("car".to_owned(), "7".to_owned()));
    }

    #[test]
    fn a_score_that_is_no_probability_is_refused_with_its_place() {
        let results = r#"[{"image_id":4,"category_id":7,"bbox":[0,0,1,1],"score":12}]"#;
        let error = Data::read_boxes(TRUTH.as_bytes(), results.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), "results[0]: the score 12 is no probability, 0 to 1");
    }
}
