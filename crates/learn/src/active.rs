//! What to label next. Every strategy gives different rows that are not labeled yet, in order of worth, and the same ones for
//! the same seed. The truth of unlabeled rows is never looked at.

pub mod badge;
pub mod coreset;
pub mod gain;
pub mod stopping;
pub mod typical;
pub mod uncertainty;

use crate::{
    LearnError, Matrix,
    classify::{Labels, Space, auto, method, predict},
    numeric::Random,
    scale::Scaling,
};

/// A chosen row, and whether it is of the random control slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pick {
    pub row: usize,
    pub control: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Selection {
    pub picks: Vec<Pick>,
    pub notes: Vec<String>,
}

#[derive(Debug, Clone, Copy)]
pub struct Strategy {
    pub id: &'static str,
    pub title: &'static str,
}

pub const STRATEGIES: &[Strategy] = &[
    Strategy {
        id: "auto",
        title: "expected errors removed, by what the held-out labels trust; one in twenty at random",
    },
    Strategy { id: "random", title: "at random" },
    Strategy { id: "least-confident", title: "least confident first (Lewis and Gale 1994)" },
    Strategy { id: "margin", title: "smallest margin first (Scheffer, Decomain and Wrobel 2001)" },
    Strategy { id: "entropy", title: "greatest entropy first (Shannon 1948)" },
    Strategy { id: "diverse-margin", title: "small margins, spread by clusters (Zhdanov 2019)" },
    Strategy { id: "committee", title: "where methods disagree (Seung, Opper and Sompolinsky 1992)" },
    Strategy { id: "badge", title: "diverse gradients (Ash et al. 2020)" },
    Strategy { id: "coreset", title: "furthest from all labels (Sener and Savarese 2018)" },
    Strategy { id: "typiclust", title: "typical rows of clusters without labels (Hacohen, Dekel and Weinshall 2022)" },
    Strategy {
        id: "expected-error",
        title: "expected errors removed, on the neighbour graph (after Roy and McCallum 2001)",
    },
];

/// The strategy, or an error that lists them.
pub fn strategy(name: &str) -> Result<Strategy, LearnError> {
    STRATEGIES.iter().copied().find(|strategy| strategy.id == name).ok_or_else(|| LearnError::Unknown {
        what: "strategy",
        name: name.into(),
        names: STRATEGIES.iter().map(|strategy| strategy.id).collect::<Vec<_>>().join(", "),
    })
}

/// Strategies that look at pairs of rows see this many; more are drawn from.
const POOL: usize = 20_000;
/// Of the labels, the ones that such a strategy sees.
const KNOWN: usize = 4_000;
/// One label in so many is drawn at random in `auto`.
const CONTROL: usize = 20;

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub count: usize,
    pub strategy: Strategy,
    pub scaling: Scaling,
    pub seed: u64,
    /// What a label of each row costs, above 0; None when all cost the same.
    pub costs: Option<&'a [f64]>,
}

/// Strategies that weigh costs: errors removed for what a label costs (Settles, Craven and Friedland 2008).
const WITH_COSTS: [&str; 2] = ["auto", "expected-error"];

fn check_costs(request: &Request, rows: usize) -> Result<(), LearnError> {
    let Some(costs) = request.costs else { return Ok(()) };
    if !WITH_COSTS.contains(&request.strategy.id) {
        return Err(LearnError::Input(format!(
            "{} does not weigh costs; {} do",
            request.strategy.id,
            WITH_COSTS.join(", ")
        )));
    }
    if costs.len() != rows {
        return Err(LearnError::Input(format!("{} costs for {rows} rows", costs.len())));
    }
    match costs.iter().position(|cost| !(*cost > 0.0 && cost.is_finite())) {
        Some(row) => Err(LearnError::Input(format!("row {row} costs {:?}; a cost is above 0", costs.get(row)))),
        None => Ok(()),
    }
}

/// As [`select_for`], where all labels cost the same.
pub fn select(
    matrix: &Matrix,
    labels: &Labels,
    scaling: Scaling,
    count: usize,
    strategy: Strategy,
    seed: u64,
) -> Result<Selection, LearnError> {
    select_for(matrix, labels, &Request { count, strategy, scaling, seed, costs: None })
}

/// `count` rows; all unlabeled ones when there are not more. Without labels, strategies that need a model choose typical
/// rows of clusters. Errors: costs that do not fit.
pub fn select_for(matrix: &Matrix, labels: &Labels, request: &Request) -> Result<Selection, LearnError> {
    let Request { count, strategy, scaling, seed, costs } = *request;
    check_costs(request, matrix.rows())?;
    let mut random = Random::new(seed);
    let mut open = vec![true; matrix.rows()];
    for row in &labels.rows {
        if let Some(open) = open.get_mut(*row) {
            *open = false;
        }
    }
    let open: Vec<usize> = (0..matrix.rows()).filter(|row| open.get(*row) == Some(&true)).collect();
    let count = count.min(open.len());
    let mut notes = Vec::new();
    if count == 0 {
        return Ok(Selection { picks: Vec::new(), notes });
    }
    let plain = |rows: Vec<usize>| rows.into_iter().map(|row| Pick { row, control: false }).collect::<Vec<_>>();
    if strategy.id == "random" {
        let drawn = random.sample(open.len(), count).into_iter().filter_map(|at| open.get(at).copied()).collect();
        return Ok(Selection { picks: plain(drawn), notes });
    }
    let whole = matches!(strategy.id, "least-confident" | "margin" | "entropy" | "diverse-margin" | "committee")
        && !labels.is_empty();
    // Which rows are looked at: all, or the labels and a draw.
    let looked: Option<Vec<usize>> = if whole || matrix.rows() <= POOL + KNOWN {
        None
    } else {
        let mut known = labels.rows.clone();
        random.shuffle(&mut known);
        known.truncate(KNOWN);
        let drawn = random.sample(open.len(), POOL.max(2 * count)).into_iter().filter_map(|at| open.get(at).copied());
        let mut rows: Vec<usize> = known.into_iter().chain(drawn).collect();
        rows.sort_unstable();
        notes.push(format!("{} of {} rows were looked at", rows.len(), matrix.rows()));
        Some(rows)
    };
    let (space, inner) = match &looked {
        None => (Space::new(matrix, scaling), labels.clone()),
        Some(rows) => {
            let place = |row: usize| rows.binary_search(&row).ok();
            let kept: Vec<(usize, u32)> =
                labels.iter().filter_map(|(row, label)| place(row).map(|place| (place, label as u32))).collect();
            let (rows_of, names) = kept.into_iter().unzip();
            let inner = Labels { rows: rows_of, labels: names, classes: labels.classes };
            (Space::new(&matrix.select(rows.iter().copied()), scaling), inner)
        }
    };
    let back = |place: usize| looked.as_ref().map_or(place, |rows| rows.get(place).copied().unwrap_or(0));
    let classes = inner.counts().iter().filter(|count| **count > 0.0).count();
    let needs_model = !matches!(strategy.id, "auto" | "expected-error" | "coreset" | "typiclust");
    let chosen: Vec<usize> = if needs_model && classes < 2 {
        notes.push("fewer than two classes are labeled: typical rows of clusters instead".into());
        typical::typical(&space, &inner, count, seed)
    } else {
        match strategy.id {
            "typiclust" => typical::typical(&space, &inner, count, seed),
            "coreset" => coreset::coreset(&space, &inner, count),
            "badge" => badge::badge(
                &space,
                &inner,
                &predict(&space, &inner, method("auto")?)?.probabilities,
                count,
                &mut random,
            ),
            "committee" => uncertainty::committee(&space, &inner, count)?,
            "diverse-margin" => {
                let probabilities = predict(&space, &inner, method("auto")?)?.probabilities;
                uncertainty::diverse(&space, &inner, &probabilities, count, seed)?
            }
            "auto" | "expected-error" => {
                let mixture = (classes >= 2).then(|| auto::mixture(&space, &inner));
                if let Some(mixture) = &mixture {
                    notes.extend(mixture.prediction.notes.iter().cloned());
                } else {
                    notes.push("no model yet: rows that stand for many others".into());
                }
                let costs: Option<Vec<f64>> = costs.map(|costs| {
                    (0..space.rows()).map(|place| costs.get(back(place)).copied().unwrap_or(1.0)).collect()
                });
                gain::greatest(&space, &inner, mixture.as_ref(), costs.as_deref(), count, &mut random)
            }
            name => {
                let probabilities = predict(&space, &inner, method("auto")?)?.probabilities;
                uncertainty::first(&probabilities, &inner, uncertainty::measure(name), count)
            }
        }
    };
    let mut picks = plain(chosen.into_iter().map(back).collect());
    if strategy.id == "auto" {
        // The control slice grows with the labels, whatever the size of the batches.
        let due = (labels.len() + count) / CONTROL - labels.len() / CONTROL;
        picks.truncate(count - due.min(count));
        while picks.len() < count {
            let row = open.get(random.below(open.len())).copied().unwrap_or(0);
            if picks.iter().all(|pick| pick.row != row) {
                picks.push(Pick { row, control: true });
            }
        }
    }
    Ok(Selection { picks, notes })
}

/// Nothing is labeled yet.
pub fn no_labels() -> Labels {
    Labels { rows: Vec::new(), labels: Vec::new(), classes: 0 }
}

/// Places without a label.
pub(crate) fn unlabeled(space: &Space, labels: &Labels) -> Vec<usize> {
    let mut open = vec![true; space.rows()];
    for row in &labels.rows {
        if let Some(open) = open.get_mut(*row) {
            *open = false;
        }
    }
    (0..space.rows()).filter(|row| open.get(*row) == Some(&true)).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dear_is_left_alone_and_bad_costs_are_named() {
        let mut random = Random::new(4);
        let matrix = Matrix::new((0..200).map(|_| random.normal()).collect(), 2).unwrap();
        let labels = Labels::new((0..10).collect(), (0..10).map(|row| row % 2).collect(), 2, 100).unwrap();
        let costs: Vec<f64> = (0..100).map(|row| if row % 2 == 0 { 1.0 } else { 100.0 }).collect();
        let request = |id: &str, costs| Request {
            count: 10,
            strategy: strategy(id).unwrap(),
            scaling: Scaling::Auto,
            seed: 1,
            costs,
        };
        let found = select_for(&matrix, &labels, &request("expected-error", Some(&costs))).unwrap();
        assert!(found.picks.iter().all(|pick| pick.row % 2 == 0) && found.picks.len() == 10, "{found:?}");
        let plain = select_for(&matrix, &labels, &request("expected-error", None)).unwrap();
        assert!(plain.picks.iter().any(|pick| pick.row % 2 == 1));
        let free = [0.0; 100];
        assert!(select_for(&matrix, &labels, &request("auto", Some(&free))).unwrap_err().to_string().contains("row 0"));
        assert!(select_for(&matrix, &labels, &request("auto", Some(&costs[..9]))).is_err());
        assert!(
            select_for(&matrix, &labels, &request("badge", Some(&costs))).unwrap_err().to_string().contains("badge")
        );
    }
}
