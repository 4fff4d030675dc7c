//! Labels that a machine gave, the certificates that cover them, and what people found when they checked.

use crate::{Result, Row, Tx, bulk::BulkInsert};
use labelwright_core::{JobId, ProjectId, TaskId, Timestamp, UserId};

#[derive(Debug, Clone)]
pub struct CertificateRow {
    pub id: i64,
    pub project: ProjectId,
    pub job: JobId,
    pub run: i64,
    pub field: String,
    pub target: f64,
    pub risk: f64,
    /// The whole certificate as JSON.
    pub document: String,
    /// `none` (nothing could be certified), `labeling`, `holds`, `pulled_back` or `withdrawn`.
    pub state: String,
    /// Tasks that the machine labeled.
    pub automatic: i64,
    /// Of those people checked at random, and how many were right.
    pub checked: i64,
    pub checked_right: i64,
    /// Checks over which people are divided.
    pub undecided: i64,
    /// The share of right machine labels is at least this, at the risk, at every moment of the audit.
    pub bound: f64,
    pub created_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

fn certificate_of(row: &Row) -> Result<CertificateRow> {
    Ok(CertificateRow {
        id: row.int(0)?,
        project: ProjectId(row.int(1)?),
        run: row.int(2)?,
        field: row.text(3)?.to_owned(),
        target: row.real_or_null(4)?.unwrap_or(1.0),
        risk: row.real_or_null(5)?.unwrap_or(0.0),
        document: row.text(6)?.to_owned(),
        state: row.text(7)?.to_owned(),
        automatic: row.int(8)?,
        checked: row.int(9)?,
        checked_right: row.int(10)?,
        bound: row.real_or_null(11)?.unwrap_or(0.0),
        created_at: Timestamp(row.int(12)?),
        ended_at: row.int_or_null(13)?.map(Timestamp),
        job: JobId(row.int(14)?),
        undecided: row.int(15)?,
    })
}

/// A certificate as it is made.
pub struct NewCertificate<'a> {
    pub project: ProjectId,
    pub job: JobId,
    pub run: i64,
    pub field: &'a str,
    pub target: f64,
    pub risk: f64,
    pub document: &'a str,
    pub state: &'a str,
    pub automatic: i64,
    pub created_by: Option<UserId>,
    pub now: Timestamp,
}

sql! { OF_JOB = "SELECT id FROM certificates WHERE job_id = $1" }
sql! { INSERT_CERTIFICATE = "INSERT INTO certificates (project_id, job_id, run_id, field, target, risk, document, state, automatic, checked, checked_right, bound, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, 0.0, $10, $11) RETURNING id" }
sql! { RENEW_CERTIFICATE = "UPDATE certificates SET run_id = $2, document = $3, state = $4, automatic = $5 WHERE id = $1" }
sql! { DROP_LABELS = "DELETE FROM machine_labels WHERE certificate_id = $1" }

/// Keeps a certificate; what the same job made before is replaced.
pub async fn create(tx: &mut Tx, new: &NewCertificate<'_>) -> Result<i64> {
    if let Some(before) = tx.optional(OF_JOB, &args![new.job]).await? {
        let id = before.int(0)?;
        tx.execute(DROP_LABELS, &args![id]).await?;
        tx.execute(RENEW_CERTIFICATE, &args![id, new.run, new.document, new.state, new.automatic]).await?;
        return Ok(id);
    }
    let values = args![
        new.project,
        new.job,
        new.run,
        new.field,
        new.target,
        new.risk,
        new.document,
        new.state,
        new.automatic,
        new.created_by,
        new.now
    ];
    tx.one(INSERT_CERTIFICATE, &values).await?.int(0)
}

sql! { CERTIFICATE = "SELECT id, project_id, run_id, field, target, risk, document, state, automatic, checked, checked_right, bound, created_at, ended_at, job_id, (SELECT COUNT(*) FROM machine_labels m WHERE m.certificate_id = certificates.id AND m.state = 'undecided') FROM certificates WHERE id = $1" }

pub async fn certificate(tx: &mut Tx, id: i64) -> Result<Option<CertificateRow>> {
    tx.optional(CERTIFICATE, &args![id]).await?.as_ref().map(certificate_of).transpose()
}

sql! { CERTIFICATES = "SELECT id, project_id, run_id, field, target, risk, document, state, automatic, checked, checked_right, bound, created_at, ended_at, job_id, (SELECT COUNT(*) FROM machine_labels m WHERE m.certificate_id = certificates.id AND m.state = 'undecided') FROM certificates WHERE project_id = $1 ORDER BY id DESC LIMIT 100" }

/// A project's certificates, newest first.
pub async fn certificates(tx: &mut Tx, project: ProjectId) -> Result<Vec<CertificateRow>> {
    tx.rows(CERTIFICATES, &args![project]).await?.iter().map(certificate_of).collect()
}

sql! { SET_STATE = "UPDATE certificates SET state = $2, ended_at = $3 WHERE id = $1 AND state <> $2" }

/// False when it had the state already.
pub async fn set_state(tx: &mut Tx, id: i64, state: &str, ended_at: Option<Timestamp>) -> Result<bool> {
    Ok(tx.execute(SET_STATE, &args![id, state, ended_at]).await? > 0)
}

sql! { SET_AUDIT = "UPDATE certificates SET checked = $2, checked_right = $3, bound = $4 WHERE id = $1" }

pub async fn set_audit(tx: &mut Tx, id: i64, checked: i64, right: i64, bound: f64) -> Result<()> {
    tx.execute(SET_AUDIT, &args![id, checked, right, bound]).await.map(|_| ())
}

#[derive(Debug, Clone)]
pub struct MachineLabel {
    pub task: TaskId,
    pub value: String,
    pub score: f64,
    pub draw: i64,
}

const INSERT_LABELS: BulkInsert = BulkInsert {
    table: "machine_labels",
    columns: &["task_id", "project_id", "certificate_id", "value", "score", "state", "draw"],
    conflict: " ON CONFLICT (task_id) DO UPDATE SET certificate_id = excluded.certificate_id, value = excluded.value, score = excluded.score, state = excluded.state, draw = excluded.draw, checked = NULL",
};

/// Keeps machine labels in the state `auto`.
pub async fn keep(tx: &mut Tx, project: ProjectId, certificate: i64, new: &[MachineLabel]) -> Result<()> {
    let mut values = Vec::with_capacity(new.len() * INSERT_LABELS.columns.len());
    for one in new {
        values.extend(args![one.task, project, certificate, one.value.as_str(), one.score, "auto", one.draw]);
    }
    tx.insert(&INSERT_LABELS, values).await
}

sql! { IS_COVERED = "SELECT m.certificate_id FROM machine_labels m JOIN certificates c ON c.id = m.certificate_id AND c.state = 'holds' WHERE m.task_id = $1 AND m.state IN ('auto', 'audit', 'undecided')" }

/// The certificate that holds for a task's machine label, if there is one.
pub async fn certificate_of_task(tx: &mut Tx, task: TaskId) -> Result<Option<i64>> {
    tx.optional(IS_COVERED, &args![task]).await?.map(|row| row.int(0)).transpose()
}

sql! { UNDRAWN = "SELECT task_id FROM machine_labels WHERE certificate_id = $1 AND state = 'auto' ORDER BY draw LIMIT $2" }
sql! { IN_AUDIT = "SELECT COUNT(*) FROM machine_labels WHERE certificate_id = $1 AND state = 'audit'" }
sql! { SET_LABEL_STATE = "UPDATE machine_labels SET state = $2 WHERE task_id = $1" }

/// Draws labels for people to check until `wanted` of them wait; the tasks that were drawn.
pub async fn draw(tx: &mut Tx, certificate: i64, wanted: i64) -> Result<Vec<TaskId>> {
    let waiting = tx.one(IN_AUDIT, &args![certificate]).await?.int(0)?;
    let mut drawn = Vec::new();
    for row in tx.rows(UNDRAWN, &args![certificate, (wanted - waiting).max(0)]).await? {
        drawn.push(TaskId(row.int(0)?));
        tx.execute(SET_LABEL_STATE, &args![row.int(0)?, "audit"]).await?;
    }
    Ok(drawn)
}

/// A machine label that a person answered too.
#[derive(Debug, Clone)]
pub struct Answered {
    pub task: TaskId,
    pub value: String,
    /// `auto` when nobody drew the task and a person labeled it all the same, else `audit`, or `undecided` when it was
    /// compared before and people were divided.
    pub state: String,
    /// When the first person answered.
    pub at: Timestamp,
}

sql! { ANSWERED = "SELECT m.task_id, m.value, m.state, MIN(v.at) FROM machine_labels m JOIN tasks t ON t.id = m.task_id AND t.state IN ('labeled', 'done') JOIN annotations a ON a.task_id = m.task_id AND a.author_kind = 'human' AND a.state <> 'returned' JOIN revisions v ON v.annotation_id = a.id AND v.number = 1 WHERE m.certificate_id = $1 AND m.state IN ('auto', 'audit', 'undecided') GROUP BY m.task_id, m.value, m.state, m.draw ORDER BY MIN(v.at), m.draw" }

/// Machine labels of settled tasks that were not compared yet or with no outcome, in the order of the answers.
pub async fn answered(tx: &mut Tx, certificate: i64) -> Result<Vec<Answered>> {
    tx.rows(ANSWERED, &args![certificate])
        .await?
        .iter()
        .map(|row| {
            Ok(Answered {
                task: TaskId(row.int(0)?),
                value: row.text(1)?.to_owned(),
                state: row.text(2)?.to_owned(),
                at: Timestamp(row.int(3)?),
            })
        })
        .collect()
}

sql! { COMPARED = "UPDATE machine_labels SET state = $2, checked = CASE WHEN $2 = 'labeled' THEN NULL ELSE (SELECT COALESCE(MAX(o.checked), 0) + 1 FROM machine_labels o WHERE o.certificate_id = $3) END WHERE task_id = $1" }

/// A person's answer stands now: `right`, `wrong` or `undecided` when it was a check, `labeled` when it was none. What was
/// undecided keeps its place among the checks.
pub async fn compared(tx: &mut Tx, certificate: i64, one: &Answered, outcome: &str) -> Result<()> {
    if one.state == "undecided" {
        return tx.execute(SET_LABEL_STATE, &args![one.task, outcome]).await.map(|_| ());
    }
    tx.execute(COMPARED, &args![one.task, outcome, certificate]).await.map(|_| ())
}

/// What a person found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    Right,
    Wrong,
    /// People are divided over the task, or did not answer the field.
    Undecided,
}

sql! { CHECKS = "SELECT state FROM machine_labels WHERE certificate_id = $1 AND state IN ('right', 'wrong', 'undecided') ORDER BY checked" }

/// What each check found, in the order of the checks.
pub async fn checks(tx: &mut Tx, certificate: i64) -> Result<Vec<Check>> {
    let check = |row: &Row| {
        Ok(match row.text(0)? {
            "right" => Check::Right,
            "wrong" => Check::Wrong,
            _ => Check::Undecided,
        })
    };
    tx.rows(CHECKS, &args![certificate]).await?.iter().map(check).collect()
}

sql! { STANDING = "SELECT task_id FROM machine_labels WHERE certificate_id = $1 AND state IN ('auto', 'audit') ORDER BY task_id LIMIT $2" }

/// Takes back at most `limit` machine labels; their tasks.
pub async fn pull_back(tx: &mut Tx, certificate: i64, limit: i64) -> Result<Vec<TaskId>> {
    let rows = tx.rows(STANDING, &args![certificate, limit]).await?;
    let tasks: Vec<TaskId> = rows.iter().map(|row| Ok(TaskId(row.int(0)?))).collect::<Result<_>>()?;
    for task in &tasks {
        tx.execute(SET_LABEL_STATE, &args![*task, "pulled_back"]).await?;
    }
    Ok(tasks)
}

/// A machine label that stands.
#[derive(Debug, Clone)]
pub struct StandingLabel {
    pub task: TaskId,
    pub field: String,
    pub value: String,
}

sql! { OF_PROJECT = "SELECT m.task_id, c.field, m.value FROM machine_labels m JOIN certificates c ON c.id = m.certificate_id AND c.state = 'holds' WHERE m.project_id = $1 AND m.task_id > $2 AND m.task_id <= $3 AND m.state IN ('auto', 'audit') ORDER BY m.task_id" }

/// Machine labels that stand, of tasks behind the first up to the last.
pub async fn standing(tx: &mut Tx, project: ProjectId, after: TaskId, last: TaskId) -> Result<Vec<StandingLabel>> {
    let rows = tx.rows(OF_PROJECT, &args![project, after, last]).await?;
    let label = |row: &Row| {
        Ok(StandingLabel { task: TaskId(row.int(0)?), field: row.text(1)?.to_owned(), value: row.text(2)?.to_owned() })
    };
    rows.iter().map(label).collect()
}
