//! Reading a geometry from JSON. What serde derives for a tagged enum keeps every object in memory before it knows what
//! it is; we write `type` first, and whoever does that too is read straight into the shape.

use super::{Geometry, GeometryKind};
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor, value::MapAccessDeserializer},
};
use std::fmt;

impl<'de> Deserialize<'de> for Geometry {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_map(Tagged)
    }
}

struct Tagged;

impl<'de> Visitor<'de> for Tagged {
    type Value = Geometry;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a geometry: an object with a type")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Geometry, A::Error> {
        let mut before = serde_json::Map::new();
        while let Some(key) = map.next_key::<String>()? {
            if key == "type" {
                let kind = map.next_value()?;
                if before.is_empty() {
                    return shape(kind, MapAccessDeserializer::new(map));
                }
                while let Some((key, value)) = map.next_entry::<String, serde_json::Value>()? {
                    keep::<A>(&mut before, key, value)?;
                }
                return shape(kind, serde_json::Value::Object(before)).map_err(A::Error::custom);
            }
            let value = map.next_value()?;
            keep::<A>(&mut before, key, value)?;
        }
        Err(A::Error::missing_field("type"))
    }
}

/// Programs disagree on which of two values with the same key they keep: there must be one.
fn keep<'de, A: MapAccess<'de>>(
    kept: &mut serde_json::Map<String, serde_json::Value>,
    key: String,
    value: serde_json::Value,
) -> Result<(), A::Error> {
    match kept.contains_key(&key) || key == "type" {
        true => Err(A::Error::custom(format!("the key {key:?} appears twice"))),
        false => {
            kept.insert(key, value);
            Ok(())
        }
    }
}

fn shape<'de, D: Deserializer<'de>>(kind: GeometryKind, rest: D) -> Result<Geometry, D::Error> {
    Ok(match kind {
        GeometryKind::Box => Geometry::Box(Deserialize::deserialize(rest)?),
        GeometryKind::RotatedBox => Geometry::RotatedBox(Deserialize::deserialize(rest)?),
        GeometryKind::Ellipse => Geometry::Ellipse(Deserialize::deserialize(rest)?),
        GeometryKind::Polygon => Geometry::Polygon(Deserialize::deserialize(rest)?),
        GeometryKind::Polyline => Geometry::Polyline(Deserialize::deserialize(rest)?),
        GeometryKind::Points => Geometry::Points(Deserialize::deserialize(rest)?),
        GeometryKind::Keypoints => Geometry::Keypoints(Deserialize::deserialize(rest)?),
        GeometryKind::Mask => Geometry::Mask(Deserialize::deserialize(rest)?),
        GeometryKind::Cuboid => Geometry::Cuboid(Deserialize::deserialize(rest)?),
        GeometryKind::Span => Geometry::Span(Deserialize::deserialize(rest)?),
        GeometryKind::Interval => Geometry::Interval(Deserialize::deserialize(rest)?),
        GeometryKind::Track => Geometry::Track(Deserialize::deserialize(rest)?),
        GeometryKind::Cells => Geometry::Cells(Deserialize::deserialize(rest)?),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::Geometry;

    fn read(text: &str) -> Result<Geometry, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn the_type_may_stand_anywhere() {
        let first = read(r#"{"type":"box","x":1,"y":2,"width":3,"height":4.5}"#).unwrap();
        for other in [
            r#"{"x":1,"y":2,"width":3,"height":4.5,"type":"box"}"#,
            r#"{"x":1,"type":"box","y":2,"width":3,"height":4.5}"#,
        ] {
            assert_eq!(read(other).unwrap(), first);
        }
    }

    #[test]
    fn what_is_no_geometry_is_refused_wherever_the_type_stands() {
        for (text, word) in [
            (r#"{"type":"box","x":1,"y":2,"width":3}"#, "height"),
            (r#"{"x":1,"type":"box","y":2,"width":3}"#, "height"),
            (r#"{"x":1,"y":2,"width":3,"height":4}"#, "type"),
            (r#"{"type":"circle","x":1}"#, "circle"),
            (r#"{"type":"box","type":"box","x":1,"y":2,"width":3,"height":4}"#, "type"),
            (r#"{"x":1,"x":1,"type":"box","y":2,"width":3,"height":4}"#, "twice"),
            (r#"{"type":"box","x":1,"x":1,"y":2,"width":3,"height":4}"#, "duplicate"),
            ("[1,2]", "geometry"),
        ] {
            let refused = read(text).unwrap_err();
            assert!(refused.contains(word), "{text}: {refused}");
        }
    }
}
