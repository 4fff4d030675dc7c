//! `labelwright serve`: the server, with workers in the same process.

use crate::environment::{ConfigFile, DataOptions, FIRST_OWNER, FIRST_WORKSPACE, Failure};
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
    /// E-mail address of the owner that the first start makes; owner@localhost.local unless told.
    #[arg(long, env = "LABELWRIGHT_OWNER")]
    pub owner: Option<String>,
}

#[derive(Debug, Clone, Args)]
pub struct ListenOptions {
    /// Address and port to listen on; 127.0.0.1:8080 unless told.
    #[arg(long, env = "LABELWRIGHT_LISTEN")]
    pub listen: Option<SocketAddr>,
    /// The address that people type, when it is another one.
    #[arg(long, env = "LABELWRIGHT_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// Workers for imports, exports and other jobs in this process: 1 unless told, 0 when `labelwright worker` runs
    /// elsewhere.
    #[arg(long, env = "LABELWRIGHT_WORKERS")]
    pub workers: Option<usize>,
}

pub async fn run(options: Options) -> Result<(), Failure> {
    let workflow = options.data.open().await?;
    let config = options.data.config()?;
    let owner = options.owner.clone().or(config.owner.clone()).unwrap_or_else(|| FIRST_OWNER.to_owned());
    let link = workflow.first_run(FIRST_WORKSPACE, &owner, "Owner").await?;
    start(workflow, &options.listen, config, link).await
}

/// Listens, prints where, and serves until interrupted.
pub async fn start(
    workflow: Workflow,
    options: &ListenOptions,
    config: ConfigFile,
    link: Option<String>,
) -> Result<(), Failure> {
    let listen = options.listen.or(config.listen).unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080)));
    let public_url = options.public_url.clone().or(config.public_url);
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|error| format!("cannot listen on {listen}: {error}; choose another with --listen"))?;
    let address = listener.local_addr()?;
    let base = match &public_url {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None => format!("http://{address}"),
    };
    println!("labelwright listens on {base}");
    if let Some(secret) = link {
        println!("Sign in once with this link (it works for a day):\n\n    {base}/welcome#{secret}\n");
    }
    for _ in 0..options.workers.or(config.workers).unwrap_or(1) {
        let workflow = workflow.clone();
        tokio::spawn(async move { workflow.work().await });
    }
    let telling = workflow.clone();
    tokio::spawn(async move { telling.tell().await });
    let server = ServerOptions { public_url };
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
