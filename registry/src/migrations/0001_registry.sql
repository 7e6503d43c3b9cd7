create table registered_models (
  name text primary key,
  creation_timestamp bigint not null,
  last_updated_timestamp bigint not null,
  description text,
  user_id text
);
create index registered_models_by_update on registered_models (last_updated_timestamp, name);

create table registered_model_tags (
  name text not null references registered_models (name) on update cascade on delete cascade,
  key text not null,
  value text not null,
  primary key (name, key)
);
create index registered_model_tags_by_value on registered_model_tags (key, value);

create table model_versions (
  name text not null references registered_models (name) on update cascade on delete cascade,
  version bigint not null,
  creation_timestamp bigint not null,
  last_updated_timestamp bigint not null,
  user_id text,
  current_stage text not null,
  description text not null,
  source text not null,
  storage_location text not null,
  run_id text not null,
  run_link text not null,
  model_id text,
  model_params text,
  model_metrics text,
  primary key (name, version)
);
create index model_versions_by_update on model_versions (last_updated_timestamp, name, version);
create index model_versions_by_run on model_versions (run_id);

create table model_version_tags (
  name text not null,
  version bigint not null,
  key text not null,
  value text not null,
  primary key (name, version, key),
  foreign key (name, version) references model_versions (name, version) on update cascade on delete cascade
);
create index model_version_tags_by_value on model_version_tags (key, value);

create table registered_model_aliases (
  name text not null,
  alias text not null,
  version bigint not null,
  primary key (name, alias),
  foreign key (name, version) references model_versions (name, version) on update cascade on delete cascade
);

create table promotions (
  id text primary key,
  name text not null references registered_models (name) on update cascade on delete cascade,
  version bigint not null,
  alias text not null,
  verdict text not null,
  checks text not null,
  champion_version bigint,
  reason text,
  decided_by text not null,
  decided_at bigint not null
);
create index promotions_by_model on promotions (name, decided_at);
