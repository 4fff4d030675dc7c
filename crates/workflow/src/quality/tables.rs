//! Every table of the quality pages as CSV, for people who go on elsewhere.

use crate::{Error, Result, Workflow, automation::Curve, policy::Permit};
use labelwright_formats::harmless;
use labelwright_store::records::projects::ProjectRow;

/// The tables that can be taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    Agreement,
    Classes,
    Matrix,
    Distribution,
    Labelers,
    Confusion,
    Suspects,
    Drift,
    /// Models by what people prefer.
    Board,
    /// What the machine learned from how many labels.
    Runs,
}

impl Table {
    pub const ALL: [(&'static str, Self); 10] = [
        ("agreement", Self::Agreement),
        ("classes", Self::Classes),
        ("matrix", Self::Matrix),
        ("distribution", Self::Distribution),
        ("labelers", Self::Labelers),
        ("confusion", Self::Confusion),
        ("suspects", Self::Suspects),
        ("drift", Self::Drift),
        ("board", Self::Board),
        ("runs", Self::Runs),
    ];

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, table)| *table)
    }
}

struct Rows {
    writer: csv::Writer<Vec<u8>>,
}

impl Rows {
    fn new(head: &[&str]) -> Result<Self> {
        let mut rows = Self { writer: csv::Writer::from_writer(Vec::new()) };
        rows.add(head.iter().map(|name| Cell::from(*name)).collect())?;
        Ok(rows)
    }

    fn add(&mut self, cells: Vec<Cell>) -> Result<()> {
        self.writer
            .write_record(cells.into_iter().map(|cell| cell.0))
            .map_err(|error| Error::internal(error.to_string()))
    }

    fn end(self) -> Result<Vec<u8>> {
        self.writer.into_inner().map_err(|error| Error::internal(error.to_string()))
    }
}

/// A cell as it is written: words made harmless for spreadsheets, numbers as they are, nothing where there is none.
struct Cell(String);

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self(harmless(text))
    }
}

impl From<&String> for Cell {
    fn from(text: &String) -> Self {
        Self(harmless(text))
    }
}

impl From<Option<&String>> for Cell {
    fn from(text: Option<&String>) -> Self {
        Self(text.map(|text| harmless(text)).unwrap_or_default())
    }
}

impl From<Option<f64>> for Cell {
    fn from(number: Option<f64>) -> Self {
        Self(number.map(|number| number.to_string()).unwrap_or_default())
    }
}

macro_rules! from_numbers {
    ($($kind:ty),*) => { $(impl From<$kind> for Cell { fn from(number: $kind) -> Self { Self(number.to_string()) } })* };
}

from_numbers!(f64, i64, u64, usize);

macro_rules! cells {
    ($($value:expr),* $(,)?) => { vec![$(Cell::from($value)),*] };
}

impl Workflow {
    /// A table as CSV with a head line. `least` is the probability of being wrong from which an answer is a suspect.
    pub async fn quality_table(&self, project: &Permit<ProjectRow>, table: Table, least: f64) -> Result<Vec<u8>> {
        match table {
            Table::Agreement | Table::Classes | Table::Matrix => self.agreement_table(project, table).await,
            Table::Labelers | Table::Confusion => self.labeler_table(project, table).await,
            Table::Distribution => {
                let mut rows = Rows::new(&["kind", "name", "value", "count"])?;
                for (kind, name, value, count) in self.distribution(project).await? {
                    rows.add(cells![&kind, &name, &value, count])?;
                }
                rows.end()
            }
            Table::Board => {
                let head = [
                    "field",
                    "model",
                    "strength",
                    "low",
                    "high",
                    "elo",
                    "comparisons",
                    "wins",
                    "losses",
                    "ties",
                    "win_rate",
                ];
                let mut rows = Rows::new(&head)?;
                for one in self.boards(project).await? {
                    for row in &one.board.standings {
                        let (low, high) = row.interval.unzip();
                        let mut cells = cells![&one.field, &row.model, row.strength, low, high, row.elo];
                        cells.extend(cells![row.comparisons, row.wins, row.losses, row.ties, row.win_rate()]);
                        rows.add(cells)?;
                    }
                }
                rows.end()
            }
            Table::Suspects => {
                let found = self.suspects(project, least).await?;
                let head = ["task", "key", "labeler", "score", "field", "given", "suggested", "others", "why"];
                let mut rows = Rows::new(&head)?;
                for one in found.found {
                    let name = found.names.get(&one.labeler);
                    let (field, better) = (one.field.as_ref(), one.suggested.as_ref());
                    let start = cells![one.item, found.keys.get(&one.item), name, one.score, field];
                    let end = cells![&one.given, better, one.others, &one.why];
                    rows.add(start.into_iter().chain(end).collect())?;
                }
                rows.end()
            }
            Table::Drift => self.drift_table(project).await,
            Table::Runs => self.runs_table(project).await,
        }
    }

    async fn runs_table(&self, project: &Permit<ProjectRow>) -> Result<Vec<u8>> {
        let head = ["run", "field", "labels", "accuracy", "low", "high", "control", "control_accuracy", "control_low"];
        let head = head.into_iter().chain(["control_high", "accepted", "edited", "rejected", "seconds"]);
        let mut rows = Rows::new(&head.collect::<Vec<_>>())?;
        for point in self.automation(project).await?.runs {
            let (run, taken) = (&point.run, &point.taken);
            let share = |curve: Option<Curve>| match curve {
                Some(found) => cells![found.share, found.interval.low, found.interval.high],
                None => cells![None::<f64>, None::<f64>, None::<f64>],
            };
            let start = cells![run.number, &run.field, run.labels].into_iter().chain(share(point.accuracy));
            let control = cells![run.control].into_iter().chain(share(point.control));
            let end = cells![taken.accepted, taken.edited, taken.rejected, run.seconds];
            rows.add(start.chain(control).chain(end).collect())?;
        }
        rows.end()
    }

    async fn agreement_table(&self, project: &Permit<ProjectRow>, table: Table) -> Result<Vec<u8>> {
        let (report, names) = self.agreement(project).await?;
        let mut rows;
        match table {
            Table::Classes => {
                rows = Rows::new(&["field", "class", "f1", "low", "high", "uses", "pairs"])?;
                for class in report.classes {
                    let interval = class.interval.as_ref();
                    let (low, high) = (interval.map(|one| one.low), interval.map(|one| one.high));
                    let field = class.field.as_ref();
                    rows.add(cells![field, &class.id, class.f1, low, high, class.uses, class.pairs])?;
                }
            }
            Table::Matrix => {
                rows = Rows::new(&["one", "other", "agreement", "items"])?;
                let people = &report.matrix.labelers;
                for one in 0..people.len() {
                    for other in one + 1..people.len() {
                        let (value, items) = (report.matrix.values[one][other], report.matrix.items[one][other]);
                        rows.add(cells![names.get(&people[one]), names.get(&people[other]), value, items])?;
                    }
                }
            }
            _ => {
                let head =
                    ["field", "percent", "metric", "value", "low", "high", "undefined", "units", "pairs", "rule"];
                rows = Rows::new(&head)?;
                for field in report.fields {
                    let found = field.coefficient;
                    let (low, high) =
                        (found.interval.as_ref().map(|one| one.low), found.interval.as_ref().map(|one| one.high));
                    let because = found.undefined_because.as_ref();
                    let start = cells![&field.id, field.percent, field.metric, found.value, low, high, because];
                    rows.add(start.into_iter().chain(cells![found.units, field.pairs, &found.rule]).collect())?;
                }
            }
        }
        rows.end()
    }

    async fn labeler_table(&self, project: &Permit<ProjectRow>, table: Table) -> Result<Vec<u8>> {
        let (people, cards) = (self.labelers(project).await?, self.skill_cards(project).await?);
        let with_card = people.iter().filter_map(|one| Some((one, cards.get(&one.user)?)));
        if table == Table::Confusion {
            let mut rows = Rows::new(&["labeler", "field", "true", "given", "probability", "answers"])?;
            for (one, card) in with_card {
                for field in &card.fields {
                    for (truth, line) in field.values.iter().zip(&field.confusion) {
                        for (given, share) in field.values.iter().zip(line) {
                            rows.add(cells![&one.name, &field.field, truth, given, *share, field.answers])?;
                        }
                    }
                }
            }
            return rows.end();
        }
        let mut rows = Rows::new(&[
            "labeler",
            "submitted",
            "accepted",
            "returned",
            "median_seconds",
            "gold_right",
            "gold_all",
            "gold_low",
            "gold_high",
            "spammer",
        ])?;
        for (one, card) in with_card {
            let gold = card.gold.as_ref();
            let start = cells![&one.name, one.submitted, one.accepted, one.returned, one.median_seconds];
            let end = cells![
                gold.map(|gold| gold.right as f64),
                gold.map(|gold| gold.all as f64),
                gold.map(|gold| gold.interval.low),
                gold.map(|gold| gold.interval.high),
                card.spammer,
            ];
            rows.add(start.into_iter().chain(end).collect())?;
        }
        rows.end()
    }

    async fn drift_table(&self, project: &Permit<ProjectRow>) -> Result<Vec<u8>> {
        let mut rows = Rows::new(&[
            "column",
            "before",
            "after",
            "psi",
            "jensen_shannon_bits",
            "wasserstein",
            "test",
            "p",
            "p_holm",
            "undefined",
        ])?;
        for column in self.drift(project, None).await?.into_iter().flat_map(|found| found.columns) {
            let (test, shannon) = (column.tests.first(), column.jensen_shannon.map(|found| found.distance_bits));
            let start = cells![
                &column.column,
                column.reference_values,
                column.current_values,
                column.psi,
                shannon,
                column.wasserstein
            ];
            let name = test.map(|test| test.name).unwrap_or_default();
            let end = cells![name, test.map(|test| test.p_value), column.p_holm, column.undefined_because.as_ref()];
            rows.add(start.into_iter().chain(end).collect())?;
        }
        rows.end()
    }
}
