//! `labelwright call`: calls for contributions, for the operator of the machine: made, changed and moderated in the name
//! of somebody who may. What contributors see is served by `serve`.

mod moderating;

use crate::environment::{DataOptions, Failure};
use clap::{Args, Subcommand};
use labelwright_core::{Action, DatasetId, ProjectId};
use labelwright_server::CallView;
use labelwright_workflow::{
    Error, Workflow,
    contribute::{CallDraft, CallSettings, Goal},
    policy::{Permit, Principal},
    stored::ProjectRow,
};
use serde::Serialize;
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  labelwright call --project 3 create call.toml --terms terms.txt\n  \
    labelwright call --project 3 contributions 1 --json\n  labelwright call --project 3 accept 1 --without-flags\n  \
    labelwright call --project 3 reject 1 17 18 --reason 'This is no animal'\n\nThe file of a call is TOML:\n  \
    title = \"Animals\"\n  kinds = [\"text\", \"photo\", \"audio\", \"form\", \"file\"]\n  licence = \"CC0-1.0\"\n  \
    most_each = 20\n  [[categories]]\n  id = \"cat\"\n  title = \"Cat\"\n  most = 200")]
pub struct Options {
    #[command(flatten)]
    data: DataOptions,
    /// The project's number.
    #[arg(long, global = true)]
    project: Option<i64>,
    /// Address of the person in whose name it is done, and whom the audit log names; an owner unless told.
    #[arg(long = "as", global = true, value_name = "EMAIL")]
    by: Option<String>,
    /// Address of the server, for links that are whole.
    #[arg(long, global = true, env = "LABELWRIGHT_PUBLIC_URL")]
    public_url: Option<String>,
    /// Print JSON: one object a line.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Clone, Subcommand)]
enum What {
    /// The calls of the project, the newest first
    List,
    /// Make a call and print its public link: it is shown this once
    Create {
        /// What is asked for.
        settings: PathBuf,
        /// A file with what contributors agree to.
        #[arg(long)]
        terms: PathBuf,
        /// Where what is accepted goes: a name, or the number of a dataset that there is; made if there is none. The
        /// call's title without it.
        #[arg(long, value_name = "NAME|ID")]
        dataset: Option<String>,
    },
    /// Change what a call asks for
    Change {
        /// The call's number.
        call: i64,
        /// What is asked for from now on.
        settings: PathBuf,
        /// A file with what contributors agree to: other words are a new version, to which everybody is asked to agree.
        #[arg(long)]
        terms: Option<PathBuf>,
    },
    /// Make a new public link; with earlier ones people can only withdraw what they gave
    Link {
        /// The call's number.
        call: i64,
    },
    #[command(flatten)]
    Moderate(moderating::What),
}

/// A project, and in whose name things are done to it.
struct Desk {
    workflow: Workflow,
    by: Principal,
    project: Permit<ProjectRow>,
    json: bool,
}

pub async fn run(options: Options) -> Result<(), Failure> {
    let project = ProjectId(options.project.ok_or("--project: name the project by its number")?);
    let workflow = options.data.open().await?;
    let by = match &options.by {
        Some(email) => {
            let found = workflow.principal_as_operator(email).await;
            found.map_err(|error| format!("--as {email}: {error}"))?
        }
        None => workflow.owner_as_operator(project).await?,
    };
    let project = workflow.permit_project(&by, project, Action::ManageProject).await?;
    let desk = Desk { workflow, by, project, json: options.json };
    let base = match options.public_url {
        Some(url) => url,
        None => options.data.config()?.public_url.unwrap_or_default(),
    };
    let link = |token: &str| format!("{}/give/{token}", base.trim_end_matches('/'));
    match options.what {
        What::List => desk.list().await,
        What::Create { settings: file, terms, dataset } => {
            let settings = read_settings(&file)?;
            let into = desk.goal(dataset.unwrap_or_else(|| settings.title.clone())).await?;
            let draft = CallDraft { settings, terms: read(&terms)?, into };
            let made = desk.workflow.create_call(&desk.project, draft).await.map_err(|error| placed(&file, error))?;
            let told = serde_json::json!({ "id": made.row, "token": made.secret, "link": link(&made.secret) });
            desk.say(&told, || format!("call {}\n{}", made.row, link(&made.secret)))
        }
        What::Change { call, settings: file, terms } => {
            let settings = read_settings(&file)?;
            let terms = match terms {
                Some(file) => read(&file)?,
                None => desk.workflow.call(&desk.project, call).await?.terms.text,
            };
            let changed = desk.workflow.change_call(&desk.project, call, &settings, &terms).await;
            let view = CallView::from(changed.map_err(|error| placed(&file, error))?);
            desk.say(&view, || line(&view))
        }
        What::Link { call } => {
            let token = desk.workflow.renew_call_link(&desk.project, call).await?;
            desk.say(&serde_json::json!({ "token": token, "link": link(&token) }), || link(&token))
        }
        What::Moderate(what) => desk.moderate(what).await,
    }
}

impl Desk {
    fn say(&self, told: &impl Serialize, line: impl FnOnce() -> String) -> Result<(), Failure> {
        let line = if self.json { serde_json::to_string(told)? } else { line() };
        Ok(writeln!(io::stdout(), "{line}")?)
    }

    async fn list(&self) -> Result<(), Failure> {
        for call in self.workflow.calls(&self.project).await? {
            let view = CallView::from(call);
            self.say(&view, || line(&view))?;
        }
        Ok(())
    }

    /// The dataset of this name, or of this number where none has it for a name; a new one where there is neither.
    async fn goal(&self, dataset: String) -> Result<Goal, Failure> {
        let workspace = self.project.resource().workspace;
        let permit = self.workflow.permit_workspace(&self.by, workspace, Action::ManageData).await?;
        let known = self.workflow.datasets(&permit).await?;
        let number = dataset.parse().ok().map(DatasetId);
        let named = known.iter().find(|(row, _)| row.name == dataset);
        let found = named.or_else(|| known.iter().find(|(row, _)| Some(row.id) == number));
        Ok(found.map_or(Goal::New(dataset), |(row, _)| Goal::Dataset(row.id)))
    }
}

fn line(call: &CallView) -> String {
    let counts = &call.counts;
    format!(
        "{}\t{}\t{} wait ({} flagged)\t{} accepted\t{} rejected\t{} people",
        call.id,
        call.settings.title,
        counts.waiting,
        counts.flagged,
        counts.accepted,
        counts.rejected,
        call.contributors
    )
}

fn read(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()).into())
}

fn read_settings(file: &Path) -> Result<CallSettings, Failure> {
    toml::from_str(&read(file)?).map_err(|error| format!("{}: {error}", file.display()).into())
}

/// Every problem with the name that it has in the file.
fn placed(file: &Path, error: Error) -> Failure {
    let Error::Invalid(problems) = error else { return error.into() };
    let lines = problems.iter().map(|problem| {
        let name = problem.pointer.trim_start_matches("/settings").trim_start_matches('/').replace('/', ".");
        format!("{}: {name}: {}", file.display(), problem.message)
    });
    lines.collect::<Vec<_>>().join("\n").into()
}
