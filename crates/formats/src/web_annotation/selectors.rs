//! Where an annotation lies: the selectors of its target (Web Annotation Data Model, 4.2).

use super::svg;
use crate::{
    numbers,
    spans::{self, Ruler, Unit},
};
use labelwright_core::Geometry;
use serde_json::Value as Json;

type Problem = (&'static str, String);

/// The source of a target, without a fragment, and the selectors of each of its pieces; none for the whole source. None
/// where there is no source, or several.
pub(super) fn target(json: &Json) -> Option<(String, Vec<Vec<Json>>)> {
    let Json::Array(list) = json else {
        let (source, selectors) = piece(json)?;
        return Some((source, if selectors.is_empty() { Vec::new() } else { vec![selectors] }));
    };
    let pieces: Vec<(String, Vec<Json>)> = list.iter().map(piece).collect::<Option<_>>()?;
    let source = pieces.first()?.0.clone();
    if pieces.iter().any(|(other, _)| *other != source) {
        return None;
    }
    Some((source, pieces.into_iter().map(|(_, selectors)| selectors).filter(|one| !one.is_empty()).collect()))
}

fn piece(json: &Json) -> Option<(String, Vec<Json>)> {
    match json {
        Json::String(iri) => Some(match iri.split_once('#') {
            Some((source, fragment)) if selects(fragment) => {
                (source.to_owned(), vec![serde_json::json!({ "type": "FragmentSelector", "value": fragment })])
            }
            _ => (iri.clone(), Vec::new()),
        }),
        Json::Object(object) => {
            let source = match object.get("source") {
                Some(Json::Object(source)) => source.get("id").or_else(|| source.get("@id")),
                Some(source) => Some(source),
                None => object.get("id").or_else(|| object.get("@id")),
            };
            let (source, mut selectors) = piece(source.filter(|source| source.is_string())?)?;
            match object.get("selector") {
                Some(Json::Array(list)) => selectors.extend(list.iter().cloned()),
                Some(one) if !one.is_null() => selectors.push(one.clone()),
                _ => {}
            }
            Some((source, selectors))
        }
        _ => None,
    }
}

/// Is this the fragment of a part of a picture, and not the name of another annotation?
fn selects(fragment: &str) -> bool {
    ["xywh=", "t=", "char="].iter().any(|start| fragment.starts_with(start))
}

fn text<'a>(selector: &'a Json, key: &str) -> &'a str {
    selector.get(key).and_then(Json::as_str).unwrap_or_default()
}

fn of<'a>(selectors: &'a [Json], kind: &str) -> Option<&'a Json> {
    selectors.iter().find(|selector| text(selector, "type") == kind)
}

/// Shape on a picture of this size.
fn shape(selectors: &[Json], size: Option<[u32; 2]>) -> Result<Geometry, Problem> {
    if let Some(selector) = of(selectors, "SvgSelector") {
        return svg::parse(text(selector, "value"));
    }
    let Some(selector) = of(selectors, "FragmentSelector") else {
        let kinds: Vec<&str> = selectors.iter().map(|selector| text(selector, "type")).collect();
        return Err(("not_read", format!("selectors of a picture are fragments or SVG, and not {kinds:?}")));
    };
    let value = text(selector, "value");
    let bad = || ("bad_selector", format!("a fragment of a picture is xywh=x,y,w,h, and not {value:?}"));
    let part = value.trim_start_matches('#').split('&').find_map(|part| part.strip_prefix("xywh=")).ok_or_else(bad)?;
    let (percent, part) = match part.split_once(':') {
        Some(("percent", rest)) => (true, rest),
        Some(("pixel", rest)) => (false, rest),
        None => (false, part),
        Some(_) => return Err(bad()),
    };
    let numbers = numbers::parse_all(part.split(',')).ok_or_else(bad)?;
    let [x, y, width, height] = *numbers.as_slice() else { return Err(bad()) };
    if width < 0.0 || height < 0.0 {
        return Err(("bad_box", format!("the box {part} has a side below 0")));
    }
    if !percent {
        return Ok(crate::shapes::upright(x, y, width, height));
    }
    let [w, h] =
        size.ok_or(("no_size", "the box is in percent, and the size of the picture is not known".to_owned()))?;
    let (w, h) = (f64::from(w) / 100.0, f64::from(h) / 100.0);
    Ok(crate::shapes::upright(x * w, y * h, width * w, height * h))
}

/// Does the position lie where its quote stands? None without both.
pub(super) fn fits(selectors: &[Json], ruler: &Ruler<'_>) -> Option<bool> {
    let position = of(selectors, "TextPositionSelector")?;
    let exact = of(selectors, "TextQuoteSelector")?.get("exact")?.as_str()?;
    let end = |key: &str| position.get(key)?.as_u64();
    let range = ruler.range(end("start")?, end("end")?);
    Some(range.is_ok_and(|[start, end]| ruler.cut(start, end) == exact))
}

/// The shape of several pieces.
pub(super) fn shapes(pieces: &[Vec<Json>], size: Option<[u32; 2]>) -> Result<Geometry, Problem> {
    let mut found = pieces.iter().map(|selectors| shape(selectors, size)).collect::<Result<Vec<_>, _>>()?;
    match found.pop() {
        Some(only) if found.is_empty() => Ok(only),
        last => svg::joined(found.into_iter().chain(last).collect()),
    }
}

/// The span of several pieces.
pub(super) fn spans(pieces: &[Vec<Json>], ruler: &Ruler<'_>) -> Result<Geometry, Problem> {
    Ok(spans::span(pieces.iter().map(|selectors| span(selectors, ruler)).collect::<Result<_, _>>()?))
}

/// Range of code points: the position where its quote fits or there is none, else the only place of the quote.
fn span(selectors: &[Json], ruler: &Ruler<'_>) -> Result<[u32; 2], Problem> {
    let quote = of(selectors, "TextQuoteSelector");
    let Some(position) = of(selectors, "TextPositionSelector") else {
        let Some(quote) = quote else {
            let kinds: Vec<&str> = selectors.iter().map(|selector| text(selector, "type")).collect();
            return Err(("not_read", format!("selectors of a text are positions or quotes, and not {kinds:?}")));
        };
        return quoted(quote, ruler.text);
    };
    let end = |key: &str| position.get(key).and_then(Json::as_u64);
    let (Some(start), Some(end)) = (end("start"), end("end")) else {
        return Err(("bad_selector", "a TextPositionSelector has start and end, whole numbers from 0".to_owned()));
    };
    match quote.filter(|_| fits(selectors, ruler) != Some(true)) {
        Some(quote) => match quoted(quote, ruler.text) {
            Ok(range) => Ok(range),
            Err((_, message)) => Err(("other_text", format!("the text at {start}..{end} is another one; {message}"))),
        },
        None => ruler.range(start, end),
    }
}

/// The only place of a quote, with what stands before and after it.
fn quoted(quote: &Json, whole: &str) -> Result<[u32; 2], Problem> {
    let [exact, prefix, suffix] = ["exact", "prefix", "suffix"].map(|key| text(quote, key));
    if exact.is_empty() {
        return Err(("bad_selector", "a TextQuoteSelector has an exact text".to_owned()));
    }
    let full = format!("{prefix}{exact}{suffix}");
    let mut places = whole.match_indices(&full).map(|(at, _)| at + prefix.len());
    match (places.next(), places.next()) {
        (Some(at), None) => {
            let ruler = Ruler::new(whole, Unit::Bytes);
            ruler.range(at as u64, (at + exact.len()) as u64)
        }
        (None, _) => Err(("other_text", format!("the quote {exact:?} is not in the text"))),
        (Some(_), Some(_)) => Err(("other_text", format!("the quote {exact:?} is in the text more than once"))),
    }
}
