-- Fills a migrated, otherwise empty database with deterministic and skewed data, for measuring plans and loads.
--
--     psql -X "$DATABASE_URL" -f benches/generate.sql
--     psql -X "$DATABASE_URL" -v incidents=20000 -v entities=5000 -v articles=10000 -v history=0 -f benches/generate.sql
--
-- The same numbers give the same records, ids and times included. One transaction: it is all there or nothing is.
-- Indexes and foreign keys are dropped first and made again, checked, from their own definitions at the end, so the
-- script follows the migrations; triggers fire. It must own the tables. It refuses a database that has records.
--
-- What is skewed: countries (KZ > UZ > KG > TJ > TM, a tail of others), kinds, tags, roles, measures and steps
-- (Zipf-like), dates (recent years, bursts on a few days, TM only before 2013, some coarse or unknown), places (a few
-- cities and many villages), entities (the ministry of the interior of KZ in a seventh of all incidents, most people
-- in 0 to 3), publishers, and created_at (bulk imports that share their time, then live coverage).

\set ON_ERROR_STOP on
\if :{?incidents} \else \set incidents 1000000 \endif
\if :{?entities} \else \set entities 200000 \endif
\if :{?articles} \else \set articles 500000 \endif
\if :{?history} \else \set history 1 \endif
\timing on
BEGIN;
SET LOCAL synchronous_commit = off;
SET LOCAL work_mem = '256MB';
SET LOCAL maintenance_work_mem = '512MB';
SET LOCAL jit = off;
SET LOCAL client_min_messages = warning;

DO $$ BEGIN
    IF EXISTS (SELECT FROM incidents) OR EXISTS (SELECT FROM entities) OR EXISTS (SELECT FROM articles) THEN
        RAISE 'this database has records already';
    END IF;
END $$;

\echo '-- indexes and foreign keys away'
CREATE TEMP TABLE remake ON COMMIT DROP AS
SELECT 1 AS step, c.oid::text AS name, pg_get_indexdef(i.indexrelid) AS ddl, format('DROP INDEX %s', i.indexrelid::regclass) AS undo
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE c.relnamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid AND k.contype IN ('p', 'u', 'x'))
UNION ALL
SELECT 2, k.conname, format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid)),
    format('ALTER TABLE %s DROP CONSTRAINT %I', k.conrelid::regclass, k.conname)
FROM pg_constraint k WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace;
SELECT undo FROM remake ORDER BY step DESC, name \gexec

-- Chance: a number from 0 to below 1 for a record and a salt, always the same one.
CREATE FUNCTION pg_temp.u(n bigint, salt int) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT (hashint8extended(n, salt) & 9007199254740991)::double precision / 9007199254740992 $$;
-- A version 7 UUID for a record made at that time.
CREATE FUNCTION pg_temp.id_of(made timestamptz, n bigint, salt int) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT (lpad(to_hex((extract(epoch FROM made) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(hashint8extended(n, salt) & 4095), 3, '0')
    || '8' || lpad(to_hex(hashint8extended(n, salt + 1) & 1152921504606846975), 15, '0'))::uuid $$;
-- The codes of a list of `code weight` pairs, and the bounds between which chance picks each.
CREATE FUNCTION pg_temp.codes(list text) RETURNS text[] LANGUAGE sql IMMUTABLE AS
$$ SELECT array_agg(split_part(item, ' ', 1) ORDER BY place) FROM unnest(string_to_array(list, ', ')) WITH ORDINALITY AS t (item, place) $$;
CREATE FUNCTION pg_temp.bounds(list text) RETURNS double precision[] LANGUAGE sql IMMUTABLE AS
$$ WITH t AS (SELECT place, split_part(item, ' ', 2)::double precision AS weight FROM unnest(string_to_array(list, ', ')) WITH ORDINALITY AS t (item, place)),
        s AS (SELECT place, sum(weight) OVER (ORDER BY place) / (SELECT sum(weight) FROM t) AS bound FROM t)
   SELECT array_agg(bound ORDER BY place) FROM s WHERE place < (SELECT max(place) FROM t) $$;
CREATE TEMP TABLE lists (name text PRIMARY KEY, codes text[], bounds double precision[]) ON COMMIT DROP;
INSERT INTO lists SELECT name, pg_temp.codes(list), pg_temp.bounds(list) FROM (VALUES
    ('country', 'KZ 455, UZ 215, KG 175, TJ 80, TM 20, RU 14, AF 8, CN 7, TR 5, AZ 4, BY 4, UA 3, GE 2, AM 2, MN 2, US 1, DE 1, PL 1, AT 0.5, CZ 0.5, FR 0.5, AE 0.3, LT 0.2, MM 0.02'),
    ('kind', 'liberty.detention 190, assembly.protest 170, justice.trial 95, justice.conviction 85, justice.charge 70, politics.statement 60, liberty.release 45, pressure.raid 35, pressure.harassment 34, expression.blocking 28, assembly.dispersal 25, justice.ruling 22, association.restriction 18, liberty.ill_treatment 16, law.proposed 15, assembly.restriction 14, violence.attack 12, politics.appointment 11, law.adopted 10, liberty.travel_restriction 8, expression.media_closure 6, justice.acquittal 6, expression.internet_disruption 5, association.ban 4, association.closure 4, liberty.abduction 3, violence.killing 3, politics.election 2.5, assembly.violent_protest 2, law.withdrawn 1, rating.change 0.3, politics.power_seizure 0.1'),
    ('tag', 'journalist 200, opposition 150, human_rights_defender 90, blogger 80, social_media_post 70, labour 60, land_or_border 45, single_picket 40, mass_detention 38, extremism 36, election 34, hunger_strike 25, war_coverage 22, corruption_reporting 20, equipment_seized 18, closed_trial 15, foreign_agent_law 14, pre_emptive 12, false_information 11, defamation 9, tear_gas 7, artist 5, lawmaker 4, non_disclosure 3, stun_grenades 2, incommunicado 2, war_propaganda 1, water_cannon 0.3'),
    ('claimant_class', 'outlet 300, police 180, unattributed 120, organizer 70, participant 60, ngo 60, court 50, lawyer 35, relative 25, ministry 25, prosecutor 20, government 15, witness 12, other_media 10, local_authority 6, party 5, security_service 4, oversight_body 2, international_body 1, health_authority 0.5'),
    ('step', 'detained 220, charged 130, sentenced 120, administrative_arrest 100, released 80, remanded 60, trial_opened 55, convicted 50, summoned 40, questioned 35, still_held 20, house_arrest 16, appeal_filed 14, travel_ban 10, verdict_upheld 10, warned 9, transferred 6, charges_dropped 5, acquitted 4, verdict_changed 3, fled 3, deported 2.5, charges_changed 2, extradited 1.5, pardoned 1.5, case_suspended 1, probation_revoked 1, verdict_quashed 1, clemency_requested 0.8, retrial 0.6, restriction_lifted 0.5, sentence_served 0.5, citizenship_revoked 0.3, died_in_custody 0.2, escaped 0.05, freed_by_force 0.05'),
    ('verification', 'single_source 720, unreviewed 120, corroborated 110, verified 35, disputed 15'),
    ('date_precision', 'day 840, month 55, unknown 35, year 25, part_of_month 20, quarter 15, week 10'),
    ('place_precision', 'settlement 480, exact 150, region 120, country 110, locality 80, district 50, unknown 10'),
    ('dataset', 'central-asia 840, courts 90, blockings 60, field-notes 10'),
    ('state', 'published 960, draft 20, retracted 20'),
    ('entity_kind', 'person 720, organization 100, public_body 70, company 40, place 35, media 15, law 12, political_party 3, international_body 3, platform 2'),
    ('language', 'ru 560, kk-Cyrl 130, en 110, uz-Latn 80, ky 70, tg 30, uz-Cyrl 10, de 2, tk 1'),
    ('relation', 'follows 300, part_of 250, same_case_as 200, reaction_to 120, related_to 80, caused_by 50'),
    ('entity_relation', 'member_of 300, leads 180, works_for 180, part_of 90, founder_of 70, holds_office_in 60, affiliated_with 40, represents 30, family_of 20, owner_of 10, ally_of 8, opponent_of 6, spouse_of 4, successor_of 2'),
    ('reason', 'new_information 900, coding_error 60, source_corrected 40')) AS t (name, list);
-- A function a list, which turns chance into a code.
SELECT format('CREATE FUNCTION pg_temp.pick_%s(chance double precision) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS %L', name,
    format('SELECT (%L::text[])[width_bucket(chance, %L::double precision[]) + 1]', codes, bounds)) FROM lists \gexec

CREATE TEMP TABLE kinds (kind text PRIMARY KEY, effect text, freedoms text[], phrase text) ON COMMIT DROP;
INSERT INTO kinds VALUES
    ('assembly.protest', 'neutral', '{peaceful_assembly}', 'Protesters gather'), ('assembly.violent_protest', 'neutral', '{peaceful_assembly}', 'Clashes at a protest'),
    ('assembly.dispersal', 'restriction', '{peaceful_assembly}', 'Police disperse a rally'), ('assembly.restriction', 'restriction', '{peaceful_assembly}', 'Permit for a rally refused'),
    ('liberty.detention', 'restriction', '{liberty}', 'Activist detained'), ('liberty.ill_treatment', 'restriction', '{integrity,liberty}', 'Detainee reports beatings'),
    ('liberty.release', 'positive', '{liberty}', 'Activist released'), ('liberty.travel_restriction', 'restriction', '{movement}', 'Journalist barred from leaving'),
    ('liberty.abduction', 'restriction', '{liberty,integrity}', 'Critic disappears'), ('justice.charge', 'restriction', '{expression,fair_trial}', 'Case opened against a blogger'),
    ('justice.trial', 'restriction', '{fair_trial}', 'Court hears the case of an activist'), ('justice.conviction', 'restriction', '{expression,liberty}', 'Court convicts an activist'),
    ('justice.acquittal', 'positive', '{fair_trial}', 'Court acquits a journalist'), ('justice.ruling', 'neutral', '{fair_trial}', 'Court rules on an appeal'),
    ('pressure.raid', 'restriction', '{privacy,expression}', 'Police search a newsroom'), ('pressure.harassment', 'restriction', '{expression}', 'Reporter threatened'),
    ('violence.attack', 'restriction', '{integrity}', 'Activist attacked'), ('violence.killing', 'restriction', '{integrity}', 'Protester killed'),
    ('expression.blocking', 'restriction', '{expression}', 'News site blocked'), ('expression.internet_disruption', 'restriction', '{expression}', 'Mobile internet cut'),
    ('expression.media_closure', 'restriction', '{expression}', 'Outlet loses its licence'), ('association.ban', 'restriction', '{association}', 'Movement declared extremist'),
    ('association.closure', 'restriction', '{association}', 'NGO dissolved'), ('association.restriction', 'restriction', '{association}', 'Party refused registration'),
    ('law.proposed', 'restriction', '{association,expression}', 'Bill on foreign agents moves forward'), ('law.adopted', 'restriction', '{expression}', 'Law on assemblies signed'),
    ('law.withdrawn', 'positive', '{association}', 'Bill withdrawn'), ('politics.election', 'neutral', '{}', 'Election held'),
    ('politics.power_seizure', 'neutral', '{}', 'Crowd seizes the seat of government'), ('politics.appointment', 'neutral', '{}', 'Minister replaced'),
    ('politics.statement', 'neutral', '{}', 'Organisations call for a release'), ('rating.change', 'restriction', '{association,expression,peaceful_assembly}', 'Country downgraded');

CREATE TEMP TABLE cities (country text, admin1 text, place text, lat double precision, lon double precision, weight int) ON COMMIT DROP;
INSERT INTO cities VALUES
    ('KZ', 'Almaty', 'Almaty', 43.238, 76.945, 40), ('KZ', 'Astana', 'Astana', 51.169, 71.449, 20), ('KZ', 'Shymkent', 'Shymkent', 42.317, 69.596, 7),
    ('KZ', 'Mangystau Region', 'Zhanaozen', 43.341, 52.862, 8), ('KZ', 'Mangystau Region', 'Aktau', 43.651, 51.158, 6), ('KZ', 'Atyrau Region', 'Atyrau', 47.105, 51.924, 4),
    ('KZ', 'West Kazakhstan Region', 'Oral', 51.233, 51.367, 4), ('KZ', 'Aktobe Region', 'Aktobe', 50.300, 57.154, 4), ('KZ', 'Karaganda Region', 'Karaganda', 49.806, 73.085, 4),
    ('KZ', 'Kostanay Region', 'Kostanay', 53.214, 63.625, 2), ('KZ', 'Pavlodar Region', 'Pavlodar', 52.287, 76.967, 2), ('KZ', 'East Kazakhstan Region', 'Oskemen', 49.948, 82.628, 2),
    ('KZ', 'Abai Region', 'Semey', 50.411, 80.227, 2), ('KZ', 'Jambyl Region', 'Taraz', 42.900, 71.378, 3), ('KZ', 'Kyzylorda Region', 'Kyzylorda', 44.849, 65.482, 2),
    ('KZ', 'Almaty Region', 'Konaev', 43.866, 77.063, 2), ('KZ', 'Ulytau Region', 'Zhezkazgan', 47.783, 67.767, 1), ('KZ', 'North Kazakhstan Region', 'Petropavl', 54.873, 69.143, 1),
    ('UZ', 'Tashkent', 'Tashkent', 41.311, 69.280, 45), ('UZ', 'Samarkand Region', 'Samarkand', 39.654, 66.960, 8), ('UZ', 'Bukhara Region', 'Bukhara', 39.775, 64.421, 6),
    ('UZ', 'Republic of Karakalpakstan', 'Nukus', 42.453, 59.610, 14), ('UZ', 'Andijan Region', 'Andijan', 40.783, 72.344, 7), ('UZ', 'Fergana Region', 'Fergana', 40.384, 71.789, 6),
    ('UZ', 'Namangan Region', 'Namangan', 40.998, 71.673, 5), ('UZ', 'Xorazm Region', 'Urgench', 41.550, 60.631, 4), ('UZ', 'Qashqadaryo Region', 'Qarshi', 38.861, 65.789, 3),
    ('KG', 'Bishkek', 'Bishkek', 42.875, 74.570, 55), ('KG', 'Osh', 'Osh', 40.514, 72.816, 14), ('KG', 'Jalal-Abad Region', 'Jalal-Abad', 40.933, 73.002, 8),
    ('KG', 'Issyk-Kul Region', 'Karakol', 42.490, 78.394, 5), ('KG', 'Batken Region', 'Batken', 40.063, 70.819, 6), ('KG', 'Talas Region', 'Talas', 42.523, 72.243, 3),
    ('KG', 'Naryn Region', 'Naryn', 41.429, 75.991, 3),
    ('TJ', 'Dushanbe', 'Dushanbe', 38.560, 68.774, 50), ('TJ', 'Sughd Region', 'Khujand', 40.283, 69.622, 15), ('TJ', 'Gorno-Badakhshan', 'Khorog', 37.490, 71.553, 20),
    ('TJ', 'Khatlon Region', 'Bokhtar', 37.837, 68.781, 8),
    ('TM', 'Ashgabat', 'Ashgabat', 37.960, 58.326, 40), ('TM', 'Mary Region', 'Mary', 37.594, 61.830, 10), ('TM', 'Lebap Region', 'Turkmenabat', 39.073, 63.578, 8),
    ('RU', 'Moscow', 'Moscow', 55.751, 37.618, 10), ('RU', 'Saint Petersburg', 'Saint Petersburg', 59.939, 30.316, 4), ('AF', 'Kabul', 'Kabul', 34.528, 69.172, 10),
    ('CN', 'Xinjiang', 'Ürümqi', 43.826, 87.617, 10), ('TR', 'Istanbul', 'Istanbul', 41.008, 28.978, 10), ('PL', 'Masovian Voivodeship', 'Warsaw', 52.230, 21.012, 10);
CREATE TEMP TABLE maps (country text PRIMARY KEY, bounds double precision[], admin1 text[], place text[], lat double precision[], lon double precision[]) ON COMMIT DROP;
INSERT INTO maps
SELECT country, (array_agg(bound ORDER BY bound))[1:count(*)::int - 1], array_agg(admin1 ORDER BY bound), array_agg(place ORDER BY bound), array_agg(lat ORDER BY bound), array_agg(lon ORDER BY bound)
FROM (SELECT *, sum(weight) OVER (PARTITION BY country ORDER BY weight DESC, place) / sum(weight) OVER (PARTITION BY country)::double precision AS bound FROM cities) AS t
GROUP BY country;

INSERT INTO datasets (slug, title, description, licence, attribution, access, countries) VALUES
    ('central-asia', 'Central Asia', 'Made for measuring.', 'CC-BY-4.0', 'civicspace', 'public', '{KZ,KG,TJ,TM,UZ}'),
    ('courts', 'Court decisions', 'Made for measuring.', 'CC-BY-4.0', 'civicspace', 'public', '{KZ,KG}'),
    ('blockings', 'Blocked sites', 'Made for measuring.', 'CC0-1.0', 'civicspace', 'public', '{}'),
    ('field-notes', 'Field notes', 'Made for measuring; only editors see it.', 'LicenseRef-internal', 'civicspace', 'internal', '{}')
ON CONFLICT DO NOTHING;
INSERT INTO tags (tag, label_en, label_ru, description)
SELECT tag, initcap(replace(tag, '_', ' ')), initcap(replace(tag, '_', ' ')), 'Made for measuring.' FROM lists, unnest(codes) AS tag WHERE name = 'tag'
ON CONFLICT DO NOTHING;

\echo '-- entities'
CREATE TEMP TABLE made_entities ON COMMIT DROP AS
SELECT n, pg_temp.id_of(created_at, n, 11) AS id, created_at, kind, country, coalesce(pool_country, 'XX') AS pool_country,
    CASE WHEN n <= 60 THEN 'central-asia' ELSE pg_temp.pick_dataset(pg_temp.u(n, 12)) END AS dataset,
    CASE WHEN n <= 2000 THEN 'published' ELSE pg_temp.pick_state(pg_temp.u(n, 13)) END AS state
FROM (SELECT *, CASE WHEN country IN ('KZ', 'UZ', 'KG', 'TJ', 'TM') THEN country END AS pool_country
    FROM (SELECT n, timestamptz '2023-01-10 08:00:00Z' + (n - 1) / 50 * 50 * (interval '1260 days' / :entities) AS created_at,
            CASE WHEN n <= 60 THEN 'public_body' ELSE pg_temp.pick_entity_kind(pg_temp.u(n, 14)) END AS kind,
            CASE WHEN n <= 60 THEN ('{KZ,UZ,KG,TJ,TM}'::text[])[(n - 1) % 5 + 1] WHEN pg_temp.u(n, 15) < 0.97 THEN pg_temp.pick_country(pg_temp.u(n, 16)) END AS country
        FROM generate_series(1, :entities) AS n) AS t) AS t;
-- The n-th most named of a kind in a country. All countries of the tail share a pool.
ALTER TABLE made_entities ADD pool text, ADD rank int;
UPDATE made_entities e SET pool = t.pool, rank = t.rank
FROM (SELECT n, pool, row_number() OVER (PARTITION BY pool ORDER BY n) AS rank FROM (SELECT n, kind || ':' || pool_country AS pool FROM made_entities WHERE state = 'published') AS t) AS t
WHERE e.n = t.n;
CREATE TEMP TABLE pools ON COMMIT DROP AS SELECT pool, count(*)::int AS size FROM made_entities WHERE pool IS NOT NULL GROUP BY pool;
CREATE INDEX ON made_entities (pool, rank) INCLUDE (id);
ANALYZE made_entities; ANALYZE pools;

CREATE TEMP TABLE names ON COMMIT DROP AS SELECT
    '{Aigerim,Askar,Bakytzhan,Bolat,Daniyar,Dilnoza,Erlan,Farrukh,Gulnara,Ilhom,Jamshid,Kanat,Kamila,Laziz,Madina,Marat,Merdan,Nargiza,Nurlan,Orazbek,Parviz,Ruslan,Sanzhar,Shavkat,Temirlan,Ulugbek,Yerbol,Zarina,Zhanar,Zhanbolat}'::text[] AS given,
    '{Айгерим,Аскар,Бакытжан,Болат,Данияр,Дилноза,Ерлан,Фаррух,Гульнара,Ильхом,Жамшид,Канат,Камила,Лазиз,Мадина,Марат,Мердан,Наргиза,Нурлан,Оразбек,Парвиз,Руслан,Санжар,Шавкат,Темирлан,Улугбек,Ербол,Зарина,Жанар,Жанболат}'::text[] AS given_ru,
    '{Abdrakhmanov,Abenov,Akhmedov,Alimov,Atambaev,Baimenov,Bekov,Dzhaksybekov,Ergashev,Ibraimov,Ismailov,Iskakov,Japarov,Karimov,Kasymov,Kenzhebaev,Kholmatov,Mamay,Mamytbekov,Mirzoev,Nazarov,Nurmagambetov,Omarov,Orazov,Rakhimov,Rakhmonov,Sadykov,Saidov,Sarsenbaev,Sharipov,Suleimenov,Tashiev,Tokhtarov,Tursunov,Umarov,Usenov,Yusupov,Zakirov,Zhanibekov,Zhumabaev}'::text[] AS family,
    '{Абдрахманов,Абенов,Ахмедов,Алимов,Атамбаев,Байменов,Беков,Джаксыбеков,Эргашев,Ибраимов,Исмаилов,Искаков,Жапаров,Каримов,Касымов,Кенжебаев,Холматов,Мамай,Мамытбеков,Мирзоев,Назаров,Нурмагамбетов,Омаров,Оразов,Рахимов,Рахмонов,Садыков,Саидов,Сарсенбаев,Шарипов,Сулейменов,Ташиев,Тохтаров,Турсунов,Умаров,Усенов,Юсупов,Закиров,Жанибеков,Жумабаев}'::text[] AS family_ru,
    '{Asanovich,Bolatovich,Erlanuly,Ikromovich,Kanatbekovich,Maratovich,Nurlanuly,Rustamovich,Serikovich,Sharipovich,Talgatovich,Umarovich}'::text[] AS father,
    '{Асанович,Болатович,Ерланулы,Икромович,Канатбекович,Маратович,Нурланулы,Рустамович,Серикович,Шарипович,Талгатович,Умарович}'::text[] AS father_ru,
    '{Ministry of Internal Affairs,Police Department of the Capital,Prosecutor General’s Office,Supreme Court,Inter-District Administrative Court,Committee for National Security,Ministry of Justice,Ministry of Information,Lower House of Parliament,Office of the President,Central Election Commission,Penitentiary Service}'::text[] AS bodies,
    '{Free,New,Our,Open,Public,Independent,People’s,United,Young,Steppe}'::text[] AS first,
    '{Voice,Choice,Word,Land,Rights,Media,Initiative,Union,Law,Dialogue,Path,Future}'::text[] AS second;
INSERT INTO entities (id, dataset, external_id, state, created_at, updated_at, kind, name, description, country)
SELECT e.id, e.dataset, CASE WHEN pg_temp.u(n, 17) < 0.4 THEN 'E' || n END, e.state, e.created_at,
    CASE WHEN pg_temp.u(n, 18) < 0.6 THEN e.created_at ELSE e.created_at + pg_temp.u(n, 19) * (timestamptz '2026-06-30Z' - e.created_at) END, e.kind,
    CASE WHEN n <= 60 THEN bodies[(n - 1) / 5 + 1] || ' of ' || ('{Kazakhstan,Uzbekistan,Kyrgyzstan,Tajikistan,Turkmenistan}'::text[])[(n - 1) % 5 + 1]
        WHEN e.kind = 'person' THEN given[1 + floor(pg_temp.u(n, 20) * 30)::int] || CASE WHEN pg_temp.u(n, 22) < 0.4 THEN ' ' || father[1 + floor(pg_temp.u(n, 23) * 12)::int] ELSE '' END || ' ' || family[1 + floor(pg_temp.u(n, 21) * 40)::int]
        WHEN e.kind = 'public_body' THEN bodies[1 + floor(pg_temp.u(n, 20) * 7)::int] || ' No. ' || n || ', ' || coalesce(e.country, 'abroad')
        WHEN e.kind = 'law' THEN 'Law on ' || second[1 + floor(pg_temp.u(n, 20) * 12)::int] || ' No. ' || n
        ELSE first[1 + floor(pg_temp.u(n, 20) * 10)::int] || ' ' || second[1 + floor(pg_temp.u(n, 21) * 12)::int] || ' ' || n END,
    CASE WHEN pg_temp.u(n, 24) < 0.5 THEN 'Named in reports from ' || coalesce(e.country, 'several countries') || ' as a ' || replace(e.kind, '_', ' ') || '.' ELSE '' END, e.country
FROM made_entities e, names;
INSERT INTO aliases (entity_id, position, name, language)
SELECT id, row_number() OVER (PARTITION BY n ORDER BY place) - 1, name, language FROM (
    SELECT n, id, 1 AS place, family_ru[1 + floor(pg_temp.u(n, 21) * 40)::int] || ' ' || given_ru[1 + floor(pg_temp.u(n, 20) * 30)::int] || ' ' || father_ru[1 + floor(pg_temp.u(n, 23) * 12)::int] AS name, 'ru' AS language
    FROM made_entities, names WHERE kind = 'person' AND pg_temp.u(n, 25) < 0.7
    UNION ALL
    SELECT n, id, 2, upper(family[1 + floor(pg_temp.u(n, 21) * 40)::int]) || ' ' || given[1 + floor(pg_temp.u(n, 20) * 30)::int], NULL
    FROM made_entities, names WHERE kind = 'person' AND pg_temp.u(n, 26) < 0.4
    UNION ALL
    SELECT n, id, 3, upper(left(md5(n::text), 4)), 'en' FROM made_entities WHERE kind NOT IN ('person', 'place') AND pg_temp.u(n, 27) < 0.3) AS t;
INSERT INTO identifiers (entity_id, position, scheme, value)
SELECT id, row_number() OVER (PARTITION BY n ORDER BY place) - 1, scheme, value FROM (
    SELECT n, id, 1 AS place, 'wikidata' AS scheme, 'Q' || 1000000 + n AS value FROM made_entities WHERE pg_temp.u(n, 28) < CASE WHEN n <= 5000 THEN 0.8 ELSE 0.08 END
    UNION ALL
    SELECT n, id, 2, 'website', 'https://e' || n || '.example' FROM made_entities WHERE kind IN ('media', 'organization', 'public_body') AND pg_temp.u(n, 29) < 0.5) AS t;

\echo '-- articles'
CREATE TEMP TABLE made_articles ON COMMIT DROP AS
SELECT n, pg_temp.id_of(created_at, n, 31) AS id, created_at, day, published_precision, row_number() OVER (ORDER BY day, n) AS rank,
    pg_temp.pick_dataset(pg_temp.u(n, 32)) AS dataset, pg_temp.pick_state(pg_temp.u(n, 33)) AS state
FROM (SELECT *, CASE WHEN pg_temp.u(n, 34) < 0.01 THEN 'unknown' WHEN pg_temp.u(n, 34) < 0.03 THEN 'month' ELSE 'day' END AS published_precision,
        CASE WHEN n > :articles * 0.6 THEN created_at::date - floor(-ln(1 - pg_temp.u(n, 35)))::int
            WHEN pg_temp.u(n, 36) < 0.2 THEN (ARRAY['2022-01-05', '2022-01-06', '2022-01-08', '2019-06-09', '2019-06-12', '2016-05-21', '2020-10-05', '2022-07-02', '2011-12-16', '2010-06-12'])[1 + floor(10 * pg_temp.u(n, 37) ^ 2)::int]::date + floor(-ln(1 - pg_temp.u(n, 35)) * 1.5)::int
            ELSE date '2023-12-31' - floor(7300 * pg_temp.u(n, 35) ^ 2.2)::int END AS day
    FROM (SELECT n, CASE WHEN n <= :articles * 0.6 THEN timestamptz '2023-02-01 02:00:00Z' + (n - 1) / greatest(:articles / 16, 1) * interval '20 days' + n / 100 * interval '2 s'
            ELSE timestamptz '2024-01-15Z' + (n - :articles * 0.6) / (:articles * 0.4) * interval '890 days' END AS created_at
        FROM generate_series(1, :articles) AS n) AS t) AS t;
CREATE UNIQUE INDEX ON made_articles (rank) INCLUDE (id);
ANALYZE made_articles;
INSERT INTO articles (id, dataset, external_id, state, created_at, updated_at, title, url, publisher_id, authors, language, published_on, published_precision, summary, body, archived_url)
SELECT a.id, a.dataset, CASE WHEN pg_temp.u(a.n, 38) < 0.3 THEN 'A' || a.n END, a.state, a.created_at,
    CASE WHEN pg_temp.u(a.n, 39) < 0.85 THEN a.created_at ELSE a.created_at + pg_temp.u(a.n, 40) * (timestamptz '2026-06-30Z' - a.created_at) END,
    k.phrase || ': what is known (' || a.n || ')', CASE WHEN pg_temp.u(a.n, 41) < 0.97 THEN 'https://news' || a.n % 97 || '.example/' || to_char(a.day, 'YYYY/MM/DD') || '/' || a.n END,
    p.id, CASE WHEN pg_temp.u(a.n, 42) < 0.4 THEN ARRAY[given[1 + floor(pg_temp.u(a.n, 43) * 30)::int] || ' ' || family[1 + floor(pg_temp.u(a.n, 44) * 40)::int]] ELSE '{}' END,
    pg_temp.pick_language(pg_temp.u(a.n, 45)), CASE published_precision WHEN 'day' THEN a.day WHEN 'month' THEN date_trunc('month', a.day)::date END, published_precision,
    k.phrase || '. ' || repeat('The report gives names, places and numbers as the authorities and the organisers stated them. ', 1 + a.n % 4),
    CASE WHEN pg_temp.u(a.n, 46) < 0.1 THEN repeat('Полиция задержала участников акции; суд рассмотрит дела. ', 20) END,
    CASE WHEN pg_temp.u(a.n, 47) < 0.2 THEN 'https://archive.example/' || a.n END
FROM (SELECT a.*, pg_temp.pick_kind(pg_temp.u(a.n, 48)) AS about, 'media:' || CASE WHEN pg_temp.u(a.n, 49) < 0.5 THEN 'KZ' WHEN pg_temp.u(a.n, 49) < 0.75 THEN 'KG' WHEN pg_temp.u(a.n, 49) < 0.9 THEN 'UZ' ELSE 'XX' END AS pool FROM made_articles a) AS a
JOIN kinds k ON k.kind = a.about CROSS JOIN names
LEFT JOIN pools s ON s.pool = a.pool
LEFT JOIN made_entities p ON p.pool = s.pool AND p.rank = 1 + floor(s.size * pg_temp.u(a.n, 50) ^ 3)::int AND pg_temp.u(a.n, 51) < 0.95
ORDER BY a.n;
INSERT INTO mentions (article_id, position, entity_id, count)
SELECT article_id, row_number() OVER (PARTITION BY n ORDER BY slot) - 1, entity_id, 1 + floor(5 * pg_temp.u(n * 8 + slot, 52) ^ 3)::int FROM (
    SELECT DISTINCT ON (t.n, e.id) t.n, t.id AS article_id, slot, e.id AS entity_id FROM (
        SELECT n, id, slot, CASE slot WHEN 1 THEN 'public_body:' WHEN 3 THEN 'organization:' ELSE 'person:' END
            || CASE WHEN c IN ('KZ', 'UZ', 'KG', 'TJ', 'TM') THEN c ELSE 'XX' END AS pool, CASE slot WHEN 1 THEN 5 ELSE 2.2 END AS skew
        FROM (SELECT n, id, pg_temp.pick_country(pg_temp.u(n, 53)) AS c FROM made_articles) AS a, generate_series(1, 4) AS slot
        WHERE pg_temp.u(n, 53 + slot) < (ARRAY[0.5, 0.6, 0.3, 0.2])[slot]) AS t
    JOIN pools s USING (pool) JOIN made_entities e ON e.pool = s.pool AND e.rank = 1 + floor(size * pg_temp.u(t.n, 57 + slot) ^ skew)::int
    ORDER BY t.n, e.id, slot) AS t ORDER BY n;
INSERT INTO entity_relations (entity_id, position, relation, target_id, start_date, article_id)
SELECT e.id, 0, pg_temp.pick_entity_relation(pg_temp.u(e.n, 62)), t.id, CASE WHEN pg_temp.u(e.n, 63) < 0.3 THEN date '2005-01-01' + floor(pg_temp.u(e.n, 64) * 7000)::int END, CASE WHEN pg_temp.u(e.n, 65) < 0.3 THEN a.id END
FROM made_entities e JOIN pools s ON s.pool = CASE WHEN pg_temp.u(e.n, 66) < 0.6 THEN 'organization:' ELSE 'public_body:' END || e.pool_country
JOIN made_entities t ON t.pool = s.pool AND t.rank = 1 + floor(s.size * pg_temp.u(e.n, 67) ^ 3)::int AND t.id <> e.id
JOIN made_articles a ON a.rank = 1 + floor(:articles * pg_temp.u(e.n, 68))::int
WHERE e.kind IN ('person', 'organization') AND pg_temp.u(e.n, 69) < 0.2;

\echo '-- incidents'
CREATE TEMP TABLE made_incidents ON COMMIT DROP AS
SELECT *, CASE WHEN country IN ('KZ', 'UZ', 'KG', 'TJ', 'TM') THEN country ELSE 'XX' END AS pool_country, split_part(kind, '.', 1) AS category,
    pg_temp.id_of(created_at, n, 71) AS id, pg_temp.pick_dataset(pg_temp.u(n, 72)) AS dataset, pg_temp.pick_state(pg_temp.u(n, 73)) AS state
FROM (SELECT *, CASE WHEN country = 'TM' THEN date '2003-01-01' + floor(3500 * pg_temp.u(n, 74))::int
            WHEN n > :incidents * 0.6 AND pg_temp.u(n, 75) < 0.85 THEN created_at::date - floor(-ln(1 - pg_temp.u(n, 74)) * 2)::int
            WHEN pg_temp.u(n, 76) < 0.25 THEN (ARRAY['2022-01-05', '2022-01-06', '2022-01-04', '2022-01-08', '2019-06-09', '2022-07-02', '2019-06-12', '2020-10-05', '2016-05-21', '2021-02-28', '2023-03-19', '2011-12-16', '2020-06-06', '2010-06-12', '2022-05-16', '2010-04-07'])[1 + floor(16 * pg_temp.u(n, 77) ^ 2)::int]::date + floor(-ln(1 - pg_temp.u(n, 74)) * 1.2)::int
            WHEN pg_temp.u(n, 76) < 0.255 THEN date '2004-01-01' - floor(4500 * pg_temp.u(n, 77))::int
            ELSE date '2023-12-31' - floor(7300 * pg_temp.u(n, 77) ^ 2.2)::int END AS day
    FROM (SELECT n, CASE WHEN n <= :incidents * 0.6 THEN timestamptz '2023-02-01Z' + (n - 1) / greatest(:incidents / 13, 1) * interval '40 days' + n / 100 * interval '3 s'
                ELSE timestamptz '2024-01-15Z' + (n - :incidents * 0.6) / (:incidents * 0.4) * interval '890 days' END AS created_at,
            CASE WHEN pg_temp.u(n, 78) < 0.995 THEN pg_temp.pick_country(pg_temp.u(n, 79)) END AS country,
            pg_temp.pick_kind(pg_temp.u(n, 80)) AS kind, pg_temp.pick_date_precision(pg_temp.u(n, 81)) AS date_precision
        FROM generate_series(1, :incidents) AS n) AS t) AS t;
CREATE UNIQUE INDEX ON made_incidents (n) INCLUDE (id, state, dataset);
ANALYZE made_incidents;

INSERT INTO incidents (id, dataset, external_id, state, created_at, updated_at, title, summary, kind, effect, freedoms, start_date, end_date, date_precision,
    country, admin1, place, lat, lon, place_precision, verification, coding_method, codebook, coding_note)
SELECT i.id, dataset, CASE WHEN pg_temp.u(n, 82) < 0.4 THEN 'I' || n END, state, created_at,
    CASE WHEN pg_temp.u(n, 83) < 0.7 THEN created_at ELSE created_at + pg_temp.u(n, 84) ^ 2 * (timestamptz '2026-06-30Z' - created_at) END,
    phrase || coalesce(' in ' || place, '') || ' (' || n || ')',
    phrase || coalesce(' in ' || place, '') || coalesce(', ' || admin1, '') || '. ' || repeat('Numbers differ between the police and the organisers; both are given. ', (n % 5)::int),
    i.kind, CASE WHEN pg_temp.u(n, 85) < 0.97 THEN k.effect ELSE 'neutral' END,
    CASE WHEN pg_temp.u(n, 86) < 0.2 AND NOT k.freedoms @> '{expression}' THEN k.freedoms || '{expression}'::text[] WHEN pg_temp.u(n, 86) < 0.21 AND NOT k.freedoms @> '{movement}' THEN k.freedoms || '{movement}'::text[] ELSE k.freedoms END,
    CASE date_precision WHEN 'unknown' THEN NULL WHEN 'part_of_month' THEN first WHEN 'week' THEN date_trunc('week', day)::date WHEN 'month' THEN first WHEN 'quarter' THEN date_trunc('quarter', day)::date WHEN 'year' THEN date_trunc('year', day)::date ELSE day END,
    CASE date_precision WHEN 'unknown' THEN NULL WHEN 'part_of_month' THEN first + 9 WHEN 'week' THEN date_trunc('week', day)::date + 6 WHEN 'month' THEN (first + interval '1 month')::date - 1
        WHEN 'quarter' THEN (date_trunc('quarter', day) + interval '3 months')::date - 1 WHEN 'year' THEN (date_trunc('year', day) + interval '1 year')::date - 1
        ELSE day + CASE WHEN pg_temp.u(n, 87) < 0.88 THEN 0 WHEN pg_temp.u(n, 87) < 0.995 THEN 1 + floor(-ln(1 - pg_temp.u(n, 88)) * 4)::int ELSE 30 + floor(400 * pg_temp.u(n, 88))::int END END,
    date_precision, country, admin1, place, round(lat::numeric, 5), round(lon::numeric, 5), place_precision, pg_temp.pick_verification(pg_temp.u(n, 89)),
    CASE WHEN pg_temp.u(n, 90) < 0.7 THEN 'machine_reviewed' WHEN pg_temp.u(n, 90) < 0.9 THEN 'machine' ELSE 'human' END, '1.0', CASE WHEN pg_temp.u(n, 91) < 0.05 THEN 'The year is not in the text.' END
FROM (SELECT n, i.country, date_trunc('month', day)::date AS first, place_precision,
        CASE WHEN place_precision NOT IN ('country', 'unknown') THEN m.admin1[c] END AS admin1,
        CASE WHEN place_precision IN ('settlement', 'exact', 'locality') THEN CASE WHEN village
            THEN ('{Aq,Qara,Kok,Sary,Zhana,Uzyn,Tas,Bes,Kyzyl,Altyn}'::text[])[1 + floor(10 * pg_temp.u(n, 96))::int] || ('{bulaq,su,tobe,agash,kol,say,tau,zhar,dala,qum,otkel,aral,oy,bel,shoky,terek,jol,bastau,qala,bay}'::text[])[1 + floor(20 * pg_temp.u(n, 97) ^ 2)::int]
            ELSE m.place[c] END END AS place,
        CASE WHEN place_precision <> 'unknown' THEN m.lat[CASE place_precision WHEN 'country' THEN 1 ELSE c END] + CASE WHEN place_precision IN ('exact', 'locality') THEN (pg_temp.u(n, 93) - 0.5) * 0.1 WHEN village THEN (pg_temp.u(n, 96) - 0.5) * 3 ELSE 0 END END AS lat,
        CASE WHEN place_precision <> 'unknown' THEN m.lon[CASE place_precision WHEN 'country' THEN 1 ELSE c END] + CASE WHEN place_precision IN ('exact', 'locality') THEN (pg_temp.u(n, 94) - 0.5) * 0.15 WHEN village THEN (pg_temp.u(n, 97) - 0.5) * 4 ELSE 0 END END AS lon
    FROM (SELECT n, country, day, pg_temp.pick_place_precision(pg_temp.u(n, 92)) AS place_precision, pg_temp.u(n, 95) < 0.2 AND country IN (SELECT country FROM maps) AS village FROM made_incidents) AS i
    LEFT JOIN maps m USING (country) CROSS JOIN LATERAL (SELECT width_bucket(pg_temp.u(n, 98), bounds) + 1 AS c) AS t) AS w
JOIN made_incidents i USING (n, country) JOIN kinds k ON k.kind = i.kind
ORDER BY n;
-- Countries without a city here, and records without a country (USING drops them), come without a place.
INSERT INTO incidents (id, dataset, external_id, state, created_at, updated_at, title, kind, effect, freedoms, start_date, end_date, date_precision, verification, coding_method, codebook)
SELECT i.id, dataset, CASE WHEN pg_temp.u(n, 82) < 0.4 THEN 'I' || n END, state, created_at, created_at, phrase || ' (' || n || ')', i.kind, k.effect, k.freedoms,
    CASE WHEN date_precision <> 'unknown' THEN day END, CASE WHEN date_precision <> 'unknown' THEN day END, CASE date_precision WHEN 'unknown' THEN 'unknown' ELSE 'day' END,
    pg_temp.pick_verification(pg_temp.u(n, 89)), 'machine', '1.0'
FROM made_incidents i JOIN kinds k ON k.kind = i.kind WHERE i.country IS NULL ORDER BY n;
-- A fifth of the withdrawn were merged into the record before them.
UPDATE incidents SET merged_into = t.into_id FROM (
    SELECT a.id, b.id AS into_id FROM made_incidents a JOIN made_incidents b ON b.n = a.n - 1 WHERE a.state = 'retracted' AND b.state = 'published' AND a.dataset = b.dataset AND pg_temp.u(a.n, 99) < 0.2) AS t
WHERE incidents.id = t.id;
UPDATE entities SET merged_into = t.into_id FROM (
    SELECT a.id, b.id AS into_id FROM made_entities a JOIN made_entities b ON b.n = a.n - 1 WHERE a.state = 'retracted' AND b.state = 'published' AND a.kind = b.kind AND pg_temp.u(a.n, 99) < 0.4) AS t
WHERE entities.id = t.id;

\echo '-- parts of incidents'
INSERT INTO sources (incident_id, position, article_id, role)
SELECT i.id, slot, a.id, CASE WHEN slot = 0 THEN 'primary' WHEN pg_temp.u(i.n, 101) < 0.1 THEN 'disputing' WHEN pg_temp.u(i.n, 101) < 0.2 THEN 'background' ELSE 'corroborating' END
FROM (SELECT n, id, (row_number() OVER (ORDER BY day, n) * (:articles::double precision / :incidents))::bigint AS near FROM made_incidents) AS i
CROSS JOIN generate_series(0, 3) AS slot
JOIN made_articles a ON a.rank = 1 + (CASE WHEN slot = 0 AND pg_temp.u(i.n, 102) < 0.1 THEN near / 64 * 64 ELSE near END + slot * 53 + floor(50 * pg_temp.u(i.n, 103))::int) % :articles
WHERE slot = 0 OR pg_temp.u(i.n, 104) < (ARRAY[0.22, 0.06, 0.02])[slot]
ORDER BY i.n, slot;

CREATE TEMP TABLE made_participants ON COMMIT DROP AS
SELECT n, i.id AS incident_id, slot, s.pool, role,
    CASE WHEN role = 'authority' AND pg_temp.u(n, 111) < 0.42 THEN 1 WHEN role = 'authority' AND pg_temp.u(n, 111) < 0.6 THEN 2 WHEN role = 'court' AND pg_temp.u(n, 111) < 0.4 THEN 5
        ELSE 1 + floor(s.size * pg_temp.u(n, 120 + slot) ^ CASE WHEN s.pool LIKE 'public_body%' THEN 5 ELSE 2.2 END)::int END AS rank
FROM (SELECT n, id, slot, role, CASE role WHEN 'authority' THEN 'public_body:' WHEN 'court' THEN 'public_body:' WHEN 'prosecutor' THEN 'public_body:' WHEN 'organizer' THEN 'organization:'
            WHEN 'intervener' THEN 'organization:' WHEN 'media' THEN 'media:' WHEN 'subject' THEN 'law:' ELSE 'person:' END || pool_country AS pool
    FROM (SELECT n, id, pool_country, slot, CASE slot WHEN 1 THEN 'target' WHEN 2 THEN 'target' WHEN 3 THEN CASE WHEN category = 'assembly' THEN 'participant' ELSE 'victim_representative' END
                WHEN 4 THEN 'authority' WHEN 5 THEN CASE WHEN category = 'justice' THEN 'court' WHEN category = 'law' THEN 'subject' ELSE 'organizer' END
                WHEN 6 THEN CASE WHEN pg_temp.u(n, 112) < 0.5 THEN 'intervener' WHEN pg_temp.u(n, 112) < 0.8 THEN 'media' WHEN pg_temp.u(n, 112) < 0.98 THEN 'witness' ELSE 'expert' END END AS role
        FROM made_incidents, generate_series(1, 6) AS slot
        WHERE pg_temp.u(n, 112 + slot) < (CASE category WHEN 'assembly' THEN ARRAY[0.15, 0.05, 0.3, 0.6, 0.35, 0.1] WHEN 'justice' THEN ARRAY[0.9, 0.15, 0.2, 0.5, 0.7, 0.1]
            WHEN 'liberty' THEN ARRAY[0.9, 0.25, 0.15, 0.85, 0.1, 0.15] ELSE ARRAY[0.6, 0.1, 0.1, 0.65, 0.2, 0.2] END)[slot]) AS t) AS i
JOIN pools s USING (pool);
INSERT INTO participants (incident_id, position, entity_id, label, role, note, article_id)
SELECT p.incident_id, row_number() OVER (PARTITION BY p.n ORDER BY slot) - 1, e.id, CASE WHEN e.id IS NULL THEN 'an unnamed resident' END, p.role, CASE WHEN pg_temp.u(p.n, 130 + slot) < 0.03 THEN 'Named in the report only.' END,
    CASE WHEN pg_temp.u(p.n, 137 + slot) < 0.3 THEN s.article_id END
FROM made_participants p LEFT JOIN made_entities e ON e.pool = p.pool AND e.rank = p.rank AND pg_temp.u(p.n, 144 + slot) < 0.85
LEFT JOIN sources s ON s.incident_id = p.incident_id AND s.position = 0
ORDER BY p.n, slot;

INSERT INTO figures (incident_id, position, measure, low, high, best, approximate, unit, wording, places, claimant_class, claimant_id, article_id)
SELECT id, row_number() OVER (PARTITION BY n ORDER BY slot) - 1, measure, CASE WHEN shape >= 0.1 THEN size END, CASE WHEN shape < 0.1 OR shape > 0.8 THEN NULL WHEN shape > 0.75 THEN size * 2 ELSE size END,
    CASE WHEN shape > 0.78 AND shape <= 0.8 THEN size END, shape BETWEEN 0.3 AND 0.45, CASE WHEN measure = 'amount' THEN 'KZT' END,
    CASE WHEN shape < 0.1 THEN 'dozens' WHEN pg_temp.u(n, 150 + slot) < 0.3 THEN 'about ' || size END, CASE WHEN pg_temp.u(n, 153 + slot) < 0.01 THEN '{Almaty,Astana}'::text[] ELSE '{}' END,
    claimant_class, claimant_id, CASE WHEN pg_temp.u(n, 156 + slot) < 0.6 THEN article_id END
FROM (SELECT i.n, i.id, slot, pg_temp.u(i.n, 159 + slot) AS shape, floor(10 ^ (4 * pg_temp.u(i.n, 162 + slot) ^ 2.5))::int AS size, pg_temp.pick_claimant_class(pg_temp.u(i.n, 165 + slot)) AS claimant_class, e.id AS claimant_id, s.article_id,
        CASE WHEN pg_temp.u(i.n, 168 + slot) < 0.002 THEN 'votes_for' WHEN pg_temp.u(i.n, 168 + slot) < 0.01 THEN 'signatories' WHEN pg_temp.u(i.n, 168 + slot) < 0.02 THEN 'amount' WHEN pg_temp.u(i.n, 168 + slot) < 0.03 THEN 'injured'
            WHEN pg_temp.u(i.n, 168 + slot) < 0.034 THEN 'killed' WHEN pg_temp.u(i.n, 168 + slot) < 0.04 THEN 'sites_blocked' WHEN slot = 2 THEN 'detained' WHEN category = 'assembly' THEN 'participants' WHEN category = 'liberty' THEN 'detained'
            WHEN i.kind = 'justice.conviction' THEN CASE WHEN pg_temp.u(i.n, 171) < 0.5 THEN 'days' WHEN pg_temp.u(i.n, 171) < 0.7 THEN 'administrative_arrests' ELSE 'convicted' END
            WHEN category = 'justice' THEN 'charged' WHEN i.kind = 'pressure.raid' THEN 'premises_searched' ELSE 'in_custody' END AS measure
    FROM made_incidents i CROSS JOIN generate_series(1, 2) AS slot
    LEFT JOIN made_entities e ON e.pool = 'public_body:' || i.pool_country AND e.rank = 1 + floor(10 * pg_temp.u(i.n, 172) ^ 2)::int AND pg_temp.u(i.n, 173) < 0.2
    LEFT JOIN sources s ON s.incident_id = i.id AND s.position = 0
    WHERE pg_temp.u(i.n, 174 + slot) < CASE WHEN category IN ('assembly', 'liberty') THEN 0.55 ELSE 0.2 END * CASE slot WHEN 1 THEN 1 ELSE 0.3 END) AS t
ORDER BY n, slot;

INSERT INTO legal_steps (incident_id, position, entity_id, step, date, date_precision, authority_id, charge, penalty_kind, penalty_amount, penalty_unit, penalty_suspended, article_id)
SELECT incident_id, nth - 1, entity_id, step, CASE WHEN date_precision = 'day' THEN day END, CASE WHEN date_precision = 'day' THEN 'day' ELSE 'unknown' END, authority_id,
    CASE WHEN step IN ('charged', 'sentenced', 'convicted') THEN 'Article ' || 100 + floor(300 * pg_temp.u(n, 180))::int END,
    penalty, CASE WHEN penalty IS NOT NULL THEN 1 + floor(15 * pg_temp.u(n, 181))::int END, CASE penalty WHEN 'fine' THEN 'KZT' WHEN 'administrative_arrest' THEN 'day' WHEN 'imprisonment' THEN 'year' END, CASE WHEN penalty IS NOT NULL THEN false END,
    CASE WHEN pg_temp.u(n, 182) < 0.5 THEN article_id END
FROM (SELECT t.*, CASE step WHEN 'administrative_arrest' THEN 'administrative_arrest' WHEN 'sentenced' THEN CASE WHEN pg_temp.u(n, 183) < 0.3 THEN 'fine' ELSE 'imprisonment' END END AS penalty
    FROM (SELECT i.n, i.id AS incident_id, nth, e.id AS entity_id, i.date_precision, i.day, b.id AS authority_id, s.article_id,
            CASE WHEN nth = 1 AND i.kind = 'liberty.detention' THEN 'detained' WHEN nth = 1 AND i.kind = 'liberty.release' THEN 'released' WHEN nth = 1 AND i.kind = 'justice.charge' THEN 'charged'
                WHEN i.kind LIKE 'liberty.%' OR i.kind LIKE 'justice.%' THEN pg_temp.pick_step(pg_temp.u(i.n, 184 + nth)) ELSE 'questioned' END AS step
        FROM made_incidents i CROSS JOIN generate_series(1, 3) AS nth
        JOIN made_participants p ON p.n = i.n AND p.slot = 1 JOIN made_entities e ON e.pool = p.pool AND e.rank = p.rank
        LEFT JOIN made_entities b ON b.pool = 'public_body:' || i.pool_country AND b.rank = 1 + floor(12 * pg_temp.u(i.n, 188))::int AND pg_temp.u(i.n, 189) < 0.4
        LEFT JOIN sources s ON s.incident_id = i.id AND s.position = 0
        WHERE pg_temp.u(i.n, 190) < CASE WHEN category IN ('liberty', 'justice') THEN (ARRAY[0.75, 0.2, 0.05])[nth] ELSE (ARRAY[0.04, 0, 0])[nth] END) AS t) AS t
ORDER BY n, nth;

INSERT INTO incident_tags (incident_id, position, tag)
SELECT id, row_number() OVER (PARTITION BY n ORDER BY slot) - 1, tag FROM (
    SELECT DISTINCT ON (n, tag) n, id, slot, tag FROM (
        SELECT n, id, slot, CASE WHEN category = 'assembly' AND slot = 1 AND pg_temp.u(n, 199) < 0.4 THEN 'labour' ELSE pg_temp.pick_tag(pg_temp.u(n, 192 + slot)) END AS tag
        FROM made_incidents, generate_series(1, 3) AS slot WHERE pg_temp.u(n, 195 + slot) < (ARRAY[0.7, 0.35, 0.15])[slot]) AS t
    ORDER BY n, tag, slot) AS t ORDER BY n;

INSERT INTO incident_relations (incident_id, position, relation, target_id)
SELECT a.id, slot, CASE WHEN hub THEN 'part_of' ELSE pg_temp.pick_relation(pg_temp.u(a.n, 203)) END, b.id
FROM (SELECT n, id, slot, pg_temp.u(n, 205 + slot) < 0.3 AS hub FROM made_incidents, generate_series(0, 1) AS slot WHERE state = 'published' AND pg_temp.u(n, 201 + slot) < (ARRAY[0.12, 0.02])[slot + 1]) AS a
JOIN made_incidents b ON b.n = CASE WHEN hub THEN a.n / 700 * 700 + 1 ELSE a.n - 1 - floor(30 * pg_temp.u(a.n, 207 + slot) ^ 2)::int END AND b.n <> a.n AND b.state = 'published'
ORDER BY a.n, slot;

INSERT INTO incident_entities (entity_id, incident_id, dataset, published)
SELECT entity_id, incident_id, incidents.dataset, incidents.state = 'published' FROM (
    SELECT entity_id, incident_id FROM participants WHERE entity_id IS NOT NULL
    UNION SELECT claimant_id, incident_id FROM figures WHERE claimant_id IS NOT NULL
    UNION SELECT entity_id, incident_id FROM legal_steps) AS t
JOIN incidents ON incidents.id = incident_id
ORDER BY incident_id;

\if :history
\echo '-- history'
INSERT INTO versions (record_type, record_id, version, at, reason, changed, origin, record)
SELECT 'entity', id, 1, created_at, 'new_information', '{kind,name}', 'import', jsonb_build_object('kind', kind, 'name', name, 'country', country, 'dataset', dataset, 'state', state) FROM entities ORDER BY created_at, id;
INSERT INTO versions (record_type, record_id, version, at, reason, changed, origin, record)
SELECT 'article', id, 1, created_at, 'new_information', '{title,url,language}', 'import', jsonb_build_object('title', title, 'url', url, 'language', language, 'published_on', published_on, 'dataset', dataset, 'state', state) FROM articles ORDER BY created_at, id;
INSERT INTO versions (record_type, record_id, version, at, reason, changed, origin, record)
SELECT 'incident', id, 1, created_at, 'new_information', '{title,kind,location}', CASE WHEN coding_method = 'human' THEN 'api' ELSE 'import' END,
    jsonb_build_object('title', title, 'summary', summary, 'kind', kind, 'effect', effect, 'start_date', start_date, 'end_date', end_date, 'location', jsonb_build_object('country', country, 'admin1', admin1, 'place', place), 'dataset', dataset, 'state', state)
FROM incidents ORDER BY created_at, id;
INSERT INTO changes (seq, record_type, record_id, version, op)
SELECT row_number() OVER (ORDER BY at, record_id), record_type, record_id, version, 'upsert' FROM versions
WHERE record ->> 'state' = 'published' ORDER BY at, record_id;
\endif

\echo '-- indexes and foreign keys again'
SELECT ddl FROM remake ORDER BY step, name \gexec
SELECT fold_incident_tallies();
COMMIT;
VACUUM (ANALYZE);
