//! Augments pictures in memory as often as it can in a few seconds, by one thread and by all: for
//! `scripts/bench_augment.py`, which does the same by a library of Python. The folder holds PNG files and `labels.json`.
//!
//!     cargo run --release -p labelwright-generate --example bench_augment -- FOLDER SECONDS

use labelwright_core::{
    Answer, Region, Target,
    geometry::{BoxShape, Geometry, Mask},
};
use labelwright_generate::{
    Random,
    augment::{Classes, PictureItem, Sourced, augment_picture},
    picture::decode,
    recipe::Recipe,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    error::Error,
    fs,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
    time::Instant,
};

#[derive(Deserialize)]
struct Labels {
    name: String,
    boxes: Vec<[f64; 4]>,
    masks: Vec<Vec<u32>>,
}

const RECIPES: [(&str, &str); 4] = [
    ("flip", "[[operation]]\nop = 'flip_horizontal'\n"),
    (
        "affine",
        "visibility = 0\n[[operation]]\nop = 'affine'\nscale = [0.9, 1.1]\nshear = [-5, 5]\ndegrees = [-15, 15]\n",
    ),
    ("brightness", "[[operation]]\nop = 'brightness'\n[[operation]]\nop = 'contrast'\n"),
    ("hue", "[[operation]]\nop = 'hue'\n[[operation]]\nop = 'saturation'\n"),
];

fn item(folder: &Path, labels: Labels) -> Result<PictureItem, Box<dyn Error>> {
    let (picture, _) = decode(&fs::read(folder.join(&labels.name))?)?;
    let boxes = labels
        .boxes
        .iter()
        .map(|[x, y, width, height]| Geometry::Box(BoxShape { x: *x, y: *y, width: *width, height: *height }));
    let [width, height] = picture.size();
    let masks = labels.masks.into_iter().map(|counts| Geometry::Mask(Mask { width, height, counts }));
    let regions = boxes.chain(masks).enumerate().map(|(at, geometry)| Region {
        id: format!("r{at}"),
        target: Target::Item,
        geometry,
        class: "thing".into(),
        attributes: BTreeMap::new(),
        score: None,
    });
    let answer = Answer { regions: regions.collect(), ..Answer::default() };
    Ok(PictureItem { key: labels.name, picture: picture.into(), answers: vec![Sourced { source: "a".into(), answer }] })
}

fn child(recipe: &Recipe, items: &[PictureItem], number: usize) -> Result<(PictureItem, Value), String> {
    let item = items.get(number % items.len()).cloned().ok_or("there are no pictures")?;
    let mut random = Random::of(7, &item.key, number as u64);
    let made = augment_picture(recipe, &Classes::default(), item, &mut random, &mut |_| None);
    let (child, lineage) = made.map_err(|error| error.to_string())?;
    Ok((child, lineage.operations.into()))
}

/// Pictures a second.
fn speed(recipe: &Recipe, items: &[PictureItem], threads: usize, seconds: f64) -> f64 {
    let (next, start) = (AtomicUsize::new(0), Instant::now());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while start.elapsed().as_secs_f64() < seconds {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    std::hint::black_box(child(recipe, items, number).ok());
                }
            });
        }
    });
    next.load(Ordering::Relaxed) as f64 / start.elapsed().as_secs_f64()
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let folder = words.next().ok_or("usage: bench_augment FOLDER SECONDS")?;
    let seconds: f64 = words.next().ok_or("usage: bench_augment FOLDER SECONDS")?.parse()?;
    let folder = Path::new(&folder);
    let labels: Vec<Labels> = serde_json::from_slice(&fs::read(folder.join("labels.json"))?)?;
    let items = labels.into_iter().map(|labels| item(folder, labels)).collect::<Result<Vec<_>, _>>()?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut told = serde_json::Map::new();
    for (name, recipe) in RECIPES {
        let recipe = Recipe::parse(recipe)?;
        // The first children, for whoever checks them.
        let mut made = Vec::new();
        for number in 0..items.len().min(4) {
            let (child, operations) = child(&recipe, &items, number)?;
            let pixels = format!("{name}-{number}.raw");
            fs::write(folder.join(&pixels), &child.picture.pixels)?;
            made.push(json!({ "pixels": pixels, "operations": operations, "answer": child.answers[0].answer }));
        }
        let one = speed(&recipe, &items, 1, seconds);
        let all = speed(&recipe, &items, threads, seconds);
        told.insert(name.into(), json!({ "one": one, "all": all, "threads": threads, "children": made }));
    }
    fs::write(folder.join("ours.json"), Value::Object(told).to_string())?;
    Ok(())
}
