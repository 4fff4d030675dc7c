//! What an item looks like in a few bytes, so that millions can be compared.

/// What an item looks like, in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fingerprint {
    /// 128 bits; pictures that look alike differ in few of them.
    Picture(u128),
    /// The smallest hashes of its shingles; the share of equal ones is about the share of common shingles.
    Text(Box<[u32; HASHES]>),
}

/// Hashes of a text: the similarity is known to about 0.04.
pub const HASHES: usize = 64;
/// Characters of a shingle.
const SHINGLE_CHARS: usize = 5;
/// Side of the grey picture that [`Fingerprint::of_picture`] wants, in pixels.
pub const GREY_SIDE: usize = 9;
/// Steps of brightness that are no difference: flat areas would be noise.
const NOISE: u8 = 2;

impl Fingerprint {
    /// From a picture made small and grey: [`GREY_SIDE`] rows of as many pixels.
    pub fn of_picture(grey: &[u8; GREY_SIDE * GREY_SIDE]) -> Self {
        let at = |x: usize, y: usize| grey[y * GREY_SIDE + x];
        let mut bits = 0_u128;
        for (x, y) in (0..GREY_SIDE - 1).flat_map(|y| (0..GREY_SIDE - 1).map(move |x| (x, y))) {
            bits = bits << 1 | u128::from(at(x + 1, y) > at(x, y).saturating_add(NOISE));
            bits = bits << 1 | u128::from(at(x, y + 1) > at(x, y).saturating_add(NOISE));
        }
        Self::Picture(bits)
    }

    /// Letters and digits count, in small letters; None for a text without any.
    pub fn of_text(text: &str) -> Option<Self> {
        let mut plain: Vec<char> = Vec::new();
        for c in text.chars().flat_map(char::to_lowercase) {
            if c.is_alphanumeric() {
                plain.push(c);
            } else if plain.last().is_some_and(|last| *last != ' ') {
                plain.push(' ');
            }
        }
        while plain.last() == Some(&' ') {
            plain.pop();
        }
        if plain.is_empty() {
            return None;
        }
        let mut least = Box::new([u32::MAX; HASHES]);
        for shingle in plain.windows(SHINGLE_CHARS.min(plain.len())) {
            let hash = shingle.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, c| {
                (hash ^ u64::from(u32::from(*c))).wrapping_mul(0x100_0000_01b3)
            });
            for (number, least) in least.iter_mut().enumerate() {
                *least = (*least).min((mixed(hash ^ (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)) >> 32) as u32);
            }
        }
        Some(Self::Text(least))
    }

    /// Are they at least this similar? As [`Self::similarity`], but it ends where that cannot be any more.
    pub fn is_like(&self, other: &Self, threshold: f64) -> bool {
        let (Self::Text(a), Self::Text(b)) = (self, other) else {
            return self.similarity(other).is_some_and(|same| same >= threshold);
        };
        let (mut same, mut left) = (0_usize, HASHES);
        for (a, b) in a.chunks(8).zip(b.chunks(8)) {
            same += a.iter().zip(b).filter(|(a, b)| a == b).count();
            left -= a.len();
            if ((same + left) as f64 / HASHES as f64) < threshold {
                return false;
            }
        }
        same as f64 / HASHES as f64 >= threshold
    }

    /// 0 to 1; None for a picture and a text.
    pub fn similarity(&self, other: &Self) -> Option<f64> {
        match (self, other) {
            (Self::Picture(a), Self::Picture(b)) => Some(1.0 - f64::from((a ^ b).count_ones()) / 128.0),
            (Self::Text(a), Self::Text(b)) => {
                let same = a.iter().zip(b.iter()).filter(|(a, b)| a == b).count();
                Some(same as f64 / HASHES as f64)
            }
            _ => None,
        }
    }
}

/// The finaliser of SplitMix64 (G. Steele et al., 2014).
fn mixed(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
