//! `labelwright token`: API tokens, for the operator of the machine.

use crate::environment::{DataOptions, Failure};
use clap::{Args, Subcommand};

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  labelwright token create owner@example.org --name nightly --scope export --days 90\n  \
    labelwright token list owner@example.org\n  labelwright token revoke owner@example.org 7"
)]
pub struct Options {
    #[command(flatten)]
    data: DataOptions,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Clone, Subcommand)]
enum Action {
    /// Make a token and print it: it is shown this once
    Create {
        /// E-mail address of the person whom the token stands for.
        email: String,
        /// What it is for.
        #[arg(long)]
        name: String,
        /// What it may do; may be given several times; everything that the person may do without it.
        #[arg(long = "scope")]
        scopes: Vec<String>,
        /// Days until it ends, 1 to 366.
        #[arg(long, default_value_t = 90)]
        days: u32,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// A person's tokens, without their secrets
    List {
        email: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// End a token
    Revoke {
        email: String,
        /// The token's number.
        id: i64,
    },
}

pub async fn run(options: Options) -> Result<(), Failure> {
    let workflow = options.data.open().await?;
    match options.action {
        Action::Create { email, name, scopes, days, json } => {
            let user = workflow.user_as_operator(&email).await?;
            let made = workflow.create_token_as_operator(user, &name, &scopes, days).await?;
            if json {
                let row =
                    serde_json::json!({ "id": made.row.id, "token": made.secret, "expires_at": made.row.expires_at });
                println!("{row}");
            } else {
                println!("{}", made.secret);
            }
        }
        Action::List { email, json } => {
            let user = workflow.user_as_operator(&email).await?;
            for row in workflow.tokens_as_operator(user).await? {
                if json {
                    let scopes: Vec<&str> = row.scopes.split_whitespace().collect();
                    let line = serde_json::json!({ "id": row.id, "name": row.name, "scopes": scopes,
                        "expires_at": row.expires_at, "last_used_at": row.last_used_at });
                    println!("{line}");
                } else {
                    println!("{}\t{}\t{}\tuntil {}", row.id, row.name, row.scopes, row.expires_at);
                }
            }
        }
        Action::Revoke { email, id } => {
            let user = workflow.user_as_operator(&email).await?;
            workflow.revoke_token_as_operator(user, id).await?;
            println!("token {id} has ended");
        }
    }
    Ok(())
}
