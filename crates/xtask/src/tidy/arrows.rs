//! The arrows between crates: who may depend on whom. The table is the architecture; a new arrow is a decision.

use super::Finding;
use serde_json::Value;
use std::{path::Path, process::Command};

/// Crate, and the workspace crates that it may use outside its tests.
const ARROWS: &[(&str, &[&str])] = &[
    ("labelwright-core", &[]),
    ("labelwright-dicom", &[]),
    ("labelwright-formats", &["labelwright-core", "labelwright-dicom"]),
    ("labelwright-quality", &["labelwright-core"]),
    ("labelwright-learn", &["labelwright-core"]),
    ("labelwright-inference", &[]),
    ("labelwright-generate", &["labelwright-core", "labelwright-dicom"]),
    ("labelwright-media", &["labelwright-core", "labelwright-dicom"]),
    ("labelwright-connect", &["labelwright-core"]),
    ("labelwright-store", &["labelwright-core"]),
    ("labelwright-analytics", &["labelwright-core"]),
    (
        "labelwright-workflow",
        &[
            "labelwright-core",
            "labelwright-formats",
            "labelwright-quality",
            "labelwright-generate",
            "labelwright-learn",
            "labelwright-media",
            "labelwright-connect",
            "labelwright-store",
        ],
    ),
    ("labelwright-server", &["labelwright-core", "labelwright-workflow"]),
    (
        "labelwright",
        &[
            "labelwright-core",
            "labelwright-formats",
            "labelwright-quality",
            "labelwright-generate",
            "labelwright-inference",
            "labelwright-learn",
            "labelwright-media",
            "labelwright-connect",
            "labelwright-store",
            "labelwright-analytics",
            "labelwright-workflow",
            "labelwright-server",
        ],
    ),
];

/// Development crates: nobody ships them, so nobody may need them outside tests.
const DEVELOPMENT: &[&str] = &["labelwright-testkit", "xtask"];

pub fn check(root: &Path) -> Vec<Finding> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"])
        .arg(root.join("Cargo.toml"))
        .output();
    let metadata: Value = match output.map(|o| serde_json::from_slice(&o.stdout)) {
        Ok(Ok(metadata)) => metadata,
        _ => return vec![Finding::new("Cargo.toml", "cargo metadata cannot be read")],
    };
    let mut findings = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        if DEVELOPMENT.contains(&name) {
            continue;
        }
        let Some((_, allowed)) = ARROWS.iter().find(|(from, _)| *from == name) else {
            findings.push(Finding::new(name, "is not in the table of arrows (crates/xtask/src/tidy/arrows.rs)"));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let target = dependency["name"].as_str().unwrap_or_default();
            let ours = target.starts_with("labelwright") || target == "xtask";
            // `kind` is null for a normal dependency, "dev" or "build" otherwise.
            if ours && dependency["kind"].is_null() && !allowed.contains(&target) {
                findings.push(Finding::new(name, format!("may not depend on {target}")));
            }
        }
    }
    findings
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_keeps_its_arrows() {
        let findings = check(&crate::tidy::repository_root());
        assert!(findings.is_empty(), "{}", findings.iter().map(|f| f.message.clone()).collect::<Vec<_>>().join("; "));
    }
}
