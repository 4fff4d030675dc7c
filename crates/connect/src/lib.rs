//! All that leaves the process. Today: fetching an address that a user typed, with the guard that keeps such an address
//! from reaching what only this machine can reach. The only crate with an HTTP client; it never knows SQL.

mod fetch;
mod guard;

pub use fetch::{FetchError, Fetched, Fetcher};
pub use guard::Guard;
