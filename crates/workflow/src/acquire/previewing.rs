//! What would come of the first items of a project by a recipe, before anything is kept.

use super::AugmentationSource;
use crate::{
    Error, Result, Workflow,
    decoding::own_program,
    jobs::{
        Silent, Stopped,
        kinds::{PARENTS, RECIPE, laid},
    },
    packing,
    policy::Permit,
};
use labelwright_store::records::projects::ProjectRow;
use std::time::Duration;

/// Items that are shown.
const ITEMS: usize = 6;
const SHEET: &str = "sheet.png";
/// What somebody waits for it at most.
const WAIT: Duration = Duration::from_secs(60);

/// Items before and after.
#[derive(Debug, Clone)]
pub enum Previewed {
    /// A PNG of pairs.
    Sheet(Vec<u8>),
    /// Lines of what is no picture.
    Lines(String),
}

impl Workflow {
    /// # Errors
    /// When the recipe is none, or nothing comes of it.
    pub async fn preview_augmentation(
        &self,
        project: &Permit<ProjectRow>,
        source: &AugmentationSource,
    ) -> Result<Previewed> {
        source.check().map_err(|(place, message)| Error::invalid(&place, "bad_source", message))?;
        // Gone with whoever does not wait for it.
        let folder = std::fs::create_dir_all(&*self.uploads).and_then(|()| tempfile::tempdir_in(&*self.uploads));
        let folder = folder.map_err(|error| Error::internal(error.to_string()))?;
        let work = self.previewed(project, source, folder.path());
        match tokio::time::timeout(WAIT, work).await {
            Ok(Ok(found)) => Ok(found),
            Ok(Err(stopped)) => Err(Error::invalid("/recipe", "nothing_made", stopped.to_string())),
            Err(_) => Err(Error::invalid("/recipe", "too_slow", "it takes more than a minute for a few items")),
        }
    }

    async fn previewed(
        &self,
        project: &Permit<ProjectRow>,
        source: &AugmentationSource,
        folder: &std::path::Path,
    ) -> std::result::Result<Previewed, Stopped> {
        laid(folder, &source.recipe)?;
        packing::as_zip(self, project.resource().id, ITEMS, &folder.join(PARENTS), &mut Silent).await?;
        let (seed, items) = (source.seed.to_string(), ITEMS.to_string());
        let words = ["augment", "--recipe", RECIPE, "--seed", &seed, "--from", "native", "--preview", &items];
        let words = [&words[..], &[PARENTS, SHEET]].concat();
        let said = own_program::run(self, folder, &words, &mut Silent).await?;
        match tokio::fs::read(folder.join(SHEET)).await {
            Ok(sheet) => Ok(Previewed::Sheet(sheet)),
            Err(_) => Ok(Previewed::Lines(said)),
        }
    }
}
