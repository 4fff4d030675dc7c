//! Pictures that a recipe of scenes names: backgrounds and cut-outs.

use crate::{
    batch::pictures::{PICTURES, files},
    commands::augment::beside,
};
use labelwright_generate::{
    picture::{Picture, decode},
    synthesis::image::{Assets, SceneRecipe},
};
use std::path::Path;

/// All of them are kept in memory.
const BYTES_MAXIMUM: usize = 2 << 30;
const FILE_BYTES: u64 = 1 << 28;

/// A picture that cannot be read is told and left out; a folder without any that can is refused.
pub fn load(recipe: &SceneRecipe, folder: &Path) -> Result<Assets, String> {
    let mut bytes = 0;
    let mut assets = Assets::default();
    if let Some(name) = &recipe.backgrounds {
        let found = pictures(&beside(folder, name)?, &mut bytes)?;
        assets.backgrounds = found.into_iter().map(|(_, picture)| picture).collect();
    }
    for (at, source) in recipe.cutout.iter().enumerate() {
        let found = pictures(&beside(folder, &source.folder)?, &mut bytes)?;
        let solid = found.iter().filter(|(_, picture)| picture.channels == 3).count();
        if solid > 0 {
            eprintln!("cutout {}: {solid} pictures have no transparency and are whole rectangles", at + 1);
        }
        let classed = found.into_iter().map(|(name, picture)| {
            let class = source.class.clone().or_else(|| {
                let folder = Path::new(&name).parent()?.file_name()?;
                Some(folder.to_string_lossy().into_owned())
            });
            let class = class.ok_or_else(|| {
                format!("cutout {}: {name} lies in no folder that names its class; give `class`", at + 1)
            })?;
            Ok((class, picture))
        });
        assets.cutouts.push(classed.collect::<Result<_, String>>()?);
    }
    Ok(assets)
}

fn pictures(folder: &Path, bytes: &mut usize) -> Result<Vec<(String, Picture)>, String> {
    let mut found = Vec::new();
    for (name, path) in files(folder, PICTURES).map_err(|error| error.to_string())? {
        let small = std::fs::metadata(&path).is_ok_and(|meta| meta.len() <= FILE_BYTES);
        let read = if small { std::fs::read(&path) } else { Err(std::io::Error::other("the file is too large")) };
        let picture = read.map_err(|error| error.to_string());
        match picture.and_then(|bytes| decode(&bytes).map_err(|error| error.to_string())) {
            Ok((picture, _)) => {
                *bytes += picture.pixels.len();
                if *bytes > BYTES_MAXIMUM {
                    return Err(format!(
                        "{}: the pictures of a recipe need more than 2 GiB; take fewer",
                        folder.display()
                    ));
                }
                found.push((name, picture));
            }
            Err(message) => eprintln!("not read: {}: {message}", path.display()),
        }
    }
    if found.is_empty() {
        return Err(format!("{}: none of the pictures can be read", folder.display()));
    }
    Ok(found)
}
