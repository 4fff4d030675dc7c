//! Texts as hashed words, pairs of words and runs of three to five characters (Weinberger et al. 2009), weighted by
//! 1 + ln(count) and inverse document frequency (Salton and Buckley 1988), and turned to the directions of most variance
//! (latent semantic analysis: Deerwester et al. 1990). Similar texts have a high cosine.

use crate::{
    LearnError, Matrix,
    numeric::{self, Random},
    reduce::linear,
};
use std::collections::BTreeMap;
use unicode_segmentation::UnicodeSegmentation;

/// Different pieces of text share a place by chance only.
const PLACES: u64 = 1 << 20;
const ROUNDS: usize = 6;

/// FNV-1a (Fowler, Noll and Vo 1991), mixed once more.
fn place(kind: u8, piece: &str) -> u32 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ u64::from(kind);
    for byte in piece.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    (Random::new(hash).bits() % PLACES) as u32
}

/// How often each piece occurs.
pub(super) fn pieces(text: &str) -> BTreeMap<u32, f64> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.unicode_words().collect();
    let mut counts = BTreeMap::new();
    let mut add = |kind: u8, piece: &str| *counts.entry(place(kind, piece)).or_insert(0.0) += 1.0;
    for word in &words {
        add(1, word);
        let marked = format!("<{word}>");
        let starts: Vec<usize> = marked.char_indices().map(|(at, _)| at).chain([marked.len()]).collect();
        for length in 3..=5 {
            for window in starts.windows(length + 1) {
                if let (Some(first), Some(last)) = (window.first(), window.last()) {
                    add(3, marked.get(*first..*last).unwrap_or_default());
                }
            }
        }
    }
    for pair in words.windows(2) {
        add(2, &pair.join(" "));
    }
    counts
}

/// Texts x `dims`, rows of length 1 (a text without words is all zeros). Errors: no texts, `dims` 0 or beyond 4,096.
pub fn embed(texts: &[String], dims: usize, seed: u64) -> Result<Matrix, LearnError> {
    if texts.is_empty() {
        return Err(LearnError::NoRows);
    }
    if dims == 0 || dims > 4096 {
        return Err(LearnError::option("dims", dims, "1 to 4096"));
    }
    let counted = numeric::in_chunks(texts.len(), |at| texts.get(at).map(|text| pieces(text)).unwrap_or_default());
    let mut documents = BTreeMap::<u32, f64>::new();
    counted.iter().flat_map(BTreeMap::keys).for_each(|piece| *documents.entry(*piece).or_default() += 1.0);
    let total = texts.len() as f64;
    let columns: BTreeMap<u32, (usize, f64)> = documents
        .iter()
        .enumerate()
        .map(|(column, (piece, count))| (*piece, (column, ((1.0 + total) / (1.0 + count)).ln() + 1.0)))
        .collect();
    let rows: Vec<Vec<(usize, f64)>> = counted
        .iter()
        .map(|counts| {
            let weigh = |(piece, count): (&u32, &f64)| {
                columns.get(piece).map(|(column, rarity)| (*column, (1.0 + count.ln()) * rarity))
            };
            let mut row: Vec<(usize, f64)> = counts.iter().filter_map(weigh).collect();
            let length = row.iter().map(|(_, value)| value * value).sum::<f64>().sqrt();
            row.iter_mut().for_each(|(_, value)| *value /= length.max(1e-300));
            row
        })
        .collect();
    let (width, _, scores, turn) = directions(&rows, columns.len(), dims, seed);
    let mut turned = vec![0.0; texts.len() * width];
    numeric::product_transposed(&scores, &turn, width, &mut turned);
    let mut values = Vec::with_capacity(texts.len() * dims);
    for row in turned.chunks_exact(width) {
        let kept = || row.iter().copied().chain(std::iter::repeat(0.0)).take(dims);
        let length = kept().map(|value| value * value).sum::<f64>().sqrt();
        values.extend(kept().map(|value| if length > 1e-12 { value / length } else { 0.0 }));
    }
    Matrix::new(values, dims)
}

/// The directions of most variance of weighed pieces, by subspace iteration on the rows: scores = rows times axes, axes =
/// transposed rows times scores. Gives the width, axes (columns x width), scores (rows x width), and the turn (width x
/// width) that brings the greatest direction first.
pub(super) fn directions(
    rows: &[Vec<(usize, f64)>],
    columns: usize,
    dims: usize,
    seed: u64,
) -> (usize, Vec<f64>, Vec<f64>, Vec<f64>) {
    let width = (dims + 8).min(rows.len()).min(columns.max(1));
    let mut random = Random::new(seed);
    let mut axes: Vec<f64> = (0..columns.max(1) * width).map(|_| random.normal()).collect();
    let mut scores = Vec::new();
    for round in 0..=ROUNDS {
        scores = rows.iter().flat_map(|row| projected(row, &axes, width)).collect::<Vec<f64>>();
        if round == ROUNDS {
            break;
        }
        let mut next = vec![0.0; axes.len()];
        for (row, score) in rows.iter().zip(scores.chunks_exact(width)) {
            for (column, value) in row {
                let to = next.get_mut(column * width..(column + 1) * width);
                to.into_iter().flatten().zip(score).for_each(|(to, score)| *to += value * score);
            }
        }
        axes = orthonormal_columns(&next, width);
    }
    let mut small = vec![0.0; width * width];
    numeric::add_product_of_transpose(&scores, &scores, rows.len(), &mut small);
    let (_, mut turn) = linear::eigen(small, width);
    for axis in turn.chunks_exact_mut(width) {
        let most =
            axis.iter().copied().fold(0.0_f64, |most, value| if value.abs() > most.abs() { value } else { most });
        if most < 0.0 {
            axis.iter_mut().for_each(|value| *value = -*value);
        }
    }
    (width, axes, scores, turn)
}

/// A row times axes (columns x width).
pub(super) fn projected(row: &[(usize, f64)], axes: &[f64], width: usize) -> Vec<f64> {
    let mut sum = vec![0.0; width];
    for (column, value) in row {
        let axis = axes.get(column * width..(column + 1) * width).unwrap_or_default();
        sum.iter_mut().zip(axis).for_each(|(sum, axis)| *sum += value * axis);
    }
    sum
}

fn orthonormal_columns(values: &[f64], width: usize) -> Vec<f64> {
    let rows = values.len() / width.max(1);
    let mut turned: Vec<f64> =
        (0..width).flat_map(|column| values.iter().skip(column).step_by(width).copied()).collect();
    linear::orthonormal(&mut turned, rows);
    (0..rows).flat_map(|row| turned.iter().skip(row).step_by(rows).copied()).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn like_texts_are_near_and_nothing_is_zeros() {
        let texts: Vec<String> = [
            "The cat sat on the mat",
            "A cat sits on mats",
            "Cats sat on a mat.",
            "Stock prices fell sharply today",
            "Prices of stocks are falling",
            "The stock price fell",
            "",
            "日本語の文章です",
            "日本語の文です",
        ]
        .map(String::from)
        .to_vec();
        let found = embed(&texts, 4, 1).unwrap();
        let near = |a: usize, b: usize| numeric::dot(found.row(a), found.row(b));
        assert!(near(0, 1) > near(0, 4) + 0.2 && near(3, 5) > near(3, 1) + 0.2 && near(7, 8) > near(7, 0) + 0.2);
        assert!(found.row(6).iter().all(|value| *value == 0.0));
        assert!(embed(&[], 4, 1).is_err() && embed(&texts, 0, 1).is_err());
        assert_eq!(embed(&["one".into()], 3, 1).unwrap().rows(), 1);
    }
}
