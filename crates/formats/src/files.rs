//! Folders of files: images, recordings, videos, series, documents, texts, and lists of addresses.

use crate::{
    carries::Carries,
    media::{AUDIO_ENDINGS, DOCUMENT_ENDINGS, IMAGE_ENDINGS, SERIES_ENDINGS, VIDEO_ENDINGS, has_ending, image_size},
    options::{FormatOption, Way},
    record::{Data, DirectoryView, Record, RecordError, Settings, Sink, Stop, give},
    registry::Format,
};
use labelwright_core::{GeometryKind, Modality, document::TextLayer};
use std::collections::BTreeMap;

pub const IMAGES: Format = Format {
    id: "images",
    title: "Folder of images",
    carries: Carries { words: "images", ..Carries::IMAGES },
    sniff: |view| share(view, &IMAGE_ENDINGS) * 0.8,
    read: Some(|view, _, sink| each_file(view, sink, &IMAGE_ENDINGS, |name, _| Ok(Data::File(name.to_owned())))),
    ..Format::NEW
};

pub const RECORDINGS: Format = Format {
    id: "recordings",
    title: "Folder of recordings",
    carries: Carries { words: "recordings", ..crate::audio::CARRIES },
    sniff: |view| share(view, &AUDIO_ENDINGS) * 0.8,
    read: Some(|view, _, sink| each_file(view, sink, &AUDIO_ENDINGS, |name, _| Ok(Data::File(name.to_owned())))),
    ..Format::NEW
};

pub const VIDEOS: Format = Format {
    id: "videos",
    title: "Folder of videos",
    carries: Carries {
        words: "videos",
        modalities: &[Modality::Video],
        geometry: &[GeometryKind::Track, GeometryKind::Interval],
        ..Carries::NOTHING
    },
    sniff: |view| share(view, &VIDEO_ENDINGS) * 0.8,
    read: Some(|view, _, sink| each_file(view, sink, &VIDEO_ENDINGS, |name, _| Ok(Data::File(name.to_owned())))),
    ..Format::NEW
};

/// Pictures are items to most who have them: a folder is a video where somebody says so.
pub const FRAMES: Format = Format {
    id: "frames",
    title: "Folders of frames, each a video",
    carries: Carries { words: "image sequences", ..VIDEOS.carries },
    options: &[FormatOption {
        key: "frames_per_second",
        help: "how many frames are shown in a second; 25 unless told",
        values: &[],
        way: Way::Read,
    }],
    sniff: |_| 0.0,
    read: Some(read_frames),
    ..Format::NEW
};

fn read_frames(view: &dyn DirectoryView, settings: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let told = settings.options.get("frames_per_second").unwrap_or("25");
    let Some(per_second) = crate::numbers::parse(told).filter(|rate| (0.001..=1000.0).contains(rate)) else {
        let message = format!("{told:?} frames a second; 0.001 to 1000 are taken");
        return Err(Stop::Unreadable(RecordError::new("", "bad_rate", message)));
    };
    let mut folders: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, _) in view.list() {
        if !has_ending(&name, &IMAGE_ENDINGS) {
            let message = format!("this is no file of the kind {}", IMAGE_ENDINGS.join(" "));
            give(sink, Err(RecordError::new(&name, "other_kind", message)))?;
            continue;
        }
        let folder = name.rsplit_once('/').map_or("frames", |(folder, _)| folder);
        folders.entry(folder.to_owned()).or_default().push(name);
    }
    for (folder, mut files) in folders {
        in_order(&mut files);
        let record = Record::new(&*folder, Data::Frames { files, per_second }, &*folder);
        give(sink, Ok(record))?;
    }
    Ok(())
}

/// The order in which people count: `frame-2` comes before `frame-10`.
pub(crate) fn in_order(files: &mut [String]) {
    let key = |name: &String| {
        let digits =
            name.bytes().rev().skip_while(|byte| !byte.is_ascii_digit()).take_while(u8::is_ascii_digit).count();
        let end = name.rfind(|c: char| c.is_ascii_digit()).map_or(0, |at| at + 1);
        let start = end.saturating_sub(digits);
        let number = name.get(start..end).and_then(|digits| digits.parse::<u64>().ok()).unwrap_or(0);
        (name.get(..start).unwrap_or_default().to_owned(), number, name.clone())
    };
    files.sort_by_cached_key(key);
}

/// Tables are rows of items to most who have them: a series is what somebody says is one.
pub const SERIES: Format = Format {
    id: "series",
    title: "Folder of time series (CSV, TSV, Parquet)",
    carries: Carries { words: "series of numbers over time", ..crate::series::CARRIES },
    sniff: |_| 0.0,
    read: Some(|view, _, sink| each_file(view, sink, &SERIES_ENDINGS, |name, _| Ok(Data::File(name.to_owned())))),
    ..Format::NEW
};

/// PDF files, and pictures of pages on which nothing has been read yet.
pub const DOCUMENTS: Format = Format {
    id: "documents",
    title: "Folder of documents (PDF, pictures of pages)",
    carries: Carries { words: "documents", ..crate::document::CARRIES },
    sniff: |view| share(view, &DOCUMENT_ENDINGS) * 0.8,
    read: Some(read_documents),
    ..Format::NEW
};

fn read_documents(view: &dyn DirectoryView, _: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    const ENDINGS: [&str; 5] = [".pdf", ".png", ".jpg", ".jpeg", ".webp"];
    each(view, sink, &ENDINGS, |name, view| {
        let mut record = Record::new(name, Data::File(name.to_owned()), name);
        if !has_ending(name, &DOCUMENT_ENDINGS) {
            record.size = image_size(view, name);
            let [width, height] = record
                .size
                .map(|size| size.map(f64::from))
                .ok_or_else(|| RecordError::new(name, "not_an_image", "this is no picture whose size can be read"))?;
            record.layer = Some(Box::new(TextLayer::blank(width, height)));
        }
        Ok(record)
    })
}

pub const TEXTS: Format = Format {
    id: "text",
    title: "Folder of text files",
    carries: Carries { words: "texts", ..Carries::TEXTS },
    sniff: |view| share(view, &[".txt", ".md"]) * 0.7,
    read: Some(|view, _, sink| {
        each_file(view, sink, &[".txt", ".md"], |name, view| read_text(view, name).map(Data::Text))
    }),
    ..Format::NEW
};

pub const URLS: Format = Format {
    id: "urls",
    title: "List of addresses, one a line",
    carries: Carries { words: "addresses of images", ..Carries::IMAGES },
    sniff: |_| 0.0,
    read: Some(read_urls),
    ..Format::NEW
};

pub(crate) fn share(view: &dyn DirectoryView, endings: &[&str]) -> f64 {
    let files = view.list();
    let fitting = files.iter().filter(|(name, _)| has_ending(name, endings)).count();
    if files.is_empty() { 0.0 } else { fitting as f64 / files.len() as f64 }
}

pub(crate) fn each_file(
    view: &dyn DirectoryView,
    sink: &mut Sink<'_>,
    endings: &[&str],
    data: impl Fn(&str, &dyn DirectoryView) -> Result<Data, RecordError>,
) -> Result<(), Stop> {
    each(view, sink, endings, |name, view| data(name, view).map(|data| Record::new(name, data, name)))
}

fn each(
    view: &dyn DirectoryView,
    sink: &mut Sink<'_>,
    endings: &[&str],
    record: impl Fn(&str, &dyn DirectoryView) -> Result<Record, RecordError>,
) -> Result<(), Stop> {
    for (name, bytes) in view.list() {
        let found = if !has_ending(&name, endings) {
            Err(RecordError::new(&name, "other_kind", format!("this is no file of the kind {}", endings.join(" "))))
        } else if bytes == 0 {
            Err(RecordError::new(&name, "empty_file", "the file is empty"))
        } else {
            record(&name, view)
        };
        give(sink, found)?;
    }
    Ok(())
}

/// A whole text file as UTF-8, without a byte-order mark; line ends stay as they are.
pub(crate) fn read_text(view: &dyn DirectoryView, name: &str) -> Result<String, RecordError> {
    let bytes = crate::text::whole_file(view, name)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let line = error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|b| **b == b'\n').count() + 1;
        RecordError::new(format!("{name}:{line}"), "not_utf8", "the text is not UTF-8")
    })?;
    let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    if text.contains('\0') {
        return Err(RecordError::new(name, "not_text", "the file holds NUL characters and is no text"));
    }
    Ok(text)
}

fn read_urls(view: &dyn DirectoryView, _: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    for (name, _) in view.list() {
        crate::text::each_line(view, &name, |number, line| {
            let place = format!("{name}:{number}");
            let line = match line.map(str::trim) {
                Ok("") => return Ok(()),
                Ok(line) => line,
                Err(error) => return give(sink, Err(error)),
            };
            let record = if line.starts_with("http://") || line.starts_with("https://") {
                let data = Data::Url(line.to_owned());
                Ok(Record::new(line, data, place))
            } else {
                Err(RecordError::new(place, "not_an_address", "an address starts with http:// or https://"))
            };
            give(sink, record)
        })?;
    }
    Ok(())
}
