//! Keys, tokens and addresses of databases that the operator lets sources use, each under a name. A source says the name
//! and never the secret, so that no secret is stored with a job or told back; and where a secret may be sent is said beside
//! it, so that nobody can have it sent elsewhere.

use labelwright_core::WorkspaceId;
use serde::{Deserialize, Deserializer, de::Error};
use std::{collections::BTreeMap, path::PathBuf, sync::Arc};
use url::Url;

const NAME_CHARS_MAXIMUM: usize = 64;

/// What a connection leads to, and as whom.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Access {
    S3 {
        key_id: String,
        secret_key: String,
        region: Option<String>,
        /// Where it is not Amazon's.
        #[serde(default, deserialize_with = "address")]
        endpoint: Option<Url>,
        /// Any that the keys can read unless told.
        bucket: Option<String>,
        /// Browsers get linked objects from the store itself, by addresses that are signed for them.
        #[serde(default)]
        signed: bool,
    },
    /// Google Cloud Storage with HMAC keys.
    Gcs {
        key_id: String,
        secret_key: String,
        #[serde(default, deserialize_with = "address")]
        endpoint: Option<Url>,
        bucket: Option<String>,
        #[serde(default)]
        signed: bool,
    },
    Azure {
        account: String,
        /// The account's key, or a shared access signature.
        key: Option<String>,
        sas: Option<String>,
        #[serde(default, deserialize_with = "address")]
        endpoint: Option<Url>,
        bucket: Option<String>,
        #[serde(default)]
        signed: bool,
    },
    /// A folder of this machine, one that is mounted say.
    Folder {
        path: PathBuf,
    },
    Apify {
        token: String,
        /// Where it is not Apify's own.
        #[serde(default, deserialize_with = "address")]
        base_url: Option<Url>,
    },
    Postgres {
        url: String,
    },
    Sqlite {
        file: PathBuf,
    },
}

fn address<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Url>, D::Error> {
    let is_web = |url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    let parsed = |text: String| Url::parse(&text).ok().filter(is_web);
    let wrong = || D::Error::custom("endpoint and base_url are http or https addresses");
    Option::<String>::deserialize(from)?.map(|text| parsed(text).ok_or_else(wrong)).transpose()
}

impl Access {
    pub fn kind(&self) -> &'static str {
        match self {
            Self::S3 { .. } => "s3",
            Self::Gcs { .. } => "gcs",
            Self::Azure { .. } => "azure",
            Self::Folder { .. } => "folder",
            Self::Apify { .. } => "apify",
            Self::Postgres { .. } => "postgres",
            Self::Sqlite { .. } => "sqlite",
        }
    }

    /// The only bucket that it leads to.
    pub fn bucket(&self) -> Option<&str> {
        match self {
            Self::S3 { bucket, .. } | Self::Gcs { bucket, .. } | Self::Azure { bucket, .. } => bucket.as_deref(),
            Self::Folder { .. } | Self::Apify { .. } | Self::Postgres { .. } | Self::Sqlite { .. } => None,
        }
    }

    /// Do browsers get objects from the store itself?
    pub fn signs(&self) -> bool {
        match self {
            Self::S3 { signed, .. } | Self::Gcs { signed, .. } | Self::Azure { signed, .. } => *signed,
            Self::Folder { .. } | Self::Apify { .. } | Self::Postgres { .. } | Self::Sqlite { .. } => false,
        }
    }
}

#[derive(Clone)]
struct Connection {
    access: Access,
    /// All unless told.
    workspaces: Option<Vec<i64>>,
}

/// All of them, by name. Cheap to clone. Has no `Debug`: it holds secrets.
#[derive(Clone, Default)]
pub struct Connections(Arc<BTreeMap<String, Connection>>);

impl Connections {
    /// Reads the operator's file: a table for each connection, `[photos]`, with its `kind` and what that needs, and the
    /// `workspaces` that may use it.
    ///
    /// # Errors
    /// The name of the first one that is wrong, and what is.
    pub fn parse(text: &str) -> Result<Self, String> {
        let tables: BTreeMap<String, toml::Table> = toml::from_str(text).map_err(|error| shown(&error))?;
        let mut all = BTreeMap::new();
        for (name, mut table) in tables {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            if name.is_empty() || name.len() > NAME_CHARS_MAXIMUM || !name.chars().all(is_plain) {
                return Err(format!("{name:?} is no name: use letters, digits, - _ ."));
            }
            let workspaces = match table.remove("workspaces") {
                None => None,
                Some(value) => {
                    let ids: Result<Vec<i64>, _> = value.try_into();
                    Some(ids.map_err(|_| format!("[{name}] workspaces: give a list of ids, like [1, 2]"))?)
                }
            };
            let access: Access = table.try_into().map_err(|error| format!("[{name}] {}", shown(&error)))?;
            if let Access::Azure { key: Some(_), sas: Some(_), .. } = &access {
                return Err(format!("[{name}] give key or sas, not both"));
            }
            if access.signs() && matches!(&access, Access::Azure { key: None, .. }) {
                return Err(format!("[{name}] signed needs the account's key"));
            }
            if access.signs() && access.bucket().is_none() {
                return Err(format!("[{name}] signed needs the bucket: browsers are told where it lies"));
            }
            all.insert(name, Connection { access, workspaces });
        }
        Ok(Self(Arc::new(all)))
    }

    /// Those that a workspace may use: their names and what they are.
    pub fn of(&self, workspace: WorkspaceId) -> impl Iterator<Item = (&str, &Access)> {
        let may = move |one: &Connection| one.workspaces.as_ref().is_none_or(|ids| ids.contains(&workspace.0));
        self.0.iter().filter(move |(_, one)| may(one)).map(|(name, one)| (name.as_str(), &one.access))
    }

    /// All connections whose objects browsers get from the store itself.
    pub fn signing(&self) -> impl Iterator<Item = &Access> {
        self.0.values().map(|one| &one.access).filter(|access| access.signs())
    }

    /// # Errors
    /// One sentence, the same whether there is none or another workspace has it.
    pub fn get(&self, workspace: WorkspaceId, name: &str) -> Result<&Access, String> {
        let found = self.of(workspace).find(|(known, _)| *known == name).map(|(_, access)| access);
        found.ok_or_else(|| format!("there is no connection {name:?} for this workspace; the operator sets them up"))
    }
}

/// What is wrong, without the line itself and without the value, which may be a secret.
fn shown(error: &toml::de::Error) -> String {
    let message = error.message();
    match message.split_once(", expected ") {
        Some((start, expected)) if start.starts_with("invalid") => {
            format!("a value is not what it should be: {expected}")
        }
        _ => message.to_owned(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_workspace_sees_its_own_and_mistakes_tell_no_secret() {
        let text = "[photos]\nkind = \"s3\"\nkey_id = \"id\"\nsecret_key = \"hidden\"\nbucket = \"own\"\nworkspaces = [2]\n\
                    [shop]\nkind = \"sqlite\"\nfile = \"/data/shop.sqlite\"";
        let connections = Connections::parse(text).unwrap();
        let names = |id| connections.of(WorkspaceId(id)).map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!((names(1), names(2)), (vec!["shop"], vec!["photos", "shop"]));
        assert_eq!(connections.get(WorkspaceId(2), "photos").ok().unwrap().bucket(), Some("own"));
        let (other, none) = (connections.get(WorkspaceId(1), "photos"), connections.get(WorkspaceId(2), "x"));
        assert_eq!(other.err().unwrap().replace("photos", "x"), none.err().unwrap());
        for text in [
            "[a]\nkind = \"s3\"\nkey_id = \"id\"\nsecret_key = \"hidden\"\nbukket = \"x\"",
            "[a]\nkind = \"s3\"\nkey_id = \"id\"\nsecret = \"hidden\"",
            "[a]\nkind = \"apify\"\ntoken = [\"hidden\"]",
            "[a]\nkind = \"apify\"\ntoken = \"hidden\"\nbase_url = \"file:///hidden\"",
            "[a]\nkind = \"ftp\"\nsecret = \"hidden\"",
            "[a]\nkind = \"azure\"\naccount = \"x\"\nkey = \"hidden\"\nsas = \"hidden\"",
            "[a]\nkind = \"sqlite\"\nfile = \"x\"\nworkspaces = \"hidden\"",
            "[\"a b\"]\nkind = \"sqlite\"\nfile = \"hidden\"",
            "[a]\nkey = hidden",
        ] {
            let error = Connections::parse(text).err().unwrap();
            assert!(!error.contains("hidden"), "{error}");
        }
    }
}
