//! What the API shows of things. A view has just the fields that its reader may see: a labeler's views have none for
//! gold answers or for other people's answers.

mod call;
mod item;
mod job;

pub use call::{CallView, ContributionView, ContributorView};
pub use item::{CompanionView, ItemView};
pub use job::JobView;
use labelwright_core::{Answer, LabelSchema, Role, Timestamp};
use labelwright_workflow::{
    assign::{Assignment, Prelabel},
    monitor::{Progress, TaskDetail},
    people::Me,
    policy::Permit,
    settings::ProjectSettings,
    stored::{AnnotationRow, CommentRow, ProjectRow, TaskRow},
};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Stored JSON as JSON; what cannot be read is null.
pub fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

#[derive(Serialize, ToSchema)]
pub struct UserView {
    pub id: i64,
    pub email: String,
    pub name: String,
}

#[derive(Serialize, ToSchema)]
pub struct WorkspaceView {
    pub id: i64,
    pub name: String,
    /// Absent for somebody who is only in single projects.
    pub role: Option<Role>,
}

#[derive(Serialize, ToSchema)]
pub struct MeView {
    pub user: UserView,
    pub has_password: bool,
    pub workspaces: Vec<WorkspaceView>,
}

impl From<Me> for MeView {
    fn from(me: Me) -> Self {
        Self {
            has_password: me.user.password_hash.is_some(),
            user: UserView { id: me.user.id.0, email: me.user.email, name: me.user.name },
            workspaces: me
                .workspaces
                .into_iter()
                .map(|row| WorkspaceView { id: row.id.0, name: row.name, role: row.role })
                .collect(),
        }
    }
}

/// The caller's own answer.
#[derive(Serialize, ToSchema)]
pub struct OwnAnnotation {
    pub id: i64,
    pub revision: i64,
    pub state: String,
    #[schema(value_type = Answer)]
    pub answer: Value,
}

#[derive(Serialize, ToSchema)]
pub struct PrelabelView {
    pub source: String,
    pub answer: Answer,
    /// The model's probability, 0 to 1; absent where it gave none.
    pub score: Option<f64>,
}

impl From<Prelabel> for PrelabelView {
    fn from(from: Prelabel) -> Self {
        Self { source: from.source, answer: from.answer, score: from.score }
    }
}

#[derive(Serialize, ToSchema)]
pub struct AssignmentView {
    pub task_id: i64,
    pub item: ItemView,
    /// In the order of the schema's panes; a pane for which the item has nothing is left out.
    pub companions: Vec<CompanionView>,
    /// Of a text what it says. Of a conversation JSON: its `turns` (`role`, `text`, `calls`, `response`), how many
    /// `responses` there are, and the `order` in which this person sees them; no names of models.
    pub text: Option<String>,
    pub epoch: i64,
    pub lease_until: Timestamp,
    pub schema_version_id: i64,
    pub annotation: Option<OwnAnnotation>,
    pub returned_reason: Option<String>,
    /// The caller's unfinished answer, as it was saved.
    pub draft: Option<Value>,
    pub prelabels: Vec<PrelabelView>,
}

impl From<Assignment> for AssignmentView {
    fn from(from: Assignment) -> Self {
        Self {
            task_id: from.task.0,
            item: ItemView::from(&from.item),
            companions: from.companions.into_iter().map(CompanionView::from).collect(),
            text: from.text,
            epoch: from.epoch,
            lease_until: from.lease_until,
            schema_version_id: from.schema_version.0,
            annotation: from.annotation.map(|own| OwnAnnotation {
                id: own.id.0,
                revision: own.revision,
                state: own.state,
                answer: json(&own.answer),
            }),
            returned_reason: from.returned_reason,
            draft: from.draft.map(|draft| json(&draft)),
            prelabels: from.prelabels.into_iter().map(PrelabelView::from).collect(),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct TaskView {
    pub id: i64,
    pub key: String,
    pub modality: String,
    pub state: String,
    pub priority: i64,
    /// Mean agreement of each two answers, 0 to 1; absent with fewer than two.
    pub agreement: Option<f64>,
    pub updated_at: Timestamp,
}

impl From<&TaskRow> for TaskView {
    fn from(row: &TaskRow) -> Self {
        Self {
            id: row.id.0,
            key: row.key.clone(),
            modality: row.modality.clone(),
            state: row.state.clone(),
            priority: row.priority,
            agreement: row.agreement,
            updated_at: row.updated_at,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct AnnotationView {
    pub id: i64,
    pub author_id: Option<i64>,
    pub author_name: String,
    pub state: String,
    pub revision: i64,
    #[schema(value_type = Answer)]
    pub answer: Value,
    pub took_ms: i64,
    pub at: Timestamp,
}

impl From<&AnnotationRow> for AnnotationView {
    fn from(row: &AnnotationRow) -> Self {
        Self {
            id: row.id.0,
            author_id: row.author.map(|id| id.0),
            author_name: row.author_name.clone(),
            state: row.state.clone(),
            revision: row.revision,
            answer: json(&row.answer),
            took_ms: row.took_ms,
            at: row.at,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct CommentView {
    pub id: i64,
    pub region_id: Option<String>,
    pub author: String,
    pub body: String,
    pub at: Timestamp,
}

impl From<CommentRow> for CommentView {
    fn from(row: CommentRow) -> Self {
        Self { id: row.id, region_id: row.region, author: row.author, body: row.body, at: row.at }
    }
}

#[derive(Serialize, ToSchema)]
pub struct ReviewView {
    pub annotation_id: i64,
    pub revision: i64,
    pub reviewer: String,
    pub verdict: String,
    pub reason: String,
    pub at: Timestamp,
}

#[derive(Serialize, ToSchema)]
pub struct ConsensusView {
    pub number: i64,
    pub method: String,
    #[schema(value_type = Answer)]
    pub answer: Value,
    pub at: Timestamp,
}

#[derive(Serialize, ToSchema)]
pub struct FlagView {
    pub by: String,
    pub reason: String,
    pub at: Timestamp,
}

/// A task with everybody's answers: for reviewers.
#[derive(Serialize, ToSchema)]
pub struct TaskDetailView {
    pub task: TaskView,
    pub item: ItemView,
    /// In the order of the schema's panes; a pane for which the item has nothing is left out.
    pub companions: Vec<CompanionView>,
    /// Of a text what it says. Of a conversation JSON: its `turns` (`role`, `text`, `calls`, `response`), how many
    /// `responses` there are, and the `order` in which this person sees them; no names of models.
    pub text: Option<String>,
    pub annotations: Vec<AnnotationView>,
    pub reviews: Vec<ReviewView>,
    pub consensus: Option<ConsensusView>,
    pub comments: Vec<CommentView>,
    pub flags: Vec<FlagView>,
    /// Only for managers.
    #[schema(value_type = Option<Answer>)]
    pub gold: Option<Value>,
    /// Mean agreement of each two answers, 0 to 1.
    pub agreement: Option<f64>,
}

impl From<TaskDetail> for TaskDetailView {
    fn from(detail: TaskDetail) -> Self {
        Self {
            task: TaskView::from(&detail.task),
            item: ItemView::from(&detail.item),
            companions: detail.companions.into_iter().map(CompanionView::from).collect(),
            text: detail.text,
            annotations: detail.annotations.iter().map(AnnotationView::from).collect(),
            reviews: detail
                .reviews
                .into_iter()
                .map(|row| ReviewView {
                    annotation_id: row.annotation.0,
                    revision: row.revision,
                    reviewer: row.reviewer,
                    verdict: row.verdict,
                    reason: row.reason,
                    at: row.at,
                })
                .collect(),
            consensus: detail.consensus.map(|row| ConsensusView {
                number: row.number,
                method: row.method,
                answer: json(&row.answer),
                at: row.at,
            }),
            comments: detail.comments.into_iter().map(CommentView::from).collect(),
            flags: detail.flags.into_iter().map(|(by, reason, at)| FlagView { by, reason, at }).collect(),
            gold: detail.gold.map(|gold| json(&gold)),
            agreement: detail.agreement,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct ProgressView {
    pub tasks: i64,
    pub open: i64,
    pub labeled: i64,
    pub in_review: i64,
    pub done: i64,
    pub seats_open: i64,
    pub seats_leased: i64,
    pub seats_submitted: i64,
    pub flagged: i64,
    /// Answers that agreement, likely mistakes, skills and drift rest on: at most the first 200,000.
    pub answers_measured: i64,
    /// Answers in the last hour.
    pub pace_per_hour: i64,
    /// Until all seats are submitted, at that pace.
    pub eta_seconds: Option<f64>,
}

impl From<Progress> for ProgressView {
    fn from(progress: Progress) -> Self {
        let state = |name: &str| progress.by_state.get(name).copied().unwrap_or(0);
        Self {
            tasks: progress.tasks,
            open: state("open"),
            labeled: state("labeled"),
            in_review: state("in_review"),
            done: state("done"),
            seats_open: progress.seats[0],
            seats_leased: progress.seats[1],
            seats_submitted: progress.seats[2],
            flagged: progress.flagged,
            answers_measured: progress.measured(),
            pace_per_hour: progress.last_hour,
            eta_seconds: progress.eta_seconds(),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct ProjectView {
    pub id: i64,
    pub workspace_id: i64,
    pub name: String,
    pub description: String,
    /// The caller's role in it.
    pub role: Role,
    pub schema_version_id: i64,
    pub settings: ProjectSettings,
    pub guidelines_version: i64,
    pub version: i64,
    pub archived: bool,
    pub progress: ProgressView,
}

impl ProjectView {
    pub fn of(project: &Permit<ProjectRow>, progress: Progress) -> Self {
        let row = project.resource();
        Self {
            id: row.id.0,
            workspace_id: row.workspace.0,
            name: row.name.clone(),
            description: row.description.clone(),
            role: project.role(),
            schema_version_id: row.schema_version.0,
            settings: labelwright_workflow::plan::settings_of(row),
            guidelines_version: row.guidelines_version,
            version: row.version,
            archived: row.archived,
            progress: progress.into(),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct SchemaVersionView {
    pub id: i64,
    pub schema_id: i64,
    pub version: i64,
    pub document: LabelSchema,
}

/// The id of what was made.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Made {
    pub id: i64,
}
