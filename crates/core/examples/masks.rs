//! Times what is done with masks: reads pictures of 0 and 1 (width, height and pixels in column-major order, all as
//! little-endian bytes), prints a line of JSON with microseconds a mask and a hash of the results to compare.

use labelwright_core::geometry::Mask;
use std::{
    error::Error,
    hint::black_box,
    io::{Read, Write},
    time::{Duration, Instant},
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut input = Vec::new();
    std::io::stdin().read_to_end(&mut input)?;
    let side = |at: usize| -> Result<u32, Box<dyn Error>> { Ok(u32::from_le_bytes(input[at..at + 4].try_into()?)) };
    let (width, height) = (side(0)?, side(4)?);
    let pictures: Vec<&[u8]> = input[8..].chunks_exact(width as usize * height as usize).collect();
    let rounds = 20;
    let per_mask = |time: Duration| time.as_secs_f64() * 1e6 / f64::from(rounds) / pictures.len() as f64;

    let began = Instant::now();
    for _ in 0..rounds {
        for picture in &pictures {
            black_box(Mask::from_bytes(width, height, black_box(picture)).to_compressed());
        }
    }
    let encode = per_mask(began.elapsed());
    let texts: Vec<String> =
        pictures.iter().map(|picture| Mask::from_bytes(width, height, picture).to_compressed()).collect();

    let began = Instant::now();
    for _ in 0..rounds {
        for text in &texts {
            black_box(Mask::from_compressed(width, height, black_box(text))?.to_bytes());
        }
    }
    let decode = per_mask(began.elapsed());

    let began = Instant::now();
    let mut shares = Vec::new();
    for _ in 0..rounds {
        let masks: Vec<Mask> =
            texts.iter().map(|text| Mask::from_compressed(width, height, text)).collect::<Result<_, _>>()?;
        shares = masks.iter().flat_map(|a| masks.iter().map(|b| a.iou(b).unwrap_or_default())).collect();
    }
    let iou = began.elapsed().as_secs_f64() * 1e6 / f64::from(rounds) / (pictures.len() * pictures.len()) as f64;
    let (texts, shares) = (serde_json::to_string(&texts)?, serde_json::to_string(&shares)?);
    writeln!(
        std::io::stdout(),
        "{{\"encode\":{encode},\"decode\":{decode},\"iou\":{iou},\"texts\":{texts},\"shares\":{shares}}}"
    )?;
    Ok(())
}
