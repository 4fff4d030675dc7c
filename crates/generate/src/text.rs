//! Texts with spans, and changes that keep the spans exact. Offsets count Unicode scalar values.

mod characters;
mod edit;
mod mentions;
mod paraphrase;
mod words;

pub use characters::{Case, case, ocr, typo};
pub use edit::{Edit, TextItem};
pub use mentions::mentions;
pub use paraphrase::{Marked, Rewriting, paraphrase, tokens};
pub use words::{delete, swap, synonyms};
