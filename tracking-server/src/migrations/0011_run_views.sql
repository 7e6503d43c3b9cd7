-- Named states of the runs table. The owner is a principal's id, or empty for a view of the team.
create table run_views (
  view_id text primary key,
  experiment_id bigint not null,
  owner text not null,
  name text not null,
  is_default integer not null,
  state text not null,
  created_by text not null,
  last_update_time bigint not null,
  unique (experiment_id, owner, name)
);
