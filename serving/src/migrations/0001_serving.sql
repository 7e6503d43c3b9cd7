create table endpoints (
  id text primary key,
  name text not null unique,
  owner text not null,
  creator text not null,
  description text not null,
  tags text not null,
  creation_timestamp bigint not null,
  last_updated_timestamp bigint not null,
  config text,
  config_version bigint not null,
  pending text,
  pending_since bigint,
  update_state text not null,
  update_message text not null
);
