//! The only way to a statement. Text is fixed at compile time and declared with `sql!`, so that a test can prepare
//! every statement on both databases; what a user types can reach a statement only as a bound value.

/// A statement fixed at compile time. Placeholders are `$1`, `$2`, ... on both databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sql(pub(crate) &'static str);

impl Sql {
    pub const fn fixed(text: &'static str) -> Self {
        Self(text)
    }

    pub fn text(self) -> &'static str {
        self.0
    }
}

/// A statement put together at run time from fixed pieces: only the filter compiler makes these.
#[derive(Debug, Clone)]
pub struct DynamicSql(pub(crate) String);

/// Declares statements: `sql! { NAME = "SELECT ..." }`; `sql! { sqlite NAME = ... }` or `sql! { postgres NAME = ... }`
/// where one database needs its own words.
macro_rules! sql {
    (sqlite $name:ident = $text:literal) => {
        const $name: $crate::Sql = $crate::Sql::fixed($text);
    };
    (postgres $name:ident = $text:literal) => {
        const $name: $crate::Sql = $crate::Sql::fixed($text);
    };
    ($name:ident = $text:literal) => {
        const $name: $crate::Sql = $crate::Sql::fixed($text);
    };
}

/// Values for the placeholders of a statement, in order.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { [$($crate::Arg::from($value)),*] };
}
