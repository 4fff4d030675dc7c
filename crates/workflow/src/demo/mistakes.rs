//! In which ways people are wrong.

use labelwright_core::{
    Answer, Geometry, LabelSchema, Target, Value,
    geometry::Mask,
    schema::{Field, FieldKind},
};
use labelwright_generate::demo::dice::Dice;
use std::collections::BTreeMap;

/// How somebody labels. Skills say how often they are right, 0 to 1.
#[derive(Debug, Clone, Copy)]
pub enum Habit {
    Steady {
        skill: f64,
    },
    /// Good, but presses a wrong key now and then: the mistakes that a search for likely mistakes must find.
    Slipping {
        skill: f64,
    },
    /// From the middle of the work on as if somebody else sat there.
    Tiring {
        fresh: f64,
        tired: f64,
    },
    /// Answers without looking.
    Guessing,
}

impl Habit {
    /// Skill after this share of the work, 0 to 1.
    pub fn skill(self, progress: f64) -> f64 {
        match self {
            Self::Steady { skill } | Self::Slipping { skill } => skill,
            Self::Tiring { fresh, tired } => {
                if progress < 0.5 {
                    fresh
                } else {
                    tired
                }
            }
            Self::Guessing => 0.0,
        }
    }

    pub fn slips(self) -> bool {
        matches!(self, Self::Slipping { .. })
    }
}

/// Width and height of the clips.
const CLIP_PIXELS: [f64; 2] = [384.0, 216.0];
/// One in so many answers is a slip.
const SLIP_IN: u64 = 5;

/// Did the one who slips do so on the item with this key?
pub fn slipped(key: &str) -> bool {
    Dice::new(key, 0).bits().is_multiple_of(SLIP_IN)
}

/// Puts a wrong value into the first question that offers a choice, on the items that chance names.
pub fn slip(answer: &mut Answer, truth: &Answer, schema: &LabelSchema, key: &str) {
    let field = schema.fields.iter().find(|field| matches!(field.kind, FieldKind::Choice { multiple: false, .. }));
    let Some(Field { id, kind: FieldKind::Choice { options, .. }, .. }) = field else { return };
    if !slipped(key) {
        return;
    }
    let mut dice = Dice::new(key, 1);
    let wrong: Vec<&str> = options
        .iter()
        .map(|option| option.id.as_str())
        .filter(|id_of_option| truth.fields.get(id) != Some(&Value::Text((*id_of_option).to_owned())))
        .collect();
    *answer = truth.clone();
    answer.fields.insert(id.clone(), Value::Text((*dice.pick(&wrong)).to_owned()));
    ask_again(answer, schema, &mut dice);
}

/// A question that is not asked any more has no answer, and a newly asked one has some.
fn ask_again(answer: &mut Answer, schema: &LabelSchema, dice: &mut Dice) {
    let given = answer.fields.clone();
    for field in &schema.fields {
        let asked = field.when.as_ref().is_none_or(|when| when.holds(&given));
        if !asked {
            answer.fields.remove(&field.id);
        } else if field.required && !given.contains_key(&field.id) {
            answer.fields.insert(field.id.clone(), Value::Number((1 + dice.below(3)) as f64));
        }
    }
}

/// What somebody of this skill answers where `truth` is right. `text` tells the text of a pane, of the item for None.
pub fn mistaken<'a>(
    truth: &Answer,
    skill: f64,
    schema: &LabelSchema,
    dice: &mut Dice,
    text: impl Fn(Option<&str>) -> Option<&'a str>,
) -> Answer {
    let mut answer = truth.clone();
    for field in &schema.fields {
        if let Some(value) = answer.fields.get_mut(&field.id)
            && !dice.chance(skill)
        {
            *value = wrong_value(field, value, skill, dice);
        }
    }
    ask_again(&mut answer, schema, dice);
    answer.regions.retain(|_| dice.chance(skill.sqrt()));
    for region in &mut answer.regions {
        if let Geometry::Box(shape) = &mut region.geometry {
            // Nobody hits the pixel; the careless miss by more.
            let slack = 1.0 + (1.0 - skill) * 14.0;
            let [width, height] = if region.target == Target::Item { [640.0, 400.0] } else { [595.0, 841.0] };
            shape.x = (shape.x + dice.between(-slack, slack)).clamp(0.0, width - 40.0).round();
            shape.y = (shape.y + dice.between(-slack, slack)).clamp(0.0, height - 20.0).round();
            shape.width = (shape.width + dice.between(-slack, slack)).clamp(4.0, width - shape.x).round();
            shape.height = (shape.height + dice.between(-slack, slack)).clamp(4.0, height - shape.y).round();
        }
        if let Geometry::Mask(mask) = &mut region.geometry {
            // A hand that is not sure is off by some pixels, the same way over a whole outline.
            let slack = 0.6 + (1.0 - skill) * 4.0;
            let by = [dice.between(-slack, slack), dice.between(-slack, slack)].map(|by| by.round() as i64);
            let pushed = pushed(mask, by);
            if pushed.area() > 0 {
                *mask = pushed;
            }
        }
        if let Geometry::Track(track) = &mut region.geometry {
            for keyframe in &mut track.keyframes {
                // Clips are smaller than pictures, and so are the things in them.
                let slack = 0.5 + (1.0 - skill) * 6.0;
                let by = [dice.between(-slack, slack), dice.between(-slack, slack)];
                if let Geometry::Box(shape) = keyframe.geometry.as_mut() {
                    shape.x = (shape.x + by[0]).clamp(0.0, CLIP_PIXELS[0] - shape.width).round();
                    shape.y = (shape.y + by[1]).clamp(0.0, CLIP_PIXELS[1] - shape.height).round();
                    shape.width = shape.width.floor();
                    shape.height = shape.height.floor();
                }
            }
        }
        if let Geometry::Interval(moment) = &mut region.geometry
            && moment.end - moment.start == 1
        {
            // The careless click beside it.
            let by = dice.between(-60.0, 60.0) * (1.0 - skill);
            moment.start = (moment.start + by as i64).max(0);
            moment.end = moment.start + 1;
        } else if let Geometry::Interval(turn) = &mut region.geometry {
            // The careless leave a part of a pause in, or cut a sound off.
            let slack = (turn.end - turn.start) as f64 * (0.01 + (1.0 - skill) * 0.2);
            turn.start = (turn.start as f64 + dice.between(-slack, slack)).max(0.0) as i64;
            turn.end = (turn.end as f64 + dice.between(-slack, slack)) as i64;
            for value in region.attributes.values_mut() {
                if let Value::Text(words) = value
                    && !dice.chance(skill)
                {
                    mishear(words, dice);
                }
            }
        }
        let pane = schema.class(&region.class).and_then(|class| class.pane.as_deref());
        if let (Geometry::Span(span), Some(text)) = (&mut region.geometry, text(pane))
            && !dice.chance(skill)
        {
            widen(&mut span.ranges[0], text);
        }
        if !dice.chance(skill.sqrt()) {
            let kind = region.geometry.kind();
            let others =
                schema.classes.iter().filter(|class| class.geometry.contains(&kind) && class.pane.as_deref() == pane);
            let others: Vec<&str> = others.map(|class| class.id.as_str()).collect();
            region.class = (*dice.pick(&others)).to_owned();
        }
    }
    let classes: BTreeMap<&str, &str> = answer.regions.iter().map(|r| (r.id.as_str(), r.class.as_str())).collect();
    answer.relations.retain(|relation| {
        let Some(kind) = schema.relations.iter().find(|kind| kind.id == relation.relation) else { return false };
        let fits = |end: &str, allowed: &[String]| {
            classes.get(end).is_some_and(|class| allowed.is_empty() || allowed.iter().any(|one| one == class))
        };
        fits(&relation.from, &kind.from) && fits(&relation.to, &kind.to)
    });
    answer
}

/// The mask pushed by so many columns and rows; what leaves the picture is gone.
fn pushed(mask: &Mask, [columns, rows]: [i64; 2]) -> Mask {
    let (width, height) = (i64::from(mask.width), i64::from(mask.height));
    let pixels = mask.to_bytes();
    let lit = |x: i64, y: i64| {
        let inside = (0..width).contains(&x) && (0..height).contains(&y);
        inside && pixels.get((x * height + y) as usize).is_some_and(|pixel| *pixel != 0)
    };
    let places = (0..width).flat_map(|x| (0..height).map(move |y| (x, y)));
    Mask::from_pixels(mask.width, mask.height, places.map(|(x, y)| lit(x - columns, y - rows)))
}

/// Misses a word.
fn mishear(words: &mut String, dice: &mut Dice) {
    let mut kept: Vec<&str> = words.split(' ').collect();
    if kept.len() > 1 {
        kept.remove(dice.below(kept.len()));
        *words = kept.join(" ");
    }
}

fn wrong_value(field: &Field, right: &Value, skill: f64, dice: &mut Dice) -> Value {
    match (&field.kind, right) {
        (FieldKind::Choice { options, multiple: false, .. }, _) => Value::Text(dice.pick(options).id.clone()),
        (FieldKind::Pairwise { options }, _) => Value::Text(dice.pick(options).id.clone()),
        (FieldKind::Choice { options, .. }, Value::List(_)) => Value::List(vec![dice.pick(options).id.clone()]),
        (FieldKind::Rating { max }, _) if skill == 0.0 => Value::Number((1 + dice.below(*max as usize)) as f64),
        (FieldKind::Rating { max }, Value::Number(number)) => {
            let off = if dice.chance(0.5) { 1.0 } else { -1.0 };
            Value::Number((number + off).clamp(1.0, f64::from(*max)))
        }
        _ => right.clone(),
    }
}

/// Takes the word before along, as people do with articles.
fn widen(range: &mut [u32; 2], text: &str) {
    let before: Vec<char> = text.chars().take(range[0] as usize).collect();
    let letters = before.iter().rev().skip(1).take_while(|c| c.is_alphanumeric()).count() as u32;
    if letters > 0 && before.last() == Some(&' ') {
        range[0] -= letters + 1;
    }
}
