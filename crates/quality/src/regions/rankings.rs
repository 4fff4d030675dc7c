//! One ranking out of several: Borda's count (1781) and the Kemeny ranking (J. Kemeny, 1959), which has the least
//! disagreement about pairs.

#[derive(Debug, Clone, PartialEq)]
pub struct RankingResult {
    /// Items best first.
    pub order: Vec<u32>,
    /// Borda: mean number of items below, by item. Kemeny: the same of its input.
    pub scores: Vec<f64>,
    /// Pairs of items times rankings that disagree with the order.
    pub disagreements: usize,
    /// The order is proven best (Kemeny) or follows from the scores (Borda).
    pub exact: bool,
}

/// Past this many items the best of 2^n orders is not searched.
const EXACT_ITEMS: usize = 14;

/// The items 0..`items` of one ranking, best first; those that share a place stand together. Others are not ranked.
pub type Places = Vec<Vec<u32>>;

fn apart(rankings: &[Vec<u32>]) -> Vec<Places> {
    rankings.iter().map(|ranking| ranking.iter().map(|item| vec![*item]).collect()).collect()
}

/// Each ranking lists the items 0..`items` that it ranks, best first; others are not counted for it. Equal scores go to
/// the lower item.
pub fn borda(rankings: &[Vec<u32>], items: usize) -> RankingResult {
    borda_of(&apart(rankings), items)
}

/// The same for rankings with ties: items at one place share the mean of the scores that they would have apart.
pub fn borda_of(rankings: &[Places], items: usize) -> RankingResult {
    let scores = scores(rankings, items);
    let mut order: Vec<u32> = (0..items as u32).collect();
    order.sort_by(|a, b| scores[*b as usize].total_cmp(&scores[*a as usize]).then(a.cmp(b)));
    let disagreements = disagreements(&preferences(rankings, items), items, &order);
    RankingResult { order, scores, disagreements, exact: true }
}

/// Exact by dynamic programming over sets for up to 14 items; beyond, Borda's order improved by moving single items
/// until none helps.
pub fn kemeny(rankings: &[Vec<u32>], items: usize) -> RankingResult {
    kemeny_of(&apart(rankings), items)
}

/// The same for rankings with ties: whoever ties two items contradicts neither order of them.
pub fn kemeny_of(rankings: &[Places], items: usize) -> RankingResult {
    let above = preferences(rankings, items);
    let start = borda_of(rankings, items);
    let exact = items <= EXACT_ITEMS;
    let order = if exact { best_order(&above, items) } else { improved(&above, items, start.order) };
    RankingResult { disagreements: disagreements(&above, items, &order), order, scores: start.scores, exact }
}

/// An order in places: an item joins the place before it where more than half of the rankings that have both tie it
/// with everything there.
pub fn with_ties(order: &[u32], rankings: &[Places]) -> Places {
    let mostly_tied = |one: u32, other: u32| {
        let place = |ranking: &Places, item: u32| ranking.iter().position(|place| place.contains(&item));
        let both = rankings.iter().filter_map(|ranking| Some((place(ranking, one)?, place(ranking, other)?)));
        let (tied, all) = both.fold((0, 0), |(tied, all), (a, b)| (tied + usize::from(a == b), all + 1));
        tied * 2 > all
    };
    let mut places = Places::new();
    for item in order {
        match places.last_mut() {
            Some(last) if last.iter().all(|other| mostly_tied(*other, *item)) => last.push(*item),
            _ => places.push(vec![*item]),
        }
    }
    places
}

fn scores(rankings: &[Places], items: usize) -> Vec<f64> {
    let (mut sums, mut counts) = (vec![0.0; items], vec![0.0_f64; items]);
    for ranking in rankings {
        let mut below = ranking.iter().map(Vec::len).sum::<usize>();
        for place in ranking {
            below -= place.len();
            // Those at one place have each other half above and half below.
            let score = below as f64 + place.len().saturating_sub(1) as f64 / 2.0;
            for item in place.iter().filter(|item| (**item as usize) < items) {
                sums[*item as usize] += score;
                counts[*item as usize] += 1.0;
            }
        }
    }
    sums.iter().zip(&counts).map(|(sum, count)| if *count > 0.0 { sum / count } else { 0.0 }).collect()
}

/// How many rankings have the row's item above the column's.
fn preferences(rankings: &[Places], items: usize) -> Vec<usize> {
    let mut above = vec![0; items * items];
    for ranking in rankings {
        for (at, place) in ranking.iter().enumerate() {
            for better in place {
                for worse in ranking.iter().skip(at + 1).flatten() {
                    if let Some(count) = above.get_mut(*better as usize * items + *worse as usize) {
                        *count += 1;
                    }
                }
            }
        }
    }
    above
}

fn disagreements(above: &[usize], items: usize, order: &[u32]) -> usize {
    let mut sum = 0;
    for (place, better) in order.iter().enumerate() {
        for worse in &order[place + 1..] {
            sum += above[*worse as usize * items + *better as usize];
        }
    }
    sum
}

/// Least disagreements of the items of a set placed first, for every set.
fn best_order(above: &[usize], items: usize) -> Vec<u32> {
    let sets = 1_usize << items;
    let mut least = vec![usize::MAX; sets];
    let mut last = vec![0_u32; sets];
    least[0] = 0;
    for set in 1..sets {
        for item in (0..items).filter(|item| set >> item & 1 == 1) {
            let before = set & !(1 << item);
            // Placing the item after `before`: whoever has it above one of them disagrees.
            let cost: usize = (0..items).filter(|o| before >> o & 1 == 1).map(|o| above[item * items + o]).sum();
            if least[before] + cost < least[set] {
                (least[set], last[set]) = (least[before] + cost, item as u32);
            }
        }
    }
    let mut order = Vec::with_capacity(items);
    let mut set = sets - 1;
    while set > 0 {
        order.push(last[set]);
        set &= !(1 << last[set]);
    }
    order.reverse();
    order
}

fn improved(above: &[usize], items: usize, mut order: Vec<u32>) -> Vec<u32> {
    loop {
        let mut best = (disagreements(above, items, &order), None);
        let first = best.0;
        for from in 0..items {
            for to in 0..items {
                let mut moved = order.clone();
                let item = moved.remove(from);
                moved.insert(to, item);
                let cost = disagreements(above, items, &moved);
                if cost < best.0 {
                    best = (cost, Some(moved));
                }
            }
        }
        match best.1 {
            Some(moved) if best.0 < first => order = moved,
            _ => return order,
        }
    }
}
