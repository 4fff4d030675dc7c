//! The nearest neighbours of normal points in groups, timed by `make bench-learn`:
//! `neighbors ROWS COLUMNS COUNT GROUPS` prints seconds and the sum of all distances.

use labelwright_learn::{Matrix, Random, points::nearest};
use std::{io::Write, time::Instant};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let numbers: Vec<usize> = std::env::args().skip(1).map(|word| word.parse()).collect::<Result<_, _>>()?;
    let [rows, columns, count, groups] = numbers.as_slice() else { return Err("ROWS COLUMNS COUNT GROUPS".into()) };
    let mut random = Random::new(1);
    let centers: Vec<f64> = (0..groups * columns).map(|_| random.unit() * 20.0 - 10.0).collect();
    let mut values = Vec::with_capacity(rows * columns);
    for row in 0..*rows {
        let start = row % groups * columns;
        values.extend(centers.iter().skip(start).take(*columns).map(|center| center + 2.0 * random.normal()));
    }
    let matrix = Matrix::new(values, *columns)?;
    let started = Instant::now();
    let found = nearest(&matrix, *count);
    let seconds = started.elapsed().as_secs_f64();
    writeln!(std::io::stdout(), "{seconds} {}", found.distances.iter().sum::<f64>())?;
    Ok(())
}
