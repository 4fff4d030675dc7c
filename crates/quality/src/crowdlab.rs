//! CROWDLAB: a consensus out of labelers' answers and a model's probabilities, and how sure it is: H. Goh,
//! U. Tkachenko, J. Mueller, "CROWDLAB: Supervised learning to infer consensus labels and quality scores for data with
//! multiple annotators" (2022), as in cleanlab's `get_label_quality_multiannotator`.
//!
//! Every class gets a weighted mean: the model's probability with weight w_M, and for each answer the chance that an
//! annotator gives the consensus (or its complement over the other classes) with the annotator's weight. Weights are
//! 1 - error / (error of always saying the commonest class), from agreement with other annotators. Majority first, then
//! weights, then the likeliest class, then the weights once more with it. Ties of the majority go to the class that the
//! model finds likelier, then to the rarer class, then to the first.

use crate::{issues::IssuesError, votes::Votes};

#[derive(Debug, Clone, PartialEq)]
pub struct Consensus {
    pub labels: Vec<u32>,
    /// Probability of the consensus label, per task.
    pub quality: Vec<f64>,
    /// Tasks x classes.
    pub probabilities: Vec<f64>,
    /// Share of a task's answers that are the consensus; None for a task without answers.
    pub agreement: Vec<Option<f64>>,
    pub annotators: Vec<Annotator>,
    pub model_weight: f64,
    /// Tasks whose majority was tied.
    pub ties: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Annotator {
    /// 0 to 1; None for one who shares no task with others.
    pub quality: Option<f64>,
    /// How often they say what the consensus is; None without answers.
    pub agreement: Option<f64>,
    pub weight: f64,
    pub answers: usize,
}

const LEAST: f64 = 1e-6;

struct Stats {
    agreement: Vec<Option<f64>>,
    post: Vec<f64>,
    model_weight: f64,
    weights: Vec<f64>,
}

/// `probabilities` are the model's, out of sample, tasks x classes. A task without answers is judged by the model alone.
pub fn consensus(votes: &Votes, probabilities: &[f64]) -> Result<Consensus, IssuesError> {
    let (tasks, classes) = (votes.tasks(), votes.classes());
    if classes < 2 {
        return Err(IssuesError::Classes(classes));
    }
    // Checks shapes and values; the labels given here are not looked at.
    crate::issues::Labeled::new(&vec![0; tasks], probabilities, classes)?;
    if !(0..tasks).any(|task| votes.of_task(task).len() > 1) {
        return Err(IssuesError::Shape("no task has two answers, so no agreement can be measured".into()));
    }
    let (majority, ties) = majority(votes, probabilities);
    let first = stats(votes, probabilities, &majority);
    let labels: Vec<u32> = first
        .post
        .chunks_exact(classes)
        .zip(&majority)
        .map(|(row, majority)| {
            let most = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let mut best = row.iter().enumerate().filter(|(_, p)| **p == most).map(|(class, _)| class as u32);
            match (best.next(), best.next()) {
                (Some(only), None) => only,
                _ => *majority,
            }
        })
        .collect();
    let found = stats(votes, probabilities, &labels);
    let quality = labels.iter().enumerate().map(|(task, label)| found.post[task * classes + *label as usize]).collect();
    let annotators = annotators(votes, &labels, &found);
    Ok(Consensus {
        quality,
        annotators,
        agreement: found.agreement,
        probabilities: found.post,
        model_weight: found.model_weight,
        labels,
        ties,
    })
}

fn majority(votes: &Votes, probabilities: &[f64]) -> (Vec<u32>, usize) {
    let classes = votes.classes();
    let mut frequency = vec![0_usize; classes];
    votes.all_cells().iter().for_each(|cell| frequency[votes.label(*cell)] += 1);
    let mut counts = vec![0_usize; classes];
    let mut ties = 0;
    let labels = (0..votes.tasks())
        .map(|task| {
            counts.fill(0);
            votes.of_task(task).iter().for_each(|cell| counts[votes.label(*cell)] += 1);
            let most = counts.iter().copied().max().unwrap_or(0);
            let tied: Vec<usize> = (0..classes).filter(|class| counts[*class] == most).collect();
            ties += usize::from(tied.len() > 1 && most > 0);
            let row = &probabilities[task * classes..][..classes];
            let better = |a: usize, b: usize| match row[b].total_cmp(&row[a]) {
                std::cmp::Ordering::Greater => b,
                std::cmp::Ordering::Equal if frequency[b] < frequency[a] => b,
                _ => a,
            };
            tied.into_iter().reduce(better).unwrap_or(0) as u32
        })
        .collect();
    (labels, ties)
}

fn stats(votes: &Votes, probabilities: &[f64], labels: &[u32]) -> Stats {
    let (tasks, classes) = (votes.tasks(), votes.classes());
    let agreement: Vec<Option<f64>> = (0..tasks)
        .map(|task| {
            let own = votes.of_task(task);
            let same = own.iter().filter(|cell| votes.label(**cell) as u32 == labels[task]).count();
            (!own.is_empty()).then(|| same as f64 / own.len() as f64)
        })
        .collect();
    let shared: Vec<usize> = (0..tasks).filter(|task| votes.of_task(*task).len() > 1).collect();
    let count = shared.len() as f64;
    let likelihood = shared.iter().filter_map(|task| agreement[*task]).sum::<f64>() / count;
    let other_likelihood = (1.0 - likelihood) / (classes as f64 - 1.0);
    let mut of_class = vec![0_usize; classes];
    shared.iter().for_each(|task| of_class[labels[*task] as usize] += 1);
    let commonest = of_class.iter().copied().max().unwrap_or(0);
    let trivial_error = ((count - commonest as f64) / count).max(LEAST);
    let weights: Vec<f64> =
        pair_agreement(votes).iter().map(|agreement| (1.0 - (1.0 - agreement) / trivial_error).max(LEAST)).collect();
    let model_wrong =
        shared.iter().filter(|task| argmax(&probabilities[**task * classes..][..classes]) != labels[**task]);
    let model_error = model_wrong.count() as f64 / count;
    let mean_answers = votes.len() as f64 / tasks as f64;
    let model_weight = (1.0 - model_error / trivial_error).max(LEAST) * mean_answers.sqrt();
    let mut post = vec![0.0; tasks * classes];
    for (task, row) in post.chunks_exact_mut(classes).enumerate() {
        let mut total = model_weight;
        row.iter_mut().zip(&probabilities[task * classes..]).for_each(|(sum, p)| *sum = p * model_weight);
        for cell in votes.of_task(task) {
            let weight = weights[votes.worker(*cell)];
            total += weight;
            for (class, sum) in row.iter_mut().enumerate() {
                *sum += weight * if class == votes.label(*cell) { likelihood } else { other_likelihood };
            }
        }
        row.iter_mut().for_each(|sum| *sum /= total);
    }
    Stats { agreement, post, model_weight, weights }
}

fn argmax(row: &[f64]) -> u32 {
    let mut best = 0;
    for (class, p) in row.iter().enumerate() {
        if *p > row[best] {
            best = class;
        }
    }
    best as u32
}

/// How often each annotator agrees with another on the same task; the mean of the others for one who shares none.
fn pair_agreement(votes: &Votes) -> Vec<f64> {
    let mut sums = vec![(0_u64, 0_u64); votes.workers()];
    let mut counts = vec![0_u64; votes.classes()];
    for task in 0..votes.tasks() {
        let own = votes.of_task(task);
        own.iter().for_each(|cell| counts[votes.label(*cell)] += 1);
        for cell in own {
            let (same, all) = &mut sums[votes.worker(*cell)];
            *same += counts[votes.label(*cell)] - 1;
            *all += own.len() as u64 - 1;
        }
        own.iter().for_each(|cell| counts[votes.label(*cell)] = 0);
    }
    let measured: Vec<f64> =
        sums.iter().filter(|(_, all)| *all > 0).map(|(same, all)| *same as f64 / *all as f64).collect();
    let mean = measured.iter().sum::<f64>() / measured.len().max(1) as f64;
    sums.into_iter().map(|(same, all)| if all > 0 { same as f64 / all as f64 } else { mean }).collect()
}

fn annotators(votes: &Votes, labels: &[u32], stats: &Stats) -> Vec<Annotator> {
    let classes = votes.classes();
    // Answers, summed quality, agreements; the last two also over shared tasks only.
    let mut sums = vec![(0_usize, 0.0_f64, 0_usize, 0_usize, 0_usize); votes.workers()];
    for (task, consensus) in labels.iter().enumerate() {
        let own = votes.of_task(task);
        for cell in own {
            let label = votes.label(*cell);
            let (answers, quality, agreed, shared, shared_agreed) = &mut sums[votes.worker(*cell)];
            let same = usize::from(label as u32 == *consensus);
            *answers += 1;
            *quality += stats.post[task * classes + label];
            *agreed += same;
            *shared += usize::from(own.len() > 1);
            *shared_agreed += if own.len() > 1 { same } else { 0 };
        }
    }
    let answers_share = votes.len() as f64 / votes.tasks() as f64 / votes.workers().max(1) as f64;
    let all_weight = stats.weights.iter().sum::<f64>() * answers_share;
    let w = stats.model_weight / (stats.model_weight + all_weight);
    sums.into_iter()
        .zip(&stats.weights)
        .map(|((answers, quality, agreed, shared, shared_agreed), weight)| Annotator {
            quality: (shared > 0)
                .then(|| w * quality / answers as f64 + (1.0 - w) * shared_agreed as f64 / shared as f64),
            agreement: (answers > 0).then(|| agreed as f64 / answers as f64),
            weight: *weight,
            answers,
        })
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::aggregation::simulation;
    use crate::{numeric::soft_max, statistics::random::Random};

    #[test]
    fn consensus_beats_majority_and_model() {
        let crowd =
            simulation::crowd(simulation::Crowd { tasks: 1500, per_task: 2, skill: (0.6, 0.9), ..Default::default() });
        let votes = crowd.votes();
        let mut random = Random::new(4);
        let mut probabilities = Vec::new();
        for truth in &crowd.truth {
            let mut row: Vec<f64> = (0..4).map(|_| random.normal()).collect();
            row[*truth as usize] += 2.0;
            soft_max(&mut row);
            probabilities.extend(row);
        }
        let found = consensus(&votes, &probabilities).unwrap();
        let model: Vec<u32> = probabilities.chunks_exact(4).map(argmax).collect();
        let (ours, plain) = (crowd.accuracy(&found.labels), crowd.accuracy(&majority(&votes, &probabilities).0));
        assert!(ours > plain && ours > crowd.accuracy(&model), "{ours} {plain} {}", crowd.accuracy(&model));
        assert!(found.probabilities.chunks_exact(4).all(|row| (row.iter().sum::<f64>() - 1.0).abs() < 1e-9));
        // The spammers come first.
        let mean = |range: std::ops::Range<usize>| {
            let n = range.len() as f64;
            found.annotators[range].iter().filter_map(|annotator| annotator.quality).sum::<f64>() / n
        };
        assert!(mean(0..6) < mean(6..30) - 0.1);
    }

    #[test]
    fn without_overlap_it_says_so() {
        let votes = Votes::new(2, 2, 2, &[(0, 0, 0), (1, 1, 1)]).unwrap();
        let error = consensus(&votes, &[0.5; 4]).unwrap_err();
        assert!(error.to_string().contains("two answers"));
        let votes = Votes::new(3, 2, 2, &[(0, 0, 0), (0, 1, 0), (1, 0, 1)]).unwrap();
        let found = consensus(&votes, &[0.9, 0.1, 0.2, 0.8, 0.7, 0.3]).unwrap();
        assert_eq!((found.labels[2], found.agreement[2]), (0, None));
    }
}
