//! Data on its way in and out, and finding tasks among many.

use super::{
    Failure, Line,
    labeling::good,
    program::{cpu_seconds, p95},
};
use crate::prove::{Ground, Server, StoreKind, binary, lay};
use image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder};
use labelwright_core::{
    Answer, Geometry, LabelSchema, Limits, MediaShape, Region, SchemaVersionId, Target, UserId, Value,
    geometry::BoxShape, schema::templates::TEMPLATES,
};
use labelwright_store::{
    Store, StoreError,
    records::{projects, schemas},
    seats,
    submit::{self, Submission, SubmitError},
};
use labelwright_testkit::{
    http::{Client, Request},
    world::{self, Size, World, principal},
};
use labelwright_workflow::{ProjectSettings, clock::Clock, plan::ProjectDraft};
use std::{
    ffi::OsStr,
    fmt::Write as _,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

const TEXTS: usize = 100_000;
const IMAGES: usize = 10_000;
const ANNOTATED: i64 = 10_000;
const BOXES: usize = 10;

pub async fn measure() -> Result<Vec<Line>, Failure> {
    let size = Size { labelers: 1, tasks: 0, overlap: 1, lease_seconds: 3600 };
    let ground = lay(StoreKind::Sqlite, size).await?;
    let laid = ground.world.clone();
    let workflow = world::workflow(Store::open(&ground.database).await?, ground.folder.path(), Clock::System)?;
    let images = image_project(&workflow, &laid).await?;
    drop(workflow);
    let folder = ground.folder.path();
    let texts = import_texts(folder, laid.project.0)?;
    let pictures = import_images(folder, images.0)?;
    let pages = deep_pages(&ground, &laid).await?;
    let labeler = laid.labelers[0].user;
    answer_all(&ground, images, labeler, &box_answer()?, IMAGES as i64).await?;
    let annotated = lay(StoreKind::Sqlite, Size { tasks: ANNOTATED, ..size }).await?;
    answer_all(&annotated, annotated.world.project, annotated.world.labelers[0].user, &text_answer()?, ANNOTATED)
        .await?;
    let native = export(annotated.folder.path(), annotated.world.project.0, "native")?;
    let coco = export(folder, images.0, "coco")?;
    Ok(vec![
        Line::at_most("import of 100,000 texts as tasks", texts, "CPU s", 1.5),
        Line::at_most("import of 10,000 images with 10 boxes each", pictures, "CPU s", 0.5),
        Line::at_most("filtered deep page among 100,000 tasks, p95", pages * 1000.0, "ms", 30.0),
        Line::at_most("export of 10,000 annotated tasks", native, "CPU s", 0.3),
        Line::at_most("export of 100,000 boxes as COCO", coco, "CPU s", 0.5),
    ])
}

async fn image_project(
    workflow: &labelwright_workflow::Workflow,
    laid: &World,
) -> Result<labelwright_core::ProjectId, Failure> {
    let owner = principal(laid.owner.user);
    let workspace = workflow.permit_workspace(&owner, laid.workspace, labelwright_core::Action::ManageProject).await?;
    let template = TEMPLATES.iter().find(|template| template.id == "object_detection").ok_or("no such template")?;
    let schema = workflow.create_schema(&workspace, template.document).await?;
    let draft = ProjectDraft {
        name: "Boxes".into(),
        description: String::new(),
        datasets: Vec::new(),
        schema_version: schema.id,
        guidelines: String::new(),
        settings: ProjectSettings::default(),
    };
    let project = workflow.create_project(&workspace, draft).await?;
    workflow.run_all_jobs().await?;
    Ok(project)
}

fn import_texts(folder: &Path, project: i64) -> Result<f64, Failure> {
    let mut table = String::from("id,text,city\n");
    for number in 0..TEXTS {
        let city = ["Oslo", "Lima", "Accra"][number % 3];
        writeln!(table, "t{number},\"The parcel number {number} came late, but it came.\",{city}")?;
    }
    import(folder, "texts.csv", &table, project)
}

fn import(folder: &Path, name: &str, content: &str, project: i64) -> Result<f64, Failure> {
    let file = folder.join(name);
    std::fs::write(&file, content)?;
    let project = project.to_string();
    let words = ["import", "--dataset", name, "--project", &project, "--json"].map(OsStr::new);
    least_of_runs(folder, &[words.as_slice(), &[file.as_os_str()]].concat())
}

/// Runs of one command: the least of them is told, since what others on the machine add is no cost of ours.
const RUNS: usize = 3;

/// All runs but the last are made on copies of the data folder, so that each begins with the same.
fn least_of_runs(folder: &Path, words: &[&OsStr]) -> Result<f64, Failure> {
    let mut least = f64::INFINITY;
    for _ in 1..RUNS {
        let copy = tempfile::tempdir()?;
        let copied = Command::new("cp").arg("-r").arg(folder.join(".")).arg(copy.path()).status()?;
        if !copied.success() {
            return Err("the data folder cannot be copied".into());
        }
        least = least.min(cpu_seconds(copy.path(), words)?);
    }
    Ok(least.min(cpu_seconds(folder, words)?))
}

fn import_images(folder: &Path, project: i64) -> Result<f64, Failure> {
    let source = folder.join("pictures");
    std::fs::create_dir_all(source.join("images"))?;
    let (mut images, mut boxes) = (Vec::new(), Vec::new());
    for number in 0..IMAGES {
        let name = format!("{number:05}.png");
        let mut pixels = vec![90_u8; 64 * 48];
        pixels[..8].copy_from_slice(&number.to_le_bytes());
        let mut bytes = Vec::new();
        PngEncoder::new(&mut bytes).write_image(&pixels, 64, 48, ExtendedColorType::L8)?;
        std::fs::write(source.join("images").join(&name), bytes)?;
        images.push(format!(r#"{{"id":{number},"file_name":"{name}","width":64,"height":48}}"#));
        for at in 0..BOXES {
            let id = number * BOXES + at;
            boxes.push(format!(
                r#"{{"id":{id},"image_id":{number},"category_id":{},"bbox":[{at},{at},20,10.5],"area":210,"iscrowd":0}}"#,
                1 + at % 2
            ));
        }
    }
    let text = format!(
        r#"{{"images":[{}],"annotations":[{}],"categories":[{{"id":1,"name":"car"}},{{"id":2,"name":"person"}}]}}"#,
        images.join(","),
        boxes.join(",")
    );
    std::fs::write(source.join("instances.json"), text)?;
    let project = project.to_string();
    let words = ["import", "--dataset", "pictures", "--project", &project, "--json"].map(OsStr::new);
    least_of_runs(folder, &[words.as_slice(), &[source.as_os_str()]].concat())
}

/// Pages behind the 80,000th task, by filters that find some and by filters that look into every text.
async fn deep_pages(ground: &Ground, laid: &World) -> Result<f64, Failure> {
    let mut server = Server::new(binary()?, ground)?;
    server.start().await?;
    let mut client = Client::new(&server.address, Duration::from_secs(30));
    let mut times = Vec::new();
    for filter in ["status%3Aopen", "text~%22number%2099%22", "meta.city%3AOslo", "meta.city%3ALima%20answers%3A0"] {
        let mut cursor = "80000,80000".to_owned();
        for _ in 0..25 {
            let path = format!("/api/v1/projects/{}/tasks?filter={filter}&cursor={cursor}&limit=50", laid.project);
            let started = Instant::now();
            let answer = good(client.send(&Request::new("GET", &path).bearer(&laid.owner.token)).await?)?.json();
            times.push(started.elapsed().as_secs_f64());
            match answer["next"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
    }
    Ok(p95(times))
}

fn text_answer() -> Result<Answer, Failure> {
    let mut answer = Answer::default();
    answer.fields.insert("mood".into(), Value::Text("good".into()));
    answer.fields.insert("note".into(), Value::Text("as expected".into()));
    Ok(answer)
}

fn box_answer() -> Result<Answer, Failure> {
    let region = |at: usize| Region {
        id: format!("r{at}"),
        target: Target::Item,
        geometry: Geometry::Box(BoxShape { x: at as f64, y: at as f64, width: 20.0, height: 10.5 }),
        class: if at.is_multiple_of(2) { "car".into() } else { "person".into() },
        attributes: Default::default(),
        score: None,
    };
    Ok(Answer { regions: (0..BOXES).map(region).collect(), ..Answer::default() })
}

/// One labeler submits the same answer to the first tasks of a project.
async fn answer_all(
    ground: &Ground,
    project: labelwright_core::ProjectId,
    labeler: UserId,
    answer: &Answer,
    tasks: i64,
) -> Result<(), Failure> {
    let store = Store::open(&ground.database).await?;
    let (version, schema) = schema_of(&store, project).await?;
    let shape = MediaShape::Image { width: 64, height: 48 };
    let valid = answer.clone().validate(&schema, &shape, &Limits::DEFAULT).map_err(|found| format!("{found:?}"))?;
    let now = Clock::System.now();
    for _ in 0..tasks / 500 {
        let valid = valid.clone();
        store
            .write::<_, SubmitError, _>(move |tx| {
                Box::pin(async move {
                    for lease in seats::claim(tx, project, labeler, 500, 3600, now).await? {
                        let key = format!("bench-{}", lease.task);
                        let new = Submission {
                            project,
                            task: lease.task,
                            labeler,
                            schema_version: version,
                            epoch: lease.epoch,
                            parent: None,
                            answer: &valid,
                            took_ms: 1,
                            idempotency_key: &key,
                            request_hash: "bench",
                            complete_state: "labeled",
                        };
                        submit::submit(tx, &new, now).await?;
                    }
                    Ok(())
                })
            })
            .await?;
    }
    store.close().await;
    Ok(())
}

async fn schema_of(
    store: &Store,
    project: labelwright_core::ProjectId,
) -> Result<(SchemaVersionId, LabelSchema), Failure> {
    let row = store
        .read::<_, StoreError, _>(move |tx| {
            Box::pin(async move {
                let project = projects::project(tx, project).await?.ok_or(StoreError::NotFound)?;
                schemas::version(tx, project.schema_version).await?.ok_or(StoreError::NotFound)
            })
        })
        .await?;
    Ok((row.id, serde_json::from_str(&row.document)?))
}

fn export(folder: &Path, project: i64, format: &str) -> Result<f64, Failure> {
    let output = folder.join(format!("out-{format}"));
    let project = project.to_string();
    let words = ["export", "--project", &project, "--format", format, "--json", "--output"].map(OsStr::new);
    least_of_runs(folder, &[words.as_slice(), &[output.as_os_str()]].concat())
}
