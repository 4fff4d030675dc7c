//! Options of formats: declared in the registry, checked when they are set, so that a misspelt one is an error.

use std::collections::BTreeMap;

/// When an option has a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Read,
    Write,
    Both,
}

impl Way {
    pub fn reads(self) -> bool {
        self != Self::Write
    }

    pub fn writes(self) -> bool {
        self != Self::Read
    }
}

/// One option of a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormatOption {
    pub key: &'static str,
    pub help: &'static str,
    /// The values that it may have, the first being the default; empty for any text.
    pub values: &'static [&'static str],
    pub way: Way,
}

/// Options that were set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    set: BTreeMap<String, String>,
}

impl Options {
    /// Options for one way: reading or writing.
    ///
    /// # Errors
    /// When a key is not declared for this way, or a value is none of those that are allowed.
    pub fn parse<'a>(
        declared: &[FormatOption],
        way: Way,
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, String> {
        let fits = |option: &&FormatOption| match way {
            Way::Read => option.way.reads(),
            Way::Write => option.way.writes(),
            Way::Both => true,
        };
        let mut set = BTreeMap::new();
        for (key, value) in pairs {
            let Some(option) = declared.iter().filter(fits).find(|option| option.key == key) else {
                let known: Vec<&str> = declared.iter().filter(fits).map(|option| option.key).collect();
                let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                let other = declared.iter().find(|option| option.key == key).map(|option| option.way);
                return Err(match other {
                    Some(Way::Read) => format!("{key} is an option of reading only; for writing there are: {known}"),
                    Some(_) => format!("{key} is an option of writing only; for reading there are: {known}"),
                    None => format!("there is no option {key:?}; there are: {known}"),
                });
            };
            if !option.values.is_empty() && !option.values.contains(&value) {
                return Err(format!("{key} is one of {}, and not {value:?}", option.values.join(", ")));
            }
            set.insert(key.to_owned(), value.to_owned());
        }
        Ok(Self { set })
    }

    /// What was set.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.set.get(key).map(String::as_str)
    }

    pub fn is(&self, key: &str, value: &str) -> bool {
        self.get(key) == Some(value)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const DECLARED: [FormatOption; 2] = [
        FormatOption { key: "corners", help: "", values: &["pixel", "classic"], way: Way::Both },
        FormatOption { key: "shard_items", help: "", values: &[], way: Way::Write },
    ];

    #[test]
    fn an_option_of_the_other_way_is_refused() {
        let parse = |way, key, value| Options::parse(&DECLARED, way, [(key, value)]);
        assert!(parse(Way::Write, "shard_items", "2").is_ok_and(|options| options.get("shard_items") == Some("2")));
        let other = parse(Way::Read, "shard_items", "2").unwrap_err();
        assert_eq!(other, "shard_items is an option of writing only; for reading there are: corners");
        let unknown = parse(Way::Write, "corner", "classic").unwrap_err();
        assert_eq!(unknown, "there is no option \"corner\"; there are: corners, shard_items");
        let value = parse(Way::Read, "corners", "x").unwrap_err();
        assert_eq!(value, "corners is one of pixel, classic, and not \"x\"");
    }
}
