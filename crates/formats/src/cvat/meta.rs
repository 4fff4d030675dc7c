//! The labels of a CVAT file as a schema and back.

use crate::{
    labels,
    xml::{Element, push_element},
};
use labelwright_core::{
    GeometryKind, LabelSchema, Modality,
    schema::{Class, Field, FieldKind, Skeleton},
};

const SHAPES: [(&str, GeometryKind); 9] = [
    ("rectangle", GeometryKind::Box),
    ("polygon", GeometryKind::Polygon),
    ("polyline", GeometryKind::Polyline),
    ("points", GeometryKind::Points),
    ("ellipse", GeometryKind::Ellipse),
    ("mask", GeometryKind::Mask),
    ("cuboid", GeometryKind::Cuboid),
    ("skeleton", GeometryKind::Keypoints),
    ("rectangle", GeometryKind::RotatedBox),
];

/// All `<label>` elements, wherever `<labels>` is.
fn labels_of(meta: &Element) -> Vec<&Element> {
    let mut found: Vec<&Element> = meta.children("label").collect();
    for child in meta.children.iter().filter(|child| child.name != "label") {
        found.extend(labels_of(child));
    }
    found
}

pub fn read(meta: &Element, modality: Modality) -> LabelSchema {
    let all = labels_of(meta);
    // As the shapes say it: white space at its ends is a part of a name, unless the file was laid out anew.
    let name = |label: &Element| match label.child("name").map(|name| name.text.as_str()) {
        Some(text) if text.contains(['\n', '\r']) => text.trim().to_owned(),
        text => text.unwrap_or_default().to_owned(),
    };
    let mut classes: Vec<Class> = Vec::new();
    for label in all.iter().filter(|label| label.child("parent").is_none()) {
        let kinds: Vec<GeometryKind> = match label.text_of("type") {
            None | Some("" | "any" | "tag") => SHAPES.iter().map(|(_, kind)| *kind).collect(),
            Some(wanted) => SHAPES.iter().filter(|(shape, _)| *shape == wanted).map(|(_, kind)| *kind).collect(),
        };
        let mut class = labels::class(&name(label), classes.len(), &kinds);
        if let Some(color) = label.text_of("color").filter(|color| color.len() == 7 && color.starts_with('#')) {
            class.color = color.to_owned();
        }
        class.attributes = label.child("attributes").map(attributes).unwrap_or_default();
        if label.text_of("type") == Some("skeleton") {
            let parts = all.iter().filter(|part| part.text_of("parent") == label.text_of("name"));
            let points = parts.map(|part| name(part)).collect();
            class.skeleton = Some(Skeleton { points, edges: label.text_of("svg").map(edges).unwrap_or_default() });
        }
        if !classes.iter().any(|known| known.id == class.id) {
            classes.push(class);
        }
    }
    labels::schema(modality, classes, Vec::new())
}

fn attributes(element: &Element) -> Vec<Field> {
    let field = |attribute: &Element| {
        let values: Vec<String> =
            attribute.text_of("values").unwrap_or_default().lines().map(|line| line.trim().to_owned()).collect();
        let name = attribute.text_of("name")?;
        let mut field = match attribute.text_of("input_type") {
            Some("select" | "radio") => labels::choice(name, &values, false),
            Some("checkbox") => labels::field(name, FieldKind::Boolean {}),
            Some("number") => {
                labels::field(name, FieldKind::Number { min: None, max: None, integer: false, unit: None })
            }
            _ => labels::field(
                name,
                FieldKind::Text { multiline: false, max_chars: None, pattern: None, starts_from: None },
            ),
        };
        field.mutable = attribute.text_of("mutable").is_some_and(|text| text.trim().eq_ignore_ascii_case("true"));
        Some(field)
    };
    element.children("attribute").filter_map(field).collect()
}

/// The bones in the drawing of a skeleton: `data-node-from` and `data-node-to`, from 1.
fn edges(svg: &str) -> Vec<[u32; 2]> {
    let number = |line: &str, key: &str| {
        let rest = &line[line.find(key)? + key.len()..];
        let digits: String =
            rest.trim_start_matches(['=', '"', '\'']).chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u32>().ok()?.checked_sub(1)
    };
    let lines = svg.split("<line").skip(1);
    lines.filter_map(|line| Some([number(line, "data-node-from")?, number(line, "data-node-to")?])).collect()
}

pub fn write(schema: &LabelSchema, project: &str, extra: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations>\n  <version>1.1</version>\n  <meta>\n    <task>\n      ");
    push_element(out, "name", project);
    out.extend_from_slice(extra.as_bytes());
    out.extend_from_slice(b"\n      <labels>\n");
    for class in &schema.classes {
        label(class, out);
        for point in class.skeleton.iter().flat_map(|skeleton| &skeleton.points) {
            out.extend_from_slice(b"        <label>");
            push_element(out, "name", point);
            out.extend_from_slice(b"<type>points</type><attributes></attributes>");
            push_element(out, "parent", &class.id);
            out.extend_from_slice(b"</label>\n");
        }
    }
    out.extend_from_slice(b"      </labels>\n    </task>\n  </meta>\n");
}

fn label(class: &Class, out: &mut Vec<u8>) {
    out.extend_from_slice(b"        <label>");
    push_element(out, "name", &class.id);
    push_element(out, "color", &class.color);
    let kind = match (&class.skeleton, class.geometry.as_slice()) {
        (Some(_), _) => "skeleton",
        (None, [GeometryKind::Keypoints]) | (None, []) => "any",
        (None, [only]) => SHAPES.iter().find(|(_, kind)| kind == only).map_or("any", |(shape, _)| *shape),
        (None, _) => "any",
    };
    push_element(out, "type", kind);
    out.extend_from_slice(b"<attributes>");
    for field in &class.attributes {
        out.extend_from_slice(b"<attribute>");
        push_element(out, "name", &field.id);
        let (kind, values): (&str, Vec<&str>) = match &field.kind {
            FieldKind::Choice { multiple: false, .. } => ("select", labels::options(field)),
            FieldKind::Boolean {} => ("checkbox", Vec::new()),
            FieldKind::Number { .. } | FieldKind::Rating { .. } => ("number", Vec::new()),
            _ => ("text", Vec::new()),
        };
        push_element(out, "mutable", if field.mutable { "True" } else { "False" });
        push_element(out, "input_type", kind);
        push_element(out, "default_value", values.first().copied().unwrap_or_default());
        push_element(out, "values", &values.join("\n"));
        out.extend_from_slice(b"</attribute>");
    }
    out.extend_from_slice(b"</attributes>");
    if let Some(skeleton) = &class.skeleton {
        let mut svg = String::new();
        for (index, point) in skeleton.points.iter().enumerate() {
            let mut name = Vec::new();
            crate::xml::push_text(&mut name, point);
            let name = String::from_utf8_lossy(&name);
            let number = index + 1;
            svg.push_str(&format!("<circle r=\"1.5\" cx=\"{number}\" cy=\"{number}\" data-type=\"element node\" data-element-id=\"{number}\" data-node-id=\"{number}\" data-label-name=\"{name}\"/>"));
        }
        for [from, to] in &skeleton.edges {
            svg.push_str(&format!(
                "<line data-type=\"edge\" data-node-from=\"{}\" data-node-to=\"{}\"/>",
                from + 1,
                to + 1
            ));
        }
        push_element(out, "svg", &svg);
    }
    out.extend_from_slice(b"</label>\n");
}
