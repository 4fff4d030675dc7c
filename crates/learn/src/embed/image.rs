//! Pictures as mean colours of a 4 x 4 grid, histograms of gradient directions in 8 x 8 cells (HOG-like: Dalal and Triggs
//! 2005), and the low frequencies of the cosine transform (as perceptual hashes have them).

/// Side that pictures are brought to before they come here.
pub const SIDE: usize = 64;
/// Numbers of one picture.
pub const DIMS: usize = 48 + 8 * 8 * 9 + 63;

/// `pixels` are SIDE x SIDE x 3, red, green, blue, 0 to 255; fewer count as black.
pub fn embed(pixels: &[u8]) -> Vec<f64> {
    let at = |row: usize, column: usize, channel: usize| {
        f64::from(pixels.get((row * SIDE + column) * 3 + channel).copied().unwrap_or(0)) / 255.0
    };
    let grey: Vec<f64> = (0..SIDE * SIDE)
        .map(|place| {
            0.299 * at(place / SIDE, place % SIDE, 0)
                + 0.587 * at(place / SIDE, place % SIDE, 1)
                + 0.114 * at(place / SIDE, place % SIDE, 2)
        })
        .collect();
    let mut colours = vec![0.0; 48];
    for row in 0..SIDE {
        for column in 0..SIDE {
            for channel in 0..3 {
                if let Some(sum) = colours.get_mut((row / 16 * 4 + column / 16) * 3 + channel) {
                    *sum += at(row, column, channel) / 256.0;
                }
            }
        }
    }
    let mut found = colours;
    found.extend(gradients(&grey));
    found.extend(frequencies(&grey));
    found
}

/// Nine directions (unsigned) in each of 8 x 8 cells; each cell's numbers have length 1, all together at most 1.
fn gradients(grey: &[f64]) -> Vec<f64> {
    let at =
        |row: usize, column: usize| grey.get(row.min(SIDE - 1) * SIDE + column.min(SIDE - 1)).copied().unwrap_or(0.0);
    let mut cells = vec![0.0; 64 * 9];
    for row in 0..SIDE {
        for column in 0..SIDE {
            let down = at(row + 1, column) - at(row.saturating_sub(1), column);
            let right = at(row, column + 1) - at(row, column.saturating_sub(1));
            let angle = down.atan2(right).rem_euclid(std::f64::consts::PI) / std::f64::consts::PI * 9.0;
            let (first, share) = (angle.floor(), angle.fract());
            let cell = (row / 8 * 8 + column / 8) * 9;
            for (bin, weight) in [(first as usize % 9, 1.0 - share), ((first as usize + 1) % 9, share)] {
                if let Some(value) = cells.get_mut(cell + bin) {
                    *value += weight * down.hypot(right);
                }
            }
        }
    }
    for cell in cells.chunks_exact_mut(9) {
        let length = cell.iter().map(|value| value * value).sum::<f64>().sqrt();
        cell.iter_mut().for_each(|value| *value /= (length + 0.1) * 8.0);
    }
    cells
}

/// The first 8 x 8 numbers of the cosine transform without the mean.
fn frequencies(grey: &[f64]) -> Vec<f64> {
    let wave = |k: usize, x: usize| (std::f64::consts::PI * k as f64 * (x as f64 + 0.5) / SIDE as f64).cos();
    let waves: [[f64; SIDE]; 8] = std::array::from_fn(|k| std::array::from_fn(|x| wave(k, x)));
    // Each line along itself, and then all of them down.
    let across: Vec<[f64; 8]> = grey
        .chunks_exact(SIDE)
        .map(|line| waves.each_ref().map(|wave| line.iter().zip(wave).map(|(value, wave)| value * wave).sum()))
        .collect();
    let mut found = Vec::with_capacity(63);
    for (v, down) in waves.iter().enumerate() {
        for u in usize::from(v == 0)..8 {
            let sum: f64 = across.iter().zip(down).map(|(line, wave)| wave * line[u]).sum();
            found.push(sum * 2.0 / (SIDE * SIDE) as f64);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flat_pictures_and_edges() {
        let red: Vec<u8> = (0..SIDE * SIDE).flat_map(|_| [255, 0, 0]).collect();
        let found = embed(&red);
        assert_eq!(found.len(), DIMS);
        assert!((found[0] - 1.0).abs() < 1e-9 && found[1].abs() < 1e-9);
        assert!(found[48..].iter().all(|value| value.abs() < 1e-9));
        let edge: Vec<u8> =
            (0..SIDE * SIDE).flat_map(|place| if place % SIDE < 36 { [0; 3] } else { [255; 3] }).collect();
        let found = embed(&edge);
        // The edge lies in the fifth column of cells; its gradient points to the right: direction 0.
        let cell = &found[48 + 4 * 9..48 + 5 * 9];
        assert!(cell[0] > 0.1 && cell[4] < 1e-9, "{cell:?}");
        // Half dark, half light: the first wave across is strong.
        assert!(found[48 + 576].abs() > 0.2);
    }
}
