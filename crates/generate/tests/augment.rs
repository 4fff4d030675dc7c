//! Recipes, and children made by them.
#![allow(clippy::unwrap_used)]

use labelwright_core::{Answer, LabelSchema, Limits, MediaShape, Modality, ValidAnswer};
use labelwright_generate::{
    Random,
    augment::{Classes, Lineage, PictureItem, Sourced, augment_picture, augment_text},
    picture::Picture,
    recipe::{Kind, Material, OPERATIONS, Recipe},
    text::{Rewriting, TextItem},
};

fn refused(text: &str) -> String {
    Recipe::parse(text).unwrap_err().to_string()
}

#[test]
fn recipes_are_refused_with_the_place_and_the_way_out() {
    for (text, words) in [
        ("[[operation]]\nop = 'rotat'", &["operation 1 (rotat), op", "no operation is named \"rotat\"", "rotate"][..]),
        (
            "[[operation]]\nop = 'blur'\n[[operation]]\nop = 'rotate'\ndegree = 3",
            &["operation 2 (rotate)", "degree", "expand"],
        ),
        ("[[operation]]\nop = 'blur'\nprobability = -0.5", &["operation 1 (blur), probability", "-0.5", "0 to 1"]),
        ("[[operation]]\nop = 'blur'\nsigma = [3, 1]", &["operation 1 (blur), sigma", "[low, high]"]),
        (
            "[[operation]]\nop = 'jpeg'\nquality = 101",
            &["operation 1 (jpeg), quality", "101 does not lie between 1 and 100"],
        ),
        ("[[operation]]\nop = 'resize'\nwidth = 1000000000\nheight = 1", &["width", "1000000000", "32768"]),
        ("[[operation]]\nop = 'mention'", &["lists", "table"]),
        ("[[operation]]\nop = 'synonym'\nwords = { big = [] }", &["words", "\"big\""]),
        ("[[operation]]\nop = 'cutout'\ncolour = [1, 2, 300]", &["colour[2]", "300"]),
        ("[[operation]]\nprobability = 1", &["operation 1", "`op`", "mosaic"]),
        ("[[operation]]\nop = 'blur'\nprobability = 0", &["probability above 0"]),
        ("factor = 3\noperation = []", &["the recipe, factor", "visibility"]),
        ("operation = 5", &["the recipe, operation"]),
        ("{\"operation\": [{]}", &["cannot be read", "line 1"]),
        ("[[operation]\n", &["cannot be read", "line 1"]),
    ] {
        let said = refused(text);
        for word in words {
            assert!(said.contains(word), "{text}: {said}");
        }
    }
}

#[test]
fn every_operation_has_a_default() {
    for name in OPERATIONS {
        let more = match *name {
            "synonym" => ", \"words\": {\"a\": [\"b\"]}",
            "mention" => ", \"lists\": {\"a\": [\"b\"]}",
            "impulse_response" => ", \"files\": [\"room.wav\"]",
            "paraphrase" => ", \"endpoint\": {\"base_url\": \"http://localhost/v1\", \"model\": \"m\"}",
            _ => "",
        };
        let recipe = Recipe::parse(&format!("{{\"operation\": [{{\"op\": \"{name}\"{more}}}]}}")).unwrap();
        assert_eq!(recipe.operations[0].kind.name(), *name);
    }
}

fn schema() -> LabelSchema {
    LabelSchema::parse(
        r##"{"name":"s","modality":"image","classes":[
            {"id":"thing","title":"t","geometry":["box","polygon","mask","rotated_box","polyline","ellipse","points"],"color":"#000000"},
            {"id":"only","title":"t","geometry":["rotated_box","ellipse"],"color":"#000000"}],
            "fields":[{"id":"scene","title":"s","kind":{"type":"text"}}],
            "relations":[{"id":"near","title":"n"}]}"##,
    )
    .unwrap()
}

fn item(key: &str, scene: &str) -> PictureItem {
    let mask: Vec<u32> = vec![48 * 10 + 5, 20, 28, 20, 64 * 48 - 48 * 10 - 5 - 20 - 28 - 20];
    let answer: Answer = serde_json::from_value(serde_json::json!({
        "fields": { "scene": scene },
        "regions": [
            { "id": "a", "class": "thing", "geometry": { "type": "box", "x": 2, "y": 3, "width": 20, "height": 10 } },
            { "id": "b", "class": "thing", "geometry": { "type": "polygon", "parts": [{ "outer": [[30, 4], [50, 8], [40, 40]] }] } },
            { "id": "c", "class": "thing", "geometry": { "type": "mask", "width": 64, "height": 48, "counts": mask } },
            { "id": "d", "class": "only", "geometry": { "type": "rotated_box", "cx": 12, "cy": 36, "width": 14, "height": 8, "angle": 25 } },
            { "id": "e", "class": "thing", "geometry": { "type": "polyline", "points": [[1, 1], [60, 20], [2, 44]] } },
            { "id": "f", "class": "only", "geometry": { "type": "ellipse", "cx": 50, "cy": 30, "rx": 10, "ry": 6, "angle": 10 } },
            { "id": "g", "class": "thing", "geometry": { "type": "points", "points": [[1, 1], [40, 40]] } },
        ],
        "relations": [{ "id": "r", "relation": "near", "from": "a", "to": "b" }],
    }))
    .unwrap();
    let mut random = Random::of(1, key, 0);
    let pixels = (0..64 * 48 * 3).map(|_| random.bits() as u8).collect();
    PictureItem {
        key: key.into(),
        picture: Picture { width: 64, height: 48, channels: 3, pixels }.into(),
        answers: vec![Sourced { source: "import".into(), answer }],
    }
}

fn child(recipe: &Recipe, seed: u64) -> (PictureItem, Lineage) {
    let names = ["b.png", "c.png", "d.png"];
    let mut partner = |random: &mut Random| random.pick(&names).map(|name| item(name, "sea"));
    augment_picture(
        recipe,
        &Classes::of(&schema()),
        item("a.png", "town"),
        &mut Random::of(seed, "a.png", 1),
        &mut partner,
    )
    .unwrap()
}

#[test]
fn children_of_every_operation_are_valid_answers() {
    for name in OPERATIONS {
        let Ok(recipe) = Recipe::parse(&format!("[[operation]]\nop = '{name}'")) else { continue };
        if recipe.operations[0].kind.material() != Material::Picture {
            continue;
        }
        for seed in 0..20 {
            let (made, lineage) = child(&recipe, seed);
            assert_eq!(lineage.operations[0]["op"], *name);
            let [width, height] = made.picture.size();
            let shape = MediaShape::Image { width, height };
            for Sourced { answer, .. } in made.answers.clone() {
                let valid: Result<ValidAnswer, _> = answer.clone().validate(&schema(), &shape, &Limits::DEFAULT);
                assert!(valid.is_ok(), "{name}: {:?} {answer:?}", valid.err());
            }
            assert!(lineage.visibility.values().all(|share| (0.0..1.0).contains(share)), "{name}: {lineage:?}");
            assert_eq!((made, lineage), child(&recipe, seed), "the same seed gives the same child");
        }
    }
    assert_eq!(schema().modality, Modality::Image);
}

#[test]
fn mosaics_have_four_parents_and_all_their_regions() {
    let recipe =
        Recipe::parse("visibility = 0\n[[operation]]\nop = 'mosaic'\ncentre = 0.5\n[[operation]]\nop = 'mixup'")
            .unwrap();
    let (made, lineage) = child(&recipe, 3);
    assert_eq!((lineage.parents.len(), lineage.parents[0].as_str()), (4, "a.png"));
    assert_eq!(lineage.notes["too_many_sources"], 1, "four sources are enough");
    let answer = &made.answers[0].answer;
    let boxes: Vec<_> = answer.regions.iter().filter(|region| region.id.starts_with('a')).collect();
    assert_eq!(boxes.len(), 4, "{answer:?}");
    // All four have the sides of the whole: each is scaled by a half, and lies in its quarter.
    for (at, region) in boxes.iter().enumerate() {
        let bounds = region.bounds().unwrap();
        let (x, y) = (32.0 * (at % 2) as f64 + 1.0, 24.0 * (at / 2) as f64 + 1.5);
        assert_eq!([bounds.left, bounds.top, bounds.width(), bounds.height()], [x, y, 10.0, 5.0]);
    }
    assert_eq!(answer.relations.len(), 4);
    assert!(answer.fields.is_empty(), "town and sea are no one scene");
    assert!(lineage.notes["field_not_shared"] > 0);
}

#[test]
fn cutouts_keep_labels_and_tell_what_is_hidden() {
    let recipe = Recipe::parse("[[operation]]\nop = 'cutout'\ncount = 1\nsize = 1").unwrap();
    let (made, lineage) = child(&recipe, 1);
    assert_eq!(made.answers[0].answer.regions.len(), 7);
    assert_eq!(lineage.visibility.len(), 7);
    assert!(lineage.visibility.values().all(|share| share.abs() < 1e-9), "{lineage:?}");
}

#[test]
fn a_child_is_never_a_mere_copy() {
    let recipe = Recipe::parse("[[operation]]\nop = 'flip_horizontal'\nprobability = 0.001").unwrap();
    assert!((0..50).all(|seed| child(&recipe, seed).1.operations.len() == 1));
    let recipe = Recipe::parse("[[operation]]\nop = 'typo'\nrate = 0").unwrap();
    assert!(matches!(recipe.operations[0].kind, Kind::Typo(_)));
    let text = TextItem::new("nothing happens", vec![Answer::default()]);
    let mut nobody = |_: &Rewriting<'_>| Err("nobody");
    assert_eq!(augment_text(&recipe, "t", &text, &mut Random::new(1), &mut nobody).0, None);
    let recipe = Recipe::parse("[[operation]]\nop = 'case'\nto = ['upper']").unwrap();
    let (made, lineage) = augment_text(&recipe, "t", &text, &mut Random::new(1), &mut nobody);
    let made = made.unwrap();
    assert_eq!(made.text(), "NOTHING HAPPENS");
    assert_eq!(lineage.operations, [serde_json::json!({ "op": "case", "to": "upper", "edits": 14 })]);
}
