//! Items that are made: by this program in a process of its own, because recipes and data are others'.

use crate::{
    Error,
    acquire::{AugmentationSource, SynthesisSource},
    jobs::{
        Running, Stopped,
        kinds::{export, own_program},
    },
};
use labelwright_core::ProjectId;
use labelwright_store::blobs::Draft;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

const RECIPE: &str = "recipe.toml";
/// What is made, in labelwright's own format.
pub const MADE: &str = "made";
const PARENTS: &str = "parents.zip";

pub async fn synthesized(
    running: &mut Running<'_>,
    source: &SynthesisSource,
    folder: &Path,
) -> Result<String, Stopped> {
    laid(folder, &source.recipe)?;
    let (count, seed) = (source.count.to_string(), source.seed.to_string());
    let words = ["synthesize", source.what.as_str(), "--recipe", RECIPE, "--count", &count, "--seed", &seed];
    let words = [&words[..], &["--output", MADE, "--beats"]].concat();
    own_program::run(running, folder, &words, source.count as i64, "making items").await
}

pub async fn augmented(
    running: &mut Running<'_>,
    source: &AugmentationSource,
    project: ProjectId,
    folder: &Path,
) -> Result<String, Stopped> {
    laid(folder, &source.recipe)?;
    let parents = export::as_zip(running, project).await?;
    let to = folder.join(PARENTS);
    running.compute((0, 0), "packing items", move || copied(parents, &to)).await?.map_err(full)?;
    let (factor, seed) = (source.factor.to_string(), source.seed.to_string());
    let words = ["augment", "--recipe", RECIPE, "--factor", &factor, "--seed", &seed, "--from", "native"];
    let words = [&words[..], &["--children-only", "--train-only", "--beats", PARENTS, MADE]].concat();
    own_program::run(running, folder, &words, 0, "changing items").await
}

/// A new folder with the recipe: what an earlier run has made is made again.
fn laid(folder: &Path, recipe: &str) -> Result<(), Stopped> {
    drop(fs::remove_dir_all(folder));
    fs::create_dir_all(folder).and_then(|()| fs::write(folder.join(RECIPE), recipe)).map_err(full)
}

pub fn copied(mut draft: Draft, to: &PathBuf) -> io::Result<()> {
    io::copy(&mut draft.reopen()?, &mut fs::File::create(to)?).map(drop)
}

fn full(error: io::Error) -> Stopped {
    Error::from(labelwright_store::StoreError::StorageFull(error.to_string())).into()
}
