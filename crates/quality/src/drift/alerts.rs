//! Rules that turn measures into alerts. Small changes of large samples are always significant, so the usual rules ask
//! for size (PSI, Jensen-Shannon) and for significance (adjusted p).

use super::windows::ColumnDrift;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Warning,
    Alarm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    Psi,
    JensenShannonDistanceBits,
    /// Wasserstein distance in the column's unit.
    Wasserstein,
}

/// Fires when the measure is at least the threshold and the adjusted p-value (Holm) at most `most_p`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    pub measure: Measure,
    pub threshold: f64,
    pub most_p: f64,
    pub severity: Severity,
}

pub const DEFAULT_RULES: [Rule; 2] = [
    Rule { measure: Measure::Psi, threshold: 0.1, most_p: 0.05, severity: Severity::Warning },
    Rule { measure: Measure::Psi, threshold: 0.25, most_p: 0.05, severity: Severity::Alarm },
];

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alert {
    pub column: String,
    pub severity: Severity,
    pub measure: Measure,
    pub value: f64,
    pub threshold: f64,
    pub p_holm: f64,
}

/// The most severe alert of each column, in the order of columns.
pub fn alerts(columns: &[ColumnDrift], rules: &[Rule]) -> Vec<Alert> {
    let of_column = |column: &ColumnDrift| {
        let p_holm = column.p_holm?;
        let fires =
            |rule: &&Rule| p_holm <= rule.most_p && value(column, rule.measure).is_some_and(|v| v >= rule.threshold);
        let rule = rules.iter().filter(fires).max_by_key(|rule| rule.severity)?;
        Some(Alert {
            column: column.column.clone(),
            severity: rule.severity,
            measure: rule.measure,
            value: value(column, rule.measure)?,
            threshold: rule.threshold,
            p_holm,
        })
    };
    columns.iter().filter_map(of_column).collect()
}

fn value(column: &ColumnDrift, measure: Measure) -> Option<f64> {
    match measure {
        Measure::Psi => column.psi,
        Measure::JensenShannonDistanceBits => column.jensen_shannon.map(|js| js.distance_bits),
        Measure::Wasserstein => column.wasserstein,
    }
}
