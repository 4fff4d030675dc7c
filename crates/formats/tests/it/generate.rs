//! Answers of every kind from a seed, with names as odd as they come.

use labelwright_core::{
    Answer, Geometry, GeometryKind, LabelSchema, Modality, Moment, Region, Relation, Target, Value,
    document::{LayerBuilder, TextLayer},
    geometry::*,
    schema::{Class, ParentTier, Skeleton, TierConstraint},
};
use labelwright_formats::{Carries, Clock, ExportItem, Format, Kind, Names, SourcedAnswer};
use std::collections::BTreeMap;

/// SplitMix64 (G. Steele et al., 2014).
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.roll() % end
    }

    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len() as u64) as usize]
    }

    /// Half of them whole, the others anything between.
    pub fn number(&mut self, low: f64, high: f64) -> f64 {
        let share = self.below(1 << 20) as f64 / (1 << 20) as f64;
        let number = low + share * (high - low);
        if self.chance(50) { number.floor().max(low) } else { number }
    }
}

const CLASSES: [&str; 10] =
    ["car", "Big Car", "a<b & \"c\"", "yes", "7", "ö猫", "with, comma", "x:y/z", "new\nline", "'quoted' #1"];
const KEYS: [&str; 8] = ["a.png", "b c.png", "ö猫.png", "x.y.png", "sub/d.png", "sub.dir/e.png", "a&b.png", "100%.png"];
const TEXTS: [&str; 8] = ["red", "5", "true", "a<b & \"c\"", "", "猫 ö", "x,y;z", "-1.50"];

pub fn schema(dice: &mut Dice, carries: &Carries) -> LabelSchema {
    let mut names = CLASSES.to_vec();
    let count = 1 + dice.below(4) as usize;
    let mut classes = Vec::new();
    for index in 0..count {
        let name = names.remove(dice.below(names.len() as u64) as usize);
        classes.push(Class {
            id: name.to_owned(),
            title: name.to_owned(),
            geometry: carries.geometry.to_vec(),
            color: ["#ff0000", "#00ff00", "#0000ff", "#808000"][index].to_owned(),
            hotkey: None,
            description: String::new(),
            examples: Default::default(),
            attributes: Vec::new(),
            skeleton: None,
            parent: None,
            pane: None,
        });
    }
    classes[0].skeleton =
        Some(Skeleton { points: vec!["nose".into(), "left eye".into(), "a&b".into()], edges: vec![[0, 1], [2, 0]] });
    if carries.geometry.contains(&GeometryKind::Interval) && classes.len() > 1 && dice.chance(50) {
        use TierConstraint as C;
        let constraint = *dice.pick(&[C::IncludedIn, C::TimeSubdivision, C::SymbolicAssociation]);
        classes[1].parent = Some(ParentTier { class: classes[0].id.clone(), constraint });
        if classes.len() > 2 && dice.chance(50) {
            let constraint = if constraint == C::IncludedIn { C::TimeSubdivision } else { C::SymbolicAssociation };
            classes[2].parent = Some(ParentTier { class: classes[1].id.clone(), constraint });
        }
    }
    let known = [Modality::Image, Modality::Text, Modality::Audio, Modality::Video, Modality::TimeSeries];
    let several: Vec<Modality> = carries.modalities.iter().copied().filter(|one| known.contains(one)).collect();
    let modality = if several.len() > 1 && !carries.sizes { *dice.pick(&several) } else { carries.modalities[0] };
    LabelSchema {
        name: "n".into(),
        description: String::new(),
        modality,
        panes: Vec::new(),
        fields: Vec::new(),
        classes,
        relations: Vec::new(),
    }
}

pub fn items(dice: &mut Dice, format: &Format, schema: &LabelSchema) -> Vec<ExportItem> {
    let carries = &format.carries;
    let mut keys = KEYS.to_vec();
    let count = 1 + dice.below(4) as usize;
    let splits = [None, Some("train"), Some("val")];
    let in_splits = dice.chance(50);
    (0..count)
        .map(|_| {
            let key = keys.remove(dice.below(keys.len() as u64) as usize);
            let mut item = ExportItem::new(key, schema.modality);
            if schema.modality != Modality::Text {
                item.media = Some(format!("source of {key}"));
                item.size = Some([20 + dice.below(80) as u32, 15 + dice.below(60) as u32]);
            }
            match schema.modality {
                Modality::Text => item.text = Some(text(dice)),
                Modality::Video => item.key = key.replace(".png", ".mp4"),
                Modality::Audio => {
                    item.key = key.replace(".png", ".wav");
                    item.size = None;
                    item.clock = Some(Clock { ticks: Some(60_000), ..Clock::new(1000) });
                }
                Modality::TimeSeries => {
                    item.key = key.replace(".png", ".csv");
                    item.size = None;
                    let clock = Clock { ticks: Some(60_000), ..Clock::new(1000) };
                    item.clock = Some(Clock { first: Moment::new(0, dice.chance(50)), ..clock });
                }
                Modality::Document => {
                    let layer = layer(dice);
                    item.size = layer.pages.first().map(|page| [page.width as u32, page.height as u32]);
                    item.layer = Some(Box::new(layer));
                }
                _ => {}
            }
            item.split = if in_splits { Some((*dice.pick(&splits[1..])).unwrap().to_owned()) } else { None };
            let mut answer = Answer::default();
            let regions = if dice.chance(20) { 0 } else { 1 + dice.below(5) };
            for number in 0..regions {
                answer.regions.extend(region(dice, carries, schema, &item, number));
            }
            if dice.chance(80) {
                into_parents(dice, schema, &mut answer.regions);
            }
            if answer.regions.len() > 1 && dice.chance(40) {
                answer.relations.push(Relation {
                    id: "rel".into(),
                    relation: relation_name(dice, carries.relations),
                    from: answer.regions[1].id.clone(),
                    to: answer.regions[0].id.clone(),
                    attributes: BTreeMap::new(),
                });
            }
            if dice.chance(50) {
                let (name, value) = named_value(dice, carries.fields, "tags");
                answer.fields.insert(name, value);
            }
            if dice.chance(20) {
                item.metadata.insert("camera".into(), "front".into());
            }
            item.answers.push(SourcedAnswer::new("ann", answer));
            item
        })
        .collect()
}

/// Most regions of tiers with a parent keep to it: they have its times, or lie within it where that is enough.
fn into_parents(dice: &mut Dice, schema: &LabelSchema, regions: &mut [Region]) {
    for class in &schema.classes {
        let Some(tier) = &class.parent else { continue };
        let mut parents: Vec<Interval> = Vec::new();
        for region in regions.iter().filter(|region| region.class == tier.class) {
            if let Geometry::Interval(interval) = &region.geometry {
                parents.push(interval.clone());
            }
        }
        for region in regions.iter_mut().filter(|region| region.class == class.id) {
            if parents.is_empty() {
                break;
            }
            let Interval { start, end } = parents.remove(dice.below(parents.len() as u64) as usize);
            let within = tier.constraint == TierConstraint::IncludedIn && end - start > 2;
            let edge = i64::from(within && dice.chance(50));
            region.geometry = Geometry::Interval(Interval { start: start + edge, end: end - edge });
        }
    }
}

const WORDS: [&str; 8] = ["Zoë", "left", "東京", "👩\u{200d}👧", "e\u{301}tude", "שלום", "100", "co-op"];

/// Pages with words in lines and blocks, as readers of documents number them.
fn layer(dice: &mut Dice) -> TextLayer {
    let mut builder = LayerBuilder::default();
    let whole = dice.chance(70);
    for _ in 0..if dice.chance(10) { 2 } else { 1 } {
        let (width, height) = (40.0 + dice.below(60) as f64, 30.0 + dice.below(60) as f64);
        builder.page(width, height);
        let (mut line, mut block) = (0, 0);
        for number in 0..dice.below(9) {
            if number > 0 && dice.chance(40) {
                line += 1;
                block += u32::from(dice.chance(50));
            }
            let (left, top) = (dice.number(0.0, width - 5.0), dice.number(0.0, height - 5.0));
            let edges = [left, top, left + dice.number(1.0, 5.0), top + dice.number(1.0, 5.0)];
            let bounds = if whole { edges.map(f64::round) } else { edges };
            let score = dice.chance(60).then(|| dice.below(1001) as f32 / 1000.0);
            let text = *dice.pick(&[WORDS[0], WORDS[2], WORDS[3], WORDS[5], "a<b & \"c\"", "x;y", "two words"]);
            builder.word(text, bounds, line, block, score);
        }
    }
    builder.finish()
}

pub fn text(dice: &mut Dice) -> String {
    let count = 3 + dice.below(8);
    (0..count).map(|_| *dice.pick(&WORDS)).collect::<Vec<_>>().join(" ")
}

fn relation_name(dice: &mut Dice, names: Names) -> String {
    match names {
        Names::Only(known) if dice.chance(80) => dice.pick(known).0.to_owned(),
        _ => "near".to_owned(),
    }
}

/// A name and a value that may or may not fit.
fn named_value(dice: &mut Dice, names: Names, usual: &str) -> (String, Value) {
    let kinds = [Kind::Boolean, Kind::Number, Kind::Integer, Kind::Text, Kind::List];
    match names {
        Names::Only(known) if dice.chance(85) => {
            let (name, kind) = *dice.pick(known);
            (name.to_owned(), value(dice, kind))
        }
        Names::Of(kind) if dice.chance(85) => ("a flag".to_owned(), value(dice, kind)),
        _ => {
            let name = *dice.pick(&["color", "a<b & \"c\"", usual]);
            let kind = *dice.pick(&kinds);
            (name.to_owned(), value(dice, kind))
        }
    }
}

fn value(dice: &mut Dice, kind: Kind) -> Value {
    match kind {
        Kind::Boolean => Value::Boolean(dice.chance(50)),
        Kind::Flag => Value::Boolean(true),
        Kind::Number => Value::Number(dice.number(-3.0, 3.0)),
        Kind::Integer | Kind::Count => Value::Number(1.0 + dice.below(2) as f64),
        Kind::Text | Kind::Any => Value::Text((*dice.pick(&TEXTS)).to_owned()),
        Kind::List => Value::List(vec!["one".into(), (*dice.pick(&TEXTS[..4])).to_owned()]),
    }
}

pub fn region(
    dice: &mut Dice,
    carries: &Carries,
    schema: &LabelSchema,
    item: &ExportItem,
    number: u64,
) -> Option<Region> {
    use GeometryKind as K;
    let all: &[GeometryKind] = match item.modality {
        Modality::Text => &[K::Span],
        Modality::Audio | Modality::TimeSeries => &[K::Interval],
        Modality::Video => &[K::Track],
        Modality::Document => &[K::Span, K::Box, K::Polygon, K::RotatedBox, K::Ellipse, K::Points],
        _ => &[K::Box, K::RotatedBox, K::Ellipse, K::Polygon, K::Polyline, K::Points, K::Keypoints, K::Mask, K::Cuboid],
    };
    let fitting: Vec<GeometryKind> = carries.geometry.iter().copied().filter(|kind| all.contains(kind)).collect();
    let kind = if dice.chance(80) && !fitting.is_empty() { *dice.pick(&fitting) } else { *dice.pick(all) };
    // Only the first class has joints.
    let class = if kind == K::Keypoints { &schema.classes[0] } else { dice.pick(&schema.classes) };
    let geometry = geometry(dice, kind, item)?;
    let mut attributes = BTreeMap::new();
    for _ in 0..dice.below(3) {
        let (name, value) = named_value(dice, carries.attributes, "occluded");
        attributes.insert(name, value);
    }
    let score = dice.chance(20).then(|| dice.below(1000) as f64 / 1000.0);
    let on_page = item.layer.is_some() && kind != K::Span;
    Some(Region {
        id: format!("id{number}"),
        target: if on_page { Target::Page(0) } else { Target::Item },
        geometry,
        class: class.id.clone(),
        attributes,
        score,
    })
}

fn geometry(dice: &mut Dice, kind: GeometryKind, item: &ExportItem) -> Option<Geometry> {
    let [w, h] = item.size.unwrap_or([40, 30]).map(f64::from);
    let point = |dice: &mut Dice| [dice.number(0.0, w), dice.number(0.0, h)];
    let shape = |dice: &mut Dice| {
        let (x, y) = (dice.number(0.0, w - 6.0), dice.number(0.0, h - 6.0));
        let (width, height) = (dice.number(1.0, w - x), dice.number(1.0, h - y));
        BoxShape { x, y, width, height }
    };
    Some(match kind {
        GeometryKind::Box => Geometry::Box(shape(dice)),
        GeometryKind::RotatedBox => Geometry::RotatedBox(RotatedBox {
            cx: w / 2.0,
            cy: h / 2.0,
            width: dice.number(2.0, h / 2.0),
            height: dice.number(2.0, h / 2.0),
            angle: 1.0 + dice.below(178) as f64,
        }),
        GeometryKind::Ellipse => Geometry::Ellipse(Ellipse {
            cx: w / 2.0,
            cy: h / 2.0,
            rx: dice.number(2.0, w / 4.0),
            ry: dice.number(2.0, h / 4.0),
            angle: *dice.pick(&[0.0, 30.5]),
        }),
        GeometryKind::Polygon => {
            let parts = if dice.chance(20) { 2 } else { 1 };
            let part = |dice: &mut Dice| {
                let b = shape(dice);
                let c = b.corners();
                let outer = vec![c[0], c[1], [c[2][0], (c[1][1] + c[2][1]) / 2.0], c[2], c[3]];
                let hole = |share: f64| [b.x + b.width * share, b.y + b.height * share];
                let holes = if dice.chance(15) {
                    let ([x, y], [right, bottom]) = (hole(0.25), hole(0.75));
                    vec![vec![[x, y], [right, y], [right, bottom]]]
                } else {
                    Vec::new()
                };
                PolygonPart { outer, holes }
            };
            Geometry::Polygon(Polygon { parts: (0..parts).map(|_| part(dice)).collect() })
        }
        GeometryKind::Polyline => {
            Geometry::Polyline(Polyline { points: (0..2 + dice.below(3)).map(|_| point(dice)).collect() })
        }
        GeometryKind::Points => {
            Geometry::Points(Points { points: (0..1 + dice.below(3)).map(|_| point(dice)).collect() })
        }
        GeometryKind::Keypoints => {
            let joint = |dice: &mut Dice, visibility: Visibility| {
                let [x, y] = if visibility == Visibility::Absent { [0.0; 2] } else { point(dice) };
                Keypoint { x, y, visibility }
            };
            let any = *dice.pick(&[Visibility::Absent, Visibility::Occluded, Visibility::Visible]);
            let points = [Visibility::Visible, any, Visibility::Occluded].map(|v| joint(dice, v)).to_vec();
            Geometry::Keypoints(Keypoints { points })
        }
        GeometryKind::Mask => {
            let [width, height] = item.size?;
            let rings = vec![shape(dice).corners().to_vec(), shape(dice).corners().to_vec()];
            let mask = Mask::of_rings(&rings, width, height);
            return (mask.area() > 0).then_some(Geometry::Mask(mask));
        }
        GeometryKind::Cuboid => Geometry::Cuboid(Cuboid { vertices: std::array::from_fn(|_| point(dice)) }),
        GeometryKind::Span if item.layer.is_some() => {
            let words: Vec<_> = item.layer.as_deref()?.pages.iter().flat_map(|page| &page.words).collect();
            let first = dice.below(words.len().max(1) as u64) as usize;
            let last = (first + dice.below(3) as usize).min(words.len().saturating_sub(1));
            let within = u32::from(dice.chance(5));
            Geometry::Span(Span::new(words.get(first)?.start + within, words.get(last)?.end))
        }
        GeometryKind::Span => {
            let words: Vec<(u32, u32)> = {
                let mut at = 0;
                let words = item.text.as_deref()?.split(' ').map(|word| {
                    let start = at;
                    at += word.chars().count() as u32 + 1;
                    (start, at - 1)
                });
                words.collect()
            };
            let first = dice.below(words.len() as u64) as usize;
            let last = (first + dice.below(3) as usize).min(words.len() - 1);
            Geometry::Span(Span::new(words[first].0, words[last].1))
        }
        GeometryKind::Interval => {
            let start = dice.below(50_000) as i64;
            Geometry::Interval(Interval { start, end: start + 1 + dice.below(9_000) as i64 })
        }
        GeometryKind::Track => {
            let mut frame = dice.below(3) as u32;
            let keyframes = (0..1 + dice.below(4)).map(|number| {
                frame += 1 + dice.below(2) as u32;
                let outside = number > 0 && dice.chance(20);
                Keyframe { outside, occluded: dice.chance(20), ..Keyframe::new(frame, Geometry::Box(shape(dice))) }
            });
            Geometry::Track(Track { keyframes: keyframes.collect() })
        }
        GeometryKind::Cells => return None,
    })
}
