DROP INDEX entity_rotations_words, place_rotations_words;
