//! `labelwright formats`: the table of formats, from the registry.

use crate::environment::Failure;
use clap::Args;
use labelwright_formats::{ClassList, FORMATS, Format, FormatOption, Names, Several};
use serde_json::json;

#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Print JSON.
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// Print the page of the documentation.
    #[arg(long)]
    markdown: bool,
}

pub async fn run(options: Options) -> Result<(), Failure> {
    if options.json {
        println!("{}", serde_json::to_string_pretty(&FORMATS.iter().map(as_json).collect::<Vec<_>>())?);
    } else if options.markdown {
        print!("{}", markdown());
    } else {
        for format in FORMATS {
            println!("{:<22} {:<10} {:<34} {}", format.id, ways(format), format.title, format.carries.words);
        }
    }
    Ok(())
}

fn ways(format: &Format) -> &'static str {
    words(format.read.is_some(), format.write.is_some())
}

fn words(reads: bool, writes: bool) -> &'static str {
    match (reads, writes) {
        (true, true) => "read write",
        (true, false) => "read",
        (false, true) => "write",
        (false, false) => "",
    }
}

fn geometries(format: &Format) -> Vec<&'static str> {
    format.carries.geometry.iter().map(|kind| kind.as_str()).collect()
}

fn names(names: Names) -> Vec<String> {
    match names {
        Names::None => Vec::new(),
        Names::Only(known) => known.iter().map(|(name, _)| (*name).to_owned()).collect(),
        Names::Of(kind) => vec![format!("any {kind:?}").to_lowercase()],
        Names::Any => vec!["any".to_owned()],
    }
}

/// What its table does not hold.
fn loses(format: &Format) -> Vec<&'static str> {
    let carries = &format.carries;
    let missing = [
        (carries.attributes == Names::None, "attributes"),
        (carries.fields == Names::None, "fields"),
        (carries.relations == Names::None, "relations"),
        (carries.several != Several::All, "several answers to an item"),
        (!carries.scores, "scores"),
        (!carries.metadata, "metadata"),
        (!carries.splits, "parts of the dataset"),
        (!carries.holes && format.carries.geometry.contains(&labelwright_core::GeometryKind::Polygon), "holes"),
        (!carries.empty_items, "items without labels"),
        (carries.classes == ClassList::Used, "unused classes and their order"),
        (carries.classes == ClassList::None, "classes"),
        (
            !carries.skeletons && format.carries.geometry.contains(&labelwright_core::GeometryKind::Keypoints),
            "skeletons",
        ),
        (
            !carries.hierarchy && carries.geometry.contains(&labelwright_core::GeometryKind::Interval),
            "the hierarchy of tiers",
        ),
    ];
    missing.into_iter().filter(|(lost, _)| *lost).map(|(_, what)| what).collect()
}

fn as_json(format: &Format) -> serde_json::Value {
    let carries = &format.carries;
    let modalities: Vec<&str> = carries.modalities.iter().map(|modality| modality.as_str()).collect();
    let option = |option: &FormatOption| {
        json!({
            "key": option.key,
            "help": option.help,
            "values": option.values,
            "reads": option.way.reads(),
            "writes": option.way.writes(),
        })
    };
    let options: Vec<_> = format.options.iter().map(option).collect();
    json!({
        "id": format.id,
        "title": format.title,
        "reads": format.read.is_some(),
        "writes": format.write.is_some(),
        "words": carries.words,
        "modalities": modalities,
        "geometries": geometries(format),
        "attributes": names(carries.attributes),
        "fields": names(carries.fields),
        "relations": names(carries.relations),
        "loses": if format.write.is_some() { loses(format) } else { Vec::new() },
        "panes": carries.panes,
        "keeps_sizes": carries.sizes,
        "keeps_ids": carries.ids,
        "precision_pixels": carries.precision,
        "options": options,
    })
}

fn markdown() -> String {
    let mut text = String::from(
        "# Formats\n\nThis page is the output of `labelwright formats --markdown`. What a format does not hold is counted in the \
         loss report of every export; the table is tested by writing and reading answers of every kind.\n\n\
         | format | id | ways | holds | loses |\n|---|---|---|---|---|\n",
    );
    for format in FORMATS {
        let mut holds = format.carries.words.to_owned();
        if let Names::Only(known) = format.carries.attributes {
            let known: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            holds.push_str(&format!("; attributes {}", known.join(", ")));
        }
        if format.carries.panes {
            holds.push_str("; several kinds of data in one item");
        }
        let lost = if format.write.is_some() { loses(format).join(", ") } else { String::new() };
        text.push_str(&format!("| {} | `{}` | {} | {holds} | {lost} |\n", format.title, format.id, ways(format)));
    }
    text.push_str("\n## Options\n\n| format | option | ways | values | meaning |\n|---|---|---|---|---|\n");
    for format in FORMATS {
        for option in format.options {
            let values = if option.values.is_empty() { "any".to_owned() } else { option.values.join(", ") };
            let ways = words(option.way.reads(), option.way.writes());
            text.push_str(&format!("| `{}` | `{}` | {ways} | {values} | {} |\n", format.id, option.key, option.help));
        }
    }
    text
}
