//! Children of time series: what each operation does to rows and labels. A tick is a row.

use super::{Classes, Lineage, Sourced, chosen, times};
use crate::{
    Random,
    recipe::{Kind, Material, Recipe, TimeWarp},
    series::Series,
    timeline::Timeline,
};
use serde_json::{Value, json};

/// A series with its answers.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesItem {
    pub key: String,
    pub series: Series,
    pub answers: Vec<Sourced>,
}

/// Changes a series by a recipe. An operation that names a channel which the series does not have is not done, and noted.
pub fn augment_series(
    recipe: &Recipe,
    classes: &Classes,
    item: SeriesItem,
    random: &mut Random,
) -> (SeriesItem, Lineage) {
    let mut lineage = Lineage { parents: vec![item.key.clone()], ..Lineage::default() };
    let mut item = item;
    for at in chosen(recipe, Material::Series, random) {
        let kind = &recipe.operations[at].kind;
        let numbers = match kind {
            Kind::Jitter(own) => {
                let share = own.share.draw(random);
                has(&item.series, &own.channels, &mut lineage).then(|| {
                    item.series.jitter(share, &own.channels, random);
                    json!({ "share": share })
                })
            }
            Kind::Scale(own) => has(&item.series, &own.channels, &mut lineage).then(|| {
                let factors = item.series.scale(&own.channels, || own.factor.draw(random));
                json!({ "factors": factors.into_iter().collect::<std::collections::BTreeMap<_, _>>() })
            }),
            Kind::TimeWarp(own) => warped(own, item.series.rows, random).map(|(line, numbers)| {
                item.series.warp(&line);
                times::moved(&mut item.answers, &line, 1, classes, recipe.visibility, &mut lineage);
                numbers
            }),
            Kind::Window(own) => {
                let rows = item.series.rows;
                let share = own.share.draw(random);
                let wanted = own.rows.map_or((share * rows as f64).round() as usize, |rows| rows as usize);
                let kept = wanted.clamp(1, rows);
                let start = random.below(rows - kept + 1);
                (kept < rows).then(|| {
                    item.series.window(start, kept);
                    let line = Timeline::shift(-(start as i64), rows as i64, kept as i64);
                    times::moved(&mut item.answers, &line, 1, classes, recipe.visibility, &mut lineage);
                    json!({ "start": start, "rows": kept })
                })
            }
            _ => None,
        };
        if let Some(mut numbers) = numbers {
            numbers["op"] = kind.name().into();
            lineage.operations.push(numbers);
        }
    }
    (item, lineage)
}

fn has(series: &Series, channels: &[String], lineage: &mut Lineage) -> bool {
    let absent = series.absent(channels).is_some();
    lineage.note("no_such_channel", u64::from(absent));
    !absent
}

/// A line through knots that lie evenly before, and after as the speeds between them say.
fn warped(own: &TimeWarp, rows: usize, random: &mut Random) -> Option<(Timeline, Value)> {
    let pieces = own.pieces.draw_count(random).min(rows);
    let strength = own.strength.draw(random);
    if pieces < 2 {
        return None;
    }
    // Slower is longer.
    let lengths: Vec<f64> = (0..pieces).map(|_| 1.0 / random.between(1.0 - strength, 1.0 + strength)).collect();
    let whole: f64 = lengths.iter().sum();
    let (mut knots, mut so_far) = (vec![[0, 0]], 0.0);
    for (number, length) in lengths.iter().enumerate() {
        so_far += length;
        let left = (pieces - number - 1) as i64;
        let before = (rows * (number + 1) / pieces) as i64;
        let after = (so_far / whole * rows as f64).round() as i64;
        let last = knots.last().map_or(0, |knot: &[i64; 2]| knot[1]);
        // Each piece keeps a row at least, those that come too.
        knots.push([before, if left == 0 { rows as i64 } else { after.clamp(last + 1, rows as i64 - left) }]);
    }
    let told = json!({ "knots": knots });
    Some((Timeline::through(knots)?, told))
}
