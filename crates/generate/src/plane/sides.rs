//! What is left in a picture is right in its mirror image: pairs of joints and classes that change places. The schema
//! gives them by their names: two names that differ in nothing but `left` and `right` (or `l` and `r` as a word).

use labelwright_core::{Answer, Geometry, LabelSchema, geometry::Keypoints};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sides {
    classes: BTreeMap<String, String>,
    /// By class id: where each joint's new place is taken from.
    joints: BTreeMap<String, Vec<usize>>,
}

impl Sides {
    pub fn of(schema: &LabelSchema) -> Self {
        let ids: Vec<&str> = schema.classes.iter().map(|class| class.id.as_str()).collect();
        let partner = |names: &[&str], name: &str| {
            let other = mirrored(name)?;
            names.iter().position(|known| *known == other)
        };
        let classes = ids.iter().filter_map(|id| Some(((*id).to_owned(), ids.get(partner(&ids, id)?)?.to_string())));
        let joints = schema.classes.iter().filter_map(|class| {
            let names: Vec<&str> = class.skeleton.as_ref()?.points.iter().map(String::as_str).collect();
            let order = names.iter().enumerate().map(|(at, name)| partner(&names, name).unwrap_or(at)).collect();
            Some((class.id.clone(), order))
        });
        Self { classes: classes.collect(), joints: joints.collect() }
    }

    /// Swaps classes and joints of a mirrored answer.
    pub fn mirror(&self, answer: &mut Answer) {
        for region in &mut answer.regions {
            if let (Geometry::Keypoints(shape), Some(order)) = (&mut region.geometry, self.joints.get(&region.class)) {
                *shape = reordered(shape, order);
            }
            if let Some(other) = self.classes.get(&region.class) {
                region.class.clone_from(other);
            }
        }
    }
}

fn reordered(shape: &Keypoints, order: &[usize]) -> Keypoints {
    let points = shape.points.iter().enumerate().map(|(at, own)| {
        let from = order.get(at).copied().unwrap_or(at);
        shape.points.get(from).unwrap_or(own).clone()
    });
    Keypoints { points: points.collect() }
}

/// The name of the other side; None for a name without a side, or with both.
fn mirrored(name: &str) -> Option<String> {
    const SIDES: [(&str, &str); 8] = [
        ("left", "right"),
        ("Left", "Right"),
        ("LEFT", "RIGHT"),
        ("l", "r"),
        ("right", "left"),
        ("Right", "Left"),
        ("RIGHT", "LEFT"),
        ("r", "l"),
    ];
    let mut found = None;
    for (side, other) in SIDES {
        for (at, _) in name.match_indices(side) {
            let end = at + side.len();
            let alone = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
            // A single letter is a side only as a word of its own: `l_knee`, but not `ankle`.
            let word = alone(name[..at].chars().next_back()) && alone(name[end..].chars().next());
            if word || (side.len() > 1 && starts_word(name, at)) {
                if found.is_some() {
                    return None;
                }
                found = Some(format!("{}{other}{}", &name[..at], &name[end..]));
            }
        }
    }
    found
}

/// Does a word start there: at the beginning, after a sign, or with a capital letter?
fn starts_word(name: &str, at: usize) -> bool {
    let before = name[..at].chars().next_back();
    before.is_none_or(|c| !c.is_alphanumeric()) || name[at..].starts_with(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use super::mirrored;

    #[test]
    fn names_of_the_other_side() {
        for (name, other) in [
            ("left_eye", Some("right_eye")),
            ("RightKnee", Some("LeftKnee")),
            ("kneeLeft", Some("kneeRight")),
            ("l-ankle", Some("r-ankle")),
            ("nose", None),
            ("bright", None),
            ("copyright", None),
            ("left_of_right", None),
        ] {
            assert_eq!(mirrored(name).as_deref(), other, "{name}");
        }
    }
}
