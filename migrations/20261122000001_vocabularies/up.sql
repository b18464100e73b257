-- One domain a vocabulary, named as `/v1/vocabularies` names it. The codes are those of src/codebook;
-- a test compares the two. A vocabulary that grows changes its domain's one constraint.

CREATE DOMAIN record_type AS text CONSTRAINT record_type_code CHECK (VALUE IN ('article', 'entity', 'incident'));
COMMENT ON DOMAIN record_type IS 'Which of the three resources a row of history speaks of.';

CREATE DOMAIN record_state AS text CONSTRAINT record_state_code CHECK (VALUE IN ('published', 'draft', 'retracted'));
COMMENT ON DOMAIN record_state IS 'Whether a record is served, still being written, or withdrawn.';

CREATE DOMAIN dataset_access AS text CONSTRAINT dataset_access_code CHECK (VALUE IN ('public', 'internal'));
COMMENT ON DOMAIN dataset_access IS 'Who may read a dataset.';

CREATE DOMAIN change_reason AS text CONSTRAINT change_reason_code CHECK (VALUE IN (
    'new_information', 'source_corrected', 'coding_error', 'duplicate', 'out_of_scope', 'safety', 'legal_request', 'vocabulary_change'));
COMMENT ON DOMAIN change_reason IS 'Why a record was written.';

CREATE DOMAIN incident_kind AS text CONSTRAINT incident_kind_code CHECK (VALUE IN (
    'assembly.protest', 'assembly.violent_protest', 'assembly.dispersal', 'assembly.restriction',
    'liberty.detention', 'liberty.ill_treatment', 'liberty.release', 'liberty.travel_restriction', 'liberty.abduction',
    'justice.charge', 'justice.trial', 'justice.conviction', 'justice.acquittal', 'justice.ruling',
    'pressure.raid', 'pressure.harassment', 'violence.attack', 'violence.killing',
    'expression.blocking', 'expression.internet_disruption', 'expression.media_closure',
    'association.ban', 'association.closure', 'association.restriction',
    'law.proposed', 'law.adopted', 'law.withdrawn',
    'politics.election', 'politics.power_seizure', 'politics.appointment', 'politics.statement', 'rating.change'));
COMMENT ON DOMAIN incident_kind IS 'What happened, as category.code.';

CREATE DOMAIN effect AS text CONSTRAINT effect_code CHECK (VALUE IN ('restriction', 'neutral', 'positive'));
COMMENT ON DOMAIN effect IS 'What an incident does to civic space.';

CREATE DOMAIN freedoms AS text[] CONSTRAINT freedom_code CHECK (VALUE <@ ARRAY[
    'association', 'expression', 'peaceful_assembly', 'liberty', 'fair_trial', 'privacy', 'movement', 'integrity']);
COMMENT ON DOMAIN freedoms IS 'The freedoms that an incident touches.';

CREATE DOMAIN participant_role AS text CONSTRAINT participant_role_code CHECK (VALUE IN (
    'target', 'participant', 'organizer', 'authority', 'perpetrator', 'court', 'prosecutor', 'initiator', 'intervener',
    'victim_representative', 'witness', 'expert', 'media', 'affiliated', 'subject'));
COMMENT ON DOMAIN participant_role IS 'The part that somebody had in an incident.';

CREATE DOMAIN entity_kind AS text CONSTRAINT entity_kind_code CHECK (VALUE IN (
    'person', 'organization', 'political_party', 'media', 'public_body', 'international_body', 'company', 'platform', 'law', 'place'));
COMMENT ON DOMAIN entity_kind IS 'What an entity is.';

CREATE DOMAIN entity_relation AS text CONSTRAINT entity_relation_code CHECK (VALUE IN (
    'member_of', 'leads', 'works_for', 'founder_of', 'owner_of', 'part_of', 'successor_of', 'family_of', 'spouse_of',
    'represents', 'affiliated_with', 'ally_of', 'opponent_of', 'holds_office_in'));
COMMENT ON DOMAIN entity_relation IS 'How one entity stands to another.';

CREATE DOMAIN identifier_scheme AS text CONSTRAINT identifier_scheme_code CHECK (VALUE IN (
    'wikidata', 'opensanctions', 'isni', 'viaf', 'website', 'telegram', 'other'));
COMMENT ON DOMAIN identifier_scheme IS 'The outside register that an identifier belongs to.';

CREATE DOMAIN measure AS text CONSTRAINT measure_code CHECK (VALUE IN (
    'participants', 'signatories', 'summoned', 'detained', 'released', 'in_custody', 'administrative_arrests', 'charged',
    'convicted', 'acquitted', 'fined', 'travel_ban', 'injured', 'killed', 'missing', 'house_arrest', 'votes_for',
    'votes_against', 'vote_share', 'organizations_affected', 'premises_searched', 'sites_blocked', 'days', 'amount'));
COMMENT ON DOMAIN measure IS 'What a figure counts.';

CREATE DOMAIN claimant_class AS text CONSTRAINT claimant_class_code CHECK (VALUE IN (
    'government', 'police', 'prosecutor', 'court', 'ministry', 'health_authority', 'security_service', 'local_authority',
    'organizer', 'participant', 'lawyer', 'relative', 'party', 'ngo', 'oversight_body', 'outlet', 'witness', 'other_media',
    'international_body', 'unattributed'));
COMMENT ON DOMAIN claimant_class IS 'Who claims a figure.';

CREATE DOMAIN legal_step AS text CONSTRAINT legal_step_code CHECK (VALUE IN (
    'warned', 'summoned', 'questioned', 'detained', 'released', 'remanded', 'still_held', 'transferred', 'house_arrest',
    'travel_ban', 'restriction_lifted', 'charged', 'charges_changed', 'charges_dropped', 'case_suspended', 'trial_opened',
    'retrial', 'convicted', 'sentenced', 'administrative_arrest', 'probation_revoked', 'acquitted', 'appeal_filed',
    'verdict_upheld', 'verdict_changed', 'verdict_quashed', 'clemency_requested', 'pardoned', 'fled', 'escaped',
    'freed_by_force', 'deported', 'citizenship_revoked', 'extradited', 'sentence_served', 'died_in_custody'));
COMMENT ON DOMAIN legal_step IS 'What a case did to a person.';

CREATE DOMAIN penalty_kind AS text CONSTRAINT penalty_kind_code CHECK (VALUE IN (
    'imprisonment', 'administrative_arrest', 'house_arrest', 'fine', 'probation', 'damages', 'ban'));
COMMENT ON DOMAIN penalty_kind IS 'What a sentence imposes.';

CREATE DOMAIN incident_relation AS text CONSTRAINT incident_relation_code CHECK (VALUE IN (
    'part_of', 'follows', 'caused_by', 'reaction_to', 'same_case_as', 'related_to'));
COMMENT ON DOMAIN incident_relation IS 'How one incident stands to another.';

CREATE DOMAIN source_role AS text CONSTRAINT source_role_code CHECK (VALUE IN ('primary', 'corroborating', 'background', 'disputing'));
COMMENT ON DOMAIN source_role IS 'What an article does for an incident that it reports.';

CREATE DOMAIN verification AS text CONSTRAINT verification_code CHECK (VALUE IN (
    'unreviewed', 'single_source', 'corroborated', 'verified', 'disputed'));
COMMENT ON DOMAIN verification IS 'How well an incident is established.';

CREATE DOMAIN coding_method AS text CONSTRAINT coding_method_code CHECK (VALUE IN ('human', 'machine', 'machine_reviewed'));
COMMENT ON DOMAIN coding_method IS 'Who turned a report into a record.';

CREATE DOMAIN date_precision AS text CONSTRAINT date_precision_code CHECK (VALUE IN (
    'day', 'part_of_month', 'week', 'month', 'quarter', 'year', 'unknown'));
COMMENT ON DOMAIN date_precision IS 'How precisely a date is known.';

CREATE DOMAIN place_precision AS text CONSTRAINT place_precision_code CHECK (VALUE IN (
    'exact', 'locality', 'settlement', 'district', 'region', 'country', 'unknown'));
COMMENT ON DOMAIN place_precision IS 'What a point on the map stands for.';

CREATE DOMAIN country AS text CONSTRAINT country_code CHECK (VALUE IN (
    'AD', 'AE', 'AF', 'AG', 'AI', 'AL', 'AM', 'AO', 'AQ', 'AR', 'AS', 'AT', 'AU', 'AW', 'AX', 'AZ', 'BA', 'BB', 'BD', 'BE',
    'BF', 'BG', 'BH', 'BI', 'BJ', 'BL', 'BM', 'BN', 'BO', 'BQ', 'BR', 'BS', 'BT', 'BV', 'BW', 'BY', 'BZ', 'CA', 'CC', 'CD',
    'CF', 'CG', 'CH', 'CI', 'CK', 'CL', 'CM', 'CN', 'CO', 'CR', 'CU', 'CV', 'CW', 'CX', 'CY', 'CZ', 'DE', 'DJ', 'DK', 'DM',
    'DO', 'DZ', 'EC', 'EE', 'EG', 'EH', 'ER', 'ES', 'ET', 'FI', 'FJ', 'FK', 'FM', 'FO', 'FR', 'GA', 'GB', 'GD', 'GE', 'GF',
    'GG', 'GH', 'GI', 'GL', 'GM', 'GN', 'GP', 'GQ', 'GR', 'GS', 'GT', 'GU', 'GW', 'GY', 'HK', 'HM', 'HN', 'HR', 'HT', 'HU',
    'ID', 'IE', 'IL', 'IM', 'IN', 'IO', 'IQ', 'IR', 'IS', 'IT', 'JE', 'JM', 'JO', 'JP', 'KE', 'KG', 'KH', 'KI', 'KM', 'KN',
    'KP', 'KR', 'KW', 'KY', 'KZ', 'LA', 'LB', 'LC', 'LI', 'LK', 'LR', 'LS', 'LT', 'LU', 'LV', 'LY', 'MA', 'MC', 'MD', 'ME',
    'MF', 'MG', 'MH', 'MK', 'ML', 'MM', 'MN', 'MO', 'MP', 'MQ', 'MR', 'MS', 'MT', 'MU', 'MV', 'MW', 'MX', 'MY', 'MZ', 'NA',
    'NC', 'NE', 'NF', 'NG', 'NI', 'NL', 'NO', 'NP', 'NR', 'NU', 'NZ', 'OM', 'PA', 'PE', 'PF', 'PG', 'PH', 'PK', 'PL', 'PM',
    'PN', 'PR', 'PS', 'PT', 'PW', 'PY', 'QA', 'RE', 'RO', 'RS', 'RU', 'RW', 'SA', 'SB', 'SC', 'SD', 'SE', 'SG', 'SH', 'SI',
    'SJ', 'SK', 'SL', 'SM', 'SN', 'SO', 'SR', 'SS', 'ST', 'SV', 'SX', 'SY', 'SZ', 'TC', 'TD', 'TF', 'TG', 'TH', 'TJ', 'TK',
    'TL', 'TM', 'TN', 'TO', 'TR', 'TT', 'TV', 'TW', 'TZ', 'UA', 'UG', 'UM', 'US', 'UY', 'UZ', 'VA', 'VC', 'VE', 'VG', 'VI',
    'VN', 'VU', 'WF', 'WS', 'YE', 'YT', 'ZA', 'ZM', 'ZW'));
COMMENT ON DOMAIN country IS 'A country, by its ISO 3166-1 alpha-2 code.';

CREATE DOMAIN countries AS text[] CONSTRAINT countries_code CHECK (VALUE <@ ARRAY[
    'AD', 'AE', 'AF', 'AG', 'AI', 'AL', 'AM', 'AO', 'AQ', 'AR', 'AS', 'AT', 'AU', 'AW', 'AX', 'AZ', 'BA', 'BB', 'BD', 'BE',
    'BF', 'BG', 'BH', 'BI', 'BJ', 'BL', 'BM', 'BN', 'BO', 'BQ', 'BR', 'BS', 'BT', 'BV', 'BW', 'BY', 'BZ', 'CA', 'CC', 'CD',
    'CF', 'CG', 'CH', 'CI', 'CK', 'CL', 'CM', 'CN', 'CO', 'CR', 'CU', 'CV', 'CW', 'CX', 'CY', 'CZ', 'DE', 'DJ', 'DK', 'DM',
    'DO', 'DZ', 'EC', 'EE', 'EG', 'EH', 'ER', 'ES', 'ET', 'FI', 'FJ', 'FK', 'FM', 'FO', 'FR', 'GA', 'GB', 'GD', 'GE', 'GF',
    'GG', 'GH', 'GI', 'GL', 'GM', 'GN', 'GP', 'GQ', 'GR', 'GS', 'GT', 'GU', 'GW', 'GY', 'HK', 'HM', 'HN', 'HR', 'HT', 'HU',
    'ID', 'IE', 'IL', 'IM', 'IN', 'IO', 'IQ', 'IR', 'IS', 'IT', 'JE', 'JM', 'JO', 'JP', 'KE', 'KG', 'KH', 'KI', 'KM', 'KN',
    'KP', 'KR', 'KW', 'KY', 'KZ', 'LA', 'LB', 'LC', 'LI', 'LK', 'LR', 'LS', 'LT', 'LU', 'LV', 'LY', 'MA', 'MC', 'MD', 'ME',
    'MF', 'MG', 'MH', 'MK', 'ML', 'MM', 'MN', 'MO', 'MP', 'MQ', 'MR', 'MS', 'MT', 'MU', 'MV', 'MW', 'MX', 'MY', 'MZ', 'NA',
    'NC', 'NE', 'NF', 'NG', 'NI', 'NL', 'NO', 'NP', 'NR', 'NU', 'NZ', 'OM', 'PA', 'PE', 'PF', 'PG', 'PH', 'PK', 'PL', 'PM',
    'PN', 'PR', 'PS', 'PT', 'PW', 'PY', 'QA', 'RE', 'RO', 'RS', 'RU', 'RW', 'SA', 'SB', 'SC', 'SD', 'SE', 'SG', 'SH', 'SI',
    'SJ', 'SK', 'SL', 'SM', 'SN', 'SO', 'SR', 'SS', 'ST', 'SV', 'SX', 'SY', 'SZ', 'TC', 'TD', 'TF', 'TG', 'TH', 'TJ', 'TK',
    'TL', 'TM', 'TN', 'TO', 'TR', 'TT', 'TV', 'TW', 'TZ', 'UA', 'UG', 'UM', 'US', 'UY', 'UZ', 'VA', 'VC', 'VE', 'VG', 'VI',
    'VN', 'VU', 'WF', 'WS', 'YE', 'YT', 'ZA', 'ZM', 'ZW']);
COMMENT ON DOMAIN countries IS 'Several countries, by their ISO 3166-1 alpha-2 codes.';

-- The shapes of text. Lengths are in characters, as the API document states them.

CREATE DOMAIN one_line AS text CONSTRAINT one_line_shape CHECK (char_length(VALUE) BETWEEN 1 AND 500 AND VALUE !~ '[\x01-\x1f\x7f]');
COMMENT ON DOMAIN one_line IS 'One line of text: 1 to 500 characters, no control characters.';

CREATE DOMAIN prose AS text CONSTRAINT prose_shape CHECK (char_length(VALUE) <= 10000 AND VALUE !~ '[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]');
COMMENT ON DOMAIN prose IS 'Text of several lines: at most 10,000 characters, no control characters but tab and line ends.';

CREATE DOMAIN web_address AS text CONSTRAINT web_address_shape CHECK (char_length(VALUE) <= 2000 AND VALUE ~ '^https?://[^\s\x01-\x20\x7f]+$');
COMMENT ON DOMAIN web_address IS 'An absolute http or https URL of at most 2,000 characters.';

CREATE DOMAIN slug AS text CONSTRAINT slug_shape CHECK (VALUE ~ '^[a-z0-9][a-z0-9-]{0,62}$');
COMMENT ON DOMAIN slug IS 'A name for URLs: lower-case letters, digits and hyphens, at most 63.';

CREATE DOMAIN external_id AS text CONSTRAINT external_id_shape CHECK (char_length(VALUE) BETWEEN 1 AND 200 AND VALUE !~ '[\x01-\x1f\x7f]');
COMMENT ON DOMAIN external_id IS 'The id that a dataset gives to its own record: 1 to 200 characters.';

CREATE DOMAIN language_tag AS text CONSTRAINT language_tag_shape CHECK (VALUE ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$');
COMMENT ON DOMAIN language_tag IS 'A BCP 47 language tag, with its script where it matters (kk-Cyrl).';

CREATE DOMAIN calendar_day AS date CONSTRAINT calendar_day_range CHECK (VALUE BETWEEN '1800-01-01' AND '2199-12-31');
COMMENT ON DOMAIN calendar_day IS 'A day from 1800 to 2199.';

CREATE TABLE tags (
    tag text PRIMARY KEY CONSTRAINT tags_tag_shape CHECK (tag ~ '^[a-z0-9_]{1,50}$'),
    label_en one_line NOT NULL,
    label_ru one_line NOT NULL,
    description prose NOT NULL
);
COMMENT ON TABLE tags IS 'The tags that incidents may carry; editors add to them at run time.';
COMMENT ON COLUMN tags.tag IS 'The code.';
COMMENT ON COLUMN tags.label_en IS 'What to call it in English.';
COMMENT ON COLUMN tags.label_ru IS 'What to call it in Russian.';
COMMENT ON COLUMN tags.description IS 'When to use it, in one sentence.';
INSERT INTO tags (tag, label_en, label_ru, description) VALUES
    ('tear_gas', 'Tear gas', 'Слезоточивый газ', 'Tear gas or another irritant was used on people.'),
    ('water_cannon', 'Water cannon', 'Водомёт', 'Water cannon were used on people.'),
    ('stun_grenades', 'Stun grenades', 'Светошумовые гранаты', 'Stun grenades were used on people.'),
    ('mass_detention', 'Mass detention', 'Массовые задержания', 'Many people were detained at one event or in one sweep.'),
    ('hunger_strike', 'Hunger strike', 'Голодовка', 'Somebody refuses food as a protest.'),
    ('incommunicado', 'Held incommunicado', 'Содержание без связи с внешним миром', 'The person held may not see or call a lawyer or relatives, or their whereabouts are kept from them.'),
    ('closed_trial', 'Closed trial', 'Закрытый процесс', 'The public, the press or relatives were kept out of the court.'),
    ('non_disclosure', 'Non-disclosure order', 'Подписка о неразглашении', 'A party to a case or a lawyer was made to keep silent about it.'),
    ('equipment_seized', 'Equipment seized', 'Изъятие техники', 'Phones, computers, cameras or other working equipment were taken.'),
    ('social_media_post', 'Social media post', 'Публикация в соцсетях', 'It concerns something posted, shared or liked online.'),
    ('foreign_agent_law', 'Foreign-agent law', 'Закон об иностранных агентах', 'It concerns a law on foreign agents or foreign representatives, or its use.'),
    ('extremism', 'Extremism charges', 'Обвинения в экстремизме', 'Rules against extremism or terrorism are invoked.'),
    ('war_coverage', 'War coverage', 'Освещение войны', 'It concerns reports or opinions about a war.'),
    ('corruption_reporting', 'Reporting on corruption', 'Расследования коррупции', 'It concerns reports or complaints about corruption.'),
    ('land_or_border', 'Land or border', 'Земельный вопрос и границы', 'It concerns land, a state border or water and mineral resources.'),
    ('labour', 'Labour', 'Трудовые права', 'It concerns wages, working conditions, strikes or unions.'),
    ('election', 'Election', 'Выборы', 'It concerns an election or a referendum, its campaign or its result.'),
    ('single_picket', 'Single-person picket', 'Одиночный пикет', 'One person demonstrates alone.'),
    ('journalist', 'Journalist', 'Журналист', 'A journalist or another media worker is hit.'),
    ('blogger', 'Blogger', 'Блогер', 'A blogger or somebody who runs a public channel is hit.'),
    ('opposition', 'Opposition', 'Оппозиция', 'A member or supporter of the political opposition is hit.'),
    ('human_rights_defender', 'Human rights defender', 'Правозащитник', 'A human rights defender, an activist or their organisation is hit.'),
    ('lawmaker', 'Lawmaker', 'Депутат', 'A present or former member of a parliament or a council is hit.'),
    ('artist', 'Artist', 'Деятель искусства', 'A writer, a musician, an actor or another artist is hit.'),
    ('defamation', 'Defamation', 'Клевета и оскорбление', 'Rules on defamation or insult are invoked, in a criminal or a civil case.'),
    ('false_information', 'False information', 'Ложная информация', 'Rules against spreading false information are invoked.'),
    ('war_propaganda', 'War propaganda', 'Пропаганда войны', 'Rules against propaganda or calls for war are invoked.'),
    ('pre_emptive', 'Pre-emptive', 'Превентивные меры', 'The act came before the event that it was meant to prevent.');
