//! All that leaves the process: fetching an address that a user typed, with the guard that keeps such an address from
//! reaching what only this machine can reach, the crawler, language models, recognisers of speech, and datasets that others
//! keep. The only crate with an HTTP client; it never knows SQL.

mod ask;
pub mod crawl;
mod fetch;
mod guard;
pub mod llm;
pub mod sources;
pub mod speech;

pub use ask::{Answer, Ask};
pub use fetch::{FetchError, Fetched, Fetcher, USER_AGENT};
pub use guard::Guard;
