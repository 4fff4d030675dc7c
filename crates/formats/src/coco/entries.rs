//! The entries of a COCO file. What is not known is kept.

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};
use serde_json::{Map, Value, value::RawValue};
use std::{borrow::Cow, fmt};

/// Ids are whole numbers; in the wild they are texts too.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Id {
    Number(i64),
    Text(String),
}

impl Id {
    pub fn of(raw: &RawValue) -> Option<Self> {
        let text = raw.get();
        if let Ok(number) = text.parse() {
            return Some(Self::Number(number));
        }
        match serde_json::from_str(text).ok()? {
            Value::String(text) => Some(Self::Text(text)),
            Value::Number(number) => {
                let number = number.as_f64().filter(|n| n.fract() == 0.0 && n.abs() < 9e15)?;
                Some(Self::Number(number as i64))
            }
            _ => None,
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(id) => write!(formatter, "{id}"),
            Self::Text(id) => write!(formatter, "{id:?}"),
        }
    }
}

/// What the first walk needs of an image or annotation.
#[derive(Deserialize)]
pub struct OnlyIds<'a> {
    #[serde(borrow, default)]
    pub id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub image_id: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// Declares an entry: known keys with their types, and all others in a map. A known key that appears twice is an error.
macro_rules! entry {
    ($name:ident { $($field:ident: $type:ty,)* }) => {
        #[derive(Default)]
        pub struct $name<'a> {
            $(pub $field: Option<$type>,)*
            pub others: Map<String, Value>,
        }

        impl<'de: 'a, 'a> Deserialize<'de> for $name<'a> {
            fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
                struct Fields;

                impl<'de> Visitor<'de> for Fields {
                    type Value = $name<'de>;

                    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                        formatter.write_str("an object")
                    }

                    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
                        let mut entry = $name::default();
                        $(let mut $field = false;)*
                        while let Some(Key(key)) = access.next_key()? {
                            match key.as_ref() {
                                $(stringify!($field) => {
                                    if std::mem::replace(&mut $field, true) {
                                        return Err(A::Error::duplicate_field(stringify!($field)));
                                    }
                                    entry.$field = access.next_value()?;
                                })*
                                _ => {
                                    let key = key.into_owned();
                                    let value = access.next_value()?;
                                    if entry.others.contains_key(&key) {
                                        return Err(A::Error::custom(format!("the key {key:?} appears twice")));
                                    }
                                    entry.others.insert(key, value);
                                }
                            }
                        }
                        Ok(entry)
                    }
                }

                source.deserialize_map(Fields)
            }
        }
    };
}

entry! {
    Image {
        id: &'a RawValue,
        file_name: Cow<'a, str>,
        width: f64,
        height: f64,
    }
}

entry! {
    Annotation {
        id: &'a RawValue,
        image_id: &'a RawValue,
        category_id: &'a RawValue,
        bbox: Vec<f64>,
        segmentation: &'a RawValue,
        iscrowd: f64,
        keypoints: Vec<f64>,
        num_keypoints: &'a RawValue,
        score: f64,
        area: f64,
        attributes: Map<String, Value>,
    }
}

#[derive(Deserialize)]
pub struct Category {
    pub id: Value,
    pub name: Value,
    #[serde(default)]
    pub keypoints: Option<Vec<String>>,
    #[serde(default)]
    pub skeleton: Option<Vec<[i64; 2]>>,
    #[serde(flatten)]
    pub others: Map<String, Value>,
}
