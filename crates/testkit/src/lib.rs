//! Real parts for tests: a PostgreSQL cluster in a temporary folder.

mod postgres;

pub use postgres::TestPostgres;
