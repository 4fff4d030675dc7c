//! Data that would fill the memory: lines of a gibibyte, bombs, pictures of labels that unpack to billions of pixels.
//! All of it is refused with its place, in little memory.

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

/// What `inspect --json` says, and the most memory that it took, in MiB.
fn inspected(folder: &Path, format: &str, input: &str) -> (serde_json::Value, String, u64) {
    let (out, err, peak) = run(folder, &["inspect", "--json", "--from", format, input]);
    (serde_json::from_slice(&out).unwrap_or_default(), err, peak)
}

/// What a command says, and the most memory that it took, in MiB.
fn run(folder: &Path, words: &[&str]) -> (Vec<u8>, String, u64) {
    let (out, err) = (folder.join(".out"), folder.join(".err"));
    let mut child = Command::new(env!("CARGO_BIN_EXE_labelwright"))
        .args(words)
        .current_dir(folder)
        .stdout(Stdio::from(File::create(&out).unwrap()))
        .stderr(Stdio::from(File::create(&err).unwrap()))
        .spawn()
        .unwrap();
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        peak = peak.max(kib.unwrap_or(0) / 1024);
        std::thread::sleep(Duration::from_millis(10));
    }
    (fs::read(out).unwrap(), fs::read_to_string(err).unwrap(), peak)
}

/// Eight times as many items take about as much memory.
#[test]
fn making_data_takes_no_memory_an_item() {
    let home = tempfile::tempdir().unwrap();
    let slots = "[slots]\nwho = ['Anna', 'Bo']\ncity = ['Rome', 'New York']\n[spans]\nwho = 'person'\ncity = 'city'\n";
    let grammar = format!(
        "[[document]]\nclass = 'travel'\ntemplates = ['{{who}} flies to {{city}} and back to {{city}}.']\n{slots}"
    );
    fs::write(home.path().join("grammar.toml"), grammar).unwrap();
    fs::write(home.path().join("recipe.toml"), "[[operation]]\nop = 'case'\n").unwrap();
    let peaks = ["5000", "40000"].map(|count| {
        let made = ["synthesize", "text", "--recipe", "grammar.toml", "--count", count, "--output", count];
        let (_, told, synthesized) = run(home.path(), &made);
        assert!(home.path().join(count).exists(), "{told}");
        let to = format!("{count}-more");
        let (_, told, augmented) = run(home.path(), &["augment", "--recipe", "recipe.toml", count, &to]);
        assert!(home.path().join(to).exists(), "{told}");
        [synthesized, augmented]
    });
    for (few, many) in peaks[0].into_iter().zip(peaks[1]) {
        assert!(many < few + 16, "{peaks:?} MiB");
    }
}

const GIB: u64 = 1 << 30;

/// The start, then NUL bytes to a gibibyte, without a line end: no room is taken on the disk.
fn long_line(path: &Path, start: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut file = File::create(path).unwrap();
    file.write_all(start.as_bytes()).unwrap();
    file.set_len(GIB).unwrap();
}

#[test]
fn a_line_of_a_gibibyte_is_refused_in_bounded_memory() {
    for (format, name, start) in [
        ("jsonl", "a.jsonl", "{\"text\":\""),
        ("csv", "a.csv", "id,text\n1,\""),
        ("coco", "a.json", "{\"images\":[{\"id\":1,\"file_name\":\""),
        ("label-studio", "a.json", "[{\"data\":{\"text\":\""),
        ("cvat", "annotations.xml", "<annotations><image name=\""),
        ("voc", "Annotations/a.xml", "<annotation><filename>"),
        ("conll2003", "a.conll", ""),
        ("yolo-darknet", "obj.names", ""),
        ("fasttext", "a.txt", "__label__x "),
        ("srt", "a.srt", "1\n00:00:00,000 --> 00:00:01,000\n"),
        ("text", "a.txt", ""),
    ] {
        let home = tempfile::tempdir().unwrap();
        long_line(&home.path().join("in").join(name), start);
        let (said, told, peak) = inspected(home.path(), format, "in");
        let problems = said["problems"].as_array().unwrap_or_else(|| panic!("{format}: {told}"));
        let place = problems.first().and_then(|problem| problem["place"].as_str()).unwrap_or_default();
        assert!(place.starts_with(name), "{format}: {said}");
        assert!(peak < 800, "{format}: {peak} MiB");
    }
}

/// A grey PNG of zeros: a few kilobytes that unpack to as many pixels as its sides say.
fn png_bomb(side: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().unwrap();
    let mut rows = writer.stream_writer().unwrap();
    let row = vec![0_u8; (side as usize).div_ceil(8)];
    for _ in 0..side {
        rows.write_all(&row).unwrap();
    }
    rows.finish().unwrap();
    drop(writer);
    bytes
}

#[test]
fn bombs_are_refused_in_bounded_memory() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("in");
    fs::create_dir_all(folder.join("SegmentationClass")).unwrap();
    fs::create_dir_all(folder.join("JPEGImages")).unwrap();
    let bomb = png_bomb(30_000);
    assert!(bomb.len() < 1 << 20, "{}", bomb.len());
    fs::write(folder.join("SegmentationClass/a.png"), &bomb).unwrap();
    fs::write(folder.join("JPEGImages/a.png"), &bomb).unwrap();
    fs::write(folder.join("labelmap.txt"), "# label:color_rgb:parts:actions\ncar:1,2,3::\n").unwrap();
    let (said, told, peak) = inspected(home.path(), "voc-segmentation", "in");
    assert!(said["problems"][0]["place"].as_str().is_some_and(|p| p.contains("a.png")), "{said} {told}");
    assert!(peak < 800, "{peak} MiB");

    // A zip file whose entry unpacks a thousandfold, and one that says that it does not.
    let mut zip = zip::ZipWriter::new(File::create(home.path().join("bomb.zip")).unwrap());
    zip.start_file("a.jsonl", zip::write::SimpleFileOptions::default()).unwrap();
    let zeros = vec![b' '; 1 << 20];
    (0..512).for_each(|_| zip.write_all(&zeros).unwrap());
    zip.finish().unwrap();
    let (_, told, peak) = inspected(home.path(), "jsonl", "bomb.zip");
    assert!(told.contains("a.jsonl") && told.contains("suspiciously"), "{told}");
    assert!(peak < 200, "{peak} MiB");
    let mut lying = fs::read(home.path().join("bomb.zip")).unwrap();
    let at = lying.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    lying[at + 24..at + 28].copy_from_slice(&1000_u32.to_le_bytes());
    fs::write(home.path().join("lies.zip"), lying).unwrap();
    let (said, told, peak) = inspected(home.path(), "jsonl", "lies.zip");
    let all = format!("{said} {told}");
    assert!(all.contains("longer than it says") || all.contains("lies.zip") || all.contains("a.jsonl"), "{all}");
    assert!(peak < 200, "{peak} MiB");
}
