//! The nouns of labelwright and what may be said about them: ids, geometry, label schemas, answers and their
//! validation, roles. Pure: no files, no SQL, no HTTP, no async, no clock, no randomness.

pub mod answer;
pub mod concepts;
pub mod dialogue;
pub mod document;
pub mod filter;
pub mod geometry;
pub mod ids;
pub mod limits;
pub mod media;
pub mod moment;
pub mod numeric;
pub mod offsets;
pub mod policy;
pub mod problem;
pub mod ranking;
pub mod schema;
pub mod table;
pub mod tiers;
pub mod time;
pub mod validate;
pub mod volume;

pub use answer::{Answer, Region, Relation, Target, Value};
pub use geometry::{Geometry, GeometryKind};
pub use ids::*;
pub use limits::Limits;
pub use media::{MediaShape, Modality, TextShape};
pub use moment::Moment;
pub use policy::{Action, Role, allow, may_assign};
pub use problem::Problem;
pub use schema::LabelSchema;
pub use time::Timestamp;
pub use validate::ValidAnswer;
