//! Features: what the columns of a dataset hold, as JSON in a footer or as YAML in a card.

use serde_json::Value as Json;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Feature {
    Text,
    Integer,
    Number,
    Boolean,
    /// A number that stands for a name.
    Label(Vec<String>),
    Image,
    Audio,
    List(Box<Feature>),
    Structure(Vec<(String, Feature)>),
    /// Something that is passed over.
    Other,
}

/// Structures are not nested deeper than this.
const DEPTH_MAXIMUM: usize = 16;

impl Feature {
    pub fn list(of: Self) -> Self {
        Self::List(Box::new(of))
    }

    pub fn structure<const N: usize>(fields: [(&str, Self); N]) -> Self {
        Self::Structure(fields.into_iter().map(|(name, feature)| (name.to_owned(), feature)).collect())
    }

    /// The names behind its numbers, or behind those in it.
    pub fn names(&self) -> Option<&[String]> {
        match self {
            Self::Label(names) => Some(names),
            Self::List(of) => of.names(),
            _ => None,
        }
    }

    /// A field of a structure, of a list of structures or of a structure of lists.
    pub fn field(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Structure(fields) => fields.iter().find(|(known, _)| known == name).map(|(_, feature)| feature),
            Self::List(of) => of.field(name),
            _ => None,
        }
    }

    fn value(dtype: &str) -> Self {
        match dtype {
            "string" | "large_string" => Self::Text,
            "bool" => Self::Boolean,
            "image" => Self::Image,
            "audio" => Self::Audio,
            _ if dtype.starts_with("int") || dtype.starts_with("uint") => Self::Integer,
            _ if dtype.starts_with("float") => Self::Number,
            _ => Self::Other,
        }
    }

    fn labels(names: &Json) -> Self {
        match names {
            Json::Array(list) => Self::Label(list.iter().map(text).collect()),
            Json::Object(map) => {
                let mut numbered: Vec<(usize, String)> =
                    map.iter().filter_map(|(at, name)| Some((at.parse().ok()?, text(name)))).collect();
                numbered.sort();
                Self::Label(numbered.into_iter().map(|(_, name)| name).collect())
            }
            _ => Self::Integer,
        }
    }

    pub fn of_json(json: &Json) -> Self {
        Self::of_json_at(json, 0)
    }

    fn of_json_at(json: &Json, depth: usize) -> Self {
        if depth > DEPTH_MAXIMUM {
            return Self::Other;
        }
        match json {
            Json::Array(list) => Self::list(list.first().map_or(Self::Other, |one| Self::of_json_at(one, depth + 1))),
            Json::Object(map) => match map.get("_type").and_then(Json::as_str) {
                Some("Value") => Self::value(map.get("dtype").and_then(Json::as_str).unwrap_or_default()),
                Some("ClassLabel") => Self::labels(&map.get("names").cloned().unwrap_or_default()),
                Some("Image") => Self::Image,
                Some("Audio") => Self::Audio,
                Some(kind @ ("List" | "LargeList" | "Sequence")) => {
                    let inner = Self::of_json_at(&map.get("feature").cloned().unwrap_or_default(), depth + 1);
                    match inner {
                        // A sequence of structures is stored as a structure of sequences.
                        Self::Structure(fields) if kind == "Sequence" => {
                            Self::Structure(fields.into_iter().map(|(name, one)| (name, Self::list(one))).collect())
                        }
                        inner => Self::list(inner),
                    }
                }
                Some(_) => Self::Other,
                None => Self::Structure(
                    map.iter().map(|(name, one)| (name.clone(), Self::of_json_at(one, depth + 1))).collect(),
                ),
            },
            _ => Self::Other,
        }
    }

    /// A list of named features, as cards have it.
    pub fn of_yaml(list: &Json) -> Vec<(String, Self)> {
        named_yaml(list, 0)
    }

    fn of_yaml_at(json: &Json, depth: usize) -> Self {
        if depth > DEPTH_MAXIMUM {
            return Self::Other;
        }
        match json {
            Json::String(dtype) => Self::value(dtype),
            Json::Array(_) => Self::Structure(named_yaml(json, depth + 1)),
            Json::Object(map) => {
                if let Some(label) = map.get("class_label") {
                    return Self::labels(&label["names"]);
                }
                if let Some(inner) = map.get("dtype").or_else(|| map.get("struct")) {
                    return Self::of_yaml_at(inner, depth + 1);
                }
                if let Some(inner) = map.get("list").or_else(|| map.get("large_list")) {
                    return Self::list(Self::of_yaml_at(inner, depth + 1));
                }
                match map.get("sequence").map(|inner| Self::of_yaml_at(inner, depth + 1)) {
                    Some(Self::Structure(fields)) => {
                        Self::Structure(fields.into_iter().map(|(name, one)| (name, Self::list(one))).collect())
                    }
                    Some(inner) => Self::list(inner),
                    None => Self::Other,
                }
            }
            _ => Self::Other,
        }
    }

    /// As the footer of a shard has it. `Sequence` is understood by old and new versions of the library. Fields stand in
    /// the order of the columns: a structure whose fields come in another order is another one to the library, which
    /// then forgets all that stands here.
    pub fn json(&self) -> String {
        let value = |dtype: &str| format!("{{\"dtype\":\"{dtype}\",\"_type\":\"Value\"}}");
        match self {
            Self::Text | Self::Other => value("string"),
            Self::Integer => value("int64"),
            Self::Number => value("float64"),
            Self::Boolean => value("bool"),
            Self::Label(names) => format!("{{\"names\":{},\"_type\":\"ClassLabel\"}}", Json::from(names.as_slice())),
            Self::Image => "{\"decode\":true,\"_type\":\"Image\"}".to_owned(),
            Self::Audio => "{\"decode\":true,\"_type\":\"Audio\"}".to_owned(),
            Self::List(of) => format!("{{\"feature\":{},\"_type\":\"Sequence\"}}", of.json()),
            Self::Structure(fields) => named_json(fields),
        }
    }

    /// As a card has it, after the key `name`: lines that are indented by this many spaces.
    pub fn yaml(&self, indent: usize, out: &mut String) {
        let pad = " ".repeat(indent);
        match self {
            Self::Structure(fields) => {
                out.push_str(&format!("{pad}struct:\n"));
                named(fields, indent, out);
            }
            Self::List(of) => match of.simple() {
                Some(dtype) => out.push_str(&format!("{pad}sequence: {dtype}\n")),
                None => {
                    out.push_str(&format!("{pad}sequence:\n"));
                    match of.as_ref() {
                        Self::Label(names) => labels(names, indent + 2, out),
                        of => of.yaml(indent + 2, out),
                    }
                }
            },
            Self::Label(names) => {
                out.push_str(&format!("{pad}dtype:\n"));
                labels(names, indent + 2, out);
            }
            simple => out.push_str(&format!("{pad}dtype: {}\n", simple.simple().unwrap_or("string"))),
        }
    }

    fn simple(&self) -> Option<&'static str> {
        match self {
            Self::Text | Self::Other => Some("string"),
            Self::Integer => Some("int64"),
            Self::Number => Some("float64"),
            Self::Boolean => Some("bool"),
            Self::Image => Some("image"),
            Self::Audio => Some("audio"),
            Self::Label(_) | Self::List(_) | Self::Structure(_) => None,
        }
    }
}

fn text(json: &Json) -> String {
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}

fn named_yaml(list: &Json, depth: usize) -> Vec<(String, Feature)> {
    let entries = list.as_array().map(Vec::as_slice).unwrap_or_default();
    let one = |entry: &Json| Some((entry.get("name")?.as_str()?.to_owned(), Feature::of_yaml_at(entry, depth)));
    entries.iter().filter_map(one).collect()
}

/// An object of features with their names, in their order.
pub(super) fn named_json(fields: &[(String, Feature)]) -> String {
    let field = |(name, feature): &(String, Feature)| format!("{}:{}", Json::from(name.as_str()), feature.json());
    format!("{{{}}}", fields.iter().map(field).collect::<Vec<_>>().join(","))
}

/// A list of features with their names.
pub(super) fn named(fields: &[(String, Feature)], indent: usize, out: &mut String) {
    for (name, feature) in fields {
        out.push_str(&format!("{}- name: {}\n", " ".repeat(indent), quoted(name)));
        feature.yaml(indent + 2, out);
    }
}

fn labels(names: &[String], indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    out.push_str(&format!("{pad}class_label:\n{pad}  names:\n"));
    for (number, name) in names.iter().enumerate() {
        out.push_str(&format!("{pad}    '{number}': {}\n", quoted(name)));
    }
}

/// A JSON string is a YAML string; plain words need no quotes.
fn quoted(text: &str) -> String {
    let words = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !words.contains(&text.to_ascii_lowercase().as_str());
    if plain { text.to_owned() } else { Json::from(text).to_string() }
}
