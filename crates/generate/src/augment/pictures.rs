//! Children of pictures: what each operation does to pixels and labels.

use super::{Classes, Lineage, Sourced, chosen, draws, labels};
use crate::{
    GenerateError, Random,
    picture::{self, Change, Colour, Fill, Picture, cutout, fits, warp},
    plane::{Step, disjoint, hidden},
    recipe::{Cutout, Kind, Material, Recipe},
};
use labelwright_core::geometry::Bounds;
use serde_json::{Value, json};
use std::sync::Arc;

/// A picture with its answers.
#[derive(Debug, Clone, PartialEq)]
pub struct PictureItem {
    pub key: String,
    /// Of all children that do not change a pixel it is the same.
    pub picture: Arc<Picture>,
    pub answers: Vec<Sourced>,
}

/// Gives another picture of the same part of the dataset.
pub type Partner<'a> = dyn FnMut(&mut Random) -> Option<PictureItem> + 'a;

/// Changes a picture by a recipe. `partner` is asked for mosaics and mixups; when it has none they are left out and noted.
///
/// # Errors
/// When a picture would become too large.
pub fn augment_picture(
    recipe: &Recipe,
    classes: &Classes,
    item: PictureItem,
    random: &mut Random,
    partner: &mut Partner<'_>,
) -> Result<(PictureItem, Lineage), GenerateError> {
    let lineage = Lineage { parents: vec![item.key.clone()], ..Lineage::default() };
    let mut work = Work { item, lineage, classes, least: recipe.visibility, change: None };
    for at in chosen(recipe, Material::Picture, random) {
        let kind = &recipe.operations[at].kind;
        if !is_of_colour(kind) {
            work.settle();
        }
        if let Some(mut numbers) = work.done(kind, random, partner)? {
            numbers["op"] = kind.name().into();
            work.lineage.operations.push(numbers);
        }
    }
    work.settle();
    Ok((work.item, work.lineage))
}

/// Changes of colour wait for each other: those that follow each other go over the picture once.
fn is_of_colour(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Brightness(_)
            | Kind::Contrast(_)
            | Kind::Saturation(_)
            | Kind::Hue(_)
            | Kind::Gamma(_)
            | Kind::Grayscale(_)
            | Kind::ChannelShuffle(_)
    )
}

/// A child in the making.
pub(super) struct Work<'a> {
    pub item: PictureItem,
    pub lineage: Lineage,
    pub classes: &'a Classes,
    /// Regions of which less is to be seen are dropped.
    pub least: f64,
    /// What is to become of all colours, and has not yet.
    change: Option<Change>,
}

impl Work<'_> {
    /// Does one operation; the numbers drawn. None when it could not be done.
    fn done(
        &mut self,
        kind: &Kind,
        random: &mut Random,
        partner: &mut Partner<'_>,
    ) -> Result<Option<Value>, GenerateError> {
        let size = self.item.picture.size();
        let numbers = match kind {
            Kind::FlipHorizontal(own) => {
                self.step(&Step::flip_horizontal(size), Fill::Edge, own.swap_sides)?;
                json!({})
            }
            Kind::FlipVertical(own) => {
                self.step(&Step::flip_vertical(size), Fill::Edge, own.swap_sides)?;
                json!({})
            }
            Kind::QuarterTurn(own) => {
                let turns = random.pick(&own.turns).copied().unwrap_or(1);
                self.step(&Step::quarter_turns(size, turns), Fill::Edge, true)?;
                json!({ "turns": turns })
            }
            Kind::Rotate(own) => {
                let degrees = own.degrees.draw(random);
                self.step(&Step::rotate(size, degrees, own.expand), own.fill, true)?;
                json!({ "degrees": degrees })
            }
            Kind::Crop(own) => {
                let (step, numbers) = draws::crop(own, size, random);
                self.step(&step, Fill::Edge, true)?;
                numbers
            }
            Kind::Resize(own) => {
                let to = draws::resize(own, size, random);
                self.step(&Step::resize(size, to), Fill::Edge, true)?;
                json!({ "width": to[0], "height": to[1] })
            }
            Kind::Affine(own) => {
                let (step, numbers) = draws::affine(own, size, random);
                self.step(&step, own.fill, true)?;
                numbers
            }
            Kind::Perspective(own) => {
                let Some((step, numbers)) = draws::perspective(own, size, random) else { return Ok(None) };
                self.step(&step, own.fill, true)?;
                numbers
            }
            Kind::Brightness(own) => self.colour(Colour::Brightness, "by", own.by.draw(random)),
            Kind::Contrast(own) => self.colour(Colour::Contrast, "factor", own.factor.draw(random)),
            Kind::Saturation(own) => self.colour(Colour::Saturation, "factor", own.factor.draw(random)),
            Kind::Hue(own) => self.colour(Colour::Hue, "degrees", own.degrees.draw(random)),
            Kind::Gamma(own) => self.colour(Colour::Gamma, "power", own.power.draw(random)),
            Kind::Grayscale(_) => {
                self.change(Colour::Grayscale);
                json!({})
            }
            Kind::ChannelShuffle(_) => {
                // All orders but the old one.
                const ORDERS: [[usize; 3]; 5] = [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
                let order = ORDERS[random.below(ORDERS.len())];
                self.change(Colour::Shuffle(order));
                json!({ "order": order })
            }
            Kind::Blur(own) => {
                let sigma = own.sigma.draw(random);
                picture::blur(self.pixels(), sigma);
                json!({ "sigma": sigma })
            }
            Kind::Noise(own) => {
                let sigma = own.sigma.draw(random);
                picture::gaussian(self.pixels(), sigma, random);
                json!({ "sigma": sigma })
            }
            Kind::SaltAndPepper(own) => {
                let share = own.share.draw(random);
                picture::salt_and_pepper(self.pixels(), share, random);
                json!({ "share": share })
            }
            Kind::Jpeg(own) => {
                let quality = own.quality.draw_count(random).clamp(1, 100) as u8;
                self.item.picture = picture::jpeg(&self.item.picture, quality)?.into();
                json!({ "quality": quality })
            }
            Kind::Cutout(own) => self.cutout(own, random),
            Kind::Mosaic(own) => {
                let centre = [own.centre.draw(random), own.centre.draw(random)];
                return Ok(self.mosaic(centre, random, partner));
            }
            Kind::Mixup(own) => {
                let share = own.share.draw(random);
                return Ok(self.mixup(share, random, partner));
            }
            _ => return Ok(None),
        };
        Ok(Some(numbers))
    }

    fn step(&mut self, step: &Step, fill: Fill, swap_sides: bool) -> Result<(), GenerateError> {
        if !fits(u64::from(step.to[0]), u64::from(step.to[1])) {
            return Err(GenerateError::Picture(format!("it would become {} x {} pixels", step.to[0], step.to[1])));
        }
        if let Some(moved) = warp(&self.item.picture, step, fill) {
            self.item.picture = moved.into();
            labels::moved(&mut self.item.answers, step, self.classes, swap_sides, self.least, &mut self.lineage);
        }
        Ok(())
    }

    fn colour(&mut self, colour: fn(f64) -> Colour, name: &str, number: f64) -> Value {
        self.change(colour(number));
        json!({ name: number })
    }

    fn change(&mut self, colour: Colour) {
        let next = match &mut self.change {
            Some(change) => change.join(colour.change()),
            None => Some(colour.change()),
        };
        if next.is_some() {
            self.settle();
            self.change = next;
        }
    }

    /// The picture, to be changed in place.
    pub fn pixels(&mut self) -> &mut Picture {
        Arc::make_mut(&mut self.item.picture)
    }

    /// Does what was put off.
    fn settle(&mut self) {
        if let Some(change) = self.change.take() {
            self.item.picture = change.apply(&self.item.picture).into();
        }
    }

    /// Labels stay, however little of them is to be seen; the share is told.
    fn cutout(&mut self, own: &Cutout, random: &mut Random) -> Value {
        let [width, height] = self.item.picture.size().map(f64::from);
        let holes: Vec<Bounds> = (0..own.count.draw_count(random))
            .map(|_| {
                let sides = [own.size.draw(random) * width, own.size.draw(random) * height].map(|s| s.round().max(1.0));
                let left = (random.unit() * (width - sides[0] + 1.0)).floor().max(0.0);
                let top = (random.unit() * (height - sides[1] + 1.0)).floor().max(0.0);
                Bounds::new(left, top, left + sides[0], top + sides[1])
            })
            .collect();
        cutout(self.pixels(), &holes, own.colour);
        let apart = disjoint(&holes);
        for Sourced { source, answer } in &self.item.answers {
            for region in &answer.regions {
                let share = hidden(&region.geometry, &apart);
                if share > 0.0 {
                    let visible = self.lineage.visibility.entry(labels::name(source, &region.id)).or_insert(1.0);
                    *visible *= 1.0 - share;
                }
            }
        }
        json!({ "holes": holes.iter().map(|b| [b.left, b.top, b.width(), b.height()]).collect::<Vec<_>>() })
    }
}
