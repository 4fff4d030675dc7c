//! Machine labels under a certificate, and the audit that takes them back, told on both databases.

use crate::{
    automation::{healthy, label, next, overview, project, submit, truth},
    support::{World, worlds},
};
use labelwright_core::{Action, ProjectId, Role, UserId};
use labelwright_testkit::world::principal;
use labelwright_workflow::{
    Automation, Strategy,
    freeze::MACHINE,
    stored::{CertificateRow, JobRow},
};
const TEXTS: usize = 300;

async fn autolabel(world: &World, project: ProjectId, target: f64, risk: f64) -> JobRow {
    let permit = world.workflow.permit_project(&principal(world.owner), project, Action::ManageProject).await.unwrap();
    let job = world.workflow.autolabel_later(&permit, target, risk).await.unwrap();
    world.workflow.run_all_jobs().await.unwrap();
    world.workflow.job_as_operator(job).await.unwrap()
}

async fn newest(world: &World, project: ProjectId) -> CertificateRow {
    overview(world, project).await.certificates.remove(0)
}

/// Labels a few tasks and asks for a certificate; labels the random sample that it lacks and asks again, until it holds.
async fn certified(world: &World, user: UserId) -> (ProjectId, CertificateRow) {
    let automation = Automation { strategy: Strategy::Auto, ..Automation::default() };
    let project = project(world, TEXTS, automation).await;
    label(world, project, user, 40).await;
    let mut before = 0;
    for _ in 0..7 {
        let job = autolabel(world, project, 0.8, 0.1).await;
        assert_eq!(job.state, "done", "{}", job.message);
        let row = newest(world, project).await;
        let document: serde_json::Value = serde_json::from_str(&row.document).unwrap();
        assert_eq!((document["tests_before"].as_u64(), document["risk"].as_f64()), (Some(before), Some(0.1)));
        // All tests share the risk: each has less of it than the one before.
        let share = 0.1 * 6.0 / (std::f64::consts::PI * (before + 1) as f64).powi(2);
        assert!((document["risk_of_test"].as_f64().unwrap() - share).abs() < 1e-12, "{document}");
        // A sample with which no test could have been passed costs nothing.
        before += u64::from(document["tested"].as_bool().unwrap());
        if row.state == "holds" {
            assert!(before > 0 && row.automatic > 80, "{before} {}", row.automatic);
            assert!(row.document.contains("before this one: all tests of this field"), "{}", row.document);
            return (project, row);
        }
        assert_eq!((row.state.as_str(), row.automatic), ("none", 0));
        let result: serde_json::Value = serde_json::from_str(&job.result.unwrap()).unwrap();
        let asked = result["asked"].as_u64().unwrap() as usize;
        assert!(asked > 0, "{result}");
        for _ in 0..asked {
            let assignment = next(world, project, user).await.unwrap();
            assert!(assignment.prelabels.is_empty(), "the sample is labeled without a suggestion");
            submit(world, user, &assignment, Some(truth(&assignment.text.clone().unwrap()))).await;
        }
    }
    panic!("{}: nothing was certified", world.name);
}

/// A fresh snapshot as text.
async fn frozen(world: &World, project: ProjectId, name: &str) -> String {
    let permit = world.workflow.permit_project(&principal(world.owner), project, Action::Export).await.unwrap();
    world.workflow.snapshot_later(&permit, name).await.unwrap();
    world.workflow.run_all_jobs().await.unwrap();
    let all = world.workflow.snapshots(&permit).await.unwrap();
    let snapshot = all.into_iter().find(|one| one.name == name).unwrap();
    String::from_utf8(world.workflow.blobs().get(&snapshot.hash).await.unwrap().to_vec()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_machine_labels_are_pulled_back_by_the_audit() {
    for world in worlds().await {
        let user = world.person("anna", Role::Labeler).await;
        let (project, row) = certified(&world, user).await;
        let before = frozen(&world, project, "before").await;
        let machine = before.matches(&format!("\"method\":\"{MACHINE}\"")).count() as i64;
        assert_eq!(machine, row.automatic, "{}", world.name);
        assert!(before.lines().next().unwrap().contains("\"certificates\":[{"));
        let again = autolabel(&world, project, 0.8, 0.1).await;
        assert_eq!(again.state, "failed");
        assert!(again.message.contains("withdraw it first"), "{}", again.message);

        // People find every machine label wrong: that is planted.
        let mut checks = 0;
        while newest(&world, project).await.state == "holds" {
            let assignment = next(&world, project, user).await.expect("a label to check");
            assert!(assignment.prelabels.is_empty(), "a check shows no suggestion");
            let wrong = if truth(&assignment.text.clone().unwrap()) == "good" { "bad" } else { "good" };
            submit(&world, user, &assignment, Some(wrong)).await;
            world.workflow.run_all_jobs().await.unwrap();
            checks += 1;
            assert!(checks < 100, "{}: the audit never rings", world.name);
        }
        let ended = newest(&world, project).await;
        assert_eq!(ended.state, "pulled_back", "{}", world.name);
        assert!(ended.checked >= 2 && ended.checked_right < ended.checked, "{ended:?}");
        let after = frozen(&world, project, "after").await;
        assert!(!after.contains(&format!("\"method\":\"{MACHINE}\"")) && !after.contains("\"certificates\""));

        let permit =
            world.workflow.permit_workspace(&principal(world.owner), world.workspace, Action::ManageWorkspace).await;
        let log = world.workflow.audit_log(&permit.unwrap(), i64::MAX, 100).await.unwrap();
        let actions: Vec<&str> = log.iter().map(|row| row.action.as_str()).collect();
        assert!(
            actions.contains(&"project.autolabel") && actions.contains(&"project.autolabel.pull_back"),
            "{actions:?}"
        );

        // All tasks are with people again.
        world.workflow.clock().advance_seconds(61);
        while let Some(assignment) = next(&world, project, user).await {
            submit(&world, user, &assignment, Some(truth(&assignment.text.clone().unwrap()))).await;
        }
        let found = overview(&world, project).await;
        assert_eq!((found.finished, found.tasks), (TEXTS as i64, TEXTS as i64), "{}", world.name);
        healthy(&world).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_without_an_outcome_waits_for_one_and_another_label_is_drawn() {
    for world in worlds().await {
        let user = world.person("anna", Role::Labeler).await;
        let (project, _) = certified(&world, user).await;
        let mut divided = Vec::new();
        for _ in 0..12 {
            let assignment = next(&world, project, user).await.expect("a label to check");
            submit(&world, user, &assignment, None).await;
            world.workflow.run_all_jobs().await.unwrap();
            divided.push(assignment);
        }
        let row = newest(&world, project).await;
        // More than wait at a time: others were drawn in their place, and none is held against the machine.
        assert_eq!((row.state.as_str(), row.checked_right), ("holds", 0), "{}", world.name);
        assert!(row.undecided > 2 && row.undecided == row.checked, "{row:?}");
        assert_eq!(row.bound, 0.0, "they are not for it either");
        let settled = row.undecided;
        for one in &divided {
            let permit = world.workflow.permit_task(&principal(world.owner), one.task, Action::Review).await.unwrap();
            let mood = labelwright_testkit::world::answer_json(truth(&one.text.clone().unwrap()), "");
            let inputs = world.workflow.task_detail(&permit).await.unwrap();
            let inputs: Vec<_> = inputs.annotations.iter().map(|one| (one.id, one.revision)).collect();
            world.workflow.adjudicate(&permit, &mood, &inputs).await.unwrap();
        }
        world.workflow.run_all_jobs().await.unwrap();
        let row = newest(&world, project).await;
        assert_eq!((row.undecided, row.checked), (0, settled), "{row:?}");
        assert!(row.checked_right * 2 > row.checked && row.bound > 0.0, "{row:?}");
        healthy(&world).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn right_machine_labels_stay_and_the_bound_rises() {
    for world in worlds().await {
        let user = world.person("anna", Role::Labeler).await;
        let (project, row) = certified(&world, user).await;
        let mut before = 0.0;
        for _ in 0..25 {
            let assignment = next(&world, project, user).await.expect("a label to check");
            submit(&world, user, &assignment, Some(truth(&assignment.text.clone().unwrap()))).await;
            world.workflow.run_all_jobs().await.unwrap();
            let now = newest(&world, project).await;
            assert!(now.state == "holds" && now.bound >= before);
            before = now.bound;
        }
        assert!(before > 0.3, "{before}");
        let checked = newest(&world, project).await.checked;
        assert!(checked > 5, "{checked}");

        // Somebody takes them all back.
        let owner = principal(world.owner);
        let permit = world.workflow.permit_project(&owner, project, Action::ManageProject).await.unwrap();
        world.workflow.withdraw_later(&permit, row.id).await.unwrap();
        world.workflow.run_all_jobs().await.unwrap();
        assert_eq!(newest(&world, project).await.state, "withdrawn");
        let unknown = world.workflow.withdraw_later(&permit, row.id + 1).await.unwrap_err();
        assert_eq!(unknown.to_string(), "the certificate was not found");
        healthy(&world).await;
    }
}
