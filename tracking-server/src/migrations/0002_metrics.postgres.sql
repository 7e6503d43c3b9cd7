-- A run's values of a key lie side by side in the primary key, in the order of the history.
create table metrics (
  run_id text not null,
  key text not null,
  timestamp bigint not null,
  step bigint not null,
  value double precision not null,
  is_nan integer not null,
  primary key (run_id, key, timestamp, step, value, is_nan)
);

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
);
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
);
