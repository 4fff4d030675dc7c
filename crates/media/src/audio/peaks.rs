//! The outline of a waveform: the lowest and the highest sample of each bin, in levels of four bins to one.

use super::levels::{FACTOR, coarser};

/// The finest bins are about so long, in seconds.
const BIN_SECONDS: f64 = 0.005;
/// More bins than these are joined in pairs, so that memory has a bound, however long the recording is.
const BINS_MAXIMUM: usize = 1 << 22;
/// A level with so few bins is the coarsest.
const BINS_COARSEST: usize = 1024;

/// Lowest and highest sample of one lane.
pub type Pair = [i16; 2];

/// Two channels have a lane each; of more, their mean is drawn.
pub struct Peaks {
    channels: usize,
    lanes: usize,
    samples_per_bin: usize,
    /// Bin after bin, in each the lanes.
    bins: Vec<Pair>,
    /// The bin that is being filled: samples in it, and the extremes of each lane.
    filled: usize,
    open: [[f32; 2]; 2],
}

const NOTHING: [f32; 2] = [f32::INFINITY, f32::NEG_INFINITY];

fn quantised(sample: f32) -> i16 {
    (sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)).round() as i16
}

fn joined(one: Pair, other: Pair) -> Pair {
    [one[0].min(other[0]), one[1].max(other[1])]
}

impl Peaks {
    pub fn new(sample_rate: u32, channels: usize) -> Self {
        let samples_per_bin = ((f64::from(sample_rate) * BIN_SECONDS) as usize).next_power_of_two().max(1);
        let lanes = if channels == 2 { 2 } else { 1 };
        Self { channels, lanes, samples_per_bin, bins: Vec::new(), filled: 0, open: [NOTHING; 2] }
    }

    /// Takes the samples of all channels, and their mean.
    pub fn add(&mut self, samples: &[f32], mono: &[f32]) {
        if self.lanes == 2 {
            for frame in samples.chunks_exact(self.channels) {
                self.one(frame);
            }
        } else {
            for sample in mono {
                self.one(std::slice::from_ref(sample));
            }
        }
    }

    fn one(&mut self, frame: &[f32]) {
        for (open, sample) in self.open.iter_mut().zip(frame) {
            // What is no number is drawn as silence.
            let sample = if sample.is_finite() { *sample } else { 0.0 };
            *open = [open[0].min(sample), open[1].max(sample)];
        }
        self.filled += 1;
        if self.filled == self.samples_per_bin {
            self.close();
        }
    }

    fn close(&mut self) {
        for open in &self.open[..self.lanes] {
            self.bins.push([quantised(open[0]), quantised(open[1])]);
        }
        (self.filled, self.open) = (0, [NOTHING; 2]);
        // An even number of bins, so that no pair is torn.
        if self.bins.len() >= BINS_MAXIMUM * self.lanes && self.bins.len().is_multiple_of(2 * self.lanes) {
            self.bins = coarser(&self.bins, self.lanes, 2, joined);
            self.samples_per_bin *= 2;
        }
    }

    /// Samples a bin and the bins, finest first.
    pub fn levels(mut self) -> (usize, Vec<(usize, Vec<Pair>)>) {
        if self.filled > 0 {
            self.close();
        }
        let mut levels = vec![(self.samples_per_bin, self.bins)];
        while let Some((size, bins)) = levels.last()
            && bins.len() > BINS_COARSEST * self.lanes
        {
            let next = (size * FACTOR, coarser(bins, self.lanes, FACTOR, joined));
            levels.push(next);
        }
        (self.lanes, levels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bin_holds_the_extremes_of_its_samples_and_coarser_levels_those_of_their_bins() {
        let rate = 8_000;
        let samples: Vec<f32> =
            (0..200_000).map(|at| if at == 70_001 { -0.5 } else { (at % 100) as f32 / 200.0 }).collect();
        let mut peaks = Peaks::new(rate, 1);
        // In pieces that fit no bin.
        for piece in samples.chunks(777) {
            peaks.add(piece, piece);
        }
        let (lanes, levels) = peaks.levels();
        assert_eq!(lanes, 1);
        assert!(levels.len() > 1);
        for (size, bins) in &levels {
            assert_eq!(bins.len(), samples.len().div_ceil(*size));
            for (bin, part) in bins.iter().zip(samples.chunks(*size)) {
                let low = part.iter().copied().fold(f32::INFINITY, f32::min);
                let high = part.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                assert_eq!(*bin, [quantised(low), quantised(high)]);
            }
        }
    }

    #[test]
    fn two_channels_have_a_lane_each_and_what_is_no_number_is_silence() {
        let mut peaks = Peaks::new(8_000, 2);
        let samples = [0.25, -0.25, f32::NAN, f32::INFINITY];
        peaks.add(&samples, &[0.0, f32::NAN]);
        let (lanes, levels) = peaks.levels();
        assert_eq!((lanes, levels[0].1.as_slice()), (2, [[0, 8192], [-8192, 0]].as_slice()));
    }
}
