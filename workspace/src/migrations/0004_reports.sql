create table reports (
  report_id text primary key,
  title text not null,
  -- a principal's id
  owner text not null,
  is_shared integer not null,
  version bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  -- a principal's name
  updated_by text not null
);
create index reports_by_update on reports (updated_at, report_id);
create index reports_by_owner on reports (owner);

create table report_versions (
  report_id text not null references reports (report_id) on delete cascade,
  version bigint not null,
  title text not null,
  content text not null,
  created_at bigint not null,
  created_by text not null,
  primary key (report_id, version)
);

-- The experiments whose readers read a shared report; without any, everybody reads it.
create table report_experiments (
  report_id text not null references reports (report_id) on delete cascade,
  experiment_id bigint not null,
  primary key (report_id, experiment_id)
);
