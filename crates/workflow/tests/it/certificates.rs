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

/// Labels a few tasks, asks for a certificate, labels the random sample that it lacks, and gets it.
async fn certified(world: &World, user: UserId) -> (ProjectId, CertificateRow) {
    let automation = Automation { strategy: Strategy::Auto, ..Automation::default() };
    let project = project(world, TEXTS, automation).await;
    label(world, project, user, 40).await;
    let job = autolabel(world, project, 0.8, 0.1).await;
    assert_eq!(job.state, "done", "{}", job.message);
    let first = newest(world, project).await;
    assert_eq!((first.state.as_str(), first.automatic), ("none", 0));
    let result: serde_json::Value = serde_json::from_str(&job.result.unwrap()).unwrap();
    let asked = result["asked"].as_u64().unwrap() as usize;
    assert!(asked > 0, "{result}");
    for _ in 0..asked {
        let assignment = next(world, project, user).await.unwrap();
        assert!(assignment.prelabels.is_empty(), "the sample is labeled without a suggestion");
        submit(world, user, &assignment, Some(truth(&assignment.text.clone().unwrap()))).await;
    }
    let job = autolabel(world, project, 0.8, 0.1).await;
    assert_eq!(job.state, "done", "{}", job.message);
    let row = newest(world, project).await;
    assert_eq!(row.state, "holds", "{}", row.document);
    assert!(row.automatic > 150, "{}", row.automatic);
    assert!(row.document.contains("1 test came before"), "{}", row.document);
    (project, row)
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
