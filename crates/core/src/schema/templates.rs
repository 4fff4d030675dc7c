//! Ready-made schemas to begin with. One file a template, one line here.

/// A schema to start from.
pub struct Template {
    pub id: &'static str,
    pub title: &'static str,
    pub description: &'static str,
    /// The schema document.
    pub document: &'static str,
}

macro_rules! templates {
    ($($id:literal: $title:literal, $description:literal;)*) => {
        pub const TEMPLATES: &[Template] = &[
            $(Template {
                id: $id,
                title: $title,
                description: $description,
                document: include_str!(concat!("templates/", $id, ".json")),
            }),*
        ];
    };
}

templates! {
    "image_classification": "Image classification", "One class a picture, with a note where it is hard.";
    "object_detection": "Object detection", "Boxes around things, with attributes.";
    "segmentation": "Segmentation", "Polygons or masks around things.";
    "text_classification": "Text classification", "Topics of a text, one or several.";
    "sentiment": "Sentiment", "How somebody feels about something, and about what.";
    "named_entities": "Named entities and relations", "Names in a text, and who works where.";
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::TEMPLATES;
    use crate::LabelSchema;

    #[test]
    fn every_template_can_be_published_as_it_is() {
        for template in TEMPLATES {
            let schema = LabelSchema::parse(template.document);
            assert!(schema.is_ok(), "{}: {:?}", template.id, schema);
        }
    }
}
