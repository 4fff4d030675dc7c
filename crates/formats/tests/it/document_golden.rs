//! hOCR and ALTO to the letter: what is written, and what the specifications show.

use crate::support::{read, write};
use labelwright_core::{
    Answer, Geometry, LabelSchema, Modality, Region, Target, Value,
    document::{LayerBuilder, TextLayer},
    geometry::{BoxShape, Polygon, PolygonPart, Span},
};
use labelwright_formats::{ExportItem, LossReport, MemoryView, Record, RecordError, SourcedAnswer, format, item_of};
use std::collections::BTreeMap;

fn view(name: &str, text: &str) -> MemoryView {
    MemoryView { files: [(name.to_owned(), text.as_bytes().to_vec())].into() }
}

pub fn found(id: &str, name: &str, text: &str) -> (Vec<Record>, Vec<RecordError>) {
    let reading = read(format(id).unwrap(), &view(name, text));
    assert_eq!(reading.stopped, None);
    (reading.records, reading.problems)
}

/// Class, place or words, and transcript of each label.
pub fn labels(record: &Record) -> Vec<String> {
    let text = &record.layer.as_deref().unwrap().text;
    let regions = record.answers.iter().flat_map(|answer| &answer.answer.regions);
    regions
        .map(|region| {
            let place = match &region.geometry {
                Geometry::Span(span) => {
                    let cut = |[start, end]: &[u32; 2]| -> String {
                        text.chars().skip(*start as usize).take((end - start) as usize).collect()
                    };
                    span.ranges.iter().map(cut).collect::<Vec<_>>().join(" + ")
                }
                Geometry::Box(b) => format!("{} {} {} {}", b.x, b.y, b.width, b.height),
                Geometry::Polygon(shape) => format!("{:?}", shape.parts[0].outer),
                other => panic!("{other:?}"),
            };
            format!("{}: {place} {:?}", region.class, region.attributes)
        })
        .collect()
}

fn region(class: &str, target: Target, geometry: Geometry, text: Option<&str>) -> Region {
    let attributes = text.map(|text| ("text".to_owned(), Value::Text(text.to_owned())));
    Region {
        id: class.into(),
        target,
        geometry,
        class: class.into(),
        attributes: attributes.into_iter().collect(),
        score: None,
    }
}

fn schema() -> LabelSchema {
    let class = |id: &str, geometry: &str| {
        format!(r##"{{"id": "{id}", "title": "{id}", "geometry": ["{geometry}"], "color": "#0072B2"}}"##)
    };
    let classes =
        [class("name", "span"), class("whole_line", "span"), class("total", "box"), class("stamp", "polygon")];
    LabelSchema::parse(&format!(r#"{{"name": "n", "modality": "document", "classes": [{}]}}"#, classes.join(",")))
        .unwrap()
}

fn layer() -> TextLayer {
    let mut builder = LayerBuilder::default();
    builder.page(100.0, 60.0);
    builder.word("Zoë", [10.0, 10.0, 40.0, 20.0], 0, 0, Some(0.57));
    builder.word("<&\"b", [45.0, 10.5, 60.25, 20.0], 0, 0, None);
    builder.word("12", [10.0, 30.0, 20.0, 40.0], 1, 1, Some(1.0));
    builder.finish()
}

fn item(layer: TextLayer, regions: Vec<Region>) -> ExportItem {
    let mut item = ExportItem::new("in/letter.png", Modality::Document);
    item.size = Some([100, 60]);
    item.media = Some("source".into());
    item.layer = Some(Box::new(layer));
    item.answers.push(SourcedAnswer::new("ann", Answer { regions, ..Answer::default() }));
    item
}

fn letter() -> ExportItem {
    let polygon = Polygon {
        parts: vec![PolygonPart { outer: vec![[60.0, 30.0], [90.5, 30.0], [75.0, 50.0]], holes: Vec::new() }],
    };
    item(
        layer(),
        vec![
            region("name", Target::Item, Geometry::Span(Span::new(0, 3)), None),
            region("whole_line", Target::Item, Geometry::Span(Span::new(0, 8)), Some("Zoë: b\nand more")),
            region(
                "total",
                Target::Page(0),
                Geometry::Box(BoxShape { x: 9.0, y: 29.0, width: 12.5, height: 12.0 }),
                Some("twelve "),
            ),
            region("stamp", Target::Page(0), Geometry::Polygon(polygon), None),
        ],
    )
}

fn written(id: &str, item: &ExportItem) -> (MemoryView, LossReport) {
    write(format(id).unwrap(), &schema(), std::slice::from_ref(item))
}

pub const ALTO: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.loc.gov/standards/alto/ns-v4# http://www.loc.gov/standards/alto/v4/alto-4-2.xsd">
<Description>
<MeasurementUnit>pixel</MeasurementUnit>
<sourceImageInformation><fileName>in/letter.png</fileName></sourceImageInformation>
<Processing ID="processing_0"><processingSoftware><softwareName>labelwright</softwareName></processingSoftware></Processing>
</Description>
<Tags>
<NamedEntityTag ID="span_0" TYPE="name" LABEL="Zoë"/>
<NamedEntityTag ID="span_1" TYPE="whole_line" LABEL="Zoë &lt;&amp;&quot;b"><XmlData><text xmlns="">Zoë: b&#10;and more</text></XmlData></NamedEntityTag>
<OtherTag ID="shape_0" TYPE="region" LABEL="total"><XmlData><text xmlns="">twelve </text></XmlData></OtherTag>
<OtherTag ID="shape_1" TYPE="region" LABEL="stamp"/>
</Tags>
<Layout>
<Page ID="page_0" PHYSICAL_IMG_NR="1" WIDTH="100" HEIGHT="60">
<PrintSpace HPOS="0" VPOS="0" WIDTH="100" HEIGHT="60">
<TextBlock ID="block_0" HPOS="10" VPOS="10" WIDTH="50.25" HEIGHT="10">
<TextLine ID="line_0" HPOS="10" VPOS="10" WIDTH="50.25" HEIGHT="10">
<String ID="string_0" TAGREFS="span_0 span_1" HPOS="10" VPOS="10" WIDTH="30" HEIGHT="10" WC="0.57" CONTENT="Zoë"/>
<SP/>
<String ID="string_1" TAGREFS="span_1" HPOS="45" VPOS="10.5" WIDTH="15.25" HEIGHT="9.5" CONTENT="&lt;&amp;&quot;b"/>
</TextLine>
</TextBlock>
<TextBlock ID="block_1" HPOS="10" VPOS="30" WIDTH="10" HEIGHT="10">
<TextLine ID="line_1" HPOS="10" VPOS="30" WIDTH="10" HEIGHT="10">
<String ID="string_2" HPOS="10" VPOS="30" WIDTH="10" HEIGHT="10" WC="1" CONTENT="12"/>
</TextLine>
</TextBlock>
<TextBlock ID="region_0" TAGREFS="shape_0" HPOS="9" VPOS="29" WIDTH="12.5" HEIGHT="12"/>
<TextBlock ID="region_1" TAGREFS="shape_1" HPOS="60" VPOS="30" WIDTH="30.5" HEIGHT="20"><Shape><Polygon POINTS="60,30 90.5,30 75,50"/></Shape></TextBlock>
</PrintSpace>
</Page>
</Layout>
</alto>
"#;

pub const HOCR: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml">
<head>
<title></title>
<meta http-equiv="Content-Type" content="text/html;charset=utf-8"/>
<meta name="ocr-system" content="labelwright"/>
<meta name="ocr-capabilities" content="ocr_page ocr_carea ocr_par ocr_line ocrx_word ocr_float ocrp_wconf ocrp_poly"/>
</head>
<body>
<div class="ocr_page" id="page_1" title="image &quot;in/letter.png&quot;; bbox 0 0 100 60; ppageno 0">
<div class="ocr_carea" id="block_1_1" title="bbox 10 10 60 20">
<p class="ocr_par" id="par_1_1" title="bbox 10 10 60 20">
<span class="ocr_line" id="line_1_1" title="bbox 10 10 60 20">
<span class="ocrx_word" id="word_1_1" title="bbox 10 10 40 20; x_wconf 57; x_spans &quot;s0:name&quot; &quot;s1:whole_line:Zo%C3%AB%3A b%0Aand more&quot;">Zoë</span> <span class="ocrx_word" id="word_1_2" title="bbox 45 11 60 20; x_spans &quot;s1&quot;">&lt;&amp;&quot;b</span>
</span>
</p>
</div>
<div class="ocr_carea" id="block_1_2" title="bbox 10 30 20 40">
<p class="ocr_par" id="par_1_2" title="bbox 10 30 20 40">
<span class="ocr_line" id="line_1_2" title="bbox 10 30 20 40">
<span class="ocrx_word" id="word_1_3" title="bbox 10 30 20 40; x_wconf 100">12</span>
</span>
</p>
</div>
<div class="ocr_float" id="label_1_1" title="bbox 9 29 22 41; x_label &quot;total:twelve &quot;"></div>
<div class="ocr_float" id="label_1_2" title="bbox 60 30 91 50; poly 60 30 91 30 75 50; x_label &quot;stamp&quot;"></div>
</div>
</body>
</html>
"#;

#[test]
fn alto_is_written_to_the_letter_and_comes_back_exactly() {
    let (view, report) = written("alto", &letter());
    assert_eq!(report.losses, []);
    assert_eq!(view.files.keys().map(String::as_str).collect::<Vec<_>>(), ["in/letter.png", "in/letter.xml"]);
    assert_eq!(String::from_utf8_lossy(&view.files["in/letter.xml"]), ALTO);
    let record = read(format("alto").unwrap(), &view).records.remove(0);
    assert_eq!((record.key.as_str(), record.layer.as_deref()), ("in/letter.png", Some(&layer())));
    assert_eq!(
        labels(&record),
        [
            r#"name: Zoë {}"#,
            r#"whole_line: Zoë <&"b {"text": Text("Zoë: b\nand more")}"#,
            r#"total: 9 29 12.5 12 {"text": Text("twelve ")}"#,
            r#"stamp: [[60.0, 30.0], [90.5, 30.0], [75.0, 50.0]] {}"#,
        ]
    );
}

#[test]
fn hocr_is_written_to_the_letter_and_comes_back_in_whole_pixels() {
    let (view, report) = written("hocr", &letter());
    assert_eq!(report.losses, []);
    assert_eq!(String::from_utf8_lossy(&view.files["in/letter.hocr"]), HOCR);
    let record = read(format("hocr").unwrap(), &view).records.remove(0);
    let back = record.layer.as_deref().unwrap();
    assert_eq!((record.key.as_str(), &back.text), ("in/letter.png", &layer().text));
    let word = back.pages[0].words[0];
    assert_eq!((word.bounds, word.score), ([10.0, 10.0, 40.0, 20.0], Some(0.57)));
    assert_eq!(
        labels(&record),
        [
            r#"name: Zoë {}"#,
            r#"whole_line: Zoë <&"b {"text": Text("Zoë: b\nand more")}"#,
            r#"total: 9 29 13 12 {"text": Text("twelve ")}"#,
            r#"stamp: [[60.0, 30.0], [91.0, 30.0], [75.0, 50.0]] {}"#,
        ]
    );
}

#[test]
fn what_has_no_place_is_counted_with_its_item() {
    let mut builder = LayerBuilder::default();
    builder.page(99.2, 60.0);
    builder.word("over", [10.0, 10.0, 40.0, 20.0], 0, 0, None);
    builder.word("thin\u{ffff}", [50.6, 10.0, 50.8, 20.0], 0, 0, None);
    builder.page(100.0, 60.0);
    builder.word("there", [10.0, 10.0, 40.0, 20.0], 0, 0, None);
    let at = |x: f64| Geometry::Box(BoxShape { x, y: 5.0, width: 4.0, height: 4.0 });
    let regions = || {
        let span = |start, end| Geometry::Span(Span::new(start, end));
        vec![
            region("name", Target::Item, span(1, 16), None),
            region("name", Target::Item, span(10, 11), None),
            region("total", Target::Page(7), at(5.0), None),
            region("total", Target::Page(0), at(-9.0), None),
            region("total", Target::Page(0), at(-2.0), None),
        ]
    };
    let mut document = item(builder.finish(), regions());
    document.key = "say \"hi\".png".into();
    let counts = |id: &str| -> BTreeMap<String, u64> {
        let report = written(id, &document).1;
        assert!(
            report.losses.iter().all(|loss| loss.places == [document.key.clone()] || loss.code == "unused_classes")
        );
        report.losses.into_iter().map(|loss| (loss.code, loss.count)).collect()
    };
    let both = [
        ("characters", 1),
        ("no_place", 2),
        ("page_border", 1),
        ("pages", 1),
        ("renamed", 1),
        ("token_border", 1),
        ("unused_classes", 2),
    ];
    let named = |list: &[(&str, u64)]| list.iter().map(|(code, count)| ((*code).to_owned(), *count)).collect();
    assert_eq!(counts("alto"), named(&both));
    let hocr = [("clipped", 1), ("outside", 1), ("rounded", 2)];
    assert_eq!(counts("hocr"), named(&[&both[..], &hocr[..]].concat()));
    let nothing = ExportItem::new("a.png", Modality::Document);
    assert_eq!(written("alto", &nothing).1.losses[0].code, "no_place");
    let mut blank = nothing;
    blank.size = Some([9, 8]);
    let (view, _) = written("hocr", &blank);
    assert_eq!(read(format("hocr").unwrap(), &view).records[0].layer.as_deref(), Some(&TextLayer::blank(9.0, 8.0)));
}

#[test]
fn files_of_one_page_and_of_several_do_not_take_each_others_names() {
    let mut two = LayerBuilder::default();
    two.page(10.0, 10.0);
    two.page(10.0, 10.0);
    let mut first = item(two.finish(), Vec::new());
    first.key = "a.png".into();
    let mut second = item(TextLayer::blank(10.0, 10.0), Vec::new());
    second.key = "a-2.png".into();
    second.media = Some("other".into());
    let (view, _) = write(format("alto").unwrap(), &schema(), &[first, second]);
    let names: Vec<&str> = view.files.keys().map(String::as_str).filter(|name| name.ends_with(".xml")).collect();
    assert_eq!(names, ["a-1.xml", "a-2.xml", "a-2_xml.xml"]);
}

/// After the examples of the ALTO documentation and of Europeana Newspapers: tenths of a millimetre, a named entity whose
/// words are parted by another, a tag of a block and of a line, both ways to write points, a hyphen.
const TAGGED: &str = r##"<a:alto xmlns:a="http://www.loc.gov/standards/alto/ns-v4#"><a:Description><a:MeasurementUnit>mm10</a:MeasurementUnit></a:Description>
<a:Tags><a:NamedEntityTag ID="NE1" TYPE="person" LABEL="James Bigstaff"/><a:LayoutTag ID="L" LABEL="heading"/><a:StructureTag ID="S" LABEL="poem" TYPE="verse"/><a:RoleTag ID="R" LABEL=""/></a:Tags>
<a:Layout><a:Page ID="p" PHYSICAL_IMG_NR="1" WIDTH="200" HEIGHT="100"><a:TopMargin/><a:PrintSpace>
<a:ComposedBlock ID="c" TAGREFS="S" HPOS="0" VPOS="0" WIDTH="100" HEIGHT="50"><a:TextBlock ID="b" TAGREFS="L"><a:Shape><a:Polygon POINTS="0,0 100,0 100,50"/></a:Shape>
<a:TextLine ID="l" TAGREFS="R" HPOS="0" VPOS="0" WIDTH="100" HEIGHT="20"><a:String CONTENT="James" TAGREFS="NE1" HPOS="0" VPOS="0" WIDTH="20" HEIGHT="10"/><a:SP/><a:String CONTENT="M" TAGREFS="NE1" HPOS="22" VPOS="0" WIDTH="5" HEIGHT="10"/><a:String CONTENT="of" HPOS="30" VPOS="0" WIDTH="5" HEIGHT="10"/><a:String CONTENT="Big" TAGREFS="NE1" HPOS="40" VPOS="0" WIDTH="10" HEIGHT="10"/><a:HYP CONTENT="-"/></a:TextLine></a:TextBlock></a:ComposedBlock>
<a:GraphicalElement ID="g" TAGREFS="L"><a:Shape><a:Polygon POINTS="10 10 20 10 20 20"/></a:Shape></a:GraphicalElement></a:PrintSpace></a:Page></a:Layout></a:alto>"##;

#[test]
fn tags_of_other_programs_are_spans_boxes_and_polygons() {
    let (records, problems) = found("alto", "scan.xml", TAGGED);
    assert_eq!(problems, []);
    assert_eq!(
        labels(&records[0]),
        [
            "poem: 0 0 100 50 {}",
            "heading: [[0.0, 0.0], [100.0, 0.0], [100.0, 50.0]] {}",
            "R: 0 0 100 20 {}",
            "person: James M {}",
            "person: Big {}",
            "heading: [[10.0, 10.0], [20.0, 10.0], [20.0, 20.0]] {}",
        ]
    );
    let picture = crate::support::picture([400, 200]);
    let mut files = view("scan.xml", TAGGED);
    files.files.insert("scan.png".into(), picture);
    let record = read(format("alto").unwrap(), &files).records.remove(0);
    assert_eq!(labels(&record)[0], "poem: 0 0 200 100 {}", "two pixels a unit");
}

/// After the examples of the hOCR specification: a page that begins elsewhere, floats, text in inline elements.
const FLOATS: &str = r#"<html><body><div class="ocr_page" title='image "/x/a; b.png"; bbox 100 200 300 260; ppageno 3'>
<div class="ocr_carea"><p class="ocr_par"><span class="ocr_line" title="bbox 100 200 300 220"><span class="ocrx_word" title="bbox 110 205 130 215; x_wconf 88.5"><strong>bo<em>ld</em></strong></span></span></p></div>
<div class="ocr_float" title="bbox 200 210 250 250"><span class="ocrx_word" title="bbox 201 211 240 249">seal</span></div></div></body></html>"#;

#[test]
fn a_page_may_begin_anywhere_and_floats_without_a_label_are_none() {
    let (records, problems) = found("hocr", "a.html", FLOATS);
    assert_eq!(problems, []);
    let record = &records[0];
    assert_eq!((record.key.as_str(), record.size, record.answers.len()), ("a; b.png", Some([200, 60]), 0));
    let words = &record.layer.as_deref().unwrap().pages[0].words;
    assert_eq!((words[0].bounds, words[0].score), ([10.0, 5.0, 30.0, 15.0], Some(0.885)));
    assert_eq!(record.layer.as_deref().unwrap().text, "bold\n\nseal");
}

#[test]
fn what_tesseract_has_read_is_the_same_after_it_was_written() {
    let picture = include_bytes!("../data/receipt.png").to_vec();
    let sources = [
        ("hocr", "receipt.hocr", include_str!("../data/receipt.hocr")),
        ("alto", "receipt.xml", include_str!("../data/receipt.xml")),
    ];
    for (from, name, text) in sources {
        let mut files = view(name, text);
        files.files.insert("receipt.png".into(), picture.clone());
        let record = read(format(from).unwrap(), &files).records.remove(0);
        let wanted = record.layer.clone().unwrap();
        assert!(wanted.pages[0].words.len() > 20);
        let item = item_of(record, &files).unwrap();
        for to in ["hocr", "alto"] {
            let (out, report) = write(format(to).unwrap(), &schema(), std::slice::from_ref(&item));
            assert!(report.losses.iter().all(|loss| loss.code == "unused_classes"), "{:?}", report.losses);
            let back = read(format(to).unwrap(), &out);
            assert_eq!((back.problems, back.records[0].layer.as_ref()), (Vec::new(), Some(&wanted)), "{from} to {to}");
        }
    }
}
