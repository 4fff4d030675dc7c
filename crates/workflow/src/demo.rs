//! The demo workspace: drawn and written by us, labeled by simulated people of different skill, with disagreements to
//! review. The same on every machine.

mod canvas;
mod dice;
mod labelers;
mod news;
mod opinions;
mod plate;
mod street;
mod worlds;

use crate::{Result, Workflow};
use labelwright_core::{Role, UserId, WorkspaceId};
use labelwright_store::records::{checks, people};

#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Items in each of the four projects.
    pub items: u64,
}

/// Whether the workspace was made now; with its owner.
pub enum Built {
    New(UserId),
    There(UserId),
}

const OWNER: &str = "demo@labelwright.local";

/// The people of the demo: address, name, role, and how often a labeler is right.
const PEOPLE: [(&str, &str, Role, f64); 5] = [
    ("ada@labelwright.local", "Ada", Role::Labeler, 0.96),
    ("bruno@labelwright.local", "Bruno", Role::Labeler, 0.88),
    ("chika@labelwright.local", "Chika", Role::Labeler, 0.78),
    ("dara@labelwright.local", "Dara", Role::Labeler, 0.6),
    ("rana@labelwright.local", "Rana", Role::Reviewer, 1.0),
];

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
    let now = workflow.now();
    let (owner, workspace, labelers) = workflow
        .write(move |tx| {
            Box::pin(async move {
                let owner = people::create_user(tx, OWNER, "You", None, now).await?;
                let workspace = people::create_workspace(tx, "Demo workspace", now).await?;
                people::set_member(tx, workspace, owner, Role::Owner).await?;
                let mut labelers = Vec::new();
                for (email, name, role, skill) in PEOPLE {
                    let user = people::create_user(tx, email, name, None, now).await?;
                    people::set_member(tx, workspace, user, role).await?;
                    if role == Role::Labeler {
                        labelers.push(labelers::Simulated { user, name, skill });
                    }
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
    let skilled = PEOPLE.iter().filter(|(_, _, role, _)| *role == Role::Labeler);
    let labelers: Vec<labelers::Simulated> = skilled
        .filter_map(|(email, name, _, skill)| {
            let user = users.iter().find(|user| user.email == *email)?.id;
            Some(labelers::Simulated { user, name, skill: *skill })
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
        let project = worlds::make(workflow, owner, workspace, &world, size.items).await?;
        labelers::label(workflow, project, &world, labelers, size.items).await?;
    }
    Ok(())
}
