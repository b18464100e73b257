DROP TABLE place_tails, entity_tails, derivations, incident_words, entity_words, article_words;
