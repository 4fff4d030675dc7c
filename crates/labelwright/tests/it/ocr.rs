//! `labelwright ocr` with Tesseract where it is installed, and with a program that takes its words everywhere.

use super::home::Home;
use std::{fs, os::unix::fs::PermissionsExt};

const PICTURE: &[u8] = include_bytes!("../../../formats/tests/data/receipt.png");
/// Writes its words into the file that Tesseract would write.
const PROGRAM: &str =
    "#!/bin/sh\ncase \"$1\" in *bad*) echo 'no such picture' >&2; exit 1;; esac\necho \"$@\" > \"$2.hocr\"\n";

#[test]
fn what_is_read_lies_beside_the_pictures() {
    let home = Home::new();
    home.write("bin/tesseract", PROGRAM.as_bytes());
    fs::set_permissions(home.path("bin/tesseract"), fs::Permissions::from_mode(0o755)).unwrap();
    for name in ["pages/one.png", "pages/below/two.jpg", "pages/notes.txt", "pages/bad.png"] {
        home.write(name, PICTURE);
    }
    let words = ["ocr", "pages", "--language", "deu+eng", "--layout", "6", "--program", "bin/tesseract"];
    let ended = home.run(&words);
    let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(out.contains("2 pictures read, 0 had been read before, 1 failed"), "{out}{err}");
    assert!(err.contains("bad.png") && err.contains("no such picture"), "{err}");
    let said = fs::read_to_string(home.path("pages/below/two.hocr")).unwrap();
    assert!(said.contains("two.jpg") && said.ends_with("-l deu+eng --psm 6 hocr\n"), "{said}");
    let again = home.run(&words);
    assert!(String::from_utf8_lossy(&again.stdout).contains("0 pictures read, 2 had been read before"));
    assert!(home.fails(&["ocr", "pages", "--language", "../eng", "--program", "bin/tesseract"]).contains("letters"));
}

#[test]
fn where_it_is_not_installed_it_says_how_to_get_it() {
    let home = Home::new();
    home.write("one.png", PICTURE);
    let ended = std::process::Command::new(env!("CARGO_BIN_EXE_labelwright"))
        .args(["ocr", "one.png"])
        .env("PATH", home.path("nothing"))
        .current_dir(home.path("."))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(!ended.status.success() && said.contains("apt install tesseract-ocr"), "{said}");
}

#[test]
fn tesseract_itself_reads() {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    if !std::env::split_paths(&folders).any(|folder| folder.join("tesseract").is_file()) {
        return;
    }
    let home = Home::new();
    home.write("receipt.png", PICTURE);
    assert!(home.ok(&["ocr", ".", "--layout", "6"]).contains("1 pictures read"));
    assert!(fs::read_to_string(home.path("receipt.hocr")).unwrap().contains(">Corner<"));
}
