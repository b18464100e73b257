DROP TABLE moved_items;
DROP TABLE merges;
