//! The part of a dataset (`train`, `val`, `test`) that an item was given in the data it came with. It stands in the
//! item's metadata, so that tasks can be filtered and samples drawn by it, and exports give it back as what it was.

use labelwright_formats::Carries;
use serde_json::Value;
use std::collections::BTreeMap;

const SPLIT: &str = "split";
/// Where other metadata of that name is kept.
const OTHER: &str = "split_field";

/// Keeps the part that an item came in.
pub fn keep(split: Option<String>, metadata: &mut BTreeMap<String, Value>) {
    let Some(split) = split else { return };
    let other = metadata.insert(SPLIT.into(), split.clone().into());
    if let Some(other) = other.filter(|other| other.as_str() != Some(&split)) {
        let mut name = OTHER.to_owned();
        while metadata.contains_key(&name) {
            name.push('_');
        }
        metadata.insert(name, other);
    }
}

/// The part for a format that has parts; for one that has metadata alone it stays there.
pub fn give_back(metadata: &mut BTreeMap<String, Value>, carries: &Carries) -> Option<String> {
    if !carries.splits && carries.metadata {
        return None;
    }
    match metadata.remove(SPLIT)? {
        Value::String(split) if !split.is_empty() => Some(split),
        other => {
            metadata.insert(SPLIT.into(), other);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_part_comes_back_and_other_metadata_of_its_name_stays() {
        let mut metadata = BTreeMap::from([("split".to_owned(), json!("half"))]);
        keep(Some("train".into()), &mut metadata);
        assert_eq!(json!(metadata), json!({ "split": "train", "split_field": "half" }));
        let mut taken = BTreeMap::from([("split".to_owned(), json!(1)), ("split_field".to_owned(), json!(2))]);
        keep(Some("val".into()), &mut taken);
        assert_eq!(json!(taken), json!({ "split": "val", "split_field": 2, "split_field_": 1 }));
        let (none, parts) = (Carries::NOTHING, Carries { splits: true, metadata: true, ..Carries::NOTHING });
        let only_metadata = Carries { metadata: true, ..Carries::NOTHING };
        assert_eq!(give_back(&mut metadata.clone(), &only_metadata), None);
        assert_eq!(give_back(&mut metadata.clone(), &none).as_deref(), Some("train"));
        assert_eq!(give_back(&mut metadata, &parts).as_deref(), Some("train"));
        assert_eq!(json!(metadata), json!({ "split_field": "half" }));

        let mut number = BTreeMap::from([("split".to_owned(), json!(3))]);
        keep(None, &mut number);
        assert_eq!(give_back(&mut number, &parts), None);
        assert_eq!(json!(number), json!({ "split": 3 }));
    }
}
