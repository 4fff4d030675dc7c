//! Features that do not change when more data comes: the directions are learned from a sample once, and after that each
//! text or picture is turned into numbers by itself. [`super::text`] says what texts are made of, [`super::image`] what
//! pictures are.

use super::{image, text};
use crate::{LearnError, Matrix, reduce::pca};
use std::collections::BTreeMap;

/// Pieces of text that a model knows, at most: those in the most texts.
const PIECES: usize = 1 << 15;

/// What a sample taught.
#[derive(Debug, Clone, PartialEq)]
pub enum Fitted {
    Text(TextModel),
    Image(ImageModel),
}

#[derive(Debug, Clone, PartialEq)]
pub struct TextModel {
    dims: usize,
    /// Places of the known pieces, ascending.
    places: Vec<u32>,
    /// Inverse document frequencies of the pieces.
    rarities: Vec<f32>,
    /// Pieces x dims.
    axes: Vec<f32>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ImageModel {
    dims: usize,
    means: Vec<f32>,
    /// Components x [`image::DIMS`]; at most `dims`, fewer after a small sample.
    axes: Vec<f32>,
}

impl TextModel {
    /// Errors: no texts, `dims` 0 or beyond 4,096.
    pub fn fit(texts: &[String], dims: usize, seed: u64) -> Result<Self, LearnError> {
        if texts.is_empty() {
            return Err(LearnError::NoRows);
        }
        if dims == 0 || dims > 4096 {
            return Err(LearnError::option("dims", dims, "1 to 4096"));
        }
        let counted: Vec<BTreeMap<u32, f64>> = crate::numeric::in_chunks(texts.len(), |at| {
            texts.get(at).map(|text| text::pieces(text)).unwrap_or_default()
        });
        let mut documents = BTreeMap::<u32, f64>::new();
        counted.iter().flat_map(BTreeMap::keys).for_each(|piece| *documents.entry(*piece).or_default() += 1.0);
        let mut common: Vec<(u32, f64)> = documents.into_iter().collect();
        common.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        // A piece of one text only makes no two texts alike; of a single text there are no others.
        let shared = common.partition_point(|(_, count)| *count >= 2.0);
        common.truncate(if shared > 0 { shared.min(PIECES) } else { PIECES });
        common.sort_by_key(|(place, _)| *place);
        let total = texts.len() as f64;
        let mut model = Self {
            dims,
            places: common.iter().map(|(place, _)| *place).collect(),
            rarities: common.iter().map(|(_, count)| (((1.0 + total) / (1.0 + count)).ln() + 1.0) as f32).collect(),
            axes: Vec::new(),
        };
        let rows: Vec<Vec<(usize, f64)>> = counted.iter().map(|counts| model.weighed(counts)).collect();
        let (width, axes, _, turn) = text::directions(&rows, model.places.len(), dims, seed);
        // Axes after the turn: pieces x width, of which the first `dims` stay.
        let mut turned = vec![0.0; axes.len()];
        crate::numeric::product_transposed(&axes, &turn, width, &mut turned);
        let kept = |row: &[f64]| {
            row.iter().map(|value| *value as f32).chain(std::iter::repeat(0.0)).take(dims).collect::<Vec<_>>()
        };
        model.axes = turned.chunks_exact(width.max(1)).take(model.places.len()).flat_map(kept).collect();
        Ok(model)
    }

    /// Known pieces by their weights; the row has length 1, or nothing in it.
    fn weighed(&self, counts: &BTreeMap<u32, f64>) -> Vec<(usize, f64)> {
        let weigh = |(piece, count): (&u32, &f64)| {
            let column = self.places.binary_search(piece).ok()?;
            Some((column, (1.0 + count.ln()) * f64::from(*self.rarities.get(column)?)))
        };
        let mut row: Vec<(usize, f64)> = counts.iter().filter_map(weigh).collect();
        let length = row.iter().map(|(_, value)| value * value).sum::<f64>().sqrt();
        row.iter_mut().for_each(|(_, value)| *value /= length.max(1e-300));
        row
    }

    /// `dims` numbers of length 1; all zeros for a text without a known piece.
    pub fn embed(&self, text: &str) -> Vec<f32> {
        let mut sum = vec![0.0; self.dims];
        for (column, value) in self.weighed(&text::pieces(text)) {
            let axis = self.axes.get(column * self.dims..(column + 1) * self.dims).unwrap_or_default();
            sum.iter_mut().zip(axis).for_each(|(sum, axis)| *sum += value * f64::from(*axis));
        }
        let length = sum.iter().map(|value| value * value).sum::<f64>().sqrt();
        sum.into_iter().map(|value| if length > 1e-12 { (value / length) as f32 } else { 0.0 }).collect()
    }
}

impl ImageModel {
    /// `pixels` as [`image::embed`] takes them. Errors: no pictures, `dims` 0.
    pub fn fit(pictures: &[Vec<u8>], dims: usize, seed: u64) -> Result<Self, LearnError> {
        if dims == 0 {
            return Err(LearnError::option("dims", dims, "at least 1"));
        }
        let rows = crate::numeric::in_chunks(pictures.len(), |at| {
            pictures.get(at).map(|pixels| image::embed(pixels)).unwrap_or_default()
        });
        let found = pca::fit(&Matrix::new(rows.concat(), image::DIMS)?, dims, seed);
        let single = |values: &[f64]| values.iter().map(|value| *value as f32).collect();
        Ok(Self { dims, means: single(&found.means), axes: single(found.axes.values()) })
    }

    /// `dims` numbers; those beyond the components that the sample had are 0.
    pub fn embed(&self, pixels: &[u8]) -> Vec<f32> {
        let centred: Vec<f64> =
            image::embed(pixels).iter().zip(&self.means).map(|(value, mean)| value - f64::from(*mean)).collect();
        let along = |axis: &[f32]| axis.iter().zip(&centred).map(|(axis, value)| f64::from(*axis) * value).sum::<f64>();
        let found = self.axes.chunks_exact(image::DIMS).map(|axis| along(axis) as f32);
        found.chain(std::iter::repeat(0.0)).take(self.dims).collect()
    }
}

impl Fitted {
    pub fn dims(&self) -> usize {
        match self {
            Self::Text(model) => model.dims,
            Self::Image(model) => model.dims,
        }
    }

    /// The model as bytes: a kind, dims, how many pieces or means, and then the numbers, four bytes each, low byte first.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (kind, dims, rows) = match self {
            Self::Text(model) => (0_u32, model.dims, model.places.len()),
            Self::Image(model) => (1, model.dims, model.means.len()),
        };
        let mut bytes: Vec<u8> = [kind, dims as u32, rows as u32].iter().flat_map(|word| word.to_le_bytes()).collect();
        let mut add = |values: &[f32]| values.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
        match self {
            Self::Text(model) => {
                add(&model.rarities);
                add(&model.axes);
                model.places.iter().for_each(|place| bytes.extend(place.to_le_bytes()));
            }
            Self::Image(model) => {
                add(&model.means);
                add(&model.axes);
            }
        }
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote. Errors: other bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LearnError> {
        let wrong = || LearnError::Input("the bytes are no model of features".into());
        let words: Vec<[u8; 4]> = bytes.chunks_exact(4).filter_map(|word| word.try_into().ok()).collect();
        let [kind, dims, rows, rest @ ..] = words.as_slice() else { return Err(wrong()) };
        let (dims, rows) = (u32::from_le_bytes(*dims) as usize, u32::from_le_bytes(*rows) as usize);
        let floats = |words: &[[u8; 4]]| words.iter().map(|word| f32::from_le_bytes(*word)).collect::<Vec<f32>>();
        let (head, tail) = rest.split_at_checked(rows).ok_or_else(wrong)?;
        let model = match u32::from_le_bytes(*kind) {
            0 => {
                let (axes, places) = tail.split_at_checked(rows.saturating_mul(dims)).ok_or_else(wrong)?;
                let places: Vec<u32> = places.iter().map(|word| u32::from_le_bytes(*word)).collect();
                (places.len() == rows)
                    .then(|| Self::Text(TextModel { dims, places, rarities: floats(head), axes: floats(axes) }))
            }
            1 => (rows == image::DIMS && tail.len().is_multiple_of(image::DIMS))
                .then(|| Self::Image(ImageModel { dims, means: floats(head), axes: floats(tail) })),
            _ => None,
        };
        model.filter(|_| bytes.len().is_multiple_of(4)).ok_or_else(wrong)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn texts_alone_are_what_they_were_among_others() {
        let texts: Vec<String> = [
            "the cat sat on the mat",
            "a cat sits on mats",
            "cats sat on a mat",
            "stock prices fell sharply",
            "prices of stocks are falling",
            "the stock price fell",
        ]
        .map(String::from)
        .to_vec();
        let model = TextModel::fit(&texts, 4, 1).unwrap();
        let dot = |a: &str, b: &str| -> f32 { model.embed(a).iter().zip(model.embed(b)).map(|(a, b)| a * b).sum() };
        assert!(dot("the cat sat", "cats on a mat") > dot("the cat sat", "stock prices fell") + 0.2);
        assert!(model.embed("zzz qqq").iter().all(|value| *value == 0.0));
        let fitted = Fitted::Text(model.clone());
        assert_eq!(Fitted::from_bytes(&fitted.to_bytes()).unwrap(), fitted);
        assert!(TextModel::fit(&[], 4, 1).is_err() && TextModel::fit(&texts, 0, 1).is_err());
        assert_eq!(TextModel::fit(&["one".into()], 3, 1).unwrap().embed("one").len(), 3);
        assert_eq!(TextModel::fit(&[String::new()], 3, 1).unwrap().embed("one"), [0.0; 3]);
    }

    #[test]
    fn pictures_alone_and_broken_bytes() {
        let picture = |red: u8, edge: usize| -> Vec<u8> {
            (0..image::SIDE * image::SIDE)
                .flat_map(|at| if at % image::SIDE < edge { [0; 3] } else { [red; 3] })
                .collect()
        };
        let pictures: Vec<Vec<u8>> = (0..6).map(|at| picture(200 + at * 5, 8 + at as usize * 8)).collect();
        let model = ImageModel::fit(&pictures, 8, 1).unwrap();
        let (one, near, far) = (model.embed(&pictures[0]), model.embed(&pictures[1]), model.embed(&pictures[5]));
        let distance = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f32>();
        assert!(one.len() == 8 && distance(&one, &near) < distance(&one, &far));
        let bytes = Fitted::Image(model.clone()).to_bytes();
        assert_eq!(Fitted::from_bytes(&bytes).unwrap(), Fitted::Image(model));
        for end in [0, 5, 12, bytes.len() - 4, bytes.len() - 1] {
            assert!(Fitted::from_bytes(&bytes[..end]).is_err());
        }
        assert!(ImageModel::fit(&[], 8, 1).is_err());
    }
}
