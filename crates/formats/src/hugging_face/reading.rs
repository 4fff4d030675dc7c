//! Shards as records: rows of all columns but the bytes of pictures, which are fetched where they lie.

use super::{FEATURES, OWN, card, features::Feature, rows::Rows, shards};
use crate::{
    media::MediaIndex,
    names::last_part,
    packed,
    parquet::{self, Chunks, plain},
    record::{Data, DirectoryView, RecordError, Settings, Sink, Stop, give, give_part_of_schema},
};
use ::parquet::{
    file::reader::{FileReader, SerializedFileReader},
    record::reader::RowIter,
    schema::types::Type,
};
use serde_json::{Map, Value as Json};
use std::sync::Arc;

/// The value of a key of the footer.
pub(super) fn note(shard: &SerializedFileReader<Chunks>, key: &str) -> Option<Json> {
    let notes = shard.metadata().file_metadata().key_value_metadata()?;
    let value = notes.iter().find(|note| note.key == key)?.value.as_deref()?;
    serde_json::from_str(value).ok()
}

pub(super) fn read(view: &dyn DirectoryView, settings: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let media = MediaIndex::images(view);
    let card = card::features(view);
    let mut rows = Rows::new(settings.options.is("bbox", "xyxy"));
    for (name, bytes) in shards(view) {
        let shard = match parquet::open(view, &name, bytes) {
            Ok(shard) => shard,
            Err(error) => {
                give(sink, Err(error))?;
                continue;
            }
        };
        let noted = note(&shard, FEATURES).map(|note| note["info"]["features"].clone());
        let features = match (noted, &card) {
            (Some(Json::Object(map)), _) => {
                in_order(&shard, map.iter().map(|(name, one)| (name.clone(), Feature::of_json(one))).collect())
            }
            (_, Some(card)) => in_order(&shard, card.clone()),
            _ => {
                let message = "neither the footer nor a README.md names the features: read it as `parquet`";
                give(sink, Err(RecordError::new(&name, "no_features", message)))?;
                continue;
            }
        };
        let own = note(&shard, OWN).unwrap_or_default();
        let split = match own.get("split") {
            Some(split) => split.as_str().map(str::to_owned),
            None => split_of(&name),
        };
        rows.begin(features, &own, split);
        give_part_of_schema(sink, rows.schema(), None, true)?;
        if let Err(error) = shard_rows(&shard, &name, &media, &mut rows, sink)? {
            give(sink, Err(error))?;
        }
    }
    Ok(())
}

/// Features of the columns that are there, in the order of the columns: a map in JSON has none.
fn in_order(shard: &SerializedFileReader<Chunks>, features: Vec<(String, Feature)>) -> Vec<(String, Feature)> {
    let root = shard.metadata().file_metadata().schema();
    let find = |column: &str| features.iter().find(|(name, _)| name == column).cloned();
    root.get_fields().iter().filter_map(|field| find(field.name())).collect()
}

/// `data/train-00000-of-00003.parquet`, `default/validation/0000.parquet`, `test.parquet`.
fn split_of(path: &str) -> Option<String> {
    let known = |word: &str| {
        let word = word.split(['-', '.', '_']).next().unwrap_or_default();
        match word {
            "train" | "test" => Some(word.to_owned()),
            "validation" | "valid" | "val" | "dev" => Some("val".to_owned()),
            _ => None,
        }
    };
    path.rsplit('/').find_map(known).or_else(|| {
        let (split, shard) = last_part(path).split_once('-')?;
        shard.contains("-of-").then(|| split.to_owned())
    })
}

/// All columns that have features, without the bytes of pictures and sounds.
fn projection(root: &Type, rows: &Rows) -> Option<Type> {
    let fields: Vec<_> = root
        .get_fields()
        .iter()
        .filter_map(|field| match rows.feature(field.name())? {
            Feature::Image | Feature::Audio if field.is_group() => {
                let path = field.get_fields().iter().filter(|inner| inner.name() != "bytes").cloned().collect();
                let group = Type::group_type_builder(field.name())
                    .with_repetition(field.get_basic_info().repetition())
                    .with_fields(path)
                    .build();
                group.ok().map(Arc::new)
            }
            Feature::Other => None,
            _ => Some(field.clone()),
        })
        .collect();
    Type::group_type_builder(root.name()).with_fields(fields).build().ok()
}

/// Are there bytes in this group of rows? Without statistics there may be some.
fn has_bytes(shard: &SerializedFileReader<Chunks>, group: usize, column: &str) -> bool {
    let group = shard.metadata().row_group(group);
    let column = group.columns().iter().find(|one| one.column_path().string() == column);
    column.is_some_and(|one| {
        let absent = one.statistics().and_then(|statistics| statistics.null_count_opt());
        absent != u64::try_from(group.num_rows()).ok()
    })
}

fn shard_rows(
    shard: &SerializedFileReader<Chunks>,
    name: &str,
    media: &MediaIndex,
    rows: &mut Rows,
    sink: &mut Sink<'_>,
) -> Result<Result<(), RecordError>, Stop> {
    let bad =
        |place: &str, error: &::parquet::errors::ParquetError| RecordError::new(place, "unreadable", plain(error));
    let Some(projection) = projection(shard.metadata().file_metadata().schema(), rows) else {
        return Ok(Err(RecordError::new(name, "no_features", "no column has a feature that is read")));
    };
    let bytes_column = rows.media().map(|column| format!("{column}.bytes"));
    let mut number = 0_u64;
    for at in 0..shard.num_row_groups() {
        let packed = bytes_column.as_deref().filter(|column| has_bytes(shard, at, column));
        let group = match shard.get_row_group(at) {
            Ok(group) => group,
            Err(error) => return Ok(Err(bad(name, &error))),
        };
        let found = match RowIter::from_row_group(Some(projection.clone()), &*group) {
            Ok(found) => found,
            Err(error) => return Ok(Err(bad(name, &error))),
        };
        for row in parquet::Guarded::new(found) {
            let place = format!("{name}, row {}", number + 1);
            let row: Map<String, Json> = match row {
                Ok(row) => row.get_column_iter().map(|(name, field)| (name.clone(), parquet::json(field))).collect(),
                Err(error) => return Ok(Err(bad(&place, &error))),
            };
            let data = rows.media().map(|column| {
                let path = row.get(column).and_then(|cell| cell.get("path")?.as_str().or_else(|| cell.as_str()));
                let path = path.unwrap_or_default();
                let inner = if path.is_empty() { format!("{number}.png") } else { last_part(path).to_owned() };
                match (media.find(path), packed) {
                    (Some(file), _) => Data::File(file.to_owned()),
                    (None, Some(column)) => Data::File(packed::cell_name(name, number, column, &inner)),
                    (None, None) if path.starts_with("http://") || path.starts_with("https://") => {
                        Data::Url(path.to_owned())
                    }
                    (None, None) => Data::Absent(inner),
                }
            });
            let mut problems = Vec::new();
            let record = rows.record(row, data, number, &place, &mut problems);
            for (code, message) in problems {
                give(sink, Err(RecordError::new(&place, code, message)))?;
            }
            give(sink, record)?;
            number += 1;
        }
    }
    Ok(Ok(()))
}
