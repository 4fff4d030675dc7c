//! The short forms of the experiments, on both databases. `make prove` runs the long ones.
#![allow(clippy::unwrap_used)]

use std::process::Command;

fn prove(experiment: &str) {
    let mut stores = vec!["sqlite"];
    if std::env::var("LABELWRIGHT_TEST_POSTGRES").as_deref() != Ok("skip") {
        stores.push("postgres");
    }
    for store in stores {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        let output = command.args(["prove", experiment, "--short", "--store", store]).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
        println!("{text}");
    }
}

#[test]
fn acknowledged_answers_survive_kills() {
    prove("p1");
}

#[test]
fn nobody_is_above_the_overlap() {
    prove("p2");
}

#[test]
fn a_retry_is_one_revision() {
    prove("p3");
}
