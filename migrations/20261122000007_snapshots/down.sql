DROP TABLE snapshot_files, snapshots;
