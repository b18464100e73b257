-- What may be the same is brought side by side, and each is compared with the twenty behind it, however many there are: by
-- address; and by title, read from the beginning and from the end, so that nearly the same titles are found wherever they
-- differ. Outlets reprint each other: titles tell only within one publisher, or where one is not known.
WITH live AS (
    SELECT id, publisher_id, published_on FROM articles WHERE state IN ('published', 'draft')
), addressed AS (
    SELECT DISTINCT address, article_id AS id FROM article_addresses JOIN live ON live.id = article_id
), by_address AS (
    SELECT *, row_number() OVER (ORDER BY address, id) AS place FROM addressed
), titled AS (
    SELECT title, regexp_replace(title, '[^0-9]+', ' ', 'g') AS numbers, id, publisher_id, published_on,
        row_number() OVER (ORDER BY title COLLATE "C", published_on, publisher_id, id) AS forwards,
        row_number() OVER (ORDER BY reverse(title) COLLATE "C", published_on, publisher_id, id) AS backwards
    FROM article_titles JOIN live ON live.id = article_id WHERE title <> '' AND published_on IS NOT NULL
), beside AS (
    SELECT one, other FROM titled one CROSS JOIN generate_series(1, 20) step JOIN titled other ON other.forwards = one.forwards + step
    UNION ALL
    SELECT one, other FROM titled one CROSS JOIN generate_series(1, 20) step JOIN titled other ON other.backwards = one.backwards + step
)
SELECT one.id AS one_id, other.id AS other_id, 2 AS strength, 'address ' || one.address AS reason
FROM by_address one CROSS JOIN generate_series(1, 20) step JOIN by_address other ON other.place = one.place + step
WHERE other.address = one.address
UNION ALL
SELECT least((one).id, (other).id), greatest((one).id, (other).id), 1,
    'title ' || least((one).published_on, (other).published_on)
FROM beside
WHERE ((one).publisher_id IS NULL OR (other).publisher_id IS NULL OR (one).publisher_id = (other).publisher_id)
    AND abs((one).published_on - (other).published_on) <= 7 AND (one).numbers = (other).numbers
    AND similarity((one).title, (other).title) >= 0.8
