//! Watched folders and maildirs: what comes becomes items once, with where it comes from.

use crate::program::Place;
use labelwright_testkit::TestPostgres;
use std::{
    fs,
    path::Path,
    time::{Duration, SystemTime},
};

async fn places() -> Vec<Place> {
    let mut places = vec![Place::new(None)];
    places.extend(TestPostgres::database().await.map(|url| Place::new(Some(url))));
    places
}

/// A file that nobody has touched for an hour.
fn lay(path: &Path, content: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
    let file = fs::File::options().write(true).open(path).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(3600)).unwrap();
}

fn picture() -> Vec<u8> {
    include_bytes!("../../../../docs/images/home.png").to_vec()
}

fn exported(place: &Place, project: &str) -> String {
    let file = place.path("out.jsonl");
    place.good(&["export", "--project", project, "--format", "native", "--output", file.to_str().unwrap()]);
    fs::read_to_string(file).unwrap()
}

#[tokio::test]
async fn files_of_a_folder_become_items_once_and_half_written_ones_wait() {
    for place in places().await {
        drop(place.serve("demo", &["--items", "16"]));
        let folder = place.path("drop");
        lay(&folder.join("one.txt"), "A text in a folder");
        lay(&folder.join("deep/copy.txt"), "A text in a folder");
        lay(&folder.join("home.png"), picture());
        lay(&folder.join("broken.png"), "no picture");
        lay(&folder.join("tool.exe"), "MZ");
        lay(&folder.join(".hidden.txt"), "not yet there");
        fs::write(folder.join("fresh.txt"), "Somebody is writing th").unwrap();
        let watch = |more: &[&str]| {
            let path = folder.to_str().unwrap();
            let words = ["watch", "folder", path, "--dataset", "Dropped", "--still", "600", "--once"];
            place.good(&[words.as_slice(), more].concat())
        };
        let first = watch(&["--licence", "CC0-1.0", "--terms", "given at the fair"]);
        assert_eq!(first.trim(), r#"{"added":2,"known":0,"refused":1,"moving":1,"other":1}"#);
        assert_eq!(watch(&[]).trim(), r#"{"added":0,"known":0,"refused":0,"moving":1,"other":0}"#);
        lay(&folder.join("fresh.txt"), "Somebody has written this");
        assert_eq!(watch(&[]).trim(), r#"{"added":1,"known":0,"refused":0,"moving":0,"other":0}"#);
        // What the watch remembers may be lost: the dataset knows its items.
        fs::remove_dir_all(place.path("data").join("watch")).unwrap();
        assert_eq!(watch(&[]).trim(), r#"{"added":0,"known":3,"refused":1,"moving":0,"other":1}"#);
        assert!(place.good(&["doctor"]).contains(" 0 findings"));
        let left = fs::read_dir(place.path("data").join("uploads")).unwrap().count();
        assert_eq!(left, 0, "nothing is left on the way");
    }
}

const MAIL: &str = "From: Ann Example <Ann@Example.org>\r\nTo: drop@example.org\r\nSubject: A cat\r\n\
    Message-ID: <1@mail.example.org>\r\nDate: Mon, 30 Nov 2026 06:00:00 +0000\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed; boundary=\"x\"\r\n\r\n--x\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\
    Content-Transfer-Encoding: quoted-printable\r\n\r\nA cat from Z=FCrich\r\n--x\r\nContent-Type: image/png\r\n\
    Content-Disposition: attachment; filename=\"../../cat.png\"\r\nContent-Transfer-Encoding: base64\r\n\r\n@@\r\n\
    --x\r\nContent-Type: application/zip\r\nContent-Disposition: attachment; filename=\"a.zip\"\r\n\
    Content-Transfer-Encoding: base64\r\n\r\nUEsFBg==\r\n--x--\r\n";

#[tokio::test]
async fn mails_become_texts_and_pictures_and_their_senders_stay_unknown() {
    let place = Place::new(None);
    drop(place.serve("demo", &["--items", "16"]));
    let mails = place.path("mails");
    let refused = place.run(&["watch", "maildir", place.path("data").to_str().unwrap(), "--dataset", "M", "--once"]);
    assert!(!refused.good && refused.err.contains("a maildir has new/ and cur/"), "{}", refused.err);
    fs::create_dir_all(mails.join("cur")).unwrap();
    let picture = base64(&picture());
    lay(&mails.join("new/1.host"), MAIL.replace("@@", &picture));
    lay(&mails.join("new/2.host"), "From: bob@example.org\r\nSubject: x\r\n\r\nOnly words\r\n");
    let watch = |more: &[&str]| {
        let path = mails.to_str().unwrap();
        let words = ["watch", "maildir", path, "--dataset", "Mails", "--project", "4", "--still", "600", "--once"];
        place.good(&[words.as_slice(), more].concat())
    };
    assert_eq!(watch(&[]).trim(), r#"{"added":3,"known":0,"refused":0,"moving":0,"other":1}"#);
    let names = |folder: &str| {
        let mut names: Vec<String> = fs::read_dir(mails.join(folder))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    };
    assert_eq!((names("new"), names("cur")), (vec![], vec!["1.host:2,S".to_owned(), "2.host:2,S".into()]));
    // Taken and not moved when the machine stopped: it comes again and adds nothing.
    fs::rename(mails.join("cur/2.host:2,S"), mails.join("new/2.host")).unwrap();
    assert_eq!(watch(&[]).trim(), r#"{"added":0,"known":1,"refused":0,"moving":0,"other":0}"#);
    let frozen = exported(&place, "4");
    assert!(frozen.contains("A cat from Zürich") && frozen.contains("\"source\":\"maildir\""), "{frozen}");
    assert!(!frozen.to_lowercase().contains("ann@example.org") && !frozen.contains("1@mail.example.org"));
    lay(&mails.join("new/3.host"), "From: Carl@Example.org\r\nSubject: x\r\n\r\nWith his name\r\n");
    watch(&["--keep-sender"]);
    assert!(exported(&place, "4").contains("carl@example.org"));
}

/// RFC 4648, in lines.
fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for (at, chunk) in bytes.chunks(3).enumerate() {
        let word = chunk.iter().enumerate().fold(0_u32, |word, (at, byte)| word | u32::from(*byte) << (16 - 8 * at));
        for sign in 0..4 {
            let is_there = sign <= chunk.len();
            text.push(if is_there { SIGNS[(word >> (18 - 6 * sign) & 63) as usize] as char } else { '=' });
        }
        if at % 19 == 18 {
            text.push_str("\r\n");
        }
    }
    text
}
