create table catalogs (
  id text primary key,
  name text not null unique,
  comment text,
  properties text not null,
  owner text not null,
  created_at bigint not null,
  created_by text not null,
  updated_at bigint not null,
  updated_by text not null
);

create table schemas (
  schema_id text primary key,
  catalog_id text not null references catalogs (id),
  name text not null,
  comment text,
  properties text not null,
  owner text not null,
  created_at bigint not null,
  created_by text not null,
  updated_at bigint not null,
  updated_by text not null,
  unique (catalog_id, name)
);

create table tables (
  table_id text primary key,
  schema_id text not null references schemas (schema_id),
  name text not null,
  table_type text not null,
  data_source_format text not null,
  columns text not null,
  storage_location text not null,
  comment text,
  properties text not null,
  owner text not null,
  created_at bigint not null,
  created_by text not null,
  updated_at bigint not null,
  updated_by text not null,
  unique (schema_id, name)
);
create index tables_by_location on tables (storage_location);

create table staging_tables (
  id text primary key,
  schema_id text not null references schemas (schema_id),
  name text not null,
  staging_location text not null unique,
  owner text not null,
  created_at bigint not null
);
create index staging_tables_by_schema on staging_tables (schema_id);

create table volumes (
  volume_id text primary key,
  schema_id text not null references schemas (schema_id),
  name text not null,
  volume_type text not null,
  storage_location text not null,
  comment text,
  owner text not null,
  created_at bigint not null,
  created_by text not null,
  updated_at bigint not null,
  updated_by text not null,
  unique (schema_id, name)
);
create index volumes_by_location on volumes (storage_location);
