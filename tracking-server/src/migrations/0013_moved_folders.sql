-- Folders of artifacts that stayed below the folder of another experiment when their run was moved, and the folders above each.
create table moved_folders (
  path text not null,
  run_id text not null,
  experiment_id bigint not null,
  -- 0 for a folder above
  is_own integer not null,
  primary key (path, run_id)
);
create index moved_folders_by_run on moved_folders (run_id);
