//! What can be wrong with a model. The text names the place and the way out.

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    #[error("this is no ONNX file: {0}")]
    Unreadable(String),
    #[error("{place}: {problem}")]
    Refused { place: String, problem: String },
    #[error("the model cannot be run: {0}")]
    Runtime(String),
    #[error("the model's inputs are {found}; {wanted}")]
    Inputs { found: String, wanted: String },
    #[error("the tokeniser cannot be read: {0}")]
    Tokeniser(String),
    /// What came out is not what the file or the kind of model promises.
    #[error("the model's output {0}")]
    Output(String),
}

impl ModelError {
    pub(crate) fn refused(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Refused { place: place.into(), problem: problem.into() }
    }
}
