//! Ready-made schemas to begin with. One module a field of work; a template is a document in its folder and one entry
//! in its module.

/// A schema to start from.
#[derive(Clone, Copy)]
pub struct Template {
    pub id: &'static str,
    pub title: &'static str,
    /// One line.
    pub description: &'static str,
    /// Words that people look for it by.
    pub tags: &'static [&'static str],
    /// The paragraph that the project's guidelines can begin with.
    pub guideline: &'static str,
    /// The schema document.
    pub document: &'static str,
}

macro_rules! templates {
    ($folder:literal: $($id:literal: $title:literal, $description:literal, [$($tag:literal),*], $guideline:literal;)*) => {
        pub(super) const ALL: &[Template] = &[
            $(Template {
                id: $id,
                title: $title,
                description: $description,
                tags: &[$($tag),*],
                guideline: $guideline,
                document: include_str!(concat!($folder, "/", $id, ".json")),
            }),*
        ];
    };
}

mod audio;
mod dialogue;
mod document;
mod image;
mod panes;
mod series;
mod table;
mod text;
mod video;
mod volume;

/// In the order in which they are shown.
const GROUPS: &[&[Template]] = &[
    image::ALL,
    text::ALL,
    dialogue::ALL,
    audio::ALL,
    video::ALL,
    series::ALL,
    document::ALL,
    table::ALL,
    volume::ALL,
    panes::ALL,
];

const COUNT: usize = {
    let (mut count, mut group) = (0, 0);
    while group < GROUPS.len() {
        count += GROUPS[group].len();
        group += 1;
    }
    count
};

const JOINED: [Template; COUNT] = {
    let mut joined = [GROUPS[0][0]; COUNT];
    let (mut next, mut group) = (0, 0);
    while group < GROUPS.len() {
        let mut index = 0;
        while index < GROUPS[group].len() {
            joined[next] = GROUPS[group][index];
            next += 1;
            index += 1;
        }
        group += 1;
    }
    joined
};

pub const TEMPLATES: &[Template] = &JOINED;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::TEMPLATES;
    use crate::{LabelSchema, Modality};
    use std::collections::BTreeSet;

    #[test]
    fn every_template_can_be_published_as_it_is() {
        for template in TEMPLATES {
            let schema = LabelSchema::parse(template.document);
            assert!(schema.is_ok(), "{}: {:?}", template.id, schema);
        }
    }

    #[test]
    fn a_template_reads_back_as_it_was_written() {
        for template in TEMPLATES {
            let schema = LabelSchema::parse(template.document).unwrap();
            assert_eq!(LabelSchema::parse(&schema.canonical_json()).unwrap(), schema, "{}", template.id);
        }
    }

    #[test]
    fn there_are_enough_and_no_two_are_called_the_same() {
        assert!(TEMPLATES.len() >= 40, "{}", TEMPLATES.len());
        let ids: BTreeSet<&str> = TEMPLATES.iter().map(|template| template.id).collect();
        let titles: BTreeSet<String> = TEMPLATES.iter().map(|template| template.title.to_lowercase()).collect();
        assert_eq!((ids.len(), titles.len()), (TEMPLATES.len(), TEMPLATES.len()));
    }

    #[test]
    fn there_is_one_for_every_modality() {
        let there: Vec<Modality> =
            TEMPLATES.iter().map(|template| LabelSchema::parse(template.document).unwrap().modality).collect();
        use Modality as M;
        for modality in
            [M::Image, M::Video, M::Audio, M::Text, M::Document, M::TimeSeries, M::Dialogue, M::Table, M::Volume]
        {
            assert!(there.contains(&modality), "{}", modality.as_str());
        }
    }

    #[test]
    fn what_people_read_of_a_template_is_there_and_short() {
        for template in TEMPLATES {
            let id = template.id;
            assert!((3..=40).contains(&template.title.chars().count()), "{id}: title");
            assert!((10..=90).contains(&template.description.chars().count()), "{id}: description");
            assert!((40..=600).contains(&template.guideline.chars().count()), "{id}: guideline");
            assert!(!template.tags.is_empty(), "{id}: tags");
            assert!(template.tags.iter().all(|tag| tag.chars().all(|c| c.is_ascii_lowercase())), "{id}: tags");
        }
    }

    #[test]
    fn colours_of_one_template_differ_and_the_first_classes_have_keys() {
        for template in TEMPLATES {
            let schema = LabelSchema::parse(template.document).unwrap();
            let colours: BTreeSet<&str> = schema.classes.iter().map(|class| class.color.as_str()).collect();
            assert_eq!(colours.len(), schema.classes.len(), "{}", template.id);
            assert!(schema.classes.iter().take(9).all(|class| class.hotkey.is_some()), "{}", template.id);
        }
    }
}
