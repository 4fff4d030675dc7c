//! What can be wrong with what is asked, or with the data of one item. The text names the place and the way out.

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum GenerateError {
    /// The recipe's text is neither TOML nor JSON of the right form.
    #[error("the recipe cannot be read: {0}")]
    Malformed(String),
    /// A value of the recipe; `place` is like `operation 2 (rotate), degrees`.
    #[error("{place}: {message}")]
    Recipe { place: String, message: String },
    #[error("the picture cannot be read: {0}")]
    Picture(String),
    #[error("the recording cannot be read: {0}")]
    Sound(String),
    #[error("{0}")]
    Input(String),
}

impl GenerateError {
    pub(crate) fn recipe(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Recipe { place: place.into(), message: message.into() }
    }
}
