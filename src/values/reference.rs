//! Ids, and the ways in which one record names another.

use serde::de::{Error, IgnoredAny};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use super::{ExternalId, Slug};

/// A newtype over the UUID of one resource, so that the id of an article is never taken for that of an entity.
macro_rules! id {
    ($(#[doc = $doc:literal])+ $name:ident, example: $example:literal) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow, utoipa::ToSchema)]
        #[diesel(sql_type = diesel::sql_types::Uuid)]
        #[schema(value_type = Uuid, example = $example)]
        pub struct $name(Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl diesel::serialize::ToSql<diesel::sql_types::Uuid, diesel::pg::Pg> for $name {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
            ) -> diesel::serialize::Result {
                <Uuid as diesel::serialize::ToSql<diesel::sql_types::Uuid, diesel::pg::Pg>>::to_sql(&self.0, out)
            }
        }

        impl diesel::deserialize::FromSql<diesel::sql_types::Uuid, diesel::pg::Pg> for $name {
            fn from_sql(bytes: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                <Uuid as diesel::deserialize::FromSql<diesel::sql_types::Uuid, diesel::pg::Pg>>::from_sql(bytes).map(Self)
            }
        }
    };
}

id! {
    /// The id of an article: a UUID, never used again.
    ArticleId, example: "00b7bef8-6b7a-575a-9644-a9a9871dc6d0"
}
id! {
    /// The id of an entity: a UUID, never used again.
    EntityId, example: "b7826df4-ed0b-5bec-8339-db6034e65863"
}
id! {
    /// The id of an incident: a UUID, never used again.
    IncidentId, example: "6e015d53-ebf5-5618-89db-cafcd999fd93"
}

/// How a record that is written names another: `{"id": …}`, or `{"dataset": …, "external_id": …}`.
///
/// The derived members of an embedded record (its name, kind, title …) may stand beside them, so that what was read
/// can be written back; they are ignored. A key is written out as `{"id": …}` once it is resolved.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordKey {
    /// By its id.
    Id(Uuid),
    /// By the id that a dataset gives to it.
    External(Slug, ExternalId),
}

impl<'de> Deserialize<'de> for RecordKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Members {
            id: Option<Uuid>,
            dataset: Option<Slug>,
            external_id: Option<ExternalId>,
            #[serde(rename = "name")]
            _name: Option<IgnoredAny>,
            #[serde(rename = "kind")]
            _kind: Option<IgnoredAny>,
            #[serde(rename = "title")]
            _title: Option<IgnoredAny>,
            #[serde(rename = "url")]
            _url: Option<IgnoredAny>,
            #[serde(rename = "published_on")]
            _published_on: Option<IgnoredAny>,
            #[serde(rename = "start_date")]
            _start_date: Option<IgnoredAny>,
        }
        let members = Members::deserialize(deserializer)?;
        match (members.id, members.dataset, members.external_id) {
            (Some(id), None, None) => Ok(Self::Id(id)),
            (None, Some(dataset), Some(external_id)) => Ok(Self::External(dataset, external_id)),
            _ => Err(D::Error::custom("a reference is {\"id\": …} or {\"dataset\": …, \"external_id\": …}")),
        }
    }
}

/// The two shapes of a [`RecordKey`], for the document.
#[derive(utoipa::ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it is what the document says of a RecordKey")]
enum Shapes {
    /// Another record, by its id. What reading shows of it besides (its name, kind, title and so on) is ignored.
    #[schema(title = "ById")]
    Id {
        /// Its id.
        id: Uuid,
    },
    /// Another record, by the id that its dataset gives to it.
    #[schema(title = "ByExternalId")]
    External {
        /// Its dataset.
        dataset: Slug,
        /// Its id in it.
        external_id: ExternalId,
    },
}

impl utoipa::PartialSchema for RecordKey {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        Shapes::schema()
    }
}

impl utoipa::ToSchema for RecordKey {
    fn name() -> std::borrow::Cow<'static, str> {
        "RecordKey".into()
    }
}

impl Serialize for RecordKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(untagged)]
        enum Members<'a> {
            Id { id: &'a Uuid },
            External { dataset: &'a Slug, external_id: &'a ExternalId },
        }
        match self {
            Self::Id(id) => Members::Id { id },
            Self::External(dataset, external_id) => Members::External { dataset, external_id },
        }
        .serialize(serializer)
    }
}

/// That a record was merged into another: the body of a 308.
#[derive(Clone, Copy, Debug, Serialize, utoipa::ToSchema)]
pub struct MergedInto {
    /// The record that was asked for.
    pub id: Uuid,
    /// The record that took its place.
    pub merged_into: Uuid,
}
