//! Values on their way into a statement: five kinds, the same on both databases.

use bytes::BytesMut;
use labelwright_core::{
    AnnotationId, DatasetId, ExportId, ImportId, ItemId, JobId, ProjectId, SchemaId, SchemaVersionId, SnapshotId,
    TaskId, Timestamp, UserId, WorkspaceId,
};
use tokio_postgres::types::{IsNull, ToSql, Type};

#[derive(Debug, Clone, PartialEq)]
pub enum Arg {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    Bytes(Vec<u8>),
}

macro_rules! from {
    ($($source:ty => |$value:ident| $arg:expr;)*) => {
        $(impl From<$source> for Arg { fn from($value: $source) -> Self { $arg } })*
    };
}

from! {
    i64 => |value| Self::Int(value);
    i32 => |value| Self::Int(i64::from(value));
    u32 => |value| Self::Int(i64::from(value));
    bool => |value| Self::Int(i64::from(value));
    f64 => |value| Self::Real(value);
    &str => |value| Self::Text(value.to_owned());
    &String => |value| Self::Text(value.clone());
    String => |value| Self::Text(value);
    Vec<u8> => |value| Self::Bytes(value);
    Timestamp => |value| Self::Int(value.0);
    AnnotationId => |value| Self::Int(value.0);
    DatasetId => |value| Self::Int(value.0);
    ExportId => |value| Self::Int(value.0);
    ImportId => |value| Self::Int(value.0);
    ItemId => |value| Self::Int(value.0);
    JobId => |value| Self::Int(value.0);
    ProjectId => |value| Self::Int(value.0);
    SchemaId => |value| Self::Int(value.0);
    SchemaVersionId => |value| Self::Int(value.0);
    SnapshotId => |value| Self::Int(value.0);
    TaskId => |value| Self::Int(value.0);
    UserId => |value| Self::Int(value.0);
    WorkspaceId => |value| Self::Int(value.0);
}

impl<T: Into<Self>> From<Option<T>> for Arg {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl rusqlite::ToSql for Arg {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::{ToSqlOutput, Value, ValueRef};
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(Value::Null),
            Self::Int(value) => ToSqlOutput::Owned(Value::Integer(*value)),
            Self::Real(value) => ToSqlOutput::Owned(Value::Real(*value)),
            Self::Text(value) => ToSqlOutput::Borrowed(ValueRef::Text(value.as_bytes())),
            Self::Bytes(value) => ToSqlOutput::Borrowed(ValueRef::Blob(value)),
        })
    }
}

impl ToSql for Arg {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(value) if *ty == Type::INT8 => value.to_sql(ty, out),
            Self::Int(value) if *ty == Type::INT4 => i32::try_from(*value)?.to_sql(ty, out),
            Self::Real(value) if *ty == Type::FLOAT8 => value.to_sql(ty, out),
            Self::Text(value) if *ty == Type::TEXT || *ty == Type::VARCHAR => value.to_sql(ty, out),
            Self::Bytes(value) if *ty == Type::BYTEA => value.to_sql(ty, out),
            _ => Err(format!("a value of the wrong kind was bound where {ty} is needed").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    tokio_postgres::types::to_sql_checked!();
}
