-- Datasets and the three resources with their parts. A part belongs to one record and is replaced whole with it;
-- `position` keeps the order in which it was written.
-- Columns that end in `_up` and `_down` are the sort keys of a date: an unknown date sorts last in both directions.

CREATE TABLE datasets (
    slug slug PRIMARY KEY,
    title one_line NOT NULL,
    description prose NOT NULL,
    licence one_line NOT NULL,
    licence_url web_address,
    attribution one_line NOT NULL,
    homepage web_address,
    edition one_line,
    access dataset_access NOT NULL DEFAULT 'public',
    countries countries NOT NULL DEFAULT '{}',
    covers_from calendar_day,
    covers_to calendar_day,
    coverage_note prose,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT datasets_coverage_in_order CHECK (covers_from <= covers_to)
);
COMMENT ON TABLE datasets IS 'Where records come from, and on what terms they may be passed on.';
COMMENT ON COLUMN datasets.slug IS 'The name by which records and callers refer to the dataset.';
COMMENT ON COLUMN datasets.title IS 'What it is called.';
COMMENT ON COLUMN datasets.description IS 'What it holds and how it was made.';
COMMENT ON COLUMN datasets.licence IS 'The licence, by its SPDX identifier where it has one.';
COMMENT ON COLUMN datasets.licence_url IS 'The text of the licence.';
COMMENT ON COLUMN datasets.attribution IS 'The words with which users must credit it.';
COMMENT ON COLUMN datasets.homepage IS 'Its own page.';
COMMENT ON COLUMN datasets.edition IS 'Which edition is held here.';
COMMENT ON COLUMN datasets.access IS 'Public, or internal: then only editors see its records.';
COMMENT ON COLUMN datasets.countries IS 'The countries that it covers, by ISO 3166-1 alpha-2 code.';
COMMENT ON COLUMN datasets.covers_from IS 'The first day that it covers.';
COMMENT ON COLUMN datasets.covers_to IS 'The last day that it covers.';
COMMENT ON COLUMN datasets.coverage_note IS 'What to know about its coverage.';
COMMENT ON COLUMN datasets.created_at IS 'When it was added.';
COMMENT ON COLUMN datasets.updated_at IS 'When it was last changed.';

CREATE TABLE entities (
    id uuid PRIMARY KEY,
    version integer NOT NULL DEFAULT 1 CONSTRAINT entities_version_positive CHECK (version >= 1),
    dataset slug NOT NULL CONSTRAINT entities_dataset_fkey REFERENCES datasets,
    external_id external_id,
    state record_state NOT NULL DEFAULT 'published',
    merged_into uuid CONSTRAINT entities_merged_into_fkey REFERENCES entities,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    kind entity_kind NOT NULL,
    name one_line COLLATE "C" NOT NULL,
    description prose NOT NULL DEFAULT '',
    country country,
    CONSTRAINT entities_external_id_key UNIQUE (dataset, external_id),
    CONSTRAINT entities_merged_is_retracted CHECK (merged_into IS NULL OR state = 'retracted'),
    CONSTRAINT entities_merged_into_another CHECK (merged_into <> id),
    CONSTRAINT entities_updated_after_created CHECK (created_at <= updated_at)
);
COMMENT ON TABLE entities IS 'People, organisations, authorities, media, laws and places that take part in incidents.';
COMMENT ON COLUMN entities.id IS 'The id, never used again.';
COMMENT ON COLUMN entities.version IS 'How often the record was written.';
COMMENT ON COLUMN entities.dataset IS 'The dataset that it belongs to.';
COMMENT ON COLUMN entities.external_id IS 'Its id within the dataset.';
COMMENT ON COLUMN entities.state IS 'Published, draft or retracted.';
COMMENT ON COLUMN entities.merged_into IS 'The record that took its place; never a merged one itself.';
COMMENT ON COLUMN entities.created_at IS 'When it was first stored.';
COMMENT ON COLUMN entities.updated_at IS 'When the current version was stored.';
COMMENT ON COLUMN entities.kind IS 'What it is.';
COMMENT ON COLUMN entities.name IS 'The name to show; sorted by code point.';
COMMENT ON COLUMN entities.description IS 'Who or what it is.';
COMMENT ON COLUMN entities.country IS 'The country that it belongs to.';

CREATE INDEX entities_name ON entities (name, id);
CREATE INDEX entities_updated ON entities (updated_at, id);
CREATE INDEX entities_created ON entities (created_at, id);
CREATE INDEX entities_kind_name ON entities (kind, name, id);
CREATE INDEX entities_country_name ON entities (country, name, id);
CREATE INDEX entities_external_id ON entities (external_id);
CREATE INDEX entities_merged_into ON entities (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX entities_unpublished ON entities (state, updated_at, id) WHERE state <> 'published';

CREATE TABLE articles (
    id uuid PRIMARY KEY,
    version integer NOT NULL DEFAULT 1 CONSTRAINT articles_version_positive CHECK (version >= 1),
    dataset slug NOT NULL CONSTRAINT articles_dataset_fkey REFERENCES datasets,
    external_id external_id,
    state record_state NOT NULL DEFAULT 'published',
    merged_into uuid CONSTRAINT articles_merged_into_fkey REFERENCES articles,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    title one_line NOT NULL,
    url web_address,
    publisher_id uuid CONSTRAINT articles_publisher_fkey REFERENCES entities,
    authors text[] NOT NULL DEFAULT '{}',
    language language_tag NOT NULL,
    published_on calendar_day,
    published_precision date_precision NOT NULL DEFAULT 'unknown',
    summary prose NOT NULL DEFAULT '',
    body text CONSTRAINT articles_body_length CHECK (char_length(body) <= 500000),
    archived_url web_address,
    published_until date GENERATED ALWAYS AS (CASE published_precision::text
        WHEN 'part_of_month' THEN (date_trunc('month', published_on::timestamp) + CASE
            WHEN extract(day FROM published_on) <= 10 THEN interval '9 days'
            WHEN extract(day FROM published_on) <= 20 THEN interval '19 days'
            ELSE interval '1 month' - interval '1 day' END)::date
        WHEN 'week' THEN published_on + 6
        WHEN 'month' THEN (date_trunc('month', published_on::timestamp) + interval '1 month' - interval '1 day')::date
        WHEN 'quarter' THEN (date_trunc('month', published_on::timestamp) + interval '3 months' - interval '1 day')::date
        WHEN 'year' THEN (date_trunc('year', published_on::timestamp) + interval '1 year' - interval '1 day')::date
        ELSE published_on END) STORED,
    published_up date NOT NULL GENERATED ALWAYS AS (coalesce(published_on, '9999-12-31'::date)) STORED,
    published_down date NOT NULL GENERATED ALWAYS AS (coalesce(published_on, '0001-01-01'::date)) STORED,
    CONSTRAINT articles_external_id_key UNIQUE (dataset, external_id),
    CONSTRAINT articles_merged_is_retracted CHECK (merged_into IS NULL OR state = 'retracted'),
    CONSTRAINT articles_merged_into_another CHECK (merged_into <> id),
    CONSTRAINT articles_updated_after_created CHECK (created_at <= updated_at),
    CONSTRAINT articles_date_has_precision CHECK ((published_on IS NULL) = (published_precision = 'unknown')),
    CONSTRAINT articles_authors_few CHECK (cardinality(authors) <= 50)
);
COMMENT ON TABLE articles IS 'The reports that incidents are coded from.';
COMMENT ON COLUMN articles.id IS 'The id, never used again.';
COMMENT ON COLUMN articles.version IS 'How often the record was written.';
COMMENT ON COLUMN articles.dataset IS 'The dataset that it belongs to.';
COMMENT ON COLUMN articles.external_id IS 'Its id within the dataset.';
COMMENT ON COLUMN articles.state IS 'Published, draft or retracted.';
COMMENT ON COLUMN articles.merged_into IS 'The record that took its place; never a merged one itself.';
COMMENT ON COLUMN articles.created_at IS 'When it was first stored.';
COMMENT ON COLUMN articles.updated_at IS 'When the current version was stored.';
COMMENT ON COLUMN articles.title IS 'The headline.';
COMMENT ON COLUMN articles.url IS 'Where it was published.';
COMMENT ON COLUMN articles.publisher_id IS 'The entity that published it.';
COMMENT ON COLUMN articles.authors IS 'Its authors, as the byline names them.';
COMMENT ON COLUMN articles.language IS 'The language that it is written in.';
COMMENT ON COLUMN articles.published_on IS 'When it was published: the first day of the period that the precision names.';
COMMENT ON COLUMN articles.published_precision IS 'How precisely that is known.';
COMMENT ON COLUMN articles.summary IS 'What it reports, in words of our own.';
COMMENT ON COLUMN articles.body IS 'Its text, which is under copyright: for editors only.';
COMMENT ON COLUMN articles.archived_url IS 'A stored copy of it.';
COMMENT ON COLUMN articles.published_until IS 'The last day of the period in which it was published.';
COMMENT ON COLUMN articles.published_up IS 'Sort key of the day of publication, oldest first.';
COMMENT ON COLUMN articles.published_down IS 'Sort key of the day of publication, newest first.';

CREATE INDEX articles_published_down ON articles (published_down, id);
CREATE INDEX articles_published_up ON articles (published_up, id);
CREATE INDEX articles_updated ON articles (updated_at, id);
CREATE INDEX articles_created ON articles (created_at, id);
CREATE INDEX articles_publisher ON articles (publisher_id, published_down, id);
CREATE INDEX articles_language ON articles (language, published_down, id);
CREATE INDEX articles_url ON articles USING hash (url);
CREATE INDEX articles_external_id ON articles (external_id);
CREATE INDEX articles_merged_into ON articles (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX articles_unpublished ON articles (state, updated_at, id) WHERE state <> 'published';

CREATE TABLE mentions (
    article_id uuid NOT NULL CONSTRAINT mentions_article_fkey REFERENCES articles ON DELETE CASCADE,
    position smallint NOT NULL,
    entity_id uuid NOT NULL CONSTRAINT mentions_entity_fkey REFERENCES entities,
    count integer NOT NULL DEFAULT 1 CONSTRAINT mentions_count_positive CHECK (count BETWEEN 1 AND 100000),
    PRIMARY KEY (article_id, entity_id)
);
CREATE INDEX mentions_entity ON mentions (entity_id, article_id);
COMMENT ON TABLE mentions IS 'Which entities an article names.';
COMMENT ON COLUMN mentions.article_id IS 'The article.';
COMMENT ON COLUMN mentions.position IS 'Its place among the mentions of the article.';
COMMENT ON COLUMN mentions.entity_id IS 'The entity.';
COMMENT ON COLUMN mentions.count IS 'How often the article names it.';

CREATE TABLE aliases (
    entity_id uuid NOT NULL CONSTRAINT aliases_entity_fkey REFERENCES entities ON DELETE CASCADE,
    position smallint NOT NULL,
    name one_line NOT NULL,
    language language_tag,
    PRIMARY KEY (entity_id, position)
);
COMMENT ON TABLE aliases IS 'Other names of an entity: spellings, scripts, translations, acronyms.';
COMMENT ON COLUMN aliases.entity_id IS 'The entity.';
COMMENT ON COLUMN aliases.position IS 'Its place among the aliases of the entity.';
COMMENT ON COLUMN aliases.name IS 'The name.';
COMMENT ON COLUMN aliases.language IS 'The language that the name belongs to.';

CREATE TABLE identifiers (
    entity_id uuid NOT NULL CONSTRAINT identifiers_entity_fkey REFERENCES entities ON DELETE CASCADE,
    position smallint NOT NULL,
    scheme identifier_scheme NOT NULL,
    value one_line NOT NULL,
    PRIMARY KEY (entity_id, position)
);
CREATE INDEX identifiers_value ON identifiers (scheme, value, entity_id);
COMMENT ON TABLE identifiers IS 'What other registers call an entity.';
COMMENT ON COLUMN identifiers.entity_id IS 'The entity.';
COMMENT ON COLUMN identifiers.position IS 'Its place among the identifiers of the entity.';
COMMENT ON COLUMN identifiers.scheme IS 'The register.';
COMMENT ON COLUMN identifiers.value IS 'The identifier in it.';

CREATE TABLE entity_relations (
    entity_id uuid NOT NULL CONSTRAINT entity_relations_entity_fkey REFERENCES entities ON DELETE CASCADE,
    position smallint NOT NULL,
    relation entity_relation NOT NULL,
    target_id uuid NOT NULL CONSTRAINT entity_relations_target_fkey REFERENCES entities DEFERRABLE,
    start_date calendar_day,
    end_date calendar_day,
    article_id uuid CONSTRAINT entity_relations_article_fkey REFERENCES articles DEFERRABLE,
    PRIMARY KEY (entity_id, position),
    CONSTRAINT entity_relations_between_two CHECK (entity_id <> target_id),
    CONSTRAINT entity_relations_dates_in_order CHECK (start_date <= end_date)
);
CREATE INDEX entity_relations_target ON entity_relations (target_id);
CREATE INDEX entity_relations_article ON entity_relations (article_id) WHERE article_id IS NOT NULL;
COMMENT ON TABLE entity_relations IS 'How one entity stands to another; stored once, shown at both ends.';
COMMENT ON COLUMN entity_relations.entity_id IS 'The entity that the relation starts from.';
COMMENT ON COLUMN entity_relations.position IS 'Its place among the relations of that entity.';
COMMENT ON COLUMN entity_relations.relation IS 'The relation.';
COMMENT ON COLUMN entity_relations.target_id IS 'The entity that the relation leads to.';
COMMENT ON COLUMN entity_relations.start_date IS 'Since when.';
COMMENT ON COLUMN entity_relations.end_date IS 'Until when.';
COMMENT ON COLUMN entity_relations.article_id IS 'The article that reports it.';

CREATE TABLE incidents (
    id uuid PRIMARY KEY,
    version integer NOT NULL DEFAULT 1 CONSTRAINT incidents_version_positive CHECK (version >= 1),
    dataset slug NOT NULL CONSTRAINT incidents_dataset_fkey REFERENCES datasets,
    external_id external_id,
    state record_state NOT NULL DEFAULT 'published',
    merged_into uuid CONSTRAINT incidents_merged_into_fkey REFERENCES incidents,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    title one_line NOT NULL,
    summary prose NOT NULL DEFAULT '',
    kind incident_kind NOT NULL,
    effect effect NOT NULL,
    freedoms freedoms NOT NULL DEFAULT '{}',
    start_date calendar_day,
    end_date calendar_day,
    date_precision date_precision NOT NULL DEFAULT 'unknown',
    date_wording one_line,
    country country,
    admin1 one_line,
    place one_line,
    lat double precision CONSTRAINT incidents_lat_range CHECK (lat BETWEEN -90 AND 90),
    lon double precision CONSTRAINT incidents_lon_range CHECK (lon BETWEEN -180 AND 180),
    place_precision place_precision NOT NULL DEFAULT 'unknown',
    verification verification NOT NULL DEFAULT 'unreviewed',
    coding_method coding_method NOT NULL,
    codebook one_line NOT NULL,
    coding_note prose,
    date_up date NOT NULL GENERATED ALWAYS AS (coalesce(start_date, '9999-12-31'::date)) STORED,
    date_down date NOT NULL GENERATED ALWAYS AS (coalesce(start_date, '0001-01-01'::date)) STORED,
    CONSTRAINT incidents_external_id_key UNIQUE (dataset, external_id),
    CONSTRAINT incidents_merged_is_retracted CHECK (merged_into IS NULL OR state = 'retracted'),
    CONSTRAINT incidents_merged_into_another CHECK (merged_into <> id),
    CONSTRAINT incidents_updated_after_created CHECK (created_at <= updated_at),
    CONSTRAINT incidents_dates_in_order CHECK (start_date <= end_date),
    CONSTRAINT incidents_start_has_precision CHECK ((start_date IS NULL) = (date_precision = 'unknown')),
    CONSTRAINT incidents_end_has_precision CHECK ((end_date IS NULL) = (date_precision = 'unknown')),
    CONSTRAINT incidents_point_is_a_pair CHECK ((lat IS NULL) = (lon IS NULL)),
    CONSTRAINT incidents_point_has_precision CHECK (lat IS NULL OR place_precision <> 'unknown'),
    CONSTRAINT incidents_freedoms_few CHECK (cardinality(freedoms) <= 8)
);
COMMENT ON TABLE incidents IS 'Events in civic space: protests, detentions, trials, raids, blockings, laws.';
COMMENT ON COLUMN incidents.id IS 'The id, never used again.';
COMMENT ON COLUMN incidents.version IS 'How often the record was written.';
COMMENT ON COLUMN incidents.dataset IS 'The dataset that it belongs to.';
COMMENT ON COLUMN incidents.external_id IS 'Its id within the dataset.';
COMMENT ON COLUMN incidents.state IS 'Published, draft or retracted.';
COMMENT ON COLUMN incidents.merged_into IS 'The record that took its place; never a merged one itself.';
COMMENT ON COLUMN incidents.created_at IS 'When it was first stored.';
COMMENT ON COLUMN incidents.updated_at IS 'When the current version was stored.';
COMMENT ON COLUMN incidents.title IS 'What happened, in one line.';
COMMENT ON COLUMN incidents.summary IS 'What happened, in words of our own.';
COMMENT ON COLUMN incidents.kind IS 'What happened, as one code.';
COMMENT ON COLUMN incidents.effect IS 'What it does to civic space.';
COMMENT ON COLUMN incidents.freedoms IS 'The freedoms that it touches.';
COMMENT ON COLUMN incidents.start_date IS 'The first day, or the first day of the period in which it lies.';
COMMENT ON COLUMN incidents.end_date IS 'The last day, or the last day of the period in which it lies.';
COMMENT ON COLUMN incidents.date_precision IS 'How precisely the dates are known.';
COMMENT ON COLUMN incidents.date_wording IS 'The words in which the source gives the date.';
COMMENT ON COLUMN incidents.country IS 'The country where it happened.';
COMMENT ON COLUMN incidents.admin1 IS 'The first-order division where it happened.';
COMMENT ON COLUMN incidents.place IS 'The settlement or place where it happened.';
COMMENT ON COLUMN incidents.lat IS 'Latitude in degrees, WGS 84.';
COMMENT ON COLUMN incidents.lon IS 'Longitude in degrees, WGS 84.';
COMMENT ON COLUMN incidents.place_precision IS 'What the point stands for.';
COMMENT ON COLUMN incidents.verification IS 'How well it is established.';
COMMENT ON COLUMN incidents.coding_method IS 'Who coded it.';
COMMENT ON COLUMN incidents.codebook IS 'The edition of the codebook that it was coded by.';
COMMENT ON COLUMN incidents.coding_note IS 'What the coder inferred or left open.';
COMMENT ON COLUMN incidents.date_up IS 'Sort key of the first day, oldest first.';
COMMENT ON COLUMN incidents.date_down IS 'Sort key of the first day, newest first.';

CREATE INDEX incidents_date_down ON incidents (date_down, id);
CREATE INDEX incidents_date_up ON incidents (date_up, id);
CREATE INDEX incidents_updated ON incidents (updated_at, id);
CREATE INDEX incidents_created ON incidents (created_at, id);
CREATE INDEX incidents_kind ON incidents (kind, date_down, id);
CREATE INDEX incidents_country ON incidents (country, date_down, id);
CREATE INDEX incidents_country_up ON incidents (country, date_up, id);
CREATE INDEX incidents_country_updated ON incidents (country, updated_at, id);
CREATE INDEX incidents_admin1 ON incidents (lower(admin1), date_down, id);
CREATE INDEX incidents_place ON incidents (lower(place), date_down, id);
CREATE INDEX incidents_duration ON incidents ((end_date - start_date));
CREATE INDEX incidents_point ON incidents (lat, lon) WHERE lat IS NOT NULL;
CREATE INDEX incidents_freedoms ON incidents USING gin (freedoms);
CREATE INDEX incidents_external_id ON incidents (external_id);
CREATE INDEX incidents_merged_into ON incidents (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX incidents_unpublished ON incidents (state, updated_at, id) WHERE state <> 'published';

CREATE TABLE incident_tags (
    incident_id uuid NOT NULL CONSTRAINT incident_tags_incident_fkey REFERENCES incidents ON DELETE CASCADE,
    position smallint NOT NULL,
    tag text NOT NULL CONSTRAINT incident_tags_tag_fkey REFERENCES tags,
    PRIMARY KEY (incident_id, tag)
);
CREATE INDEX incident_tags_tag ON incident_tags (tag, incident_id);
COMMENT ON TABLE incident_tags IS 'The tags of an incident.';
COMMENT ON COLUMN incident_tags.incident_id IS 'The incident.';
COMMENT ON COLUMN incident_tags.position IS 'Its place among the tags of the incident.';
COMMENT ON COLUMN incident_tags.tag IS 'The tag.';

CREATE TABLE participants (
    incident_id uuid NOT NULL CONSTRAINT participants_incident_fkey REFERENCES incidents ON DELETE CASCADE,
    position smallint NOT NULL,
    entity_id uuid CONSTRAINT participants_entity_fkey REFERENCES entities,
    label one_line,
    role participant_role NOT NULL,
    note prose,
    article_id uuid CONSTRAINT participants_article_fkey REFERENCES articles,
    PRIMARY KEY (incident_id, position),
    CONSTRAINT participants_have_a_name CHECK (entity_id IS NOT NULL OR label IS NOT NULL)
);
CREATE INDEX participants_entity ON participants (entity_id, role, incident_id) WHERE entity_id IS NOT NULL;
CREATE INDEX participants_role ON participants (role, incident_id);
CREATE INDEX participants_article ON participants (article_id) WHERE article_id IS NOT NULL;
COMMENT ON TABLE participants IS 'Who had which part in an incident.';
COMMENT ON COLUMN participants.incident_id IS 'The incident.';
COMMENT ON COLUMN participants.position IS 'Its place among the participants of the incident.';
COMMENT ON COLUMN participants.entity_id IS 'The entity, where it is a known one.';
COMMENT ON COLUMN participants.label IS 'What the source calls them.';
COMMENT ON COLUMN participants.role IS 'The part that they had.';
COMMENT ON COLUMN participants.note IS 'What else to know.';
COMMENT ON COLUMN participants.article_id IS 'The article that reports it.';

CREATE TABLE figures (
    incident_id uuid NOT NULL CONSTRAINT figures_incident_fkey REFERENCES incidents ON DELETE CASCADE,
    position smallint NOT NULL,
    measure measure NOT NULL,
    low double precision CONSTRAINT figures_low_range CHECK (low BETWEEN 0 AND 1e15),
    high double precision CONSTRAINT figures_high_range CHECK (high BETWEEN 0 AND 1e15),
    best double precision CONSTRAINT figures_best_range CHECK (best BETWEEN 0 AND 1e15),
    approximate boolean NOT NULL DEFAULT false,
    unit text CONSTRAINT figures_unit_shape CHECK (unit ~ '^[A-Z]{3}$'),
    wording one_line,
    places text[] NOT NULL DEFAULT '{}' CONSTRAINT figures_places_few CHECK (cardinality(places) <= 50),
    claimant_class claimant_class NOT NULL,
    claimant_id uuid CONSTRAINT figures_claimant_fkey REFERENCES entities,
    article_id uuid CONSTRAINT figures_article_fkey REFERENCES articles,
    PRIMARY KEY (incident_id, position),
    CONSTRAINT figures_bounds_in_order CHECK (low <= high),
    CONSTRAINT figures_best_within_bounds CHECK (best >= low AND best <= high),
    CONSTRAINT figures_say_something CHECK (num_nonnulls(low, high, best, wording) > 0),
    CONSTRAINT figures_amount_has_unit CHECK ((measure = 'amount') = (unit IS NOT NULL))
);
CREATE INDEX figures_measure ON figures (measure, low, incident_id);
CREATE INDEX figures_claimant_class ON figures (claimant_class, incident_id);
CREATE INDEX figures_claimant ON figures (claimant_id, incident_id) WHERE claimant_id IS NOT NULL;
CREATE INDEX figures_article ON figures (article_id) WHERE article_id IS NOT NULL;
COMMENT ON TABLE figures IS 'What was said to have been how many, and by whom.';
COMMENT ON COLUMN figures.incident_id IS 'The incident.';
COMMENT ON COLUMN figures.position IS 'Its place among the figures of the incident.';
COMMENT ON COLUMN figures.measure IS 'What is counted.';
COMMENT ON COLUMN figures.low IS 'The least that was said; none when no lower bound was.';
COMMENT ON COLUMN figures.high IS 'The most that was said; none when no upper bound was.';
COMMENT ON COLUMN figures.best IS 'The single number that a source gives beside its range.';
COMMENT ON COLUMN figures.approximate IS 'Whether it was said to be about so many.';
COMMENT ON COLUMN figures.unit IS 'The currency of an amount, by its ISO 4217 code.';
COMMENT ON COLUMN figures.wording IS 'The words of the source.';
COMMENT ON COLUMN figures.places IS 'The places that the figure covers, where it is not the place of the incident.';
COMMENT ON COLUMN figures.claimant_class IS 'What kind of claimant says so.';
COMMENT ON COLUMN figures.claimant_id IS 'The entity that says so.';
COMMENT ON COLUMN figures.article_id IS 'The article that reports it.';

CREATE TABLE legal_steps (
    incident_id uuid NOT NULL CONSTRAINT legal_steps_incident_fkey REFERENCES incidents ON DELETE CASCADE,
    position smallint NOT NULL,
    entity_id uuid NOT NULL CONSTRAINT legal_steps_entity_fkey REFERENCES entities,
    step legal_step NOT NULL,
    date calendar_day,
    date_precision date_precision NOT NULL DEFAULT 'unknown',
    authority_id uuid CONSTRAINT legal_steps_authority_fkey REFERENCES entities,
    charge one_line,
    penalty_kind penalty_kind,
    penalty_amount double precision CONSTRAINT legal_steps_penalty_range CHECK (penalty_amount BETWEEN 0 AND 1e15),
    penalty_unit text CONSTRAINT legal_steps_penalty_unit_shape CHECK (penalty_unit ~ '^(day|month|year|[A-Z]{3})$'),
    penalty_suspended boolean,
    note prose,
    article_id uuid CONSTRAINT legal_steps_article_fkey REFERENCES articles,
    PRIMARY KEY (incident_id, position),
    CONSTRAINT legal_steps_date_has_precision CHECK ((date IS NULL) = (date_precision = 'unknown')),
    CONSTRAINT legal_steps_penalty_is_whole CHECK ((penalty_kind IS NULL) = (penalty_suspended IS NULL)
        AND (penalty_kind IS NOT NULL OR penalty_amount IS NULL) AND (penalty_amount IS NULL) = (penalty_unit IS NULL))
);
CREATE INDEX legal_steps_step ON legal_steps (step, incident_id);
CREATE INDEX legal_steps_entity ON legal_steps (entity_id, incident_id);
CREATE INDEX legal_steps_authority ON legal_steps (authority_id) WHERE authority_id IS NOT NULL;
CREATE INDEX legal_steps_article ON legal_steps (article_id) WHERE article_id IS NOT NULL;
COMMENT ON TABLE legal_steps IS 'What happened to a person at law.';
COMMENT ON COLUMN legal_steps.incident_id IS 'The incident.';
COMMENT ON COLUMN legal_steps.position IS 'Its place among the legal steps of the incident.';
COMMENT ON COLUMN legal_steps.entity_id IS 'The person.';
COMMENT ON COLUMN legal_steps.step IS 'What happened.';
COMMENT ON COLUMN legal_steps.date IS 'When: the first day of the period that the precision names.';
COMMENT ON COLUMN legal_steps.date_precision IS 'How precisely that is known.';
COMMENT ON COLUMN legal_steps.authority_id IS 'The public body that did it.';
COMMENT ON COLUMN legal_steps.charge IS 'What the person is accused of.';
COMMENT ON COLUMN legal_steps.penalty_kind IS 'What was imposed.';
COMMENT ON COLUMN legal_steps.penalty_amount IS 'How much of it, in the unit.';
COMMENT ON COLUMN legal_steps.penalty_unit IS 'day, month or year, or the ISO 4217 code of a currency.';
COMMENT ON COLUMN legal_steps.penalty_suspended IS 'Whether it was suspended.';
COMMENT ON COLUMN legal_steps.note IS 'What else to know.';
COMMENT ON COLUMN legal_steps.article_id IS 'The article that reports it.';

CREATE TABLE sources (
    incident_id uuid NOT NULL CONSTRAINT sources_incident_fkey REFERENCES incidents ON DELETE CASCADE,
    position smallint NOT NULL,
    article_id uuid NOT NULL CONSTRAINT sources_article_fkey REFERENCES articles,
    role source_role NOT NULL DEFAULT 'primary',
    PRIMARY KEY (incident_id, article_id)
);
CREATE INDEX sources_article ON sources (article_id, incident_id);
COMMENT ON TABLE sources IS 'The articles that report an incident.';
COMMENT ON COLUMN sources.incident_id IS 'The incident.';
COMMENT ON COLUMN sources.position IS 'Its place among the sources of the incident.';
COMMENT ON COLUMN sources.article_id IS 'The article.';
COMMENT ON COLUMN sources.role IS 'What the article does for the incident.';

CREATE TABLE incident_relations (
    incident_id uuid NOT NULL CONSTRAINT incident_relations_incident_fkey REFERENCES incidents ON DELETE CASCADE,
    position smallint NOT NULL,
    relation incident_relation NOT NULL,
    target_id uuid NOT NULL CONSTRAINT incident_relations_target_fkey REFERENCES incidents DEFERRABLE,
    PRIMARY KEY (incident_id, position),
    CONSTRAINT incident_relations_between_two CHECK (incident_id <> target_id)
);
CREATE INDEX incident_relations_target ON incident_relations (target_id);
COMMENT ON TABLE incident_relations IS 'How one incident stands to another; stored once, shown at both ends.';
COMMENT ON COLUMN incident_relations.incident_id IS 'The incident that the relation starts from.';
COMMENT ON COLUMN incident_relations.position IS 'Its place among the relations of that incident.';
COMMENT ON COLUMN incident_relations.relation IS 'The relation.';
COMMENT ON COLUMN incident_relations.target_id IS 'The incident that the relation leads to.';

CREATE TABLE incident_entities (
    entity_id uuid NOT NULL CONSTRAINT incident_entities_entity_fkey REFERENCES entities,
    incident_id uuid NOT NULL CONSTRAINT incident_entities_incident_fkey REFERENCES incidents ON DELETE CASCADE,
    dataset slug NOT NULL CONSTRAINT incident_entities_dataset_fkey REFERENCES datasets,
    published boolean NOT NULL,
    PRIMARY KEY (entity_id, incident_id)
);
CREATE INDEX incident_entities_incident ON incident_entities (incident_id);
CREATE INDEX incident_entities_counted ON incident_entities (entity_id, dataset) WHERE published;
CREATE INDEX incident_entities_dataset ON incident_entities (dataset);
COMMENT ON TABLE incident_entities IS 'Every entity that an incident concerns, once: its participants, the claimants of its figures, the persons of its legal steps. Derived from those three whenever an incident is written.';
COMMENT ON COLUMN incident_entities.entity_id IS 'The entity.';
COMMENT ON COLUMN incident_entities.incident_id IS 'The incident.';
COMMENT ON COLUMN incident_entities.dataset IS 'The dataset of the incident, so that an entity''s incidents are counted without reading them.';
COMMENT ON COLUMN incident_entities.published IS 'Whether the incident is published, for the same reason.';

CREATE FUNCTION follow_incident() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE incident_entities SET dataset = NEW.dataset, published = NEW.state = 'published' WHERE incident_id = NEW.id;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION follow_incident() IS 'Keeps what incident_entities repeats of an incident true, whoever changes the incident.';
CREATE TRIGGER incident_entities_follow AFTER UPDATE OF state, dataset ON incidents
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state OR OLD.dataset IS DISTINCT FROM NEW.dataset)
    EXECUTE FUNCTION follow_incident();
