//! Mails of a maildir (D. J. Bernstein, <https://cr.yp.to/proto/maildir.html>): a mail in `new/` is complete by the rules of
//! the format. Its plain text and its attachments become items; then it is moved to `cur/` as seen. A mail that was taken
//! and not yet moved when the machine stopped is taken again, and adds nothing.

use super::{
    Looked, Watch,
    journal::Seen,
    staging::{FILE_BYTES_MAXIMUM, Staging, format_of},
};
use crate::environment::Failure;
use labelwright_store::blobs::Blobs;
use mail_parser::{Message, MessageParser, MimeHeaders};
use serde_json::{Map, Value};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The flag of a mail that was seen.
const SEEN: &str = ":2,S";
/// Hexadecimal digits of a sender's hash.
const SENDER_DIGITS: usize = 24;

pub async fn look(watch: &mut Watch, keep_sender: bool) -> Result<Looked, Failure> {
    let mut looked = Looked::default();
    let (new, cur) = (watch.options.path.join("new"), watch.options.path.join("cur"));
    for folder in [&new, &cur] {
        if !folder.is_dir() {
            return Err(format!("{} is no folder: a maildir has new/ and cur/", folder.display()).into());
        }
    }
    let mut names: Vec<String> = fs::read_dir(&new)?
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    let mut names = names.into_iter();
    loop {
        let (mut staging, mut taken): (_, Vec<(PathBuf, PathBuf)>) = (Staging::new("maildir"), Vec::new());
        for name in names.by_ref() {
            let path = new.join(&name);
            let metadata = fs::metadata(&path)?;
            if !Seen::of(name.clone(), &metadata)?.is_still(watch.options.still) {
                looked.moving += 1;
                continue;
            }
            if metadata.len() > FILE_BYTES_MAXIMUM {
                eprintln!("{name}: left alone, it has more than 512 MiB");
                looked.other += 1;
                continue;
            }
            let bytes = fs::read(&path)?;
            match MessageParser::default().parse(&bytes) {
                Some(mail) => take(watch, &mail, &name, keep_sender, &mut staging, &mut looked)?,
                None => {
                    eprintln!("{name}: this is no mail");
                    looked.refused += 1;
                }
            }
            let moved = if name.contains(":2,") { name } else { format!("{name}{SEEN}") };
            taken.push((path, cur.join(moved)));
            if staging.is_full() {
                break;
            }
        }
        let done = taken.is_empty();
        staging.bring(watch, &mut looked).await?;
        for (from, to) in taken {
            fs::rename(&from, &to).map_err(|error| format!("{}: {error}", from.display()))?;
        }
        if done {
            return Ok(looked);
        }
    }
}

fn take(
    watch: &Watch,
    mail: &Message<'_>,
    name: &str,
    keep_sender: bool,
    staging: &mut Staging,
    looked: &mut Looked,
) -> Result<(), Failure> {
    let origin = origin(watch, mail, keep_sender);
    let body = mail.body_text(0).map(|text| text.replace("\r\n", "\n").trim().to_owned());
    let mut parts = 0;
    if let Some(body) = body.filter(|body| !body.is_empty()) {
        let own = with_part(&origin, "body");
        staging.add(&watch.stage, "text", "body.txt", body.as_bytes(), own)?;
        parts += 1;
    }
    for attachment in mail.attachments() {
        let given = attachment.attachment_name().unwrap_or("attachment").to_owned();
        let named = named(&given, attachment.content_type());
        // A name from outside is kept as a word, and never a path.
        let word = Path::new(&given).file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(format) = format_of(&named) else {
            eprintln!("{name}: the attachment {word:?} is left, it is no picture, recording or text");
            looked.other += 1;
            continue;
        };
        staging.add(&watch.stage, format, &named, attachment.contents(), with_part(&origin, &word))?;
        parts += 1;
    }
    if parts == 0 {
        eprintln!("{name}: it has neither plain text nor an attachment that can be labeled");
        looked.other += 1;
    }
    Ok(())
}

fn with_part(origin: &Map<String, Value>, part: &str) -> Map<String, Value> {
    let mut own = origin.clone();
    own.insert("part".into(), part.into());
    own
}

/// What is said of the mail. The sender is a word that is the same for each of their mails, unless the address was asked for.
fn origin(watch: &Watch, mail: &Message<'_>, keep_sender: bool) -> Map<String, Value> {
    let mut origin = watch.origin("maildir");
    let address = mail.from().and_then(|from| from.first()).and_then(|from| from.address());
    if let Some(address) = address.map(str::to_lowercase) {
        let hashed = &Blobs::hash(format!("{}\n{address}", watch.salt).as_bytes())[..SENDER_DIGITS];
        let sender = if keep_sender { address } else { hashed.to_owned() };
        origin.insert("sender".into(), sender.into());
    }
    if let Some(date) = mail.date() {
        origin.insert("sent_at".into(), date.to_rfc3339().into());
    }
    if let Some(id) = mail.message_id() {
        // It often holds the sender's name or host.
        let told = if keep_sender { id.to_owned() } else { Blobs::hash(id.as_bytes()) };
        origin.insert("message".into(), told.into());
    }
    origin
}

/// The name with an ending that says what it is, by its claimed type where the name has none. The bytes decide later.
fn named(name: &str, kind: Option<&mail_parser::ContentType<'_>>) -> String {
    if format_of(name).is_some() {
        return name.to_owned();
    }
    let ending = match kind.map(|kind| (kind.ctype(), kind.subtype().unwrap_or_default())) {
        Some(("image", "jpeg")) => "jpg",
        Some(("image", "png")) => "png",
        Some(("image", "gif")) => "gif",
        Some(("image", "webp")) => "webp",
        Some(("audio", "wav" | "x-wav")) => "wav",
        Some(("audio", "mpeg")) => "mp3",
        Some(("audio", "ogg")) => "ogg",
        Some(("audio", "flac")) => "flac",
        Some(("audio", "mp4" | "x-m4a")) => "m4a",
        Some(("text", "plain")) => "txt",
        _ => return name.to_owned(),
    };
    format!("{name}.{ending}")
}
