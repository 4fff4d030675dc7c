//! Real parts for tests, and the parts that look for what nobody thought of: a PostgreSQL cluster in a temporary
//! folder, a small world to label in, one list of invariants over stored data, and a seeded simulator.

pub mod facts;
pub mod http;
pub mod invariants;
mod postgres;
pub mod sim;
pub mod site;
pub mod sound;
pub mod stored;
pub mod world;

pub use postgres::TestPostgres;
