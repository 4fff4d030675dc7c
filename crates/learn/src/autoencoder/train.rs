//! Training by Adam (Kingma and Ba 2015) on small batches; a tenth of the rows is held out, and training ends when their
//! error has not fallen for a while. The weights of the best moment are kept.

use super::layers::Layer;
use crate::{LearnError, Matrix, numeric::Random, tensors::Tensor};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Any numbers.
    Vectors,
    /// Square pictures, rows x columns x channels; the side is a multiple of four.
    Pictures { side: usize, channels: usize },
}

#[derive(Debug, Clone, Copy)]
pub struct Options {
    pub latent: usize,
    pub seed: u64,
    /// Most passes over the rows.
    pub epochs: usize,
}

#[derive(Debug, Clone)]
pub struct Trained {
    /// Rows x latent.
    pub latent: Matrix,
    /// Mean squared error of each row, in deviations of the columns (pictures: in pixels from 0 to 1).
    pub errors: Vec<f64>,
    /// (training, held out) error of each epoch.
    pub curve: Vec<(f64, f64)>,
    pub tensors: Vec<Tensor>,
}

const BATCH: usize = 64;
const PATIENCE: usize = 12;
const RATE: f64 = 2e-3;

struct Network {
    layers: Vec<Layer>,
    /// Layers before this one make the latent numbers.
    middle: usize,
}

fn network(columns: usize, shape: Shape, latent: usize, random: &mut Random) -> Network {
    match shape {
        Shape::Vectors => {
            let hidden = (columns / 2).max(2 * latent).clamp(8, 512);
            let layers = vec![
                Layer::dense(columns, hidden, random),
                Layer::Rectifier,
                Layer::dense(hidden, latent, random),
                Layer::dense(latent, hidden, random),
                Layer::Rectifier,
                Layer::dense(hidden, columns, random),
            ];
            Network { layers, middle: 3 }
        }
        Shape::Pictures { side, channels } => {
            let (half, quarter) = (side / 2, side / 4);
            let small = quarter * quarter * 16;
            let layers = vec![
                Layer::convolution(side, 2, channels, 8, random),
                Layer::Rectifier,
                Layer::convolution(half, 2, 8, 16, random),
                Layer::Rectifier,
                Layer::dense(small, latent, random),
                Layer::dense(latent, small, random),
                Layer::Rectifier,
                Layer::Double { side: quarter, channels: 16 },
                Layer::convolution(half, 1, 16, 8, random),
                Layer::Rectifier,
                Layer::Double { side: half, channels: 8 },
                Layer::convolution(side, 1, 8, channels, random),
            ];
            Network { layers, middle: 5 }
        }
    }
}

/// `matrix` is scaled by the caller. Errors: latent 0, a picture whose side is not a multiple of four.
pub fn train(matrix: &Matrix, shape: Shape, options: &Options) -> Result<Trained, LearnError> {
    if options.latent == 0 || options.latent > 4096 {
        return Err(LearnError::option("latent", options.latent, "1 to 4096"));
    }
    if let Shape::Pictures { side, channels } = shape
        && (side % 4 != 0 || side * side * channels != matrix.columns())
    {
        return Err(LearnError::option("side", side, "a multiple of four"));
    }
    let (rows, columns) = (matrix.rows(), matrix.columns());
    let mut random = Random::new(options.seed);
    let mut network = network(columns, shape, options.latent, &mut random);
    let data: Vec<f32> = matrix.values().iter().map(|value| *value as f32).collect();
    let mut order: Vec<usize> = (0..rows).collect();
    random.shuffle(&mut order);
    let held = if rows >= 20 { rows / 10 } else { 0 };
    let (held, mut own) = (order.split_off(rows - held), order);
    let batch = |rows: &[usize]| -> Vec<f32> {
        rows.iter().flat_map(|row| data.get(row * columns..(row + 1) * columns).unwrap_or_default()).copied().collect()
    };
    let mut moments: Vec<[Vec<f32>; 4]> = network
        .layers
        .iter_mut()
        .map(|layer| match layer.parameters() {
            Some((weights, bias)) => {
                [vec![0.0; weights.len()], vec![0.0; weights.len()], vec![0.0; bias.len()], vec![0.0; bias.len()]]
            }
            None => Default::default(),
        })
        .collect();
    let (mut step, mut curve) = (0, Vec::new());
    let mut best: (f64, usize, Vec<Layer>) = (f64::INFINITY, 0, network.layers.clone());
    for epoch in 0..options.epochs.max(1) {
        random.shuffle(&mut own);
        let mut sum = 0.0;
        for rows in own.chunks(BATCH) {
            step += 1;
            sum += network.learn(&batch(rows), columns, step, &mut moments);
        }
        let training = sum / (own.len() * columns) as f64;
        let outside = if held.is_empty() {
            training
        } else {
            network.errors(&batch(&held), columns).iter().sum::<f64>() / held.len() as f64
        };
        curve.push((training, outside));
        if outside < best.0 * 0.999 {
            best = (outside, epoch, network.layers.clone());
        } else if epoch - best.1 >= PATIENCE {
            break;
        }
    }
    network.layers = best.2;
    let (mut latent, mut errors) = (Vec::new(), Vec::new());
    for part in data.chunks(columns * 256) {
        let encoded =
            network.layers.iter().take(network.middle).fold(part.to_vec(), |values, layer| layer.forward(&values));
        latent.extend(encoded.iter().map(|value| f64::from(*value)));
        errors.extend(network.errors(part, columns));
    }
    Ok(Trained { latent: Matrix::new(latent, options.latent)?, errors, curve, tensors: network.tensors() })
}

impl Network {
    /// Mean squared error of each row.
    fn errors(&self, input: &[f32], columns: usize) -> Vec<f64> {
        let output = self.layers.iter().fold(input.to_vec(), |values, layer| layer.forward(&values));
        let rows = input.chunks_exact(columns).zip(output.chunks_exact(columns));
        rows.map(|(a, b)| {
            a.iter().zip(b).map(|(a, b)| f64::from(a - b) * f64::from(a - b)).sum::<f64>() / columns as f64
        })
        .collect()
    }

    /// One step of Adam; the sum of squared errors before it.
    fn learn(&mut self, input: &[f32], columns: usize, step: i32, moments: &mut [[Vec<f32>; 4]]) -> f64 {
        let mut values = vec![input.to_vec()];
        for layer in &self.layers {
            let next = layer.forward(values.last().map(Vec::as_slice).unwrap_or_default());
            values.push(next);
        }
        let output = values.pop().unwrap_or_default();
        let error: f64 = output.iter().zip(input).map(|(a, b)| f64::from(a - b) * f64::from(a - b)).sum();
        // Of the mean over the batch and half the columns' sum: the rate then fits narrow and wide rows.
        let scale = 2.0 / (input.len() as f32 / columns as f32) / (columns as f32).sqrt();
        let mut slope: Vec<f32> = output.iter().zip(input).map(|(a, b)| scale * (a - b)).collect();
        let (first, second) = (0.9_f32, 0.999_f32);
        let rate = (RATE * (1.0 - f64::from(second).powi(step)).sqrt() / (1.0 - f64::from(first).powi(step))) as f32;
        for ((layer, input), moments) in self.layers.iter_mut().zip(&values).zip(moments).rev() {
            let (back, slopes) = layer.backward(input, &slope);
            slope = back;
            if let (Some((weights, bias)), Some((weight_slopes, bias_slopes))) = (layer.parameters(), slopes) {
                let [m, v, bias_m, bias_v] = moments;
                for (values, slopes, m, v) in [(weights, weight_slopes, m, v), (bias, bias_slopes, bias_m, bias_v)] {
                    for (((value, slope), m), v) in values.iter_mut().zip(slopes).zip(m.iter_mut()).zip(v.iter_mut()) {
                        *m = first * *m + (1.0 - first) * slope;
                        *v = second * *v + (1.0 - second) * slope * slope;
                        *value -= rate * *m / (v.sqrt() + 1e-8);
                    }
                }
            }
        }
        error
    }

    fn tensors(&self) -> Vec<Tensor> {
        let mut found = Vec::new();
        for (at, layer) in self.layers.iter().enumerate() {
            let part = if at < self.middle { "encoder" } else { "decoder" };
            let (weights, bias, shape) = match layer {
                Layer::Dense { inputs, outputs, weights, bias } => (weights, bias, vec![*outputs, *inputs]),
                Layer::Convolution { inputs, outputs, weights, bias, .. } => {
                    (weights, bias, vec![*outputs, 3, 3, *inputs])
                }
                _ => continue,
            };
            found.push(Tensor { name: format!("{part}.{at}.weight"), shape, values: weights.clone() });
            found.push(Tensor { name: format!("{part}.{at}.bias"), shape: vec![bias.len()], values: bias.clone() });
        }
        found
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_needs_one_number_and_a_stranger_comes_back_badly() {
        let mut random = Random::new(1);
        let mut values: Vec<f64> = (0..400)
            .flat_map(|_| {
                let t = random.normal();
                [t, t * 0.5, -t, 2.0 * t].map(|value| value + 0.01 * random.normal())
            })
            .collect();
        values.extend([2.0, -2.0, 2.0, -2.0]);
        let matrix = Matrix::new(values, 4).unwrap();
        let found = train(&matrix, Shape::Vectors, &Options { latent: 1, seed: 0, epochs: 100 }).unwrap();
        assert!(found.curve.last().unwrap().1 < 0.1 * found.curve[0].1, "{:?}", found.curve.last());
        assert_eq!(crate::numeric::greatest(&found.errors), 400);
        let again = train(&matrix, Shape::Vectors, &Options { latent: 1, seed: 0, epochs: 100 }).unwrap();
        assert_eq!(again.latent, found.latent);
    }

    #[test]
    fn pictures_and_one_row() {
        let mut random = Random::new(3);
        let values: Vec<f64> = (0..60)
            .flat_map(|_| {
                let level = random.unit();
                (0..64).map(move |at| if at % 8 < 4 { level } else { 1.0 - level })
            })
            .collect();
        let matrix = Matrix::new(values, 64).unwrap();
        let shape = Shape::Pictures { side: 8, channels: 1 };
        let found = train(&matrix, shape, &Options { latent: 2, seed: 0, epochs: 60 }).unwrap();
        assert!(
            found.curve.last().unwrap().1 < 0.3 * found.curve[0].1,
            "{:?} {:?}",
            found.curve[0],
            found.curve.last()
        );
        let one = matrix.select([0]);
        assert_eq!(train(&one, Shape::Vectors, &Options { latent: 3, seed: 0, epochs: 3 }).unwrap().latent.rows(), 1);
    }
}
