//! Takes out of an item what its format's table does not name, and counts it. What a writer gets fits.

mod panes;

use crate::{
    carries::{Carries, ClassList, Names, Several, SplitNames},
    loss::Losses,
    media::is_image,
    names::Folders,
    record::{ClassIndices, ExportItem, Head, SourcedAnswer},
    shapes,
};
use labelwright_core::{Answer, Geometry, GeometryKind, LabelSchema, Modality, Region, Target};
use std::{cell::RefCell, collections::BTreeSet};

pub(crate) struct Adapter<'a> {
    carries: Carries,
    format: &'static str,
    head: &'a Head<'a>,
    classes: ClassIndices<'a>,
    /// Names of classes as the format can write them, where they are others.
    renamed: Vec<Option<String>>,
    used: RefCell<Vec<bool>>,
    parts: RefCell<Parts>,
    losses: &'a Losses,
}

/// Parts of the dataset so far.
struct Parts {
    folders: Folders,
    /// Was there an item of no part, and a part whose name stands for none?
    none: bool,
    named: bool,
}

impl<'a> Adapter<'a> {
    pub fn new(format: &'static str, carries: Carries, head: &'a Head<'a>, losses: &'a Losses) -> Self {
        let used = RefCell::new(vec![false; head.schema.classes.len()]);
        let written = written_names(&carries, head.schema);
        let renamed = head.schema.classes.iter().zip(written);
        let renamed: Vec<_> = renamed.map(|(class, name)| (name != class.id).then_some(name)).collect();
        let taken = match carries.split_names {
            SplitNames::Any => &[][..],
            SplitNames::Folder { others, .. } => others,
        };
        let parts = RefCell::new(Parts { folders: Folders::new(taken), none: false, named: false });
        Self { carries, format, head, classes: head.class_indices(), renamed, used, parts, losses }
    }

    /// The schema with the names that the format can write; None where it is the same.
    pub fn schema(&self) -> Option<LabelSchema> {
        let panes_go = !self.carries.panes && !self.head.schema.panes.is_empty();
        if !panes_go && self.renamed.iter().all(Option::is_none) {
            return None;
        }
        let mut schema = self.head.schema.clone();
        if panes_go {
            self.without_panes(&mut schema);
        }
        for (class, name) in schema.classes.iter_mut().zip(&self.renamed) {
            if let Some(name) = name {
                self.losses.add("renamed_classes", "the name of a class cannot be written as it is", &class.id);
                class.id.clone_from(name);
            }
        }
        let names: std::collections::BTreeMap<&str, &str> = self
            .head
            .schema
            .classes
            .iter()
            .zip(&self.renamed)
            .filter_map(|(class, name)| Some((class.id.as_str(), name.as_deref()?)))
            .collect();
        for parent in schema.classes.iter_mut().filter_map(|class| class.parent.as_mut()) {
            if let Some(name) = names.get(parent.class.as_str()) {
                parent.class = (*name).to_owned();
            }
        }
        Some(schema)
    }

    /// None when nothing of the item fits.
    fn item(&self, mut item: ExportItem) -> Option<ExportItem> {
        let carries = &self.carries;
        let key = item.key.clone();
        let conversation = carries.conversations && item.modality == Modality::Dialogue;
        if !conversation && !carries.modalities.contains(&item.modality) {
            let message = "items of this kind have no place in the format";
            self.losses.add(wrong_kind(carries), message, &key);
            return None;
        }
        self.split(&mut item);
        self.data(&mut item);
        if !item.companions.is_empty() {
            self.companions(&mut item);
        }
        if conversation {
            return Some(item);
        }
        item.answers = self.chosen(item.answers, &key);
        for answer in &mut item.answers {
            self.answer(&mut answer.answer, item.size, &key);
        }
        let empty = item.answers.iter().all(|answer| answer.answer.is_empty());
        if empty && !carries.empty_items {
            self.losses.add("empty_items", "items without labels have no place in the format", &key);
            return None;
        }
        Some(item)
    }

    /// What is said of the data beside its labels.
    fn data(&self, item: &mut ExportItem) {
        let (carries, key) = (&self.carries, &item.key);
        if !carries.metadata && !item.metadata.is_empty() {
            self.losses.add("metadata", "metadata has no place in the format", key);
            item.metadata.clear();
        }
        if let Some(extras) = item.extras.take_if(|extras| extras.format != self.format) {
            let message = "what only the format of the source can say is left out";
            self.losses.add_some("extras", message, key, extras.information());
        }
        if let Some(layer) = item.layer.take_if(|_| !carries.layers) {
            self.losses.add("layer", "the words of documents and their boxes have no place in the format", key);
            // How large the picture is says only its page.
            if let ([page], None, true) = (layer.pages.as_slice(), item.size, is_image(key)) {
                item.size = Some([page.width as u32, page.height as u32]);
            }
        }
    }

    /// The part of the dataset by a name that the format can write and that no other part has.
    fn split(&self, item: &mut ExportItem) {
        let split = match (self.carries.splits, self.carries.split_names) {
            (false, _) => {
                if item.split.take().is_some() {
                    let message = "the parts of the dataset (train, val, ...) have no place in the format";
                    self.losses.add("splits", message, &item.key);
                }
                return;
            }
            (true, SplitNames::Any) => return,
            (true, SplitNames::Folder { none, .. }) => {
                let mut parts = self.parts.borrow_mut();
                let named = item.split.as_deref().is_some_and(|split| split == none && !none.is_empty());
                parts.none |= item.split.is_none();
                parts.named |= named;
                if parts.none && parts.named && (named || item.split.is_none()) {
                    let message = format!("what is in no part of the dataset and what is in the part {none:?} are one");
                    self.losses.add("splits", &message, &item.key);
                }
                if named {
                    item.split = None;
                }
                item.split.as_deref().map(|split| parts.folders.name(split).to_owned())
            }
        };
        if split != item.split {
            let message = "a part of the dataset cannot be called so here, or its name is taken: it got another one";
            self.losses.add("renamed_splits", message, &item.key);
        }
        item.split = split;
    }

    fn chosen(&self, answers: Vec<SourcedAnswer>, key: &str) -> Vec<SourcedAnswer> {
        if self.carries.several == Several::All || answers.len() < 2 {
            return answers;
        }
        let merged = self.carries.several == Several::Merged;
        let message = if merged {
            "the format has no labelers: the regions of all answers are written"
        } else {
            "only the first labeler's answer is written"
        };
        self.losses.add("more_answers", message, key);
        let mut answers = answers.into_iter();
        let Some(mut first) = answers.next() else { return Vec::new() };
        if merged {
            let mut taken: BTreeSet<String> = first.answer.regions.iter().map(|region| region.id.clone()).collect();
            for (index, other) in answers.enumerate() {
                for mut region in other.answer.regions {
                    if !taken.insert(region.id.clone()) {
                        region.id = format!("{}-{}", region.id, index + 2);
                        taken.insert(region.id.clone());
                    }
                    first.answer.regions.push(region);
                }
            }
        }
        vec![first]
    }

    fn answer(&self, answer: &mut Answer, size: Option<[u32; 2]>, key: &str) {
        let before = answer.fields.len();
        answer.fields.retain(|name, value| self.carries.fields.fits(name, value));
        self.losses.add_some("fields", "fields have no place in the format", key, before - answer.fields.len());
        let before = answer.relations.len();
        answer.relations.retain(|relation| self.carries.relations.knows(&relation.relation));
        let message = "relations have no place in the format";
        self.losses.add_some("relations", message, key, before - answer.relations.len());
        if answer.regions.iter().all(|region| self.fits(region)) {
            return self.without_ends(answer, key);
        }
        let regions = std::mem::take(&mut answer.regions);
        answer.regions.reserve(regions.len());
        for region in regions {
            self.region(region, size, key, &mut answer.regions);
        }
        self.without_ends(answer, key);
    }

    /// Does the region fit as it is? Most do, and need not be moved.
    fn fits(&self, region: &Region) -> bool {
        let carries = &self.carries;
        let one_piece = match &region.geometry {
            Geometry::Polygon(_) => carries.parts && carries.holes,
            Geometry::Span(span) => carries.parts || span.ranges.len() < 2,
            Geometry::Mask(_) | Geometry::Cells(_) => carries.parts,
            Geometry::Track(track) => carries.mutable || track.keyframes.iter().all(|one| one.attributes.is_empty()),
            _ => true,
        };
        let fits = one_piece
            && carries.classes != ClassList::None
            && self.has_place(region.target)
            && (region.score.is_none() || carries.scores)
            && (region.attributes.is_empty() || carries.attributes == Names::Any)
            && carries.geometry.contains(&region.geometry.kind());
        let Some(index) = self.classes.get(region.class.as_str()).filter(|_| fits) else { return false };
        self.use_index(*index);
        self.renamed.get(*index).is_none_or(Option::is_none)
    }

    fn use_index(&self, index: usize) {
        if let Some(used) = self.used.borrow_mut().get_mut(index) {
            *used = true;
        }
    }

    fn has_place(&self, target: Target) -> bool {
        match target {
            Target::Item => true,
            Target::Page(_) if self.carries.layers => true,
            Target::Frames(_) if self.carries.slices => true,
            _ => self.carries.several == Several::All,
        }
    }

    /// Relations of regions that are gone go too.
    fn without_ends(&self, answer: &mut Answer, key: &str) {
        if !answer.relations.is_empty() {
            let ids: BTreeSet<&str> = answer.regions.iter().map(|region| region.id.as_str()).collect();
            let before = answer.relations.len();
            answer.relations.retain(|one| ids.contains(one.from.as_str()) && ids.contains(one.to.as_str()));
            let message = "relations of regions that are left out are left out too";
            self.losses.add_some("relations", message, key, before - answer.relations.len());
        }
    }

    fn region(&self, mut region: Region, size: Option<[u32; 2]>, key: &str, out: &mut Vec<Region>) {
        let carries = &self.carries;
        match self.classes.get(region.class.as_str()) {
            None => {
                self.losses.add("unknown_class", "the class is not in the schema", key);
                return;
            }
            Some(_) if carries.classes == ClassList::None => {
                self.losses.add("classes", "regions have no classes in the format", key);
            }
            Some(index) => {
                if let Some(Some(name)) = self.renamed.get(*index) {
                    region.class.clone_from(name);
                }
                self.use_index(*index);
            }
        }
        if !self.has_place(region.target) {
            self.losses.add("target", "regions on a part of an item have no place in the format", key);
            return;
        }
        if !carries.scores && region.score.take().is_some() {
            self.losses.add("scores", "scores have no place in the format", key);
        }
        if !region.attributes.is_empty() && carries.attributes != Names::Any {
            let before = region.attributes.len();
            region.attributes.retain(|name, value| carries.attributes.fits(name, value));
            let message = "attributes of this name or kind have no place in the format";
            self.losses.add_some("attributes", message, key, before - region.attributes.len());
        }
        if let Geometry::Track(track) = &mut region.geometry
            && !carries.mutable
        {
            let changes = track.keyframes.iter_mut().map(|one| std::mem::take(&mut one.attributes).len()).sum();
            let message = "attributes that change within a track have no place in the format";
            self.losses.add_some("mutable_attributes", message, key, changes);
        }
        let kind = region.geometry.kind();
        if !carries.geometry.contains(&kind) {
            let Some(other) = shapes::instead(&region.geometry, carries.geometry, size) else {
                self.losses.add("geometry", "this kind of geometry has no place in the format", key);
                return;
            };
            let (code, message) = shapes::words(kind, other.kind());
            self.losses.add(code, &message, key);
            region.geometry = other;
        }
        self.pieces(region, size, key, out);
    }

    /// Holes and parts, where the format has none.
    fn pieces(&self, mut region: Region, size: Option<[u32; 2]>, key: &str, out: &mut Vec<Region>) {
        let carries = &self.carries;
        if let Geometry::Polygon(polygon) = &mut region.geometry
            && !carries.holes
            && polygon.parts.iter().any(|part| !part.holes.is_empty())
        {
            match size.filter(|_| carries.geometry.contains(&GeometryKind::Mask)) {
                Some([width, height]) => {
                    self.losses.add("holes", "a polygon with holes becomes a mask of whole pixels", key);
                    let mask = labelwright_core::geometry::Mask::of_rings(&polygon.rings(), width, height);
                    region.geometry = Geometry::Mask(mask);
                    out.push(region);
                    return;
                }
                None => {
                    self.losses.add("holes", "the holes of a polygon are filled", key);
                    polygon.parts.iter_mut().for_each(|part| part.holes.clear());
                }
            }
        }
        let pieces = if carries.parts { Vec::new() } else { shapes::parts(&region.geometry) };
        if pieces.len() < 2 {
            out.push(region);
            return;
        }
        self.losses.add("parts", "a region in several pieces becomes several regions", key);
        for (index, geometry) in pieces.into_iter().enumerate() {
            let id = format!("{}-{}", region.id, index + 1);
            out.push(Region { id, geometry, ..region.clone() });
        }
    }

    /// What the schema loses, known when all items are written.
    pub fn finish(self) {
        let place = "schema";
        for (class, used) in self.head.schema.classes.iter().zip(self.used.take()) {
            let used = used || self.has_no_place(class.pane.as_deref());
            if !used && self.carries.classes != ClassList::All {
                self.losses.add("unused_classes", "classes that nothing has are not written", &class.id);
            }
            if class.parent.is_some() && !self.carries.hierarchy {
                let message = "which tier lies within which has no place in the format";
                self.losses.add("hierarchy", message, &class.id);
            }
            if class.skeleton.is_some() && !self.carries.skeletons {
                self.losses.add("skeletons", "the names and bones of joints have no place in the format", &class.id);
            }
        }
        if let Some(extras) = self.head.extras.filter(|extras| extras.format != self.format) {
            let message = "what only the format of the source can say is left out";
            self.losses.add_some("extras", message, place, extras.information());
        }
    }
}

/// Names of the schema's classes as a format with this table writes them, no two the same.
pub fn written_names(carries: &Carries, schema: &LabelSchema) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let name = |class: &labelwright_core::schema::Class| {
        let mut name = carries.class_text.written(&class.id);
        while !taken.insert(name.clone()) {
            name.push('_');
        }
        name
    };
    schema.classes.iter().map(name).collect()
}

fn wrong_kind(carries: &Carries) -> &'static str {
    match carries.modalities {
        [Modality::Image] => "not_an_image",
        [Modality::Text] => "not_text",
        _ => "modality",
    }
}
