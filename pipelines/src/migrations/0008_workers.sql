-- workers that reach the server over HTTP only
create table task_workers (
  worker_id text primary key,
  name text not null,
  -- who registered it: nobody else may act as it
  principal_id text not null,
  -- JSON list
  labels text not null,
  concurrency integer not null,
  version text not null,
  registered_at bigint not null,
  seen_at bigint not null
);

-- where an attempt can run: `server`, `worker` or `any`; and the labels that its worker needs, sorted, with commas
alter table task_attempts add column runs_on text not null default 'server';
alter table task_attempts add column labels text not null default '';
create index task_attempts_by_labels on task_attempts (state, runs_on, labels, run_at);
