-- What models are evaluated on; `datasets` are what runs log as their inputs. `record_count` counts its records.
create table evaluation_datasets (
  dataset_id text primary key,
  name text not null,
  schema text,
  record_count bigint not null,
  digest text not null,
  created_time bigint not null,
  last_update_time bigint not null,
  created_by text,
  last_updated_by text
);
create index evaluation_datasets_by_time on evaluation_datasets (created_time desc, dataset_id desc);

create table evaluation_dataset_tags (
  dataset_id text not null,
  key text not null,
  value text not null,
  position bigint not null,
  primary key (dataset_id, key)
);
create index evaluation_dataset_tags_by_value on evaluation_dataset_tags (key, substr(value, 1, 100), dataset_id);

create table evaluation_dataset_experiments (
  dataset_id text not null,
  experiment_id bigint not null,
  position bigint not null,
  primary key (dataset_id, experiment_id)
);
create index evaluation_datasets_by_experiment on evaluation_dataset_experiments (experiment_id, dataset_id);

-- Inputs, outputs, expectations, tags and source are JSON; `input_hash` tells records of a data set apart.
create table evaluation_records (
  dataset_record_id text primary key,
  dataset_id text not null,
  input_hash text not null,
  inputs text not null,
  outputs text,
  expectations text,
  tags text not null,
  source text,
  created_time bigint not null,
  last_update_time bigint not null,
  created_by text,
  last_updated_by text,
  position bigint not null,
  unique (dataset_id, input_hash)
);
create index evaluation_records_in_order on evaluation_records (dataset_id, position);

create table scorers (
  scorer_id text primary key,
  experiment_id bigint not null,
  name text not null,
  unique (experiment_id, name)
);

create table scorer_versions (
  scorer_id text not null,
  version bigint not null,
  serialized_scorer text not null,
  creation_time bigint not null,
  primary key (scorer_id, version)
);

-- `root_causes` and `categories` are JSON lists.
create table issues (
  issue_id text primary key,
  experiment_id bigint not null,
  name text not null,
  description text not null,
  status text not null,
  severity text,
  root_causes text not null,
  source_run_id text,
  categories text not null,
  created_timestamp bigint not null,
  last_updated_timestamp bigint not null,
  created_by text
);
create index issues_by_experiment on issues (experiment_id, created_timestamp desc);
