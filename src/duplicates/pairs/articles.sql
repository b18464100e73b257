-- Of very many at one address, or of one title, each is paired with the twenty behind it: the number of pairs grows as that of
-- articles. Outlets reprint each other: titles tell only within one publisher, or where one is not known.
WITH live AS (
    SELECT id, publisher_id, published_on FROM articles WHERE state IN ('published', 'draft')
), addressed AS (
    SELECT DISTINCT address, article_id AS id FROM article_addresses JOIN live ON live.id = article_id
), counted AS (
    SELECT *, row_number() OVER (PARTITION BY address ORDER BY id) AS number FROM addressed
), titled AS (
    SELECT title, id, publisher_id, published_on,
        row_number() OVER (PARTITION BY title, published_on ORDER BY publisher_id, id) AS number
    FROM article_titles JOIN live ON live.id = article_id WHERE title <> '' AND published_on IS NOT NULL
)
SELECT one.id AS one_id, other.id AS other_id, 2 AS strength, 'address ' || one.address AS reason
FROM counted one JOIN counted other ON other.address = one.address AND other.number > one.number AND other.number <= one.number + 20
UNION ALL
SELECT least(one.id, other.id), greatest(one.id, other.id), 1, 'title and day ' || one.published_on
FROM titled one JOIN titled other ON other.title = one.title AND other.published_on = one.published_on
    AND other.number > one.number AND other.number <= one.number + 20
WHERE one.publisher_id IS NULL OR other.publisher_id IS NULL OR one.publisher_id = other.publisher_id
