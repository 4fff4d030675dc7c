//! Documents as XMI in the folders of INCEpTION: tokens and sentences by Unicode word boundaries, one span layer, one
//! relation layer, one layer of the document's fields.

use super::{
    CONSENSUS, CURATOR, DOCUMENT_LAYER, NOBODY, RELATION_LAYER, SENTENCE, SPAN_LAYER, TOKEN,
    types::{self, Written},
};
use crate::{
    labels, names,
    registry::Job,
    sink::ArchiveSink,
    spans::{self, Ruler, Unit},
    tokens::tokens,
    webanno,
    xml::{push_attribute, push_element, push_number},
};
use labelwright_core::{Answer, Value};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    io,
};

const TEXT: &str = "uima.cas.String";
const TEXTS: &str = "uima.cas.StringArray";

/// Names of attributes as features: the same for all documents, since they share a type system.
struct Features {
    taken: BTreeSet<String>,
    /// By name and whether the value is a list.
    names: BTreeMap<(String, bool), String>,
}

impl Features {
    fn beside(class: &str) -> Self {
        let taken = ["sofa", "begin", "end", "id", "Governor", "Dependent", class];
        Self { taken: taken.map(str::to_owned).into(), names: BTreeMap::new() }
    }

    fn of(&mut self, name: &str, value: &Value) -> &str {
        let Self { taken, names } = self;
        names.entry((name.to_owned(), matches!(value, Value::List(_)))).or_insert_with(|| {
            let mut plain = webanno::feature(name);
            while !taken.insert(plain.clone()) {
                plain.push('_');
            }
            plain
        })
    }

    fn ranges(&self) -> BTreeMap<String, &'static str> {
        let range = |list: bool| if list { TEXTS } else { TEXT };
        self.names.iter().map(|((_, list), name)| (name.clone(), range(*list))).collect()
    }
}

struct Writer {
    layer: String,
    class: String,
    spans: Features,
    relations: Features,
    fields: Features,
}

pub(super) fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let set = |key: &str| job.head.options.get(key).filter(|name| !name.is_empty());
    let layer = set("layer").unwrap_or(SPAN_LAYER).split('.').map(webanno::feature).collect::<Vec<_>>().join(".");
    let default = if layer.ends_with("NamedEntity") { webanno::CLASS_FEATURES[0] } else { webanno::CLASS_FEATURES[1] };
    let class = webanno::feature(set("class").unwrap_or(default));
    let mut writer = Writer {
        spans: Features::beside(&class),
        relations: Features::beside(&class),
        fields: Features::beside(""),
        layer,
        class,
    };
    let (mut documents, mut users) = (names::Stems::default(), names::Stems::default());
    for item in job.items {
        let Some(text) = &item.text else { continue };
        let loss = |code: &'static str, message: &str| job.losses.add(code, message, &item.key);
        let folder = documents.name("", &format!("{}.xmi", names::clean(&item.key)), &Default::default());
        let folder = folder.strip_suffix(".xmi").unwrap_or(&folder);
        if folder != item.key {
            loss("renamed", "the key cannot be a folder's name here, or it is taken: it got another one");
        }
        if item.answers.is_empty() {
            out.begin(&format!("annotation/{folder}/{NOBODY}.xmi"))?;
            out.write_all(&writer.document(text, &Answer::default(), &loss))?;
        }
        for sourced in &item.answers {
            let user = sourced.source.replace('/', "_");
            let (above, user) = match user.as_str() {
                CONSENSUS => ("curation", CURATOR.to_owned()),
                _ => ("annotation", users.name(folder, &format!("{user}.xmi"), &Default::default())),
            };
            let user = user.strip_suffix(".xmi").unwrap_or(&user);
            if user != sourced.source && above == "annotation" {
                loss("renamed", "the name of a labeler cannot be a file's name, or it is taken: it got another one");
            }
            out.begin(&format!("{above}/{folder}/{user}.xmi"))?;
            out.write_all(&writer.document(text, &sourced.answer, &loss))?;
        }
    }
    out.begin("TypeSystem.xml")?;
    out.write_all(&writer.type_system())
}

/// Namespace of a type and its short name: packages become namespaces.
fn namespace(kind: &str) -> (String, &str) {
    match kind.rsplit_once('.') {
        Some((package, name)) => (format!("http:///{}.ecore", package.replace('.', "/")), name),
        None => ("http:///uima/noNamespace.ecore".to_owned(), kind),
    }
}

impl Writer {
    fn type_system(&self) -> Vec<u8> {
        let mut spans = self.spans.ranges();
        spans.insert(self.class.clone(), TEXT);
        let mut relations = self.relations.ranges();
        relations.insert(self.class.clone(), TEXT);
        relations.extend(["Governor", "Dependent"].map(|name| (name.to_owned(), self.layer.as_str())));
        let none = BTreeMap::new;
        types::write(&[
            Written { name: TOKEN, supertype: "uima.tcas.Annotation", features: none() },
            Written { name: SENTENCE, supertype: "uima.tcas.Annotation", features: none() },
            Written { name: &self.layer, supertype: "uima.tcas.Annotation", features: spans },
            Written { name: RELATION_LAYER, supertype: "uima.tcas.Annotation", features: relations },
            Written { name: DOCUMENT_LAYER, supertype: "uima.cas.AnnotationBase", features: self.fields.ranges() },
        ])
    }

    fn document(&mut self, text: &str, answer: &Answer, loss: &dyn Fn(&'static str, &str)) -> Vec<u8> {
        let ruler = Ruler::new(text, Unit::Utf16);
        if text.chars().any(|c| c.is_control() && !"\t\n\r".contains(c) && c < '\u{80}') {
            loss("values", "control characters have no place in XML: they become U+FFFD");
        }
        let mut out = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xmi:XMI xmi:version=\"2.0\" \
            xmlns:xmi=\"http://www.omg.org/XMI\" xmlns:cas=\"http:///uima/cas.ecore\" \
            xmlns:tcas=\"http:///uima/tcas.ecore\""
            .to_vec();
        let kinds = [TOKEN, self.layer.as_str(), RELATION_LAYER];
        for (prefix, kind) in ["type", "span", "custom"].iter().zip(kinds) {
            push_attribute(&mut out, &format!("xmlns:{prefix}"), &namespace(kind).0);
        }
        out.extend_from_slice(b">\n<cas:NULL xmi:id=\"0\"/>\n<cas:Sofa xmi:id=\"1\" sofaNum=\"1\" sofaID=\"_InitialView\" mimeType=\"text\"");
        push_attribute(&mut out, "sofaString", text);
        out.extend_from_slice(b"/>\n");
        let mut list = List { out, members: 1, ruler: &ruler };
        let whole = text.chars().count() as u32;
        list.begin("tcas:DocumentAnnotation", Some([0, whole]));
        push_attribute(&mut list.out, "language", "x-unspecified");
        list.end("", &[]);
        let words = tokens(text);
        let starts: Vec<usize> = (0..words.len()).filter(|at| words[*at].begins_sentence).collect();
        for (number, first) in starts.iter().enumerate() {
            let last = starts.get(number + 1).map_or(words.len(), |next| *next) - 1;
            list.begin("type:Sentence", Some([words[*first].start, words[last].end]));
            list.end("", &[]);
        }
        for word in &words {
            list.begin("type:Token", Some([word.start, word.end]));
            list.end("", &[]);
        }
        let element = format!("span:{}", webanno::short(&self.layer));
        let mut ids: HashMap<&str, (usize, [u32; 2])> = HashMap::new();
        for region in &answer.regions {
            let Some(range) = spans::range(region) else { continue };
            let id = list.begin(&element, Some(range));
            ids.insert(&region.id, (id, range));
            push_attribute(&mut list.out, &self.class, &region.class);
            let lists = push_values(&mut list.out, &mut self.spans, &region.attributes, loss);
            list.end(&element, &lists);
        }
        for one in &answer.relations {
            let (Some(from), Some(to)) = (ids.get(one.from.as_str()), ids.get(one.to.as_str())) else { continue };
            list.begin("custom:Relation", Some(to.1));
            push_number(&mut list.out, "Governor", from.0 as f64);
            push_number(&mut list.out, "Dependent", to.0 as f64);
            push_attribute(&mut list.out, &self.class, &one.relation);
            let lists = push_values(&mut list.out, &mut self.relations, &one.attributes, loss);
            list.end("custom:Relation", &lists);
        }
        if !answer.fields.is_empty() {
            list.begin("custom:Document", None);
            let lists = push_values(&mut list.out, &mut self.fields, &answer.fields, loss);
            list.end("custom:Document", &lists);
        }
        let List { mut out, members, .. } = list;
        let members = (2..=members).map(|id| id.to_string()).collect::<Vec<_>>().join(" ");
        out.extend_from_slice(b"<cas:View sofa=\"1\"");
        push_attribute(&mut out, "members", &members);
        out.extend_from_slice(b"/>\n</xmi:XMI>\n");
        out
    }
}

/// Feature structures with running ids; the first is the Sofa.
struct List<'a> {
    out: Vec<u8>,
    members: usize,
    ruler: &'a Ruler<'a>,
}

impl List<'_> {
    fn begin(&mut self, element: &str, range: Option<[u32; 2]>) -> usize {
        self.members += 1;
        self.out.push(b'<');
        self.out.extend_from_slice(element.as_bytes());
        push_number(&mut self.out, "xmi:id", self.members as f64);
        push_number(&mut self.out, "sofa", 1.0);
        if let Some([start, end]) = range {
            push_number(&mut self.out, "begin", f64::from(self.ruler.outward(start)));
            push_number(&mut self.out, "end", f64::from(self.ruler.outward(end)));
        }
        self.members
    }

    fn end(&mut self, element: &str, lists: &[(String, Vec<String>)]) {
        if lists.is_empty() {
            self.out.extend_from_slice(b"/>\n");
            return;
        }
        self.out.push(b'>');
        for (name, texts) in lists {
            texts.iter().for_each(|text| push_element(&mut self.out, name, text));
        }
        self.out.extend_from_slice(format!("</{element}>\n").as_bytes());
    }
}

/// Writes single values as XML attributes and gives the lists, which are elements. What does not come back is counted.
fn push_values(
    out: &mut Vec<u8>,
    features: &mut Features,
    values: &BTreeMap<String, Value>,
    loss: &dyn Fn(&'static str, &str),
) -> Vec<(String, Vec<String>)> {
    let mut lists = Vec::new();
    for (name, value) in values {
        let feature = features.of(name, value);
        if feature != name {
            loss("values", "the name of an attribute is written with letters, digits and `_`");
        }
        if let Value::List(list) = value {
            if list.is_empty() {
                loss("values", "an empty list is the same as none");
            }
            lists.push((feature.to_owned(), list.clone()));
            continue;
        }
        let text = labels::as_text(value).0;
        if webanno::value(&text) != *value {
            loss("values", "features are text: a value of another kind does not come back as it was");
        }
        push_attribute(out, feature, &text);
    }
    lists
}
