//! Open sets plug in with one file and one word: a plug-in file that no registry names is dead code.

use super::{Finding, Source};

/// Folder of plug-ins, and the file that must name each of them.
const REGISTRIES: &[(&str, &str)] = &[
    ("crates/labelwright/src/commands/", "crates/labelwright/src/commands.rs"),
    ("crates/server/src/routes/", "crates/server/src/routes.rs"),
    ("crates/workflow/src/jobs/kinds/", "crates/workflow/src/jobs/kinds.rs"),
];

pub fn check(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (folder, registry) in REGISTRIES {
        let Some(registry_text) = sources.iter().find(|s| s.path == *registry).map(|s| &s.text) else {
            continue;
        };
        for source in sources.iter().filter(|s| s.path.starts_with(folder)) {
            let rest = &source.path[folder.len()..];
            let Some(name) = rest.strip_suffix(".rs").filter(|name| !name.contains('/')) else {
                continue;
            };
            // Named once as a module and once more where it plugs in.
            if registry_text.matches(name).count() < 2 {
                findings.push(Finding::new(&source.path, format!("is not registered in {registry}")));
            }
        }
    }
    findings
}
