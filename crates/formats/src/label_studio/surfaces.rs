//! What the regions of a task lie on: the item's own data, and that of each pane.

use super::{
    config::Config,
    geometry::Problem,
    objects::Role,
    reading::{Problems, dialogue, file, fitting},
};
use crate::{
    companion::Companion,
    extras::Extras,
    media::MediaIndex,
    record::{Clock, Data, Settings},
    spans::{self, Ruler, Unit},
};
use labelwright_core::{Modality, Moment};
use serde_json::{Map, Value as Json};

/// One kind of data with all that its regions are read by.
pub(super) struct Surface<'a> {
    /// None for the item's own data.
    pub pane: Option<&'a str>,
    pub ruler: Option<Ruler<'a>>,
    /// Where the words of each turn of a dialogue begin.
    pub turns: &'a [u32],
    pub size: Option<[u32; 2]>,
}

impl<'a> Surface<'a> {
    pub fn new(
        pane: Option<&'a str>,
        data: &'a Data,
        turns: &'a [u32],
        lists: &[(&str, Json)],
        config: &Config,
        settings: &Settings,
    ) -> Self {
        let text = match data {
            Data::Text(text) => Some(text.as_str()),
            _ => None,
        };
        let is_here = |item: &Json| match config.object_of(item).map(|object| &object.role) {
            Some(Role::Pane(_)) => config.object_of(item).map(|object| object.name.as_str()) == pane,
            _ => pane.is_none(),
        };
        let unit = match settings.options.get("offsets") {
            Some("auto") | None => text.map_or(Unit::Utf16, |text| fitting(text, lists, is_here)),
            _ => Unit::of(&settings.options, Unit::Utf16),
        };
        Self { pane, ruler: text.map(|text| Ruler::new(text, unit)), turns, size: None }
    }
}

/// The surface that a result item lies on, by its place in the list.
pub(super) fn of(surfaces: &[Surface<'_>], config: &Config, item: &Json) -> Result<usize, Problem> {
    let Some(object) = config.object_of(item) else { return Ok(0) };
    match object.role {
        Role::Item => Ok(0),
        Role::Pane(_) => {
            surfaces.iter().position(|surface| surface.pane == Some(object.name.as_str())).ok_or_else(|| {
                ("no_data", format!("the task has no data for {:?}, on which the region lies", object.name))
            })
        }
        Role::NotHeld => Err((
            "not_read",
            format!("data of <{}> {:?} is no pane: what lies on it is left out", object.tag, object.name),
        )),
    }
}

/// Companions of a task, with the beginnings of their turns; their data goes out of `data`.
pub(super) fn companions(
    data: &mut Map<String, Json>,
    config: &Config,
    media: &MediaIndex,
    extras: &mut Extras,
    place: &str,
    problems: &mut Problems,
) -> (Vec<Companion>, Vec<Vec<u32>>) {
    let (mut companions, mut turns) = (Vec::new(), Vec::new());
    for object in config.panes() {
        let Some(value) = data.get(&object.key) else { continue };
        let said = spans::text_of(Some(value)).filter(|said| !said.is_empty());
        let is_text = matches!(object.role, Role::Pane(Modality::Text));
        let (held, starts) = match (value, said) {
            (Json::Array(list), _) if is_text => {
                let (text, starts) = dialogue(list);
                extras.whole.form.insert(form(&object.name), value.clone());
                (Data::Text(text), starts)
            }
            (_, Some(text)) if is_text => (Data::Text(text), Vec::new()),
            (_, Some(path)) => (file(&path, media), Vec::new()),
            (Json::Null | Json::String(_), None) => continue,
            (_, None) => {
                let message = format!("data.{} is neither text nor address: it stays metadata", object.key);
                problems.push((place.to_owned(), ("bad_value", message)));
                continue;
            }
        };
        data.remove(&object.key);
        let mut companion = Companion::new(object.name.clone(), held);
        companion.clock = match companion.modality() {
            Modality::Audio => Some(Clock::new(1000)),
            // Its times are those of the column of times.
            Modality::TimeSeries => Some(Clock { first: Moment::new(0, false), ..Clock::new(1000) }),
            _ => None,
        };
        companions.push(companion);
        turns.push(starts);
    }
    (companions, turns)
}

/// Where the turns of a pane's dialogue are kept.
pub(super) fn form(pane: &str) -> String {
    format!("data of {pane}")
}
