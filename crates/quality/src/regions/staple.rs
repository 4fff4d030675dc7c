//! STAPLE: S. K. Warfield, K. H. Zou, W. M. Wells, "Simultaneous Truth and Performance Level Estimation" (2004), with
//! the skills of a labeler shared by all images, so that a few marked pixels of one image do not decide on them.
//!
//! EM over each source's sensitivity (marks a pixel of the thing) and specificity (leaves another one). Trap: with the
//! whole image the specificity of everybody is near 1 and a single mark outweighs all; here only pixels that anybody
//! marked are looked at, and the prior of a pixel is the image's mean share of votes there.

use super::masks::{DifferentSizes, MaskResult, MaskVotes, Patterns};

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Skill {
    pub sensitivity: f64,
    pub specificity: f64,
    /// Images that the source marked.
    pub images: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Staple {
    /// In the order of the images.
    pub results: Vec<MaskResult>,
    /// By source number.
    pub skills: Vec<Skill>,
    pub steps: usize,
    /// Log-likelihood after each step; it never falls.
    pub log_likelihood: Vec<f64>,
}

const STEPS_MAXIMUM: usize = 1000;
/// Pixels of each outcome that every source has beforehand.
const PSEUDO: f64 = 1.0;

struct Image {
    votes: MaskVotes,
    patterns: Patterns,
    /// ln of the prior odds.
    prior: f64,
}

/// All images at once. `sources` is the number of sources.
pub fn staple(images: &[MaskVotes], sources: usize) -> Result<Staple, DifferentSizes> {
    let images: Result<Vec<Image>, DifferentSizes> = images.iter().map(Image::of).collect();
    let images = images?;
    let mut skills = vec![Skill { sensitivity: 0.9, specificity: 0.9, images: 0 }; sources];
    for image in &images {
        for source in &image.votes.sources {
            if let Some(skill) = skills.get_mut(*source as usize) {
                skill.images += 1;
            }
        }
    }
    let mut log_likelihood: Vec<f64> = Vec::new();
    let mut probabilities: Vec<Vec<f64>> = Vec::new();
    let mut steps = 0;
    while steps < STEPS_MAXIMUM {
        steps += 1;
        let (found, likelihood) = expect(&images, &skills);
        probabilities = found;
        let gain = log_likelihood.last().map_or(f64::INFINITY, |last| likelihood - last);
        log_likelihood.push(likelihood);
        if gain.abs() <= 1e-10 * likelihood.abs() {
            break;
        }
        maximize(&images, &probabilities, &mut skills);
    }
    let results = images.iter().zip(&probabilities).map(|(image, p)| image.votes.drawn(&image.patterns, p)).collect();
    Ok(Staple { results, skills, steps, log_likelihood })
}

impl Image {
    fn of(votes: &MaskVotes) -> Result<Self, DifferentSizes> {
        let votes = votes.in_order();
        let patterns = votes.patterns()?;
        let (mut marked, mut all) = (0.0, 0.0);
        for (pattern, pixels) in &patterns.groups {
            marked += pixels * pattern.iter().filter(|own| **own).count() as f64;
            all += pixels * pattern.len() as f64;
        }
        let share: f64 = if all > 0.0 { (marked / all).clamp(0.01, 0.99) } else { 0.5 };
        Ok(Self { votes, patterns, prior: (share / (1.0 - share)).ln() })
    }
}

/// Probability of each pattern, and the log-likelihood with the weight of the prior counts.
fn expect(images: &[Image], skills: &[Skill]) -> (Vec<Vec<f64>>, f64) {
    let mut likelihood: f64 = skills
        .iter()
        .flat_map(|skill| [skill.sensitivity, skill.specificity])
        .map(|p| PSEUDO * (p.ln() + (1.0 - p).ln()))
        .sum();
    let found = images
        .iter()
        .map(|image| {
            image
                .patterns
                .groups
                .iter()
                .map(|(pattern, pixels)| {
                    // ln sigmoid of the prior odds, and of their opposite.
                    let (mut yes, mut no) = (-(-image.prior).exp().ln_1p(), -image.prior.exp().ln_1p());
                    for (own, source) in pattern.iter().zip(&image.votes.sources) {
                        let Some(skill) = skills.get(*source as usize) else { continue };
                        yes += if *own { skill.sensitivity.ln() } else { (1.0 - skill.sensitivity).ln() };
                        no += if *own { (1.0 - skill.specificity).ln() } else { skill.specificity.ln() };
                    }
                    let most = yes.max(no);
                    likelihood += pixels * (most + ((yes - most).exp() + (no - most).exp()).ln());
                    1.0 / (1.0 + (no - yes).exp())
                })
                .collect()
        })
        .collect();
    (found, likelihood)
}

fn maximize(images: &[Image], probabilities: &[Vec<f64>], skills: &mut [Skill]) {
    let mut sums = vec![[PSEUDO, 2.0 * PSEUDO, PSEUDO, 2.0 * PSEUDO]; skills.len()];
    for (image, probabilities) in images.iter().zip(probabilities) {
        for ((pattern, pixels), p) in image.patterns.groups.iter().zip(probabilities) {
            for (own, source) in pattern.iter().zip(&image.votes.sources) {
                let Some(sum) = sums.get_mut(*source as usize) else { continue };
                sum[0] += if *own { pixels * p } else { 0.0 };
                sum[1] += pixels * p;
                sum[2] += if *own { 0.0 } else { pixels * (1.0 - p) };
                sum[3] += pixels * (1.0 - p);
            }
        }
    }
    for (skill, sum) in skills.iter_mut().zip(sums) {
        skill.sensitivity = sum[0] / sum[1];
        skill.specificity = sum[2] / sum[3];
    }
}
