//! Incidents as they are written.

use chrono::NaiveDate;
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{self, Coding, Incident, Location};
use super::parts::Penalty;
use crate::codebook::{
    ClaimantClass, DatePrecision, Effect, Freedom, IncidentKind, IncidentRelationType, LegalStepType, Measure,
    ParticipantRole, PenaltyKind, PlacePrecision, RecordState, SourceRole, Verification,
};
use crate::db::among::Among;
use crate::history::{RecordType, Revision};
use crate::http::auth::View;
use crate::search::{self, Searchable};
use crate::suggest;
use crate::values::{Amount, Charge, CurrencyCode, ExternalId, Line, Prose, RecordKey, Slug, Tag};
use crate::writing::references::Pattern;
use crate::writing::{Check, NewRecord, published, unknown_date};

/// An incident as it is written: what reading gives, without what is derived.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIncident {
    /// The dataset that it belongs to.
    #[serde(default = "Slug::default_dataset")]
    pub dataset: Slug,
    /// Its id within the dataset.
    pub external_id: Option<ExternalId>,
    /// Published, or draft.
    #[serde(default = "published")]
    pub state: RecordState,
    /// What happened, in one line.
    pub title: Line,
    /// What happened, in words of one's own.
    #[serde(default = "Prose::empty")]
    pub summary: Prose,
    /// What happened, as a code.
    pub kind: IncidentKind,
    /// What it does to civic space; by default what its kind does.
    pub effect: Option<Effect>,
    /// The freedoms that it touches; by default those of its kind.
    #[schema(max_items = 8)]
    pub freedoms: Option<Vec<Freedom>>,
    /// Its tags.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub tags: Vec<Tag>,
    /// The first day, or the first day of the period in which it lies.
    #[schema(example = "2020-03-02")]
    pub start_date: Option<NaiveDate>,
    /// The last day, or the last day of the period in which it lies.
    #[schema(example = "2020-03-02")]
    pub end_date: Option<NaiveDate>,
    /// How precisely the dates are known.
    #[serde(default = "unknown_date")]
    pub date_precision: DatePrecision,
    /// The words in which the source gives the date.
    pub date_wording: Option<Line>,
    /// Where it happened.
    pub location: Location,
    /// Who had which part in it.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub participants: Vec<NewParticipant>,
    /// What was said to have been how many, and by whom.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub figures: Vec<NewFigure>,
    /// What happened to persons at law.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub legal_steps: Vec<NewLegalStep>,
    /// The articles that report it.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub sources: Vec<NewSource>,
    /// How it stands to others: the relations that start from it.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub relations: Vec<NewIncidentRelation>,
    /// How well it is established.
    #[serde(default = "unreviewed")]
    pub verification: Verification,
    /// How it was turned into a record.
    pub coding: Coding,
}

/// Somebody who had a part in an incident.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewParticipant {
    /// The entity.
    pub entity: Option<RecordKey>,
    /// What the source calls them.
    pub label: Option<Line>,
    /// The part that they had.
    pub role: ParticipantRole,
    /// What else to know.
    pub note: Option<Prose>,
    /// The article that reports it.
    pub article: Option<RecordKey>,
}

/// What was said to have been how many, and by whom.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFigure {
    /// What is counted.
    pub measure: Measure,
    /// The least that was said.
    pub low: Option<Amount>,
    /// The most that was said.
    pub high: Option<Amount>,
    /// The single number that a source gives beside its range.
    pub best: Option<Amount>,
    /// Whether it was said to be about so many.
    #[serde(default)]
    pub approximate: bool,
    /// The currency of an amount.
    pub unit: Option<CurrencyCode>,
    /// The words of the source.
    pub wording: Option<Line>,
    /// The places that the figure covers, where it is not the place of the incident.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub places: Vec<Line>,
    /// What kind of claimant says so.
    pub claimant_class: ClaimantClass,
    /// The entity that says so.
    pub claimant: Option<RecordKey>,
    /// The article that reports it.
    pub article: Option<RecordKey>,
}

/// What happened to a person at law.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLegalStep {
    /// The person.
    pub entity: RecordKey,
    /// What happened.
    pub step: LegalStepType,
    /// When: the first day of the period that the precision names.
    #[schema(example = "2020-03-02")]
    pub date: Option<NaiveDate>,
    /// How precisely that is known.
    #[serde(default = "unknown_date")]
    pub date_precision: DatePrecision,
    /// The public body that did it.
    pub authority: Option<RecordKey>,
    /// What the person is accused of.
    pub charge: Option<Charge>,
    /// What was imposed.
    pub penalty: Option<Penalty>,
    /// What else to know.
    pub note: Option<Prose>,
    /// The article that reports it.
    pub article: Option<RecordKey>,
}

/// An article that reports an incident.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSource {
    /// The article.
    pub article: RecordKey,
    /// What it does for the incident.
    #[serde(default = "primary")]
    pub role: SourceRole,
}

/// How an incident stands to another.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIncidentRelation {
    /// The relation.
    pub relation: IncidentRelationType,
    /// The other incident.
    pub incident: RecordKey,
}

fn unreviewed() -> Verification {
    Verification::Unreviewed
}

fn primary() -> SourceRole {
    SourceRole::Primary
}

impl NewRecord for NewIncident {
    const TYPE: RecordType = RecordType::Incident;
    const SCHEMA: &'static str = "NewIncident";
    const REFERENCES: &'static [Pattern] = &[
        ("/participants/*/entity", RecordType::Entity),
        ("/participants/*/article", RecordType::Article),
        ("/figures/*/claimant", RecordType::Entity),
        ("/figures/*/article", RecordType::Article),
        ("/legal_steps/*/entity", RecordType::Entity),
        ("/legal_steps/*/authority", RecordType::Entity),
        ("/legal_steps/*/article", RecordType::Article),
        ("/sources/*/article", RecordType::Article),
        ("/relations/*/incident", RecordType::Incident),
    ];

    const TAKEN_OVER: &'static [&'static str] =
        &["tags", "participants", "figures", "legal_steps", "sources", "relations"];

    type Shown = Incident;

    async fn show(connection: &AsyncPgConnection, id: Uuid) -> QueryResult<(i32, Incident)> {
        let incident = model::show(connection, id.into()).await?;
        Ok((incident.row.version, incident))
    }

    fn state(&self) -> RecordState {
        self.state
    }

    fn key(&self) -> (&Slug, Option<&ExternalId>) {
        (&self.dataset, self.external_id.as_ref())
    }

    fn complete(&mut self) {
        self.effect.get_or_insert(self.kind.default_effect());
        self.freedoms.get_or_insert_with(|| self.kind.default_freedoms().to_vec());
    }

    fn check(&self, check: &mut Check) {
        let lists = [
            ("/tags", self.tags.len(), 50),
            ("/participants", self.participants.len(), 500),
            ("/figures", self.figures.len(), 200),
            ("/legal_steps", self.legal_steps.len(), 500),
            ("/sources", self.sources.len(), 200),
            ("/relations", self.relations.len(), 200),
            ("/freedoms", self.freedoms.as_ref().map_or(0, Vec::len), 8),
        ];
        for (pointer, length, most) in lists {
            check.few(pointer, length, most);
        }
        check.once("/tags", &self.tags);
        check.once("/freedoms", self.freedoms.as_deref().unwrap_or_default());
        check.date("/start_date", self.start_date, self.date_precision);
        check.date("/end_date", self.end_date, self.date_precision);
        check.period("", ("start_date", self.start_date), ("end_date", self.end_date));
        self.location.check(check);
        for (i, participant) in self.participants.iter().enumerate() {
            let named = participant.entity.is_some() || participant.label.is_some();
            check.that(named, format!("/participants/{i}"), "needs an entity or a label");
        }
        for (i, figure) in self.figures.iter().enumerate() {
            figure.check(&format!("/figures/{i}"), check);
        }
        for (i, step) in self.legal_steps.iter().enumerate() {
            check.date(&format!("/legal_steps/{i}/date"), step.date, step.date_precision);
            if let Some(penalty) = &step.penalty {
                penalty.check(&format!("/legal_steps/{i}/penalty"), check);
            }
        }
    }

    async fn store(&self, connection: &AsyncPgConnection, id: Uuid, revision: &Revision) -> QueryResult<()> {
        self.store_rows(connection, id, revision).await
    }

    async fn derive(connection: &AsyncPgConnection, ids: &[Uuid]) -> QueryResult<()> {
        let records = model::of_ids(connection, Among::each(ids), &View::of_editor()).await?;
        let documents: Vec<_> = records.iter().map(|record| (record.row.id.into(), record.document())).collect();
        suggest::store_places(connection, &records).await?;
        search::store(connection, Self::TYPE, &documents).await
    }
}

impl Location {
    fn check(&self, check: &mut Check) {
        check.that(self.lat.is_some() == self.lon.is_some(), "/location", "a point needs both `lat` and `lon`");
        let in_range =
            |degrees: Option<f64>, most: f64| degrees.is_none_or(|degrees| (-most..=most).contains(&degrees));
        check.that(in_range(self.lat, 90.0), "/location/lat", "must be from -90 to 90");
        check.that(in_range(self.lon, 180.0), "/location/lon", "must be from -180 to 180");
        let precise = self.lat.is_none() || self.precision != PlacePrecision::Unknown;
        check.that(precise, "/location/precision", "must not be `unknown` where there is a point");
    }
}

impl NewFigure {
    fn check(&self, pointer: &str, check: &mut Check) {
        let in_order =
            |low: Option<Amount>, high: Option<Amount>| !matches!((low, high), (Some(low), Some(high)) if low > high);
        check.that(in_order(self.low, self.high), format!("{pointer}/high"), "must not be below `low`");
        let within = in_order(self.low, self.best) && in_order(self.best, self.high);
        check.that(within, format!("{pointer}/best"), "must lie between `low` and `high`");
        let says = self.low.or(self.high).or(self.best).is_some() || self.wording.is_some();
        check.that(says, pointer, "needs a bound, a best number or a wording");
        let currency = (self.measure == Measure::Amount) == self.unit.is_some();
        check.that(currency, format!("{pointer}/unit"), "is needed by an `amount`, and by nothing else");
        let listed = self.unit.as_ref().is_none_or(CurrencyCode::is_listed);
        check.that(listed, format!("{pointer}/unit"), "is no currency of ISO 4217");
        check.few(&format!("{pointer}/places"), self.places.len(), 50);
    }
}

impl Penalty {
    fn check(&self, pointer: &str, check: &mut Check) {
        check.that(
            self.amount.is_some() == self.unit.is_some(),
            pointer,
            "an amount needs a unit, and a unit an amount",
        );
        let Some(unit) = &self.unit else { return };
        let (fits, units) = match self.kind {
            PenaltyKind::Fine | PenaltyKind::Damages => (unit.is_listed_currency(), "a currency of ISO 4217"),
            PenaltyKind::Imprisonment
            | PenaltyKind::AdministrativeArrest
            | PenaltyKind::HouseArrest
            | PenaltyKind::Probation
            | PenaltyKind::Ban => (unit.is_of_time(), "`day`, `month` or `year`"),
        };
        check.that(
            fits,
            format!("{pointer}/unit"),
            format!("must be {units} for a penalty of the kind `{}`", self.kind),
        );
    }
}
