//! Calls that belong into one room only. What a type cannot forbid, this list does.

use super::{Finding, Source};

struct Rule {
    /// The text that must not appear.
    text: &'static str,
    /// Path prefixes where it may.
    allowed: &'static [&'static str],
    why: &'static str,
}

const RULES: &[Rule] = &[
    Rule {
        text: "rusqlite",
        allowed: &[
            "crates/store/",
            "crates/connect/src/sources/database/",
            "crates/connect/tests/",
            "crates/labelwright/tests/",
            "crates/workflow/tests/",
        ],
        why: "only the store speaks SQL, beside sources whose query is their user's",
    },
    Rule {
        text: "tokio_postgres",
        allowed: &[
            "crates/store/",
            "crates/connect/src/sources/database/",
            "crates/connect/tests/",
            "crates/testkit/",
            "crates/workflow/tests/",
        ],
        why: "only the store speaks SQL, beside sources whose query is their user's",
    },
    Rule { text: "axum::", allowed: &["crates/server/", "crates/labelwright/"], why: "only the server speaks HTTP" },
    Rule { text: "reqwest", allowed: &["crates/connect/"], why: "only connect leaves the process" },
    Rule {
        text: "SystemTime::now",
        allowed: &["crates/workflow/src/clock.rs", "crates/labelwright/", "crates/xtask/", "crates/testkit/"],
        why: "the clock is passed in",
    },
    Rule {
        text: "println!",
        allowed: &["crates/labelwright/", "crates/server/build.rs", "crates/xtask/", "crates/testkit/"],
        why: "libraries do not print; use tracing",
    },
    Rule {
        text: "Command::new",
        // Tests make pipes and run other programs.
        allowed: &[
            "crates/workflow/src/decoding.rs",
            "crates/workflow/src/decoding/",
            "crates/workflow/src/ingest.rs",
            "crates/labelwright/",
            "crates/server/tests/",
            "crates/store/tests/",
            "crates/xtask/",
            "crates/testkit/",
        ],
        why: "only decoding starts a process",
    },
    Rule { text: "todo!(", allowed: &[], why: "finish it or leave it out" },
    Rule { text: "unimplemented!(", allowed: &[], why: "finish it or leave it out" },
    Rule { text: "#[ignore", allowed: &[], why: "a test that does not run proves nothing" },
    Rule { text: "@ts-ignore", allowed: &[], why: "fix the type" },
    Rule { text: ": any", allowed: &["crates/"], why: "name the type" },
    Rule { text: "as any", allowed: &["crates/"], why: "name the type" },
];

pub fn check(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|s| !s.path.starts_with("crates/xtask/src/tidy")) {
        for rule in RULES {
            if rule.allowed.iter().any(|prefix| source.path.starts_with(prefix)) {
                continue;
            }
            for (index, line) in source.text.lines().enumerate() {
                let code = line.split("//").next().unwrap_or_default();
                if contains_word(code, rule.text) {
                    findings.push(Finding::new(
                        format!("{}:{}", source.path, index + 1),
                        format!("`{}`: {}", rule.text, rule.why),
                    ));
                }
            }
        }
    }
    findings
}

/// `eprintln!` holds `println!`, and `anyone` starts with `any`: a hit counts only between word borders.
fn contains_word(line: &str, text: &str) -> bool {
    line.match_indices(text).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + text.len()..].chars().next();
        let word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let starts_with_word = text.starts_with(|c: char| c.is_alphanumeric());
        let ends_with_word = text.ends_with(|c: char| c.is_alphanumeric());
        !(starts_with_word && word(before) || ends_with_word && word(after))
    })
}

#[cfg(test)]
mod tests {
    use super::contains_word;

    #[test]
    fn a_hit_needs_word_borders() {
        assert!(contains_word("    println!(\"x\")", "println!"));
        assert!(!contains_word("    eprintln!(\"x\")", "println!"));
        assert!(contains_word("let x: any = 1", ": any"));
        assert!(!contains_word("let x: anything = 1", ": any"));
    }
}
