//! Clusters of regions that mean the same thing: complete linkage over the most similar pairs first, so that any two
//! members are similar enough, with at most one member of each source. Which source comes first does not matter.

/// Members of each cluster as numbers from 0 to `count` - 1, both in order. Callers number the regions by content, so
/// that equal similarities are broken by it. O(n^2) similarities.
pub fn cluster(
    count: usize,
    source: impl Fn(usize) -> u32,
    similarity: impl Fn(usize, usize) -> f64,
    threshold: f64,
) -> Vec<Vec<usize>> {
    let mut links: Vec<(f64, usize, usize)> = Vec::new();
    let mut near = std::collections::HashSet::new();
    for one in 0..count {
        for other in one + 1..count {
            if source(one) == source(other) {
                continue;
            }
            let value = similarity(one, other);
            if value >= threshold && value > 0.0 {
                links.push((value, one, other));
                near.insert((one, other));
            }
        }
    }
    links.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut owner: Vec<usize> = (0..count).collect();
    let mut members: Vec<Vec<usize>> = (0..count).map(|at| vec![at]).collect();
    for (_, one, other) in links {
        let (into, from) = (owner[one].min(owner[other]), owner[one].max(owner[other]));
        if into == from {
            continue;
        }
        let fits = members[into]
            .iter()
            .all(|a| members[from].iter().all(|b| source(*a) != source(*b) && near.contains(&(*a.min(b), *a.max(b)))));
        if fits {
            let moved = std::mem::take(&mut members[from]);
            moved.iter().for_each(|at| owner[*at] = into);
            members[into].extend(moved);
            members[into].sort_unstable();
        }
    }
    members.retain(|own| !own.is_empty());
    members
}
