//! Small files made by hand after the definitions of the formats, and what they say.

use crate::support::{picture, read, write_with};
use labelwright_core::{Geometry, geometry::Bounds};
use labelwright_formats::{Collector, ExportItem, Found, MemoryView, Next, Options, Settings, Way, format, item_of};

pub fn view(files: &[(&str, &str)]) -> MemoryView {
    let mut files: std::collections::BTreeMap<String, Vec<u8>> =
        files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    for bytes in files.values_mut().filter(|bytes| bytes.starts_with(b"PICTURE ")) {
        let text = String::from_utf8(bytes.clone()).unwrap();
        let sides: Vec<u32> = text.split(' ').skip(1).map(|side| side.parse().unwrap()).collect();
        *bytes = picture([sides[0], sides[1]]);
    }
    MemoryView { files }
}

/// Each region as its record, class, kind, bounds and attributes.
pub fn said(id: &str, files: &[(&str, &str)]) -> Vec<String> {
    said_with(id, files, &[])
}

fn said_with(id: &str, files: &[(&str, &str)], options: &[(&str, &str)]) -> Vec<String> {
    let format = format(id).unwrap();
    let settings = Settings {
        options: Options::parse(format.options, Way::Read, options.iter().copied()).unwrap(),
        ..Settings::default()
    };
    let mut lines = Vec::new();
    format.read.unwrap()(&view(files), &settings, &mut |found| {
        match found {
            Found::Schema(_) => {}
            Found::Problem(error) => lines.push(format!("! {} {}", error.place, error.code)),
            Found::Record(record) => {
                let split = record.split.as_deref().map_or(String::new(), |split| format!("{split}/"));
                lines.push(format!("{split}{} {:?}", record.key, record.size.unwrap_or([0, 0])));
                for answer in &record.answers {
                    for (name, value) in &answer.answer.fields {
                        lines.push(format!("  {name} = {}", serde_json::to_string(value).unwrap()));
                    }
                    for region in &answer.answer.regions {
                        let Bounds { left, top, right, bottom } = region.geometry.bounds().unwrap();
                        let near = |number: f64| (number * 1e4).round() / 1e4;
                        let [left, top, right, bottom] = [left, top, right, bottom].map(near);
                        let attributes = match region.attributes.is_empty() {
                            true => String::new(),
                            false => format!(" {}", serde_json::to_string(&region.attributes).unwrap()),
                        };
                        let score = region.score.map_or(String::new(), |score| format!(" {score}"));
                        let kind = region.geometry.kind().as_str();
                        lines.push(format!(
                            "  {} {kind} {left} {top} {right} {bottom}{score}{attributes}",
                            region.class
                        ));
                    }
                }
            }
        }
        Next::GoOn
    })
    .unwrap();
    lines
}

#[test]
fn coco_runs_are_column_by_column_and_crowds_are_no_masks() {
    // The mask of maskApi's documentation: M = [0 0 1 1 1 0 1], counts [2 3 1 1]; as text "2311" + 0 differences.
    let text = r#"{"images":[{"id":7,"file_name":"a.png","width":3,"height":4}],
      "categories":[{"id":5,"name":"b"},{"id":2,"name":"a","supercategory":"s"}],
      "annotations":[
        {"id":1,"image_id":7,"category_id":2,"iscrowd":0,"bbox":[1,1,1,3],"area":3,"segmentation":{"size":[4,3],"counts":[5,3,4]}},
        {"id":2,"image_id":7,"category_id":5,"iscrowd":1,"bbox":[0,0,3,4],"area":12,"segmentation":{"size":[4,3],"counts":"0<"}},
        {"id":3,"image_id":7,"category_id":5,"bbox":[0.5,0,1,2],"area":2,"segmentation":[],"attributes":{"color":"red"}}]}"#;
    assert_eq!(
        said("coco", &[("instances_train2017.json", text)]),
        [
            "train2017/a.png [3, 4]",
            "  a mask 1 1 2 4",
            "  b mask 0 0 3 4 {\"iscrowd\":true}",
            "  b box 0.5 0 1.5 2 {\"color\":\"red\"}",
        ]
    );
}

/// JSON that is the same whatever the order of its keys and whether numbers have a point.
fn plain(value: &serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Number(number) => serde_json::json!(number.as_f64().unwrap()),
        Value::Array(list) => list.iter().map(plain).collect(),
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), plain(value))).collect(),
        other => other.clone(),
    }
}

#[test]
fn coco_to_coco_loses_nothing() {
    let text = r#"{"info":{"year":2026,"x":[1]},"licenses":[{"id":3,"name":"CC","url":"u"}],"custom":{"deep":[null]},
      "categories":[{"id":90,"name":"zebra","supercategory":"animal","color":[1,2,3]},
        {"id":1,"name":"person","supercategory":"","keypoints":["nose","eye"],"skeleton":[[1,2]],"isthing":1}],
      "images":[{"id":900719925474,"file_name":"d/ö b.jpg","width":30,"height":20,"license":3,"date_captured":"today"},
        {"id":4,"file_name":"empty.jpg","width":7,"height":5}],
      "annotations":[
        {"id":18,"image_id":4,"category_id":90,"bbox":[0.1,0.2,3,4],"area":11.5,"segmentation":[[0.1,0.2,3.1,0.2,3.1,4.2]],"iscrowd":0,"unknown":{"a":1}},
        {"id":17,"image_id":900719925474,"category_id":90,"bbox":[0,0,30,20],"area":600,"segmentation":{"size":[20,30],"counts":[0,600]},"iscrowd":1},
        {"id":9,"image_id":900719925474,"category_id":90,"bbox":[0,0,30,20],"area":600,"segmentation":{"size":[20,30],"counts":"0hb0"},"iscrowd":0,"score":0.25},
        {"id":5,"image_id":900719925474,"category_id":1,"bbox":[1,1,5,5],"area":25.5,"segmentation":[[1,1,6,1,6,6]],"iscrowd":0,"keypoints":[2,3,2,0,0,0],"num_keypoints":1,
         "attributes":{"occluded":false,"n":1.5,"nested":{"x":1}}},
        {"id":6,"image_id":900719925474,"category_id":90,"bbox":[1.5,2.5,3.25,4],"area":13,"segmentation":[],"iscrowd":0}]}"#;
    let format = format("coco").unwrap();
    let source = view(&[("a.json", text)]);
    let (mut collector, mut items) = (Collector::default(), Vec::<ExportItem>::new());
    format.read.unwrap()(&source, &Settings::default(), &mut |found| {
        match found {
            Found::Schema(schema) => collector.schema(*schema),
            Found::Record(record) => {
                collector.record(&record);
                items.extend(item_of(*record, &source));
            }
            Found::Problem(error) => panic!("{error:?}"),
        }
        Next::GoOn
    })
    .unwrap();
    let schema = collector.finish();
    let (view, report) = write_with(format, &schema.schema, &items, &Options::default(), schema.extras.as_deref());
    assert_eq!(report.losses, []);
    let written: serde_json::Value = serde_json::from_slice(&view.files["annotations/instances_default.json"]).unwrap();
    let sorted = |mut value: serde_json::Value| {
        value["annotations"].as_array_mut().unwrap().sort_by_key(|annotation| annotation["id"].as_i64());
        plain(&value)
    };
    assert_eq!(sorted(written), sorted(serde_json::from_str(text).unwrap()));
}

#[test]
fn yolo_by_the_size_in_the_header() {
    let yaml = "path: ../data\ntrain: images/train\nval: images/val\nnames:\n  0: person\n  1: 'car, big'\n";
    let files = [
        ("data.yaml", yaml),
        ("images/train/a.png", "PICTURE 200 100"),
        ("labels/train/a.txt", "1 0.5 0.5 0.25 0.5\n0 0.05 0.1 0.1 0.2 0.75\n"),
        ("images/val/b.png", "PICTURE 40 80"),
    ];
    assert_eq!(
        said("yolo", &files),
        ["train/a.png [200, 100]", "  car, big box 75 25 125 75", "  person box 0 0 20 20 0.75", "val/b.png [40, 80]"]
    );
    let segment =
        [("data.yaml", yaml), ("images/train/a.png", "PICTURE 200 100"), ("labels/train/a.txt", "0 0 0 0.5 0 0.5 1\n")];
    assert_eq!(said("yolo-segment", &segment), ["train/a.png [200, 100]", "  person polygon 0 0 100 100"]);
    let rotated = [
        ("data.yaml", yaml),
        ("images/a.png", "PICTURE 100 100"),
        ("labels/a.txt", "0 0.5 0.4 0.6 0.5 0.5 0.6 0.4 0.5\n"),
    ];
    assert_eq!(said("yolo-obb", &rotated), ["a.png [100, 100]", "  person rotated_box 40 40 60 60"]);
}

#[test]
fn pictures_with_one_stem_share_no_labels() {
    let files = [
        ("data.yaml", "names: [x]\n"),
        ("images/a.jpg", "PICTURE 10 10"),
        ("images/a.png", "PICTURE 10 10"),
        ("labels/a.txt", "0 0.5 0.5 0.1 0.1\n"),
    ];
    assert_eq!(said("yolo", &files), ["! images/a.jpg shared_labels", "! images/a.png shared_labels"]);
}

#[test]
fn voc_corners_in_both_ways_of_counting() {
    let xml = |corners: [&str; 4]| {
        let [a, b, c, d] = corners;
        format!(
            "<annotation><folder>VOC2012</folder><filename>1.jpg</filename><size><width>500</width><height>375</height>\
             <depth>3</depth></size><object><name>person</name><pose>Left</pose><truncated>1</truncated><difficult>0</difficult>\
             <bndbox><xmin>{a}</xmin><ymin>{b}</ymin><xmax>{c}</xmax><ymax>{d}</ymax></bndbox>\
             <part><name>head</name><bndbox><xmin>{a}</xmin><ymin>{b}</ymin><xmax>{c}</xmax><ymax>{d}</ymax></bndbox></part>\
             <actions><jumping>1</jumping><reading>0</reading></actions></object></annotation>"
        )
    };
    let attributes = r#"{"actions":["jumping"],"pose":"Left","truncated":true}"#;
    let classic =
        said("voc", &[("Annotations/1.xml", &xml(["1", "1", "500", "375"])), ("ImageSets/Main/train.txt", "1\n")]);
    assert_eq!(
        classic,
        [
            "train/1.jpg [500, 375]".to_owned(),
            format!("  person box 0 0 500 375 {attributes}"),
            "  head box 0 0 500 375".to_owned()
        ]
    );
    let floats = said("voc", &[("Annotations/1.xml", &xml(["0.5", "0", "499.5", "375"]))]);
    assert_eq!(floats[1], format!("  person box 0.5 0 499.5 375 {attributes}"));
    let named =
        said_with("voc", &[("Annotations/1.xml", &xml(["1", "1", "500", "375"]))], &[("corners", "zero-based")]);
    assert_eq!(named[1], format!("  person box 1 1 500 375 {attributes}"));
}

#[test]
fn cvat_runs_go_row_by_row_through_their_crop() {
    let xml = r##"<?xml version="1.0" encoding="utf-8"?><annotations><version>1.1</version><meta><task><labels>
      <label><name>car</name><color>#ff0000</color><type>any</type><attributes><attribute><name>code</name>
      <mutable>False</mutable><input_type>text</input_type><default_value></default_value><values></values></attribute></attributes></label>
      </labels></task></meta>
      <image id="0" name="a.png" subset="train" width="10" height="8">
        <mask label="car" source="manual" occluded="1" rle="1, 2, 2, 1" left="4" top="5" width="3" height="2" z_order="2"></mask>
        <box label="car" occluded="0" xtl="1.00" ytl="2.00" xbr="5.00" ybr="4.00" rotation="90.00" z_order="0">
          <attribute name="code">007</attribute></box>
        <points label="car" occluded="0" points="1.50,2.50;3.00,4.00" z_order="0"></points>
        <tag label="sunny" source="manual"></tag>
      </image></annotations>"##;
    assert_eq!(
        said("cvat", &[("annotations.xml", xml)]),
        [
            "train/a.png [10, 8]",
            "  tags = [\"sunny\"]",
            "  car mask 5 5 7 7 {\"occluded\":true,\"z_order\":2.0}",
            "  car rotated_box 2 1 4 5 {\"code\":\"007\"}",
            "  car points 1.5 2.5 3 4",
        ]
    );
    let reading = read(format("cvat").unwrap(), &view(&[("annotations.xml", xml)]));
    let Geometry::Mask(mask) = &reading.records[0].answers[0].answer.regions[0].geometry else { panic!() };
    // Crop rows 011 and 001 at x 4 to 6, y 5 to 6; columns of 8.
    assert_eq!(mask.counts, [5 * 8 + 5, 1, 7, 2, 25]);
}

#[test]
fn cvat_tracks_are_their_keyframes() {
    let xml = r#"<annotations><meta><task><labels><label><name>car</name></label></labels><original_size><width>64</width><height>48</height></original_size></task><source>v.mp4</source></meta>
      <track id="0" label="car"><box frame="0" keyframe="1" outside="0" occluded="0" xtl="0" ytl="0" xbr="4" ybr="4"/>
      <box frame="1" keyframe="0" outside="0" occluded="0" xtl="1" ytl="0" xbr="5" ybr="4"/>
      <box frame="2" keyframe="1" outside="1" occluded="0" xtl="2" ytl="0" xbr="6" ybr="4"/></track></annotations>"#;
    let reading = read(format("cvat-video").unwrap(), &view(&[("annotations.xml", xml)]));
    let Geometry::Track(track) = &reading.records[0].answers[0].answer.regions[0].geometry else { panic!() };
    let frames: Vec<_> = track.keyframes.iter().map(|keyframe| (keyframe.frame, keyframe.outside)).collect();
    assert_eq!((frames, reading.records[0].size), (vec![(0, false), (2, true)], Some([64, 48])));
}

#[test]
fn labelme_points_mean_what_the_type_says() {
    let json = r#"{"version":"5.5.0","flags":{"blurred":true},"imagePath":"..\\pics\\a.png","imageData":null,"imageHeight":50,"imageWidth":60,"shapes":[
      {"label":"r","points":[[9,8],[1,2]],"shape_type":"rectangle","group_id":3,"flags":{"occluded":true}},
      {"label":"c","points":[[10,10],[13,14]],"shape_type":"circle","group_id":null,"flags":{}},
      {"label":"l","points":[[0,0],[1,5],[3,3]],"shape_type":"linestrip","group_id":null,"flags":{}},
      {"label":"bad","points":[[0,0]],"shape_type":"polygon","flags":{}}]}"#;
    assert_eq!(
        said("labelme", &[("a.json", json)]),
        [
            "! a.json: shapes[3] bad_shape",
            "a.png [60, 50]",
            "  blurred = true",
            "  r box 1 2 9 8 {\"group_id\":3.0,\"occluded\":true}",
            "  c ellipse 5 5 15 15",
            "  l polyline 0 0 3 5",
        ]
    );
}

#[test]
fn formats_of_lines() {
    let kitti = "Car 0.00 0 -1.58 587.01 173.33 614.12 200.12 1.65 1.67 3.64 -0.65 1.71 46.70 -1.59\nDontCare -1 -1 -10 503.89 169.71 590.61 190.13 -1 -1 -1 -1000 -1000 -1000 -10\n";
    let lines =
        said("kitti", &[("training/label_2/000000.txt", kitti), ("training/image_2/000000.png", "PICTURE 1224 370")]);
    assert_eq!(lines[0], "training/000000.png [1224, 370]");
    assert!(
        lines[1].starts_with("  Car box 587.01 173.33 614.12 200.12 {\"alpha\":-1.58,\"height_meters\":1.65"),
        "{lines:?}"
    );
    assert_eq!(lines[2], "  DontCare box 503.89 169.71 590.61 190.13");

    let dota = "imagesource:GoogleEarth\ngsd:0.146\n10 10 20 10 20 15 10 15 small-vehicle 1\n";
    assert_eq!(
        said("dota", &[("labelTxt/P1.txt", dota), ("images/P1.png", "PICTURE 100 90")]),
        ["P1.png [100, 90]", "  small-vehicle rotated_box 10 10 20 15 {\"difficult\":true}"]
    );

    let wider = "0--Parade/a.jpg\n2\n449 330 122 149 0 0 0 0 0 0\n10 20 3 4 2 0 0 0 1 0\n0--Parade/b.jpg\n0\n0 0 0 0 0 0 0 0 0 0\n";
    assert_eq!(
        said("wider-face", &[("wider_face_split/wider_face_train_bbx_gt.txt", wider)]),
        [
            "train/0--Parade/a.jpg [0, 0]",
            "  face box 449 330 571 479",
            "  face box 10 20 13 24 {\"blur\":2.0,\"occlusion\":1.0}",
            "train/0--Parade/b.jpg [0, 0]",
        ]
    );

    let icdar = "377,117,463,117,465,130,378,130,Genaxis Theatre\n38,43,920,215,\"Tiredness, \"\"kills\"\"\"\n";
    let lines = said("icdar", &[("gt/a.txt", icdar), ("images/a.png", "PICTURE 1000 500")]);
    assert_eq!(lines[2], "  text box 38 43 920 215 {\"text\":\"Tiredness, \\\"kills\\\"\"}");

    let mot = "1,1,101,51,20,40,1,1,1\n2,1,103,51,20,40,1,1,1\n3,1,105,51,20,40,1,1,1\n1,2,1,1,5,5,0,1,1\n";
    let info = "[Sequence]\nname=v.mp4\nimWidth=640\nimHeight=480\n";
    let reading = read(format("mot").unwrap(), &view(&[("v/gt/gt.txt", mot), ("v/seqinfo.ini", info)]));
    let regions = &reading.records[0].answers[0].answer.regions;
    let Geometry::Track(track) = &regions[0].geometry else { panic!() };
    assert_eq!(regions.len(), 1, "a row with confidence 0 is to be ignored");
    assert_eq!(track.keyframes.iter().map(|k| k.frame).collect::<Vec<_>>(), [0, 2], "the middle lies on the line");
    assert_eq!(track.keyframes[0].geometry.bounds().unwrap(), Bounds::new(100.0, 50.0, 120.0, 90.0));
}

#[test]
fn open_images_has_both_x_before_both_y() {
    let boxes = "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,IsDepiction,IsInside\n\
                 000a,xclick,/m/01g317,1,0.1,0.3,0.5,1,1,0,-1,0,0\n";
    let files = [
        ("train-annotations-bbox.csv", boxes),
        ("class-descriptions-boxable.csv", "/m/01g317,Person\n/m/0k4j,Car\n"),
        ("train/000a.jpg", "PICTURE 100 50"),
    ];
    assert_eq!(
        said("open-images", &files),
        ["train/000a.jpg [100, 50]", "  Person box 10 25 30 50 {\"IsOccluded\":true}"]
    );
}

#[test]
fn documents_of_other_tools() {
    let supervisely = r#"{"description":"","size":{"height":20,"width":30},"tags":[{"name":"weather","value":"rain"}],"objects":[
      {"classTitle":"car","geometryType":"rectangle","tags":[{"name":"parked"}],"points":{"exterior":[[2,3],[11,7]],"interior":[]}},
      {"classTitle":"hole","geometryType":"polygon","tags":[],"points":{"exterior":[[0,0],[9,0],[9,9]],"interior":[[[4,1],[5,1],[5,2]]]}}]}"#;
    let meta = r##"{"classes":[{"title":"car","shape":"rectangle","color":"#FF0000"}],"tags":[]}"##;
    assert_eq!(
        said("supervisely", &[("meta.json", meta), ("ds/ann/a.png.json", supervisely)]),
        ["ds/a.png [30, 20]", "  weather = \"rain\"", "  car box 2 3 12 8 {\"parked\":true}", "  hole polygon 0 0 9 9",]
    );
    let bdd = r#"[{"name":"a.jpg","attributes":{"weather":"clear"},"timestamp":1,"labels":[
      {"id":"0","category":"car","attributes":{"occluded":true},"box2d":{"x1":10,"y1":20,"x2":19,"y2":39}},
      {"id":"1","category":"lane","poly2d":[{"vertices":[[0,0],[5,5]],"types":"LL","closed":false}]}]}]"#;
    assert_eq!(
        said("bdd100k", &[("bdd100k_labels_images_val.json", bdd)]),
        [
            "val/a.jpg [0, 0]",
            "  weather = \"clear\"",
            "  car box 10 20 20 40 {\"occluded\":true}",
            "  lane polyline 0 0 5 5",
        ]
    );
    let via = r#"{"_via_settings":{},"_via_img_metadata":{"a.jpg1234":{"filename":"a.jpg","size":1234,"file_attributes":{"who":"me"},"regions":[
      {"shape_attributes":{"name":"rect","x":"5","y":6,"width":7,"height":8},"region_attributes":{"type":"cat","fur":{"soft":true,"wet":false}}},
      {"shape_attributes":{"name":"circle","cx":10,"cy":10,"r":2},"region_attributes":{"type":"eye"}}]}}}"#;
    assert_eq!(
        said("via", &[("via.json", via)]),
        ["a.jpg [0, 0]", "  cat box 5 6 12 14 {\"fur\":[\"soft\"]}", "  eye ellipse 8 8 12 12"]
    );
    let geojson = r#"{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[0,0],[8,0],[8,8],[0,0]]]},
      "properties":{"classification":{"name":"Tumor","color":[200,0,0]}}}]}"#;
    assert_eq!(said("geojson", &[("a.geojson", geojson)]), ["a.jpg [0, 0]", "  Tumor polygon 0 0 8 8"]);
    let city =
        r#"{"imgHeight":1024,"imgWidth":2048,"objects":[{"label":"road","polygon":[[0,769],[290,574],[528,524]]}]}"#;
    assert_eq!(
        said("cityscapes", &[("gtFine/train/aachen/aachen_000000_000019_gtFine_polygons.json", city)]),
        ["train/aachen/aachen_000000_000019.png [2048, 1024]", "  road polygon 0 524 528 769"]
    );
    let darwin = r#"{"version":"2.0","item":{"name":"a.jpg","path":"/f","slots":[{"width":80,"height":60}]},"annotations":[
      {"id":"1","name":"dog","bounding_box":{"x":1,"y":2,"w":30,"h":40},"polygon":{"paths":[[{"x":1,"y":2},{"x":31,"y":2},{"x":31,"y":42}]]}},
      {"id":"2","name":"cat","bounding_box":{"x":5,"y":5,"w":5,"h":5}}]}"#;
    assert_eq!(
        said("darwin", &[("f/a.json", darwin)]),
        ["f/a.jpg [80, 60]", "  dog polygon 1 2 31 42", "  cat box 5 5 10 10"]
    );
    let labelme = "<annotation><filename>a.jpg</filename><folder>f</folder><object><name>car</name><deleted>0</deleted><occluded>yes</occluded>\
      <attributes>red</attributes><polygon><pt><x>1</x><y>2</y></pt><pt><x>9</x><y>2</y></pt><pt><x>9</x><y>7</y></pt></polygon></object>\
      <object><name>gone</name><deleted>1</deleted><polygon/></object></annotation>";
    assert_eq!(
        said("labelme-xml", &[("Annotations/a.xml", labelme)]),
        ["a.jpg [0, 0]", "  car polygon 1 2 9 7 {\"attributes\":\"red\",\"occluded\":true}"]
    );
}
