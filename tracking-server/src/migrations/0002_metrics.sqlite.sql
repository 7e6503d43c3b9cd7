-- Rows live in the tree of their primary key: a run's values of a key lie side by side, in the order of the history.
create table metrics (
  run_id text not null,
  key text not null,
  timestamp bigint not null,
  step bigint not null,
  value double precision not null,
  is_nan integer not null,
  primary key (run_id, key, timestamp, step, value, is_nan)
) without rowid;

create table latest_metrics (
  run_id text not null,
  key text not null,
  experiment_id bigint not null,
  value double precision not null,
  timestamp bigint not null,
  step bigint not null,
  is_nan integer not null,
  position bigint not null,
  primary key (run_id, key)
) without rowid;
create index latest_metrics_by_value on latest_metrics (experiment_id, key, is_nan, value, run_id);

create table logged_model_metrics (
  model_id text not null,
  key text not null,
  timestamp bigint not null,
  step bigint not null,
  run_id text not null,
  dataset_name text not null,
  dataset_digest text not null,
  value double precision not null,
  is_nan integer not null,
  position bigint not null,
  primary key (model_id, key, timestamp, step, run_id, dataset_name, dataset_digest, value, is_nan)
) without rowid;
