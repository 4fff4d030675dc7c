//! A profile as a page that needs nothing beside it.

use super::report::{Report, word};

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1f2933}\
    h2{margin-top:2rem;border-bottom:1px solid #d9e2ec}table{border-collapse:collapse}td{padding:.1rem .8rem .1rem 0;\
    vertical-align:top}td.n{text-align:right;font-variant-numeric:tabular-nums}i{display:inline-block;height:.7rem;\
    background:#3e7bfa}small{color:#627d98}";
/// Rows of one table.
const ROWS: usize = 50;

pub fn page(report: &Report) -> String {
    let mut out = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Profile</title><style>{STYLE}</style><h1>Profile</h1>"
    );
    let rows = report.inputs.iter().map(|input| (format!("{} ({})", input.path, input.format), input.items));
    bars(&mut out, &format!("{} items", report.items), rows);
    let wrong = [
        ("records with problems", report.problems),
        ("without data", report.without_data),
        ("unreadable", report.unreadable),
        ("addresses", report.addresses),
    ];
    bars(&mut out, "What could not be looked at", wrong.into_iter().map(|(name, count)| (name.to_owned(), count)));
    let owned = |(name, count): (&&str, &u64)| ((*name).to_owned(), *count);
    bars(&mut out, "Kinds", report.kinds.iter().map(owned));
    bars(&mut out, "Splits", report.splits.iter().map(|(name, count)| (name.clone(), *count)));
    bars(&mut out, "Labels", report.labels.counts.iter().map(|(name, count)| (name.clone(), *count)));
    if let Some(texts) = &report.texts {
        let sizes = texts.characters;
        let told = format!("{} to {} characters, half below {}", sizes.least, sizes.most, sizes.median);
        bars(&mut out, &format!("Texts: {told}"), [("short".to_owned(), texts.short)].into_iter());
        bars(&mut out, "Languages", texts.languages.iter().map(owned));
        let personal = texts.personal.iter();
        bars(&mut out, "Items with personal data", personal.map(|(kind, hits)| (word(kind), hits.items)));
    }
    if let Some(pictures) = &report.pictures {
        let (width, height) = (pictures.width, pictures.height);
        let told = format!("{} x {} to {} x {} pixels", width.least, height.least, width.most, height.most);
        let flaws = pictures.flaws.iter().map(|(flaw, hits)| (word(flaw), hits.items));
        let flaws = flaws.chain((pictures.faces.items > 0).then(|| ("with faces".to_owned(), pictures.faces.items)));
        bars(&mut out, &format!("Pictures: {told}"), flaws);
    }
    if let Some(recordings) = &report.recordings {
        let length = recordings.milliseconds;
        let told = format!("{} to {} ms, half below {} ms", length.least, length.most, length.median);
        let flaws = recordings.flaws.iter().map(|(flaw, hits)| (word(flaw), hits.items));
        bars(&mut out, &format!("Recordings: {told}"), flaws);
    }
    let same = &report.duplicates;
    let counts = [
        ("exact", same.exact),
        ("near", same.near),
        ("across inputs", same.across_inputs),
        ("across splits", same.leaks),
    ];
    bars(&mut out, "Duplicates", counts.into_iter().map(|(name, count)| (name.to_owned(), count)));
    out.push_str("<table>");
    for pair in &same.first_pairs {
        let leak = if pair.is_leak { "another split" } else { "" };
        out.push_str(&format!(
            "<tr><td>{}<td>is like<td>{}<td><small>{leak}</small>",
            escaped(&pair.item),
            escaped(&pair.like)
        ));
    }
    out.push_str("</table>");
    bars(&mut out, "Licences", report.licences.iter().map(|(name, count)| (name.clone(), *count)));
    for (kind, found) in &report.diversity {
        out.push_str(&format!("<h2>Diversity: {kind}</h2><p>{:.1} effective clusters of {} in a sample of {}; nearest other at {:.3} for half of \
             it, {:.3} for 95 %.",
            found.effective_clusters, found.clusters, found.sampled, found.nearest_median, found.nearest_p95
        ));
        if let Some(gaps) = &found.reference {
            out.push_str(&format!("<p>To the reference: {:.3} for half of the items, {:.3} for 95 %. From the reference to these items: {:.3}, \
                 {:.3}.",
                gaps.nearest_median, gaps.nearest_p95, gaps.missing_median, gaps.missing_p95
            ));
        }
    }
    out
}

fn bars(out: &mut String, title: &str, rows: impl Iterator<Item = (String, u64)>) {
    let mut rows: Vec<(String, u64)> = rows.collect();
    rows.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let most = rows.first().map_or(1, |(_, count)| *count).max(1);
    out.push_str(&format!("<h2>{}</h2><table>", escaped(title)));
    for (name, count) in rows.iter().take(ROWS) {
        let name = if name.is_empty() { "(none)" } else { name };
        let width = *count as f64 / most as f64 * 16.0;
        out.push_str(&format!("<tr><td>{}<td class=n>{count}<td><i style=\"width:{width:.2}rem\"></i>", escaped(name)));
    }
    out.push_str("</table>");
    if rows.len() > ROWS {
        out.push_str(&format!("<small>and {} more</small>", rows.len() - ROWS));
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
