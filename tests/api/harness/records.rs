//! Records of a test: each states only what it is about, the rest is filled in.

use civicspace::articles::NewArticle;
use civicspace::datasets::NewDataset;
use civicspace::entities::NewEntity;
use civicspace::history::number_changes;
use civicspace::http::auth::Role;
use civicspace::incidents::NewIncident;
use civicspace::seeding::{SaveOutcome, save_record};
use civicspace::writing::NewRecord;
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use serde_json::{Value, json};
use uuid::Uuid;

use super::database::RUNTIME;
use super::server::Server;

impl Server {
    /// Stores an article and answers its id.
    pub fn article(&self, members: Value) -> Uuid {
        self.store::<NewArticle>(json!({ "title": "A report", "language": "en" }), members)
    }

    /// Stores an entity and answers its id.
    pub fn entity(&self, members: Value) -> Uuid {
        self.store::<NewEntity>(json!({ "kind": "person", "name": "Somebody" }), members)
    }

    /// Stores an incident and answers its id.
    pub fn incident(&self, members: Value) -> Uuid {
        let rest = json!({
            "title": "Something happened",
            "kind": "assembly.protest",
            "location": { "country": null, "admin1": null, "place": null, "lat": null, "lon": null, "precision": "unknown" },
            "coding": { "method": "human", "codebook": "1.0", "note": null }
        });
        self.store::<NewIncident>(rest, members)
    }

    /// Stores an incident of one day.
    pub fn incident_on(&self, day: &str, title: &str) -> Uuid {
        self.incident(json!({ "title": title, "start_date": day, "end_date": day, "date_precision": "day" }))
    }

    /// Stores a dataset, `public` or `internal`.
    pub fn dataset(&self, slug: &str, access: &str) {
        let dataset: NewDataset = serde_json::from_value(json!({
            "slug": slug, "title": slug, "description": "", "licence": "CC-BY-4.0", "attribution": slug, "access": access,
            "coverage": { "countries": [], "from": null, "to": null, "note": null }
        }))
        .expect("a dataset");
        RUNTIME.block_on(async {
            let mut connection = self.database.connection().await;
            connection
                .transaction(async |connection: &mut AsyncPgConnection| dataset.seed(connection).await)
                .await
                .expect("the dataset is stored");
        });
    }

    /// Merges a record of a resource, named as in paths, into another one.
    pub fn merge(&self, resource: &str, merged: Uuid, survivor: Uuid) {
        let path = format!("/v1/{resource}/{merged}/merge");
        let answer = self.write(&self.key(Role::Editor), "POST", &path, &json!({ "into": survivor }), &[]);
        assert_eq!(answer.status, 200, "{answer}");
    }

    /// Withdraws a record of a resource, named as in paths.
    pub fn retract(&self, resource: &str, id: Uuid) {
        self.database.execute(&format!("UPDATE {resource} SET state = 'retracted' WHERE id = '{id}'"));
    }

    fn store<R: NewRecord>(&self, mut record: Value, members: Value) -> Uuid {
        let object = record.as_object_mut().expect("an object");
        object.extend(members.as_object().expect("an object").clone());
        let id = object.remove("id").and_then(|id| id.as_str()?.parse().ok()).unwrap_or_else(Uuid::now_v7);
        let mut record: R = serde_json::from_value(record).expect("a record");
        record.complete();
        RUNTIME.block_on(async {
            let mut connection = self.database.connection().await;
            let dataset = "INSERT INTO datasets (slug, title, description, licence, attribution) VALUES ('central-asia', 'Central Asia', '', 'CC-BY-4.0', 'civicspace') ON CONFLICT DO NOTHING";
            connection.batch_execute(dataset).await.expect("a dataset");
            let outcome = connection
                .transaction(async |connection: &mut AsyncPgConnection| save_record(connection, &record, id).await)
                .await
                .expect("the record is stored");
            assert!(matches!(outcome, SaveOutcome::Created | SaveOutcome::Updated), "{outcome:?}");
            number_changes(&mut connection).await.expect("the change is numbered");
        });
        id
    }
}
