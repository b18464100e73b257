DROP TABLE article_titles, article_addresses, duplicate_decisions;
DROP DOMAIN duplicate_decision;
