//! What single items are like, whatever they are labeled: the language of a text, personal data in it, how sharp and how
//! bright a picture is, how loud a recording.

pub mod language;
pub mod personal;
pub mod pictures;
pub mod sounds;
