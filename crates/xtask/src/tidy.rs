//! Checks that no compiler makes: which crate may use which, how long a file may be, which calls belong
//! into which room, and that every plug-in file is named in its registry.

mod arrows;
mod forbidden;
mod lengths;
mod registries;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

/// One complaint: a file (or crate) and what is wrong with it.
pub struct Finding {
    pub place: String,
    pub message: String,
}

impl Finding {
    fn new(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place: place.into(), message: message.into() }
    }
}

/// A source file of ours, its path relative to the repository.
pub struct Source {
    pub path: String,
    pub text: String,
}

pub fn run() -> ExitCode {
    let root = repository_root();
    let sources = match read_sources(&root) {
        Ok(sources) => sources,
        Err(error) => {
            eprintln!("tidy: cannot read the sources: {error}");
            return ExitCode::FAILURE;
        }
    };
    let mut findings = Vec::new();
    findings.extend(arrows::check(&root));
    findings.extend(lengths::check(&sources));
    findings.extend(forbidden::check(&sources));
    findings.extend(registries::check(&sources));
    for finding in &findings {
        println!("{}: {}", finding.place, finding.message);
    }
    println!("tidy: {} files, {} findings", sources.len(), findings.len());
    if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn repository_root() -> PathBuf {
    // The manifest of this crate is <root>/crates/xtask.
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).map(Path::to_path_buf).unwrap_or_default()
}

fn read_sources(root: &Path) -> std::io::Result<Vec<Source>> {
    let mut sources = Vec::new();
    for folder in ["crates", "web/src", "web/e2e", "web/test"] {
        walk(root, &root.join(folder), &mut sources)?;
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(sources)
}

fn walk(root: &Path, folder: &Path, sources: &mut Vec<Source>) -> std::io::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            if !path.ends_with("node_modules") && !path.ends_with("target") {
                walk(root, &path, sources)?;
            }
            continue;
        }
        let wanted = path.extension().is_some_and(|e| ["rs", "ts", "tsx"].iter().any(|w| e == *w));
        let generated = path.to_string_lossy().ends_with(".d.ts");
        if wanted && !generated {
            let relative = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            sources.push(Source { path: relative, text: std::fs::read_to_string(&path)? });
        }
    }
    Ok(())
}
