//! Machine labels that people checked since the certificate: a bound that holds however long the audit goes on, and the
//! alarm that sends all of them back.

use crate::{
    batch::{Interner, Output, Table},
    environment::Failure,
};
use labelwright_learn::{
    Random,
    certify::sequence::{Alarm, Audit},
};
use serde::Serialize;
use std::{collections::BTreeMap, path::Path};

/// What the checks say.
#[derive(Debug, Clone, Serialize)]
pub struct Verdict {
    pub checked: u64,
    pub right: u64,
    /// With the certificate's risk, at least this share of the machine's labels is right, at every moment of the audit.
    pub lower_bound: f64,
    /// The checks show that the target is missed: every machine label went back to people.
    pub pulled_back: bool,
    /// After how many checks that was shown.
    pub pulled_back_after: Option<u64>,
    pub reason: String,
    /// What people said, by row.
    #[serde(skip)]
    pub labels: BTreeMap<usize, Vec<u8>>,
}

/// Reads `id,label` in the order of the checks. `machine` has the machine's label of each row that it labeled.
pub fn read(
    path: &Path,
    ids: &Interner,
    machine: &BTreeMap<usize, Vec<u8>>,
    target: f64,
    risk: f64,
) -> Result<Verdict, Failure> {
    let pool = Some(machine.len() as u64);
    let (mut audit, mut alarm) = (Audit::new(risk, pool), Alarm::new(target, risk, pool));
    let (mut labels, mut after) = (BTreeMap::new(), None);
    let (mut room, mut other_room) = (Vec::new(), Vec::new());
    Table::open(path)?.read(&["id", "label"], |row| {
        let id = row.required(0, &mut room)?;
        let name = String::from_utf8_lossy(id).into_owned();
        let place = ids.find_sorted(id).ok_or_else(|| row.wrong(0, &format!("{name:?} is not among the features")))?;
        let own = machine.get(&(place as usize)).ok_or_else(|| {
            row.wrong(0, &format!("{name:?} was not labeled by the machine: only such labels are audited"))
        })?;
        let label = row.required(1, &mut other_room)?;
        let right = own.as_slice() == label;
        if labels.insert(place as usize, label.to_vec()).is_some() {
            return Err(row.wrong(0, &format!("{name:?} was checked before")));
        }
        audit.check(right);
        if alarm.check(right) && after.is_none() {
            after = Some(audit.checked());
        }
        Ok(())
    })?;
    let reason = match after {
        Some(count) => format!(
            "{} of {} checked machine labels were right, and after {count} it was shown at risk {risk} that fewer than \
             {target} of all are: all go back to people; label a new random sample to certify again",
            audit.right(),
            audit.checked()
        ),
        None => format!(
            "{} of {} checked machine labels were right: at least {:.3} of all are, at risk {risk}",
            audit.right(),
            audit.checked(),
            audit.lower_bound()
        ),
    };
    Ok(Verdict {
        checked: audit.checked(),
        right: audit.right(),
        lower_bound: audit.lower_bound(),
        pulled_back: after.is_some(),
        pulled_back_after: after,
        reason,
        labels,
    })
}

/// Writes `count` ids of machine labels that were not checked yet. The order is one shuffle by the seed, so that draws one
/// after the other are one sample.
pub fn draw(
    path: &Path,
    ids: &Interner,
    machine: &BTreeMap<usize, Vec<u8>>,
    verdict: Option<&Verdict>,
    count: usize,
    seed: u64,
) -> Result<(), Failure> {
    let mut rows: Vec<usize> = machine.keys().copied().collect();
    Random::new(seed).shuffle(&mut rows);
    rows.retain(|row| verdict.is_none_or(|verdict| !verdict.labels.contains_key(row)));
    let mut file = Output::create(path)?;
    file.record(&[b"id"])?;
    for row in rows.into_iter().take(count) {
        file.record(&[ids.get(row as u32)])?;
    }
    file.commit()
}
