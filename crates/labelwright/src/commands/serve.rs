//! `labelwright serve`: the server, with workers in the same process.

use crate::environment::{DataOptions, Failure};
use clap::Args;
use labelwright_server::ServerOptions;
use labelwright_workflow::Workflow;
use std::net::SocketAddr;
use tokio::net::TcpListener;

#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  labelwright serve\n  labelwright serve --listen 0.0.0.0:80 --public-url \
    https://label.example.org --database postgres://labelwright@db/labelwright")]
pub struct Options {
    #[command(flatten)]
    pub data: DataOptions,
    #[command(flatten)]
    pub listen: ListenOptions,
    /// E-mail address of the owner that the first start makes.
    #[arg(long, env = "LABELWRIGHT_OWNER", default_value = "owner@localhost.local")]
    pub owner: String,
}

#[derive(Debug, Clone, Args)]
pub struct ListenOptions {
    /// Address and port to listen on.
    #[arg(long, env = "LABELWRIGHT_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// The address that people type, when it is another one.
    #[arg(long, env = "LABELWRIGHT_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// Workers for imports, exports and other jobs in this process; 0 when `labelwright worker` runs elsewhere.
    #[arg(long, env = "LABELWRIGHT_WORKERS", default_value_t = 1)]
    pub workers: usize,
}

pub async fn run(options: Options) -> Result<(), Failure> {
    let workflow = options.data.open().await?;
    let link = workflow.first_run("My workspace", &options.owner, "Owner").await?;
    start(workflow, &options.listen, link).await
}

/// Listens, prints where, and serves until interrupted.
pub async fn start(workflow: Workflow, options: &ListenOptions, link: Option<String>) -> Result<(), Failure> {
    let listener = TcpListener::bind(options.listen)
        .await
        .map_err(|error| format!("cannot listen on {}: {error}; choose another with --listen", options.listen))?;
    let address = listener.local_addr()?;
    let base = match &options.public_url {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None => format!("http://{address}"),
    };
    println!("labelwright listens on {base}");
    if let Some(secret) = link {
        println!("Sign in once with this link (it works for a day):\n\n    {base}/welcome#{secret}\n");
    }
    for _ in 0..options.workers {
        let workflow = workflow.clone();
        tokio::spawn(async move { workflow.work().await });
    }
    let server = ServerOptions { public_url: options.public_url.clone() };
    labelwright_server::serve(listener, workflow, server, stopped()).await?;
    Ok(())
}

/// Resolves when the process is asked to end.
async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
        drop(interrupt.await);
        return;
    };
    tokio::select! {
        _ = interrupt => {}
        _ = terminate.recv() => {}
    }
}
