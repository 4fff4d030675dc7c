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
    /// # Errors
    /// When a key is not declared, or a value is none of those that are allowed.
    pub fn parse<'a>(
        declared: &[FormatOption],
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, String> {
        let mut set = BTreeMap::new();
        for (key, value) in pairs {
            let Some(option) = declared.iter().find(|option| option.key == key) else {
                let known: Vec<&str> = declared.iter().map(|option| option.key).collect();
                let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                return Err(format!("there is no option {key:?}; there are: {known}"));
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
