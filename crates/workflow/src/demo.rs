//! The demo workspace: drawn and written by us, labeled over the last days by simulated people of different skill, with
//! disagreements to review. The same on every machine. What a manager must notice is planted in it: somebody who
//! guesses, somebody who tires, slips of somebody good, and data that change half-way.

mod answers;
mod captions;
mod catalogues;
mod clips;
mod guidelines;
mod labelers;
mod mistakes;
mod news;
mod opinions;
mod papers;
mod worlds;

use crate::{Result, Workflow, clock::Clock};
use labelwright_core::{Role, Timestamp, UserId, WorkspaceId};
use labelwright_store::records::{checks, people};
use mistakes::Habit;

pub use labelwright_generate::demo::plate::NEW_SUPPLIER;
pub use mistakes::slipped;

#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Items in a project of pictures or texts; there are fewer recordings and series.
    pub items: u64,
}

/// Whether the workspace was made now; with its owner.
pub enum Built {
    New(UserId),
    There(UserId),
}

const OWNER: &str = "demo@labelwright.local";

/// The people of the demo: address, name, and how they label; those without a habit review.
const PEOPLE: [(&str, &str, Option<Habit>); 6] = [
    ("ada@labelwright.local", "Ada", Some(Habit::Slipping { skill: 0.97 })),
    ("bruno@labelwright.local", "Bruno", Some(Habit::Steady { skill: 0.88 })),
    ("chika@labelwright.local", "Chika", Some(Habit::Steady { skill: 0.8 })),
    ("dara@labelwright.local", "Dara", Some(Habit::Tiring { fresh: 0.95, tired: 0.3 })),
    ("enno@labelwright.local", "Enno", Some(Habit::Guessing)),
    ("rana@labelwright.local", "Rana", None),
];

/// The labeling of the demo began so long ago.
const DAYS: i64 = 12;

/// Makes the demo workspace in an empty database; goes on with one that was cut off while it was made; leaves any other
/// database as it is.
pub async fn build(workflow: &Workflow, size: Size) -> Result<Built> {
    let there = workflow.all_users().await?;
    if let Some(first) = there.first() {
        if first.email == OWNER {
            finish(workflow, first.id, size).await?;
        }
        return Ok(Built::There(first.id));
    }
    let now = beginning(workflow);
    let (owner, workspace, labelers) = workflow
        .write(move |tx| {
            Box::pin(async move {
                let owner = people::create_user(tx, OWNER, "You", None, now).await?;
                let workspace = people::create_workspace(tx, "Demo workspace", now).await?;
                people::set_member(tx, workspace, owner, Role::Owner).await?;
                let mut labelers = Vec::new();
                for (email, name, habit) in PEOPLE {
                    let user = people::create_user(tx, email, name, None, now).await?;
                    let role = if habit.is_some() { Role::Labeler } else { Role::Reviewer };
                    people::set_member(tx, workspace, user, role).await?;
                    labelers.extend(habit.map(|habit| labelers::Simulated { user, name, habit }));
                }
                Ok((owner, workspace, labelers))
            })
        })
        .await?;
    fill(workflow, owner, workspace, &labelers, size, 0).await?;
    Ok(Built::New(owner))
}

/// Makes the projects that are missing: they are made in order, so that the number of those there says which.
async fn finish(workflow: &Workflow, owner: UserId, size: Size) -> Result<()> {
    let (workspace, made, users) = workflow
        .read(|tx| {
            Box::pin(async move {
                let workspace = people::workspaces(tx).await?.first().map(|(id, _)| *id);
                Ok((workspace, checks::project_ids(tx).await?.len(), people::users(tx).await?))
            })
        })
        .await?;
    let labelers: Vec<labelers::Simulated> = PEOPLE
        .iter()
        .filter_map(|(email, name, habit)| {
            let user = users.iter().find(|user| user.email == *email)?.id;
            Some(labelers::Simulated { user, name, habit: (*habit)? })
        })
        .collect();
    match workspace {
        Some(workspace) => fill(workflow, owner, workspace, &labelers, size, made).await,
        None => Ok(()),
    }
}

async fn fill(
    workflow: &Workflow,
    owner: UserId,
    workspace: WorkspaceId,
    labelers: &[labelers::Simulated],
    size: Size,
    made: usize,
) -> Result<()> {
    for world in worlds::all().into_iter().skip(made) {
        tracing::info!(project = world.name, "making the demo");
        let past = workflow.at(Clock::manual(beginning(workflow)));
        let (project, truths) = worlds::make(&past, owner, workspace, &world, size.items).await?;
        labelers::label(&past, project, owner, &world, labelers, &truths).await?;
    }
    Ok(())
}

fn beginning(workflow: &Workflow) -> Timestamp {
    Timestamp(workflow.now().0 - DAYS * 24 * 3600 * 1_000_000)
}
