//! `data.yaml`: the few keys that matter of it, in the ways in which it is written. This is no YAML reader: anchors,
//! tags and documents have no place here.

use super::Task;
use crate::{
    record::{DirectoryView, RecordError},
    text,
};
use std::collections::BTreeMap;

#[derive(Debug, Default, PartialEq)]
pub struct DataYaml {
    /// Class index to name.
    pub names: BTreeMap<usize, String>,
    /// Joints of a pose, and numbers of each (2 or 3).
    pub keypoints: Option<[usize; 2]>,
    /// `train`, `val`, `test`: the folder or the list of files.
    pub splits: BTreeMap<String, String>,
    /// What the labels are for, where it is said.
    pub task: Option<Task>,
}

pub fn read(view: &dyn DirectoryView, name: &str) -> Result<DataYaml, RecordError> {
    let bytes = text::whole_file(view, name)?;
    let content = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes));
    let content = content.map_err(|_| RecordError::new(name, "not_utf8", "the file is not UTF-8"))?;
    let mut found = DataYaml::default();
    let mut key = String::new();
    let mut pending = String::new();
    for (index, line) in content.lines().enumerate() {
        let bad = |message: &str| RecordError::new(format!("{name}:{}", index + 1), "malformed", message);
        let line = without_comment(line);
        if line.trim().is_empty() {
            continue;
        }
        // A list or map in brackets may go over several lines.
        if !pending.is_empty() {
            pending.push(' ');
            pending.push_str(line.trim());
            if is_closed(&pending) {
                let whole = std::mem::take(&mut pending);
                flow(&key, &whole, &mut found).ok_or_else(|| bad("this list cannot be read"))?;
            }
            continue;
        }
        let indented = line.starts_with([' ', '\t']) || line.starts_with("- ");
        let line = line.trim();
        if indented {
            let entry = match line.strip_prefix('-') {
                Some(item) => (found.names.len(), item.trim()),
                None => {
                    let (number, value) = split_key(line).ok_or_else(|| bad("a key and a value were expected"))?;
                    match (unquoted(number).parse::<usize>(), key.as_str()) {
                        (Ok(number), _) => (number, value),
                        (Err(_), "names") => return Err(bad("names are numbered from 0")),
                        (Err(_), _) => continue,
                    }
                }
            };
            if key == "names" {
                found.names.insert(entry.0, unquoted(entry.1));
            } else if key == "kpt_shape" {
                let number = entry.1.parse().map_err(|_| bad("kpt_shape is two numbers"))?;
                match &mut found.keypoints {
                    None => found.keypoints = Some([number, 0]),
                    Some([_, second]) => *second = number,
                }
            }
            continue;
        }
        let Some((found_key, value)) = split_key(line) else { continue };
        key = unquoted(found_key);
        if value.starts_with(['[', '{']) {
            if is_closed(value) {
                flow(&key, value, &mut found).ok_or_else(|| bad("this list cannot be read"))?;
            } else {
                pending = value.to_owned();
            }
        } else if ["train", "val", "valid", "test"].contains(&key.as_str()) && !value.is_empty() {
            found.splits.insert(key.clone(), unquoted(value));
        } else if key == "task" {
            found.task = Task::named(&unquoted(value));
        }
    }
    if pending.is_empty() { Ok(found) } else { Err(RecordError::new(name, "malformed", "a list is not closed")) }
}

/// A list or map in brackets.
fn flow(key: &str, text: &str, found: &mut DataYaml) -> Option<()> {
    let inner = text.trim();
    let inner = inner.get(1..inner.len().checked_sub(1)?)?;
    let entries = split_outside_quotes(inner, ',');
    let entries = entries.iter().map(|entry| entry.trim()).filter(|entry| !entry.is_empty());
    for (index, entry) in entries.enumerate() {
        match key {
            "names" if text.starts_with('{') => {
                let (number, name) = split_key(entry)?;
                found.names.insert(unquoted(number).parse().ok()?, unquoted(name));
            }
            "names" => drop(found.names.insert(index, unquoted(entry))),
            "kpt_shape" => {
                let shape = found.keypoints.get_or_insert([0, 0]);
                *shape.get_mut(index)? = entry.parse().ok()?;
            }
            _ => {}
        }
    }
    Some(())
}

fn split_outside_quotes(text: &str, at: char) -> Vec<&str> {
    let (mut parts, mut start, mut quote, mut escaped) = (Vec::new(), 0, None, false);
    for (index, c) in text.char_indices() {
        match quote {
            Some('"') if c == '\\' && !escaped => {
                escaped = true;
                continue;
            }
            Some(open) if c == open && !escaped => quote = None,
            None if c == '\'' || c == '"' => quote = Some(c),
            None if c == at => {
                parts.push(&text[start..index]);
                start = index + c.len_utf8();
            }
            _ => {}
        }
        escaped = false;
    }
    parts.push(&text[start..]);
    parts
}

fn is_closed(text: &str) -> bool {
    let close = if text.starts_with('[') { ']' } else { '}' };
    text.ends_with(close) && split_outside_quotes(text, close).len() > 1
}

fn without_comment(line: &str) -> &str {
    let mut start = 0;
    for part in split_outside_quotes(line, '#') {
        let end = start + part.len();
        if end < line.len() && (end == 0 || line[..end].ends_with([' ', '\t'])) {
            return line[..end].trim_end();
        }
        start = end + 1;
    }
    line.trim_end()
}

/// `key: value`, with the colon outside quotes.
fn split_key(line: &str) -> Option<(&str, &str)> {
    let key = split_outside_quotes(line, ':').first()?.len();
    (key < line.len()).then(|| (line[..key].trim(), line[key + 1..].trim()))
}

fn unquoted(text: &str) -> String {
    let text = text.trim();
    if text.len() >= 2 && text.starts_with('"') && text.ends_with('"') {
        // What we and others write within double quotes is JSON's subset of YAML.
        return serde_json::from_str(text).unwrap_or_else(|_| text[1..text.len() - 1].to_owned());
    }
    if text.len() >= 2 && text.starts_with('\'') && text.ends_with('\'') {
        return text[1..text.len() - 1].replace("''", "'");
    }
    text.to_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::MemoryView;

    fn names(text: &str) -> Vec<String> {
        let view = MemoryView { files: [("d.yaml".to_owned(), text.as_bytes().to_vec())].into() };
        read(&view, "d.yaml").unwrap().names.into_values().collect()
    }

    #[test]
    fn names_in_every_way_of_writing_them() {
        assert_eq!(names("nc: 2\nnames: ['a, b', \"c # d\"] # two\n"), ["a, b", "c # d"]);
        assert_eq!(names("names:\n  0: person\n  1: 'it''s: x'\n  2: \"q\\\"\\n\"\n"), ["person", "it's: x", "q\"\n"]);
        assert_eq!(names("names:\n- yes\n- no\npath: x\n"), ["yes", "no"]);
        assert_eq!(names("names: {0: a, 1: b}\n"), ["a", "b"]);
        assert_eq!(names("names: [a,\n  b]\ntrain: t\n"), ["a", "b"]);
    }

    #[test]
    fn the_shape_of_a_pose() {
        let text = "kpt_shape: [17, 3]\nnames:\n  0: person\ntrain: images/train\n";
        let view = MemoryView { files: [("d.yaml".to_owned(), text.into())].into() };
        let found = read(&view, "d.yaml").unwrap();
        assert_eq!((found.keypoints, found.splits["train"].as_str()), (Some([17, 3]), "images/train"));
    }
}
