//! Words that tell the texts of a cluster from the others: class-based TF-IDF (Grootendorst 2022), where all texts of a
//! cluster are one document. A word that is hardly more frequent in the cluster than everywhere says nothing of it and is
//! left out, so that no list of stop words is needed.

use std::collections::HashMap;
use unicode_segmentation::UnicodeSegmentation;

/// Different words that are counted; later ones are passed over.
const WORDS_MAXIMUM: usize = 200_000;
/// So many times as frequent as everywhere a word must be.
const LIFT: f64 = 1.3;
/// Texts of a cluster that a word must be in.
const TEXTS_MINIMUM: u32 = 2;
const LETTERS_MINIMUM: usize = 2;

/// Counts while texts are told one by one.
#[derive(Debug, Clone)]
pub struct Keywords {
    /// Word to how many texts of each cluster have it.
    counts: HashMap<String, Vec<u32>>,
    totals: Vec<u64>,
}

impl Keywords {
    pub fn new(clusters: usize) -> Self {
        Self { counts: HashMap::new(), totals: vec![0; clusters] }
    }

    /// Adds a text; each of its words counts once. A cluster beyond those that were told of is passed over.
    pub fn add(&mut self, cluster: usize, text: &str) {
        let clusters = self.totals.len();
        let Some(total) = self.totals.get_mut(cluster) else { return };
        let lower = text.to_lowercase();
        let mut words: Vec<&str> = lower
            .unicode_words()
            .filter(|word| word.chars().nth(LETTERS_MINIMUM - 1).is_some() && word.chars().any(char::is_alphabetic))
            .collect();
        words.sort_unstable();
        words.dedup();
        for word in words {
            if !self.counts.contains_key(word) && self.counts.len() >= WORDS_MAXIMUM {
                continue;
            }
            let counts = self.counts.entry(word.to_owned()).or_insert_with(|| vec![0; clusters]);
            if let Some(count) = counts.get_mut(cluster) {
                *count += 1;
                *total += 1;
            }
        }
    }

    /// Up to `most` words a cluster, the most telling first; of equal ones the first in the alphabet.
    pub fn found(&self, most: usize) -> Vec<Vec<String>> {
        let all: u64 = self.totals.iter().sum();
        let average = all as f64 / self.totals.len().max(1) as f64;
        let of = |(cluster, total): (usize, &u64)| {
            let mut scored: Vec<(f64, &str)> = Vec::new();
            for (word, counts) in &self.counts {
                let own = counts.get(cluster).copied().unwrap_or(0);
                let everywhere: u64 = counts.iter().map(|count| u64::from(*count)).sum();
                let share = f64::from(own) / (*total).max(1) as f64;
                let telling = self.totals.len() == 1 || share > LIFT * everywhere as f64 / all.max(1) as f64;
                if own >= TEXTS_MINIMUM && telling {
                    scored.push((share * (1.0 + average / everywhere as f64).ln(), word));
                }
            }
            scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
            scored.into_iter().take(most).map(|(_, word)| word.to_owned()).collect()
        };
        self.totals.iter().enumerate().map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_two_topics() {
        let mut keywords = Keywords::new(2);
        for (cluster, text) in [
            (0, "the match and the goal, a match of a match"),
            (0, "the goal of the team 2024"),
            (0, "the team won"),
            (1, "the market and the bank"),
            (1, "the bank of the market"),
            (1, "the shares fell"),
            (7, "nowhere"),
        ] {
            keywords.add(cluster, text);
        }
        // By hand: "the" and "of" are as frequent in both; of those with two texts "goal" comes before "team".
        assert_eq!(keywords.found(5), [vec!["goal", "team"], vec!["bank", "market"]]);
    }
}
