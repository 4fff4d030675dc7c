//! `labelwright user`: accounts, for the operator of the machine.

use crate::environment::{DataOptions, Failure};
use clap::{Args, Subcommand};
use labelwright_core::Role;

#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  labelwright user list\n  labelwright user link owner@example.org")]
pub struct Options {
    #[command(flatten)]
    data: DataOptions,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Clone, Subcommand)]
enum Action {
    /// Everybody with an account
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Make an account in the first workspace and print a sign-in link
    Add {
        email: String,
        name: String,
        /// owner, manager, reviewer or labeler
        #[arg(long, default_value = "labeler")]
        role: Role,
    },
    /// Print a link that signs somebody in once (a forgotten password)
    Link { email: String },
}

pub async fn run(options: Options) -> Result<(), Failure> {
    let workflow = options.data.open().await?;
    match options.action {
        Action::List { json } => {
            for user in workflow.all_users().await? {
                if json {
                    println!("{}", serde_json::json!({ "id": user.id, "email": user.email, "name": user.name }));
                } else {
                    println!("{}\t{}\t{}", user.id, user.email, user.name);
                }
            }
        }
        Action::Add { email, name, role } => {
            let user = workflow.add_user(&email, &name, role).await?;
            println!("/welcome#{}", workflow.sign_in_link(user).await?);
        }
        Action::Link { email } => {
            let user = workflow.user_as_operator(&email).await?;
            println!("/welcome#{}", workflow.sign_in_link(user).await?);
        }
    }
    Ok(())
}
