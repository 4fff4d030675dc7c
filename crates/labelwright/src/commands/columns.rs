//! Which columns of a table are what, as the command line says it.

use super::key_value;
use clap::Args;
use labelwright_formats::{Format, Mapping};

#[derive(Debug, Clone, Args)]
pub struct Columns {
    /// Column of a table with the text, the address or the name of a file beside it.
    #[arg(long, value_name = "COLUMN")]
    content: Option<String>,
    /// Column of a table with the key.
    #[arg(long, value_name = "COLUMN")]
    key: Option<String>,
    /// A pane and the column of a table with its data.
    #[arg(long = "pane", value_name = "PANE=COLUMN", value_parser = key_value)]
    panes: Vec<(String, String)>,
}

impl Columns {
    /// The mapping for data of this format; None where it is found out later.
    pub fn mapping(&self, format: Option<&Format>) -> Result<Mapping, String> {
        let told = self.content.is_some() || self.key.is_some() || !self.panes.is_empty();
        if let Some(format) = format.filter(|format| told && !format.is_mapped()) {
            return Err(format!("{} has no columns that --content, --key or --pane could name", format.id));
        }
        let mut mapping = Mapping { content: self.content.clone(), key: self.key.clone(), ..Mapping::default() };
        for (pane, column) in &self.panes {
            if mapping.panes.insert(pane.clone(), column.clone()).is_some() {
                return Err(format!("--pane names {pane:?} twice"));
            }
        }
        Ok(mapping)
    }
}
