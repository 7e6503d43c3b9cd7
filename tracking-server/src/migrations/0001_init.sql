create table experiments (
  experiment_id bigint primary key,
  name text not null unique,
  artifact_location text not null,
  lifecycle_stage text not null,
  creation_time bigint not null,
  last_update_time bigint not null
);
create index experiments_by_creation on experiments (creation_time desc, experiment_id);

create table experiment_tags (
  experiment_id bigint not null,
  key text not null,
  value text not null,
  position bigint not null,
  primary key (experiment_id, key)
);
create index experiment_tags_by_value on experiment_tags (key, substr(value, 1, 100));

create table runs (
  run_id text primary key,
  experiment_id bigint not null,
  run_name text not null,
  user_id text not null,
  status text not null,
  start_time bigint not null,
  end_time bigint,
  artifact_uri text not null,
  lifecycle_stage text not null,
  deleted_time bigint
);
create index runs_by_start on runs (experiment_id, start_time desc, run_id);
create index runs_by_end on runs (experiment_id, end_time);
create index runs_by_name on runs (experiment_id, run_name);

-- `position` grows with the order of first logging; runs show their keys in it.
-- Values are indexed by a prefix, because an index entry of PostgreSQL holds less than a value may.
create table params (
  run_id text not null,
  key text not null,
  experiment_id bigint not null,
  value text not null,
  position bigint not null,
  primary key (run_id, key)
);
create index params_by_value on params (experiment_id, key, substr(value, 1, 100), run_id);

create table tags (
  run_id text not null,
  key text not null,
  experiment_id bigint not null,
  value text not null,
  position bigint not null,
  primary key (run_id, key)
);
create index tags_by_value on tags (experiment_id, key, substr(value, 1, 100), run_id);

create table datasets (
  dataset_id text primary key,
  experiment_id bigint not null,
  name text not null,
  digest text not null,
  source_type text not null,
  source text not null,
  schema text,
  profile text,
  unique (experiment_id, name, digest)
);

create table dataset_inputs (
  run_id text not null,
  dataset_id text not null,
  position bigint not null,
  primary key (run_id, dataset_id)
);
create index dataset_inputs_by_dataset on dataset_inputs (dataset_id, run_id);

create table dataset_input_tags (
  run_id text not null,
  dataset_id text not null,
  key text not null,
  value text not null,
  position bigint not null,
  primary key (run_id, dataset_id, key)
);
create index dataset_input_tags_by_dataset on dataset_input_tags (dataset_id, key, value);

create table model_inputs (
  run_id text not null,
  model_id text not null,
  position bigint not null,
  primary key (run_id, model_id)
);

create table model_outputs (
  run_id text not null,
  model_id text not null,
  step bigint not null,
  position bigint not null,
  primary key (run_id, model_id, step)
);

create table logged_models (
  model_id text primary key,
  experiment_id bigint not null,
  name text not null,
  artifact_uri text not null,
  creation_timestamp_ms bigint not null,
  last_updated_timestamp_ms bigint not null,
  status text not null,
  status_message text,
  model_type text,
  source_run_id text,
  lifecycle_stage text not null
);
create index logged_models_by_creation on logged_models (experiment_id, creation_timestamp_ms desc, model_id);
create index logged_models_by_run on logged_models (source_run_id);

create table logged_model_params (
  model_id text not null,
  key text not null,
  value text not null,
  position bigint not null,
  primary key (model_id, key)
);

create table logged_model_tags (
  model_id text not null,
  key text not null,
  value text not null,
  position bigint not null,
  primary key (model_id, key)
);
