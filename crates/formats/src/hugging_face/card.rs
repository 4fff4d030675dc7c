//! The card of a dataset: a README whose front matter is YAML. Of YAML only what cards need is read: blocks of keys and
//! lists, plain and quoted words.

use super::{CARD, features::Feature, features::named};
use crate::{record::DirectoryView, text};
use serde_json::{Map, Value as Json};

/// Bytes of a card that are looked at, and how deep its blocks may go.
const CARD_BYTES: usize = 4 << 20;
const DEPTH_MAXIMUM: usize = 32;

/// Names and features of the columns; None without a card that says them.
pub(super) fn features(view: &dyn DirectoryView) -> Option<Vec<(String, Feature)>> {
    let names = view.list().into_iter().map(|(name, _)| name);
    let card = names.filter(|name| name == CARD || name.ends_with(&format!("/{CARD}"))).min_by_key(String::len)?;
    let start = text::start_of(view, &card, CARD_BYTES);
    let matter = start.strip_prefix("---")?.split_once("\n---")?.0;
    let lines: Vec<(usize, &str)> = matter
        .lines()
        .map(|line| (line.len() - line.trim_start().len(), line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .collect();
    let all = block(&lines, 0);
    let mut info = &all["dataset_info"];
    if info.is_array() {
        info = &info[0];
    }
    let found = Feature::of_yaml(&info["features"]);
    (!found.is_empty()).then_some(found)
}

/// Lines with their indents as an object, a list or a word.
fn block(lines: &[(usize, &str)], depth: usize) -> Json {
    let Some((indent, first)) = lines.first().copied() else { return Json::Null };
    if depth > DEPTH_MAXIMUM {
        return Json::Null;
    }
    let is_item = |line: &str| line == "-" || line.starts_with("- ");
    // An entry is a line of the block's indent and the deeper ones that follow; a list may stand at its key's indent.
    let mut entries: Vec<&[(usize, &str)]> = Vec::new();
    let mut start = 0;
    for at in 1..=lines.len() {
        let begins = lines.get(at).is_none_or(|(other, line)| *other <= indent && is_item(line) == is_item(first));
        if begins {
            entries.push(&lines[start..at]);
            start = at;
        }
    }
    if is_item(first) {
        let item = |entry: &&[(usize, &str)]| {
            let (indent, line) = entry[0];
            let rest = line[1..].trim_start();
            let inner = indent + (line.len() - rest.len());
            let mut lines: Vec<(usize, &str)> = entry.to_vec();
            if rest.is_empty() {
                lines.remove(0);
            } else {
                lines[0] = (inner, rest);
            }
            block(&lines, depth + 1)
        };
        return entries.iter().map(item).collect();
    }
    let mut map = Map::new();
    for entry in entries {
        let Some((key, rest)) = split_key(entry[0].1) else {
            return word(first);
        };
        let value = if rest.is_empty() { block(&entry[1..], depth + 1) } else { word(rest) };
        map.insert(key, value);
    }
    Json::Object(map)
}

/// Key and rest of `key: rest`.
fn split_key(line: &str) -> Option<(String, &str)> {
    let end = match line.chars().next()? {
        quote @ ('\'' | '"') => line[1..].find(quote)? + 2,
        _ => line.find(": ").or_else(|| line.strip_suffix(':').map(str::len))?,
    };
    let rest = line.get(end..)?.trim_start().strip_prefix(':')?;
    Some((word(line.get(..end)?).as_str()?.to_owned(), rest.trim()))
}

fn word(text: &str) -> Json {
    let text = text.trim();
    if text.starts_with('"') {
        return serde_json::from_str(text).unwrap_or_else(|_| text.into());
    }
    match text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        Some(inner) => inner.replace("''", "'").into(),
        None => text.into(),
    }
}

/// The card of what is written: splits with bytes and rows.
pub(super) fn write(project: &str, features: &[(String, Feature)], splits: &[(String, u64, u64)]) -> String {
    let mut out = String::from("---\ndataset_info:\n  features:\n");
    named(features, 2, &mut out);
    out.push_str("  splits:\n");
    for (name, bytes, rows) in splits {
        out.push_str(&format!("  - name: {name}\n    num_bytes: {bytes}\n    num_examples: {rows}\n"));
    }
    out.push_str("configs:\n- config_name: default\n  data_files:\n");
    for (name, ..) in splits {
        out.push_str(&format!("  - split: {name}\n    path: data/{name}-*\n"));
    }
    let title: String = project.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    out.push_str(&format!("---\n\n# {title}\n"));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MemoryView;

    #[test]
    fn cards_of_the_hub_are_read() {
        let card = "---\nlicense: mit\ntags:\n- a\n- b\ndataset_info:\n- config_name: default\n  features:\n  - name: image\n    dtype: image\n  - name: label\n    dtype:\n      class_label:\n        names:\n          '0': cat\n          '1': \"it's: a\\u00e9\"\n          '10': ten\n          '2': 'don''t'\n  - name: objects\n    sequence:\n    - name: bbox\n      sequence: float32\n      length: 4\n    - name: category\n      dtype:\n        class_label:\n          names:\n            '0': x\n  - name: tokens\n    list: string\n  splits:\n  - name: train\n    num_bytes: 1\n---\n# Title\n";
        let view = MemoryView { files: [(CARD.to_owned(), card.as_bytes().to_vec())].into() };
        let names = |list: &[&str]| Feature::Label(list.iter().map(|name| (*name).to_owned()).collect());
        let wanted = [
            ("image".to_owned(), Feature::Image),
            ("label".to_owned(), names(&["cat", "it's: aé", "don't", "ten"])),
            (
                "objects".to_owned(),
                Feature::structure([
                    ("bbox", Feature::list(Feature::list(Feature::Number))),
                    ("category", Feature::list(names(&["x"]))),
                ]),
            ),
            ("tokens".to_owned(), Feature::list(Feature::Text)),
        ];
        assert_eq!(features(&view).as_deref(), Some(wanted.as_slice()));
        let again = write("p\nq", &wanted, &[("train".into(), 3, 4)]);
        let view = MemoryView { files: [(CARD.to_owned(), again.into_bytes())].into() };
        assert_eq!(features(&view).as_deref(), Some(wanted.as_slice()));
    }
}
