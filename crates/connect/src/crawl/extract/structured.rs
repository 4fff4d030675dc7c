//! What a page states for machines: meta elements and OpenGraph, JSON-LD, microdata (HTML, section 5).

use super::{ElementRef, Html, Selector, all, line, selector, words};
use serde::Serialize;
use serde_json::{Map, Value};
use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

const META_MAXIMUM: usize = 200;
const VALUE_CHARS: usize = 2000;
const SCRIPTS_MAXIMUM: usize = 20;
const SCRIPT_BYTES_MAXIMUM: usize = 256 << 10;
const PROPERTIES_MAXIMUM: usize = 1000;
/// How far above a property its item may be, and how deep items lie in items.
const LEVELS_MAXIMUM: usize = 64;
const NESTED_MAXIMUM: usize = 8;

selector!(META, "meta[content]");
selector!(SCRIPT, "script[type='application/ld+json']");
selector!(PROPERTY, "[itemprop]");
selector!(ITEM, "[itemscope]");

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Structured {
    /// Name or property, in small letters, to content. The first one counts.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub meta: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub json_ld: Vec<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub microdata: Vec<Value>,
}

impl Structured {
    pub fn of(html: &Html) -> Self {
        let mut meta = BTreeMap::new();
        for element in all(html, &META).take(META_MAXIMUM) {
            let name = ["property", "name", "http-equiv", "itemprop"].iter().find_map(|key| element.attr(key));
            let content = element.attr("content").and_then(|text| line(std::iter::once(text), VALUE_CHARS));
            if let (Some(name), Some(content)) = (name, content) {
                meta.entry(name.trim().to_ascii_lowercase()).or_insert(content);
            }
        }
        let scripts = all(html, &SCRIPT).take(SCRIPTS_MAXIMUM).map(|script| script.text().collect::<String>());
        let stated = scripts.filter(|text| text.len() <= SCRIPT_BYTES_MAXIMUM && !text.contains("\\u0000"));
        let json_ld = stated.filter_map(|text| serde_json::from_str(text.trim()).ok()).collect();
        Self { meta, json_ld, microdata: microdata(html) }
    }

    /// The first value at a path of keys in what the page states as JSON-LD or microdata.
    pub fn said(&self, path: &[&str]) -> Option<String> {
        let micro = self.microdata.iter().filter_map(|item| item.get("properties"));
        self.json_ld.iter().chain(micro).find_map(|value| found(value, path, 0))
    }
}

fn found(value: &Value, path: &[&str], level: usize) -> Option<String> {
    if level > NESTED_MAXIMUM {
        return None;
    }
    match (value, path) {
        (Value::Array(values), _) if !path.is_empty() => values.iter().find_map(|value| found(value, path, level + 1)),
        (Value::Object(fields), [key, rest @ ..]) => fields
            .get(*key)
            .and_then(|value| found(value, rest, level + 1))
            .or_else(|| fields.get("@graph").and_then(|graph| found(graph, path, level + 1))),
        (value, []) => words(value),
        _ => None,
    }
}

/// The items that lie in no other item, each with its type and properties.
fn microdata(html: &Html) -> Vec<Value> {
    let mut properties: HashMap<_, Vec<(String, ElementRef<'_>)>> = HashMap::new();
    for element in all(html, &PROPERTY).take(PROPERTIES_MAXIMUM) {
        let above = element.ancestors().take(LEVELS_MAXIMUM).filter_map(ElementRef::wrap);
        let item = above.into_iter().find(|element| element.attr("itemscope").is_some());
        if let (Some(item), Some(name)) = (item, element.attr("itemprop")) {
            properties.entry(item.id()).or_default().push((name.trim().to_owned(), element));
        }
    }
    let top = all(html, &ITEM).filter(|item| item.attr("itemprop").is_none()).take(PROPERTIES_MAXIMUM);
    top.map(|item| self::item(item, &properties, 0)).filter(|item| item.get("properties").is_some()).collect()
}

fn item<'a>(
    element: ElementRef<'a>,
    properties: &HashMap<ego_tree::NodeId, Vec<(String, ElementRef<'a>)>>,
    level: usize,
) -> Value {
    let mut fields: Map<String, Value> = Map::new();
    for (name, property) in properties.get(&element.id()).into_iter().flatten() {
        let value = if property.attr("itemscope").is_some() && level < NESTED_MAXIMUM {
            item(*property, properties, level + 1)
        } else {
            let said = ["content", "datetime", "href", "src"].iter().find_map(|key| property.attr(key));
            let text = match said {
                Some(text) => line(std::iter::once(text), VALUE_CHARS),
                None => line(property.text(), VALUE_CHARS),
            };
            Value::String(text.unwrap_or_default())
        };
        match fields.get_mut(name) {
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
            None => drop(fields.insert(name.clone(), value)),
        }
    }
    let mut item = Map::new();
    if let Some(kind) = element.attr("itemtype") {
        item.insert("type".into(), kind.into());
    }
    if !fields.is_empty() {
        item.insert("properties".into(), fields.into());
    }
    item.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn all_ways_to_state_things() {
        let html = Html::parse_document(
            "<meta property=OG:Title content='A  title'><meta name=author content=Ada>\
             <script type='application/ld+json'>{\"@graph\":[{\"@type\":\"Article\",\"headline\":\"H\",\
             \"author\":[{\"name\":\"Grace\"}]}]}</script><script type='application/ld+json'>{broken</script>\
             <div itemscope itemtype='https://schema.org/Product'><b itemprop=name>Chair</b>\
             <div itemprop=offers itemscope><meta itemprop=price content='9.5'></div><i itemprop=colour>red</i><i itemprop=colour>blue</i></div>",
        );
        let found = Structured::of(&html);
        assert_eq!(found.meta.get("og:title").map(String::as_str), Some("A title"));
        assert_eq!(found.said(&["headline"]).as_deref(), Some("H"));
        assert_eq!(found.said(&["author", "name"]).as_deref(), Some("Grace"));
        assert_eq!(found.said(&["name"]).as_deref(), Some("Chair"));
        assert_eq!(
            found.microdata,
            [json!({"type": "https://schema.org/Product", "properties":
            {"name": "Chair", "offers": {"properties": {"price": "9.5"}}, "colour": ["red", "blue"]}})]
        );
    }
}
