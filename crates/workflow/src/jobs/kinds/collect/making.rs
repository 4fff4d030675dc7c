//! Items that are made: by this program in a process of its own, because recipes and data are others'.

use crate::{
    Error,
    acquire::{AugmentationSource, SynthesisSource},
    decoding::own_program,
    jobs::{Running, Stopped, Told},
    packing,
};
use labelwright_core::ProjectId;
use std::{fs, io, path::Path};

pub const RECIPE: &str = "recipe.toml";
/// What is made, in labelwright's own format.
pub const MADE: &str = "made";
pub const PARENTS: &str = "parents.zip";

pub async fn synthesized(
    running: &mut Running<'_>,
    source: &SynthesisSource,
    folder: &Path,
) -> Result<String, Stopped> {
    laid(folder, &source.recipe)?;
    let (count, seed) = (source.count.to_string(), source.seed.to_string());
    let words = ["synthesize", source.what.as_str(), "--recipe", RECIPE, "--count", &count, "--seed", &seed];
    let words = [&words[..], &["--output", MADE, "--beats"]].concat();
    let (workflow, total) = (running.workflow.clone(), source.count as i64);
    let mut pace = Told { running, total, message: "making items" };
    own_program::run(&workflow, folder, &words, &mut pace).await
}

pub async fn augmented(
    running: &mut Running<'_>,
    source: &AugmentationSource,
    project: ProjectId,
    folder: &Path,
) -> Result<String, Stopped> {
    laid(folder, &source.recipe)?;
    let workflow = running.workflow.clone();
    let mut pace = Told { running, total: 0, message: "packing items" };
    packing::as_zip(&workflow, project, usize::MAX, &folder.join(PARENTS), &mut pace).await?;
    let (factor, seed) = (source.factor.to_string(), source.seed.to_string());
    let words = ["augment", "--recipe", RECIPE, "--factor", &factor, "--seed", &seed, "--from", "native"];
    let words = [&words[..], &["--children-only", "--train-only", "--beats", PARENTS, MADE]].concat();
    pace.message = "changing items";
    own_program::run(&workflow, folder, &words, &mut pace).await
}

/// A new folder with the recipe: what an earlier run has made is made again.
pub fn laid(folder: &Path, recipe: &str) -> Result<(), Stopped> {
    drop(fs::remove_dir_all(folder));
    fs::create_dir_all(folder).and_then(|()| fs::write(folder.join(RECIPE), recipe)).map_err(full)
}

fn full(error: io::Error) -> Stopped {
    Error::from(labelwright_store::StoreError::StorageFull(error.to_string())).into()
}
