//! What a manager must notice in the demo workspace is found by the pages that are there to find it.

use labelwright_core::{Action, TaskId, Timestamp, UserId, WorkspaceId};
use labelwright_store::{Database, Store};
use labelwright_testkit::world::{principal, workflow};
use labelwright_workflow::{
    Workflow,
    clock::Clock,
    demo::{self, Built, NEW_SUPPLIER, Size},
    explore::TaskSearch,
    measured::Severity,
    policy::Permit,
    stored::ProjectRow,
};
use std::collections::BTreeMap;

const NOW: i64 = 1_800_000_000_000_000;
const DAY: i64 = 24 * 3600 * 1_000_000;

struct Demo {
    workflow: Workflow,
    owner: UserId,
    _folder: tempfile::TempDir,
}

impl Demo {
    async fn build() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::Sqlite { path: folder.path().join("demo.sqlite") };
        let store = Store::open(&database).await.unwrap();
        let workflow = workflow(store, folder.path(), Clock::manual(Timestamp(NOW))).unwrap();
        let Built::New(owner) = demo::build(&workflow, Size { items: 240 }).await.unwrap() else {
            panic!("the database was empty")
        };
        Self { workflow, owner, _folder: folder }
    }

    async fn project(&self, name: &str) -> Permit<ProjectRow> {
        let owner = principal(self.owner);
        let permit = self.workflow.permit_workspace(&owner, WorkspaceId(1), Action::ManageProject).await.unwrap();
        let all = self.workflow.projects(&permit).await.unwrap();
        all.into_iter().find(|project| project.resource().name == name).unwrap()
    }

    /// What the others said about a task, by their names; nothing where this one did not answer.
    async fn others(&self, task: i64, but: &str, field: &str) -> Vec<(String, String)> {
        let owner = principal(self.owner);
        let permit = self.workflow.permit_task(&owner, TaskId(task), Action::ManageProject).await.unwrap();
        let detail = self.workflow.task_detail(&permit).await.unwrap();
        let said: Vec<(String, String)> = detail
            .annotations
            .iter()
            .map(|one| {
                let answer: serde_json::Value = serde_json::from_str(&one.answer).unwrap();
                (one.author_name.clone(), answer["fields"][field].as_str().unwrap_or_default().to_owned())
            })
            .collect();
        let is_there = said.iter().any(|(who, _)| who == but);
        said.into_iter().filter(|(who, _)| is_there && who != but).collect()
    }

    async fn keys(&self, project: &Permit<ProjectRow>) -> BTreeMap<i64, String> {
        let wanted = TaskSearch { limit: 1000, ..TaskSearch::default() };
        let found = self.workflow.find_tasks(project, wanted).await.unwrap();
        found.tasks.into_iter().map(|task| (task.id.0, task.key)).collect()
    }
}

#[tokio::test]
async fn the_guesser_the_tired_one_the_slips_and_the_new_supplier_are_found() {
    let demo = Demo::build().await;
    let mut slips = 0;
    for name in ["Surface inspection", "Review sentiment"] {
        let project = demo.project(name).await;
        let people = demo.workflow.labelers(&project).await.unwrap();
        let named = |id| people.iter().find(|one| one.user == id).unwrap().name.clone();
        let cards = demo.workflow.skill_cards(&project).await.unwrap();
        assert_eq!(cards.len(), 5, "{name}");
        let spammers: Vec<String> =
            cards.iter().filter(|(_, card)| card.is_spammer).map(|(id, _)| named(*id)).collect();
        assert_eq!(spammers, ["Enno"], "{name}: {cards:#?}");
        let changed: Vec<String> = cards
            .iter()
            .filter(|(_, card)| card.change.as_ref().is_some_and(|change| change.p_value < 0.01))
            .map(|(id, _)| named(*id))
            .collect();
        // A few dozen answers tell a change only where the question is a hard one.
        let told = changed == ["Dara"] || (changed.is_empty() && name == "Review sentiment");
        assert!(told, "{name}: {cards:#?}");

        // Every slip that two attentive people contradict is told, with what they say.
        let suspects = demo.workflow.suspects(&project, 0.5).await.unwrap();
        let field = if name == "Surface inspection" { "defect" } else { "sentiment" };
        for (task, key) in demo.keys(&project).await.into_iter().filter(|(_, key)| demo::slipped(key)) {
            let others = demo.others(task, "Ada", field).await;
            let [one, other] = others.as_slice() else { continue };
            if one.1 != other.1 || others.iter().any(|(who, _)| who == "Enno" || who == "Dara") {
                continue;
            }
            let told =
                suspects.found.iter().find(|found| found.item == task && suspects.names[&found.labeler] == "Ada");
            assert_eq!(told.and_then(|found| found.suggested.as_ref()), Some(&one.1), "{name}: {key}");
            slips += 1;
        }
    }
    assert!(slips >= 2, "{slips}");
    the_stained_plates_are_seen_as_drift(&demo).await;
    the_labeling_took_days_some_tasks_are_gold_and_the_doctor_finds_nothing(&demo).await;
}

async fn the_stained_plates_are_seen_as_drift(demo: &Demo) {
    let plates = demo.project("Surface inspection").await;
    let drift = demo.workflow.drift(&plates, None).await.unwrap().unwrap();
    let alarmed: Vec<&str> = drift.alerts.iter().map(|alert| alert.column.as_str()).collect();
    assert!(alarmed.contains(&"defect"), "{alarmed:?}");
    let series = drift.series.iter().find(|series| series.column == "defect").unwrap();
    let half = series.steps.len() / 2;
    assert!(series.change_points.iter().any(|at| at.abs_diff(half) <= 2), "{series:?}");
    let keys = demo.keys(&plates).await;
    assert!(
        keys.values().filter(|key| key.as_str() < format!("image-classification-{NEW_SUPPLIER:04}").as_str()).count()
            == 48
    );
    let steady = demo.workflow.drift(&demo.project("Review sentiment").await, None).await.unwrap().unwrap();
    assert!(steady.alerts.iter().all(|alert| alert.severity != Severity::Alarm), "{:?}", steady.alerts);
}

async fn the_labeling_took_days_some_tasks_are_gold_and_the_doctor_finds_nothing(demo: &Demo) {
    let project = demo.project("Review sentiment").await;
    let cards = demo.workflow.skill_cards(&project).await.unwrap();
    assert!(cards.values().all(|card| card.gold.as_ref().is_some_and(|gold| gold.all >= 3)), "{cards:#?}");
    let drift = demo.workflow.drift(&project, None).await.unwrap().unwrap();
    let steps = &drift.series[0].steps;
    assert!(steps[steps.len() - 1] - steps[0] > 8 * DAY && steps[steps.len() - 1] < NOW, "{steps:?}");
    let report = demo.workflow.doctor(|_| {}).await.unwrap();
    assert!(report.findings.is_empty(), "{:?}", report.findings);
}
