//! One CAS as text and answer: annotations become regions, relation layers, slots and chains become relations, what
//! hangs on the document becomes fields. Tokens and sentences only where a relation speaks of them.

use super::types::{Holds, Types};
use crate::{
    labels,
    record::{DirectoryView, RecordError},
    spans::{self, Ruler, Unit},
    text::FILE_BYTES_MAXIMUM,
    webanno,
    xml::{self, Element},
};
use labelwright_core::{Answer, Relation, Value};
use std::collections::{BTreeMap, HashMap};

pub(super) struct Found {
    pub text: String,
    pub answer: Answer,
    pub problems: Vec<RecordError>,
}

/// Types that every document has and that nobody labels.
fn structural(kind: &str) -> bool {
    let names = ["Token", "Sentence", "TagsetDescription", "TagDescription", "DocumentMetaData", "CASMetadata"];
    kind == "uima.tcas.DocumentAnnotation"
        || kind.starts_with("uima.cas.")
        || kind.starts_with("org.dkpro.core.api.xml.")
        || kind.starts_with("de.tudarmstadt.ukp.") && names.contains(&webanno::short(kind))
}

/// A feature structure with the name of its type.
struct Structure {
    kind: String,
    id: String,
    element: Element,
}

impl Structure {
    fn offsets(&self) -> Option<[u64; 2]> {
        let offset = |name: &str| self.element.attribute(name)?.parse().ok();
        Some([offset("begin")?, offset("end")?])
    }

    /// Its own features: one value each, or those of an array.
    fn features(&self) -> BTreeMap<&str, Vec<&str>> {
        let own = |name: &str| !["xmi:id", "sofa", "begin", "end"].contains(&name) && !name.starts_with("xmlns");
        let mut found: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, value) in self.element.attributes.iter().filter(|(name, _)| own(name)) {
            found.entry(name).or_default().push(value);
        }
        for child in &self.element.children {
            found.entry(&child.name).or_default().push(&child.text);
        }
        found
    }

    fn is_relation(&self) -> bool {
        self.element.attribute("Governor").is_some() && self.element.attribute("Dependent").is_some()
    }
}

/// `type3:NamedEntity` with its package (UIMA reference manual, XMI: `http:///the/package.ecore`).
fn full_name(root: &Element, element: &Element) -> String {
    let Some((prefix, name)) = element.name.split_once(':') else { return element.name.clone() };
    let key = format!("xmlns:{prefix}");
    let uri = element.attribute(&key).or_else(|| root.attribute(&key)).unwrap_or_default();
    let package = uri.strip_prefix("http:///").and_then(|rest| rest.strip_suffix(".ecore")).unwrap_or_default();
    match package {
        "uima/noNamespace" | "" => name.to_owned(),
        package => format!("{}.{name}", package.replace('/', ".")),
    }
}

/// `place` is what problems are located by.
pub(super) fn read(
    view: &dyn DirectoryView,
    name: &str,
    place: &str,
    types: &Types,
    class: Option<&str>,
) -> Result<Found, RecordError> {
    if view.list_size(name).is_some_and(|bytes| bytes > FILE_BYTES_MAXIMUM) {
        return Err(RecordError::new(
            place,
            "too_large",
            format!("the file is larger than {FILE_BYTES_MAXIMUM} bytes"),
        ));
    }
    let root = xml::document(view, name).map_err(|error| RecordError { place: place.to_owned(), ..error })?;
    if root.name.rsplit(':').next() != Some("XMI") {
        return Err(RecordError::new(place, "other_kind", format!("the root is xmi:XMI, and not {}", root.name)));
    }
    let head = Element { children: Vec::new(), ..root.clone() };
    let structures: Vec<Structure> = root
        .children
        .into_iter()
        .map(|element| Structure {
            kind: full_name(&head, &element),
            id: element.attribute("xmi:id").unwrap_or_default().to_owned(),
            element,
        })
        .collect();
    let mut sofas = structures.iter().filter(|one| one.kind == "uima.cas.Sofa");
    let initial = |one: &&Structure| one.element.attribute("sofaID") == Some("_InitialView");
    let sofa = sofas.clone().find(initial).or_else(|| sofas.next());
    let text = sofa.and_then(|sofa| sofa.element.attribute("sofaString"));
    let (Some(sofa), Some(text)) = (sofa, text) else {
        return Err(RecordError::new(place, "no_text", "there is no Sofa with a sofaString"));
    };
    let reader = Reader {
        place,
        types,
        class,
        sofa: &sofa.id,
        ruler: Ruler::new(text, Unit::Utf16),
        by_id: structures.iter().map(|one| (one.id.as_str(), one)).collect(),
        regions: HashMap::new(),
        answer: Answer::default(),
        problems: Vec::new(),
    };
    let (answer, problems) = reader.read(&structures);
    Ok(Found { text: text.to_owned(), answer, problems })
}

struct Reader<'a> {
    place: &'a str,
    types: &'a Types,
    class: Option<&'a str>,
    sofa: &'a str,
    ruler: Ruler<'a>,
    by_id: HashMap<&'a str, &'a Structure>,
    /// Id of the file to the index of a region.
    regions: HashMap<&'a str, usize>,
    answer: Answer,
    problems: Vec<RecordError>,
}

impl<'a> Reader<'a> {
    fn read(mut self, structures: &'a [Structure]) -> (Answer, Vec<RecordError>) {
        let here = |one: &&'a Structure| one.element.attribute("sofa").is_some();
        let mine: Vec<&Structure> = structures.iter().filter(here).filter(|one| !structural(&one.kind)).collect();
        for one in &mine {
            if one.element.attribute("sofa") != Some(self.sofa) {
                self.problem(one, "other_view", "it lies in another view than the text".to_owned());
            } else if one.offsets().is_some() && !one.is_relation() {
                self.region(one);
            } else if one.element.attribute("begin").is_some() && one.offsets().is_none() {
                self.problem(one, "bad_span", "begin and end are whole numbers from 0".to_owned());
            }
        }
        for one in mine.iter().filter(|one| one.element.attribute("sofa") == Some(self.sofa)) {
            if one.is_relation() {
                self.relation(one);
            } else if one.offsets().is_some() {
                self.links(one);
            } else if one.element.attribute("begin").is_none() {
                self.fields(one);
            }
        }
        (self.answer, self.problems)
    }

    fn problem(&mut self, one: &Structure, code: &'static str, message: String) {
        let place = format!("{}: xmi:id {}", self.place, one.id);
        self.problems.push(RecordError::new(place, code, format!("{}: {message}", webanno::short(&one.kind))));
    }

    fn names_class(&self, kind: &str, feature: &str) -> bool {
        match self.class {
            Some(class) => feature == class,
            None if feature == "referenceType" => true,
            None => webanno::class_feature(kind, feature),
        }
    }

    /// A value that is no reference; None where there is none.
    fn value(&mut self, one: &Structure, name: &str, said: &[&str]) -> Option<Value> {
        let list = || Value::List(said.iter().map(|text| (*text).to_owned()).collect());
        let first = *said.first()?;
        let found = match self.types.holds(&one.kind, name) {
            Holds::Reference => return None,
            Holds::Texts => Some(list()),
            Holds::Unknown if one.element.child(name).is_some() => Some(list()),
            Holds::Text | Holds::Unknown => Some(webanno::value(first)),
            Holds::Number => crate::numbers::parse(first).map(Value::Number),
            Holds::Boolean => first.parse().ok().map(Value::Boolean),
        };
        if found.is_none() {
            self.problem(one, "bad_value", format!("{name} is {first:?}, which its type does not allow"));
        }
        found
    }

    fn region(&mut self, one: &'a Structure) {
        let Some([start, end]) = one.offsets() else { return };
        let range = match self.ruler.range(start, end) {
            Ok(range) => range,
            Err((code, message)) => return self.problem(one, code, message),
        };
        let id = format!("s{}", self.answer.regions.len() + 1);
        let mut region = labels::region(id, webanno::short(&one.kind), spans::span(vec![range]));
        let mut named = false;
        for (name, said) in one.features() {
            if !named && self.names_class(&one.kind, name) {
                if let Some(class) = said.first().filter(|class| !class.is_empty()) {
                    (*class).clone_into(&mut region.class);
                    named = true;
                }
            } else if name != "referenceRelation" || one.element.attribute("next").is_none() {
                region.attributes.extend(self.value(one, name, &said).map(|value| (name.to_owned(), value)));
            }
        }
        self.regions.insert(&one.id, self.answer.regions.len());
        self.answer.regions.push(region);
    }

    fn fields(&mut self, one: &Structure) {
        for (name, said) in one.features() {
            let value = self.value(one, name, &said);
            self.answer.fields.extend(value.map(|value| (name.to_owned(), value)));
        }
    }

    /// The region of an id. Tokens and the like become one when something speaks of them.
    fn end(&mut self, id: &str) -> Option<usize> {
        if let Some(at) = self.regions.get(id) {
            return Some(*at);
        }
        let one = *self.by_id.get(id)?;
        if !structural(&one.kind) || one.element.attribute("sofa") != Some(self.sofa) {
            return None;
        }
        let [start, end] = one.offsets()?;
        let range = self.ruler.range(start, end).ok()?;
        let id = format!("s{}", self.answer.regions.len() + 1);
        let region = labels::region(id, webanno::short(&one.kind), spans::span(vec![range]));
        self.regions.insert(&one.id, self.answer.regions.len());
        self.answer.regions.push(region);
        Some(self.answer.regions.len() - 1)
    }

    fn relate(&mut self, name: &str, from: usize, to: usize, attributes: BTreeMap<String, Value>) {
        let id = |at: usize, of: &Answer| of.regions[at].id.clone();
        let (from, to) = (id(from, &self.answer), id(to, &self.answer));
        let id = format!("r{}", self.answer.relations.len() + 1);
        self.answer.relations.push(Relation { id, relation: name.to_owned(), from, to, attributes });
    }

    fn relation(&mut self, one: &Structure) {
        let ends = ["Governor", "Dependent"].map(|name| one.element.attribute(name).unwrap_or_default());
        let [Some(from), Some(to)] = ends.map(|id| self.end(id)) else {
            let message = format!("it joins {} and {}, and one of them is no span", ends[0], ends[1]);
            return self.problem(one, "bad_reference", message);
        };
        let (mut kind, mut attributes) = (None, BTreeMap::new());
        for (name, said) in one.features().into_iter().filter(|(name, _)| !["Governor", "Dependent"].contains(name)) {
            if kind.is_none() && (name == "DependencyType" || self.names_class(&one.kind, name)) {
                kind = said.first().map(|text| (*text).to_owned());
            } else {
                attributes.extend(self.value(one, name, &said).map(|value| (name.to_owned(), value)));
            }
        }
        let kind = kind.unwrap_or_else(|| webanno::short(&one.kind).to_owned());
        self.relate(&kind, from, to, attributes);
    }

    /// Slots, chains and other features that refer to spans.
    fn links(&mut self, one: &'a Structure) {
        let Some(from) = self.regions.get(one.id.as_str()).copied() else { return };
        for (name, said) in one.features() {
            if self.types.holds(&one.kind, name) != Holds::Reference {
                continue;
            }
            let ids: Vec<&str> = said.iter().flat_map(|text| text.split_whitespace()).collect();
            let ids: Vec<&str> = ids.into_iter().flat_map(|id| self.elements(id)).collect();
            for id in ids {
                let slot = self.by_id.get(id).and_then(|slot| Some((slot.element.attribute("target")?, *slot)));
                let (target, role) = match slot {
                    Some((target, slot)) => (target, slot.element.attribute("role").unwrap_or(name)),
                    None if name == "next" => (id, one.element.attribute("referenceRelation").unwrap_or("coref")),
                    None => (id, name),
                };
                match self.end(target) {
                    Some(to) => self.relate(role, from, to, BTreeMap::new()),
                    None => self.problem(one, "bad_reference", format!("{name} speaks of {target}, which is no span")),
                }
            }
        }
    }

    /// The ids in an array; the id itself for anything else.
    fn elements(&self, id: &'a str) -> Vec<&'a str> {
        match self.by_id.get(id) {
            Some(one) if one.kind == "uima.cas.FSArray" => {
                let listed = one.element.attribute("elements").unwrap_or_default().split_whitespace();
                listed.chain(one.element.children("elements").map(|child| child.text.trim())).collect()
            }
            _ => vec![id],
        }
    }
}
