//! Layers of small networks with their gradients: dense, 3 x 3 convolution, rectifier, doubling of the side. Pictures are
//! rows x columns x channels. A batch is row by row.

use crate::numeric::{Random, add_product_of_transpose, product, product_transposed};

#[derive(Debug, Clone)]
pub enum Layer {
    /// Weights outputs x inputs, then a bias for each output.
    Dense {
        inputs: usize,
        outputs: usize,
        weights: Vec<f32>,
        bias: Vec<f32>,
    },
    /// 3 x 3, one border of zeros; weights outputs x (9 x inputs). The output has side / stride.
    Convolution {
        side: usize,
        stride: usize,
        inputs: usize,
        outputs: usize,
        weights: Vec<f32>,
        bias: Vec<f32>,
    },
    Rectifier,
    /// Each pixel becomes four.
    Double {
        side: usize,
        channels: usize,
    },
}

/// Gradients of the weights and the bias.
pub type Slopes = (Vec<f32>, Vec<f32>);

fn drawn(count: usize, inputs: usize, random: &mut Random) -> Vec<f32> {
    // He et al. (2015).
    let scale = (2.0 / inputs as f64).sqrt();
    (0..count).map(|_| (random.normal() * scale) as f32).collect()
}

impl Layer {
    pub fn dense(inputs: usize, outputs: usize, random: &mut Random) -> Self {
        Self::Dense { inputs, outputs, weights: drawn(inputs * outputs, inputs, random), bias: vec![0.0; outputs] }
    }

    pub fn convolution(side: usize, stride: usize, inputs: usize, outputs: usize, random: &mut Random) -> Self {
        let weights = drawn(9 * inputs * outputs, 9 * inputs, random);
        Self::Convolution { side, stride, inputs, outputs, weights, bias: vec![0.0; outputs] }
    }

    pub fn parameters(&mut self) -> Option<(&mut Vec<f32>, &mut Vec<f32>)> {
        match self {
            Self::Dense { weights, bias, .. } | Self::Convolution { weights, bias, .. } => Some((weights, bias)),
            _ => None,
        }
    }

    pub fn forward(&self, input: &[f32]) -> Vec<f32> {
        match self {
            Self::Dense { inputs, outputs, weights, bias } => affine(input, *inputs, *outputs, weights, bias),
            Self::Convolution { side, stride, inputs, outputs, weights, bias } => {
                affine(&patches(input, *side, *stride, *inputs), 9 * inputs, *outputs, weights, bias)
            }
            Self::Rectifier => input.iter().map(|value| value.max(0.0)).collect(),
            Self::Double { side, channels } => {
                let mut out = Vec::with_capacity(input.len() * 4);
                for picture in input.chunks_exact(side * side * channels) {
                    for row in picture.chunks_exact(side * channels) {
                        for _ in 0..2 {
                            row.chunks_exact(*channels).for_each(|pixel| {
                                out.extend_from_slice(pixel);
                                out.extend_from_slice(pixel);
                            });
                        }
                    }
                }
                out
            }
        }
    }

    /// The gradient of the input, and of the parameters, from that of the output.
    pub fn backward(&self, input: &[f32], slope: &[f32]) -> (Vec<f32>, Option<Slopes>) {
        match self {
            Self::Dense { inputs, outputs, weights, .. } => {
                let (back, slopes) = affine_back(input, slope, *inputs, *outputs, weights);
                (back, Some(slopes))
            }
            Self::Convolution { side, stride, inputs, outputs, weights, .. } => {
                let (back, slopes) =
                    affine_back(&patches(input, *side, *stride, *inputs), slope, 9 * inputs, *outputs, weights);
                (unpatched(&back, *side, *stride, *inputs, input.len()), Some(slopes))
            }
            Self::Rectifier => {
                (input.iter().zip(slope).map(|(value, slope)| if *value > 0.0 { *slope } else { 0.0 }).collect(), None)
            }
            Self::Double { side, channels } => {
                let mut back = vec![0.0; input.len()];
                let wide = 2 * side * channels;
                let pictures =
                    back.chunks_exact_mut(side * side * channels).zip(slope.chunks_exact(4 * side * side * channels));
                for (back, slope) in pictures {
                    for (row, line) in slope.chunks_exact(wide).enumerate() {
                        let Some(to) = back.get_mut(row / 2 * side * channels..(row / 2 + 1) * side * channels) else {
                            continue;
                        };
                        for (column, pixel) in line.chunks_exact(*channels).enumerate() {
                            let to = to.iter_mut().skip(column / 2 * channels);
                            to.zip(pixel).for_each(|(to, value)| *to += value);
                        }
                    }
                }
                (back, None)
            }
        }
    }
}

fn affine(input: &[f32], inputs: usize, outputs: usize, weights: &[f32], bias: &[f32]) -> Vec<f32> {
    let mut out = vec![0.0; input.len() / inputs * outputs];
    product_transposed(input, weights, inputs, &mut out);
    for row in out.chunks_exact_mut(outputs) {
        row.iter_mut().zip(bias).for_each(|(value, bias)| *value += bias);
    }
    out
}

fn affine_back(input: &[f32], slope: &[f32], inputs: usize, outputs: usize, weights: &[f32]) -> (Vec<f32>, Slopes) {
    let rows = input.len() / inputs;
    let mut back = vec![0.0; input.len()];
    product(slope, weights, outputs, &mut back);
    let mut own = vec![0.0; inputs * outputs];
    add_product_of_transpose(slope, input, rows, &mut own);
    let mut bias = vec![0.0; outputs];
    for row in slope.chunks_exact(outputs) {
        bias.iter_mut().zip(row).for_each(|(bias, value)| *bias += value);
    }
    (back, (own, bias))
}

/// Calls `each` with the place of every pixel of every patch: (place in the patches, place in the input).
fn places(pictures: usize, side: usize, stride: usize, channels: usize, mut each: impl FnMut(usize, usize)) {
    let out = side / stride;
    let mut at = 0;
    for picture in 0..pictures {
        for row in 0..out {
            for column in 0..out {
                for down in 0..3 {
                    for right in 0..3 {
                        let (y, x) = (row * stride + down, column * stride + right);
                        // Shifted by one: the border of zeros.
                        if (1..=side).contains(&y) && (1..=side).contains(&x) {
                            each(at, ((picture * side + y - 1) * side + x - 1) * channels);
                        }
                        at += channels;
                    }
                }
            }
        }
    }
}

fn patches(input: &[f32], side: usize, stride: usize, channels: usize) -> Vec<f32> {
    let (pictures, out) = (input.len() / (side * side * channels), side / stride);
    let mut found = vec![0.0; pictures * out * out * 9 * channels];
    places(pictures, side, stride, channels, |to, from| {
        if let (Some(to), Some(from)) = (found.get_mut(to..to + channels), input.get(from..from + channels)) {
            to.copy_from_slice(from);
        }
    });
    found
}

fn unpatched(back: &[f32], side: usize, stride: usize, channels: usize, length: usize) -> Vec<f32> {
    let mut sum = vec![0.0; length];
    places(length / (side * side * channels), side, stride, channels, |from, to| {
        if let (Some(to), Some(from)) = (sum.get_mut(to..to + channels), back.get(from..from + channels)) {
            to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
        }
    });
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every gradient against finite differences of sum(output^2) / 2.
    #[test]
    fn gradients_are_differences() {
        let mut random = Random::new(2);
        let layers = [
            Layer::dense(6, 4, &mut random),
            Layer::convolution(4, 2, 2, 3, &mut random),
            Layer::convolution(4, 1, 2, 1, &mut random),
            Layer::Double { side: 2, channels: 3 },
            Layer::Rectifier,
        ];
        for (mut layer, size) in layers.into_iter().zip([12, 64, 64, 24, 10]) {
            let input: Vec<f32> = (0..size).map(|_| random.normal() as f32).collect();
            let cost = |layer: &Layer, input: &[f32]| {
                layer.forward(input).iter().map(|v| f64::from(*v) * f64::from(*v) / 2.0).sum::<f64>()
            };
            let output = layer.forward(&input);
            let (back, slopes) = layer.backward(&input, &output);
            for at in 0..size {
                let moved = |step: f32| {
                    let mut input = input.clone();
                    input[at] += step;
                    cost(&layer, &input)
                };
                let expected = (moved(1e-2) - moved(-1e-2)) / 2e-2;
                assert!(
                    (expected - f64::from(back[at])).abs() < 0.02 * (1.0 + expected.abs()),
                    "{at}: {expected} {}",
                    back[at]
                );
            }
            let Some((weights, bias)) = slopes else { continue };
            for (at, slope) in weights.iter().chain(&bias).enumerate() {
                let count = weights.len();
                let mut moved = |step: f32| {
                    if let Some((weights, bias)) = layer.parameters() {
                        if at < count { weights[at] += step } else { bias[at - count] += step }
                    }
                    let found = cost(&layer, &input);
                    if let Some((weights, bias)) = layer.parameters() {
                        if at < count { weights[at] -= step } else { bias[at - count] -= step }
                    }
                    found
                };
                let expected = (moved(1e-2) - moved(-1e-2)) / 2e-2;
                assert!((expected - f64::from(*slope)).abs() < 0.02 * (1.0 + expected.abs()), "{at}");
            }
        }
    }
}
