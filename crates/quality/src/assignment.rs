//! The best one-to-one assignment: H. W. Kuhn, "The Hungarian Method for the Assignment Problem" (1955), in the
//! shortest-augmenting-path form, O(rows^2 x columns).

/// For each row the column that it gets, so that the sum of `value` is greatest. Rows must not outnumber columns.
/// Values are finite; ties go to the lower column.
pub fn best(rows: usize, columns: usize, value: impl Fn(usize, usize) -> f64) -> Vec<usize> {
    // Potentials and matching are numbered from 1; 0 is the row or column outside.
    let (mut row_potential, mut column_potential) = (vec![0.0; rows + 1], vec![0.0; columns + 1]);
    let mut row_of = vec![0_usize; columns + 1];
    let mut way = vec![0_usize; columns + 1];
    for row in 1..=rows {
        row_of[0] = row;
        let mut column = 0;
        let mut least = vec![f64::INFINITY; columns + 1];
        let mut used = vec![false; columns + 1];
        loop {
            used[column] = true;
            let current = row_of[column];
            let (mut step, mut next) = (f64::INFINITY, 0);
            for candidate in 1..=columns {
                if used[candidate] {
                    continue;
                }
                let cost = -value(current - 1, candidate - 1) - row_potential[current] - column_potential[candidate];
                if cost < least[candidate] {
                    least[candidate] = cost;
                    way[candidate] = column;
                }
                if least[candidate] < step {
                    step = least[candidate];
                    next = candidate;
                }
            }
            for candidate in 0..=columns {
                if used[candidate] {
                    row_potential[row_of[candidate]] += step;
                    column_potential[candidate] -= step;
                } else {
                    least[candidate] -= step;
                }
            }
            column = next;
            if row_of[column] == 0 {
                break;
            }
        }
        while column != 0 {
            let before = way[column];
            row_of[column] = row_of[before];
            column = before;
        }
    }
    let mut assigned = vec![0; rows];
    for (column, row) in row_of.iter().enumerate().skip(1) {
        if *row > 0 {
            assigned[row - 1] = column - 1;
        }
    }
    assigned
}

#[cfg(test)]
mod tests {
    use super::best;
    use proptest::prelude::*;

    fn exhaustive(values: &[Vec<f64>], row: usize, taken: &mut Vec<usize>) -> f64 {
        if row == values.len() {
            return 0.0;
        }
        let mut most = f64::NEG_INFINITY;
        for column in 0..values[0].len() {
            if !taken.contains(&column) {
                taken.push(column);
                most = most.max(values[row][column] + exhaustive(values, row + 1, taken));
                taken.pop();
            }
        }
        most
    }

    proptest! {
        #[test]
        fn no_assignment_is_better(values in (1..5_usize, 0..3_usize).prop_flat_map(|(rows, more)| {
            prop::collection::vec(prop::collection::vec(0.0..1.0_f64, rows + more), rows)
        })) {
            let found = best(values.len(), values[0].len(), |row, column| values[row][column]);
            let sum: f64 = found.iter().enumerate().map(|(row, column)| values[row][*column]).sum();
            prop_assert!((sum - exhaustive(&values, 0, &mut Vec::new())).abs() < 1e-9);
        }
    }
}
