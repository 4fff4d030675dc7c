//! The demo's source of chance: a SplitMix64 stream, so that the same seed draws the same world on every
//! machine and in every version of a random-number library.

use labelwright_core::numeric::SplitMix64;

#[derive(Clone)]
pub struct Dice {
    stream: SplitMix64,
}

impl Dice {
    /// A stream of its own for each purpose and index, so that adding one thing does not change another.
    pub fn new(purpose: &str, index: u64) -> Self {
        let mut state = 0xcbf2_9ce4_8422_2325_u64;
        for byte in purpose.bytes() {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        let mut dice = Self { stream: SplitMix64::new(state ^ index.wrapping_mul(0x9e37_79b9_7f4a_7c15)) };
        dice.bits();
        dice
    }

    pub fn bits(&mut self) -> u64 {
        self.stream.bits()
    }

    /// Uniform in [0, 1).
    pub fn share(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Uniform in [low, high).
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.share()
    }

    /// Uniform in 0..count; 0 for an empty range.
    pub fn below(&mut self, count: usize) -> usize {
        (self.share() * count as f64) as usize
    }

    pub fn chance(&mut self, probability: f64) -> bool {
        self.share() < probability
    }

    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::Dice;

    #[test]
    fn the_same_seed_gives_the_same_stream_and_another_purpose_another() {
        let stream = |purpose| {
            let mut dice = Dice::new(purpose, 7);
            [dice.bits(), dice.bits(), dice.bits()]
        };
        assert_eq!(stream("street"), stream("street"));
        assert_ne!(stream("street"), stream("plate"));
    }
}
