//! The order of classes, their numbers and those that nothing has survive; sizes come from the picture's header.

use crate::support::{picture, read, write_with};
use labelwright_formats::{
    ClassList, Collector, Data, ExportItem, FORMATS, Format, Found, MemoryView, Next, Options, Settings, format,
    item_of,
};

fn view(files: &[(&str, &[u8])]) -> MemoryView {
    MemoryView { files: files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect() }
}

/// Reads in one format and writes in another.
fn convert(from: &Format, to: &Format, source: &MemoryView) -> (MemoryView, Vec<String>) {
    let (mut collector, mut items, mut problems) = (Collector::default(), Vec::<ExportItem>::new(), Vec::new());
    let settings = Settings { form: from.id == to.id, ..Settings::default() };
    from.read.unwrap()(source, &settings, &mut |found| {
        match found {
            Found::Schema(schema) => collector.schema(*schema),
            Found::Record(record) => {
                collector.record(&record);
                items.extend(item_of(*record, source));
            }
            Found::Problem(error) => problems.push(format!("{} {}", error.place, error.code)),
        }
        Next::GoOn
    })
    .unwrap();
    let schema = collector.finish();
    (write_with(to, &schema.schema, &items, &Options::default(), schema.extras.as_deref()).0, problems)
}

#[test]
fn yolo_keeps_numbers_through_all_that_can_hold_them() {
    // Class 1 is used by nobody, class 3 has a gap before it, and the names are not in the order of the alphabet.
    let yaml = b"names:\n  0: zebra\n  1: unused\n  2: apple\n  4: last\n";
    let label = b"4 0.5 0.5 0.25 0.5\n0 0.25 0.25 0.125 0.125\n2 0.5 0.5 0.5 0.5\n";
    let png = picture([64, 48]);
    let source = view(&[("data.yaml", yaml), ("images/train/a.png", &png), ("labels/train/a.txt", label)]);
    let yolo = format("yolo").unwrap();
    for through in FORMATS.iter().filter(|format| {
        let carries = &format.carries;
        let both = format.read.is_some() && format.write.is_some();
        both && carries.classes == ClassList::All
            && carries.geometry.contains(&labelwright_core::GeometryKind::Box)
            && carries.modalities.contains(&labelwright_core::Modality::Image)
    }) {
        let (there, problems) = convert(yolo, through, &source);
        assert_eq!(problems, Vec::<String>::new(), "{}", through.id);
        let (back, problems) = convert(through, yolo, &there);
        assert_eq!(problems, Vec::<String>::new(), "{}", through.id);
        let labels = back.files.iter().find(|(name, _)| name.ends_with("/a.txt")).unwrap();
        let numbers: Vec<&str> =
            std::str::from_utf8(labels.1).unwrap().lines().map(|line| line.split(' ').next().unwrap()).collect();
        let mut numbers: Vec<&str> = numbers;
        numbers.sort_unstable();
        assert_eq!(numbers, ["0", "2", "4"], "{}", through.id);
        let yaml = String::from_utf8_lossy(&back.files["data.yaml"]).into_owned();
        let names = yaml.split_once("names:\n").unwrap().1;
        assert_eq!(names, "  0: zebra\n  1: unused\n  2: apple\n  3: class_3\n  4: last\n", "{}", through.id);
    }
}

#[test]
fn names_that_come_twice_and_lines_without_a_name_move_no_number() {
    let png = picture([64, 48]);
    let label = b"0 0.5 0.5 0.25 0.5\n2 0.5 0.5 0.25 0.25\n3 0.5 0.5 0.5 0.5\n";
    let files: [(&str, &[u8]); 3] =
        [("data.yaml", b"names: [car, tree, car, dog]\n"), ("images/train/a.png", &png), ("labels/train/a.txt", label)];
    let yolo = format("yolo").unwrap();
    let (back, problems) = convert(yolo, yolo, &view(&files));
    let (_, written) = back.files.iter().find(|(name, _)| name.ends_with("/a.txt")).unwrap();
    assert_eq!(written, label, "the numbers are the same");
    assert_eq!(problems, ["data.yaml: names[2] duplicate_class"]);
    let darknet: [(&str, &[u8]); 4] = [
        ("obj.names", b"car\n\ntree\ncar\n\n\n"),
        ("obj.data", b"classes = 4\n"),
        ("obj_train_data/a.png", &png),
        ("obj_train_data/a.txt", label),
    ];
    let (back, problems) = convert(format("yolo-darknet").unwrap(), yolo, &view(&darknet));
    let (_, written) = back.files.iter().find(|(name, _)| name.ends_with("/a.txt")).unwrap();
    assert_eq!(written, label, "{problems:?}");
}

#[test]
fn the_size_is_that_of_the_header_and_a_picture_without_one_is_no_guess() {
    let label: &[u8] = b"0 0.5 0.5 0.5 0.5\n";
    let (right, broken) = (picture([300, 100]), b"no picture".to_vec());
    let source = view(&[
        ("data.yaml", b"names: [x]\n"),
        ("images/train/a.png", &right),
        ("labels/train/a.txt", label),
        ("images/train/b.png", &broken),
        ("labels/train/b.txt", label),
        ("labels/train/gone.txt", label),
    ]);
    let reading = read(format("yolo").unwrap(), &source);
    assert_eq!(reading.records.len(), 1);
    assert_eq!(reading.records[0].size, Some([300, 100]));
    let bounds = reading.records[0].answers[0].answer.regions[0].geometry.bounds().unwrap();
    assert_eq!([bounds.left, bounds.top, bounds.right, bounds.bottom], [75.0, 25.0, 225.0, 75.0]);
    let problems: Vec<_> = reading.problems.iter().map(|error| (error.place.as_str(), error.code)).collect();
    assert_eq!(problems, [("images/train/b.png", "no_size"), ("labels/train/gone.txt", "missing_file")]);
}

/// A JPEG header of 30 x 20 pixels that says how it is turned.
fn turned(orientation: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xe1, 0, exif.len() as u8 + 2];
    bytes.extend(exif);
    bytes.extend([0xff, 0xc0, 0, 17, 8, 0, 20, 0, 30, 3]);
    bytes
}

#[test]
fn turned_pictures_have_one_size_everywhere() {
    // Orientations 5 to 8 lie on their side: everybody sees 20 x 30, whichever format names the picture.
    for orientation in 1..=8_u8 {
        let upright = if orientation >= 5 { [20, 30] } else { [30, 20] };
        let jpeg = turned(orientation);
        type Files<'a> = &'a [(&'a str, &'a [u8])];
        let layouts: [(&str, Files<'_>); 8] = [
            ("yolo", &[("data.yaml", b"names: [x]\n"), ("images/a.jpg", &jpeg), ("labels/a.txt", b"0 0.5 0.5 0.5 0.5\n")]),
            ("yolo-darknet", &[("obj.names", b"x\n"), ("obj_train_data/a.jpg", &jpeg), ("obj_train_data/a.txt", b"0 0.5 0.5 0.5 0.5\n")]),
            ("kitti", &[("label_2/a.txt", b"car 0 0 0 1 1 5 5 0 0 0 0 0 0 0\n"), ("image_2/a.jpg", &jpeg)]),
            ("dota", &[("labelTxt/a.txt", b"1 1 5 1 5 5 1 5 ship 0\n"), ("images/a.jpg", &jpeg)]),
            ("icdar", &[("gt/gt_a.txt", b"1,1,5,1,5,5,1,5,word\n"), ("images/a.jpg", &jpeg)]),
            ("open-images", &[("train-annotations-bbox.csv", b"ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,IsDepiction,IsInside\na,x,/m/1,1,0.25,0.75,0.25,0.75,0,0,0,0,0\n"), ("train/a.jpg", &jpeg)]),
            ("images", &[("a.jpg", &jpeg)]),
            ("roboflow-csv", &[("train/_annotations.csv", b"filename,width,height,class,xmin,ymin,xmax,ymax\na.jpg,20,30,x,1,1,5,5\n"), ("train/a.jpg", &jpeg)]),
        ];
        for (id, files) in layouts {
            if id == "roboflow-csv" && orientation < 5 {
                continue;
            }
            let source = view(files);
            let reading = read(format(id).unwrap(), &source);
            let record = reading.records.into_iter().find(|record| matches!(record.data, Data::File(_)));
            let record = record.unwrap_or_else(|| panic!("{id}: {:?} {:?}", reading.problems, reading.stopped));
            let item = item_of(record, &source).unwrap();
            assert_eq!(item.size, Some(upright), "{id}, orientation {orientation}");
        }
        // Shares of a side are those of the upright picture.
        let source = view(layouts_yolo(&jpeg).as_slice());
        let bounds =
            read(format("yolo").unwrap(), &source).records[0].answers[0].answer.regions[0].geometry.bounds().unwrap();
        let [width, height] = upright.map(f64::from);
        assert_eq!([bounds.right - bounds.left, bounds.bottom - bounds.top], [width / 2.0, height / 2.0]);
    }
}

fn layouts_yolo(jpeg: &[u8]) -> Vec<(&str, &[u8])> {
    vec![("data.yaml", b"names: [x]\n"), ("images/a.jpg", jpeg), ("labels/a.txt", b"0 0.5 0.5 0.5 0.5\n")]
}
