create table jobs (
  job_id bigint primary key,
  name text not null,
  settings text not null,
  creator text not null,
  created_time bigint not null,
  deleted_at bigint
);
create index jobs_by_created_time on jobs (created_time, job_id);

create table job_runs (
  run_id bigint primary key,
  job_id bigint,
  run_name text not null,
  run_type text not null,
  number_in_job bigint not null,
  idempotency_key text unique,
  creator text not null,
  -- frozen when the run was made: a job may change under its runs
  settings text not null,
  parameters text not null,
  overriding text not null,
  state text not null,
  result text,
  message text not null,
  -- set when the run is asked to end early: the result its unfinished tasks get
  stopping text,
  deadline bigint,
  start_time bigint not null,
  started_at bigint,
  ended_at bigint
);
create index job_runs_by_start_time on job_runs (start_time, run_id);
create index job_runs_by_job on job_runs (job_id, start_time, run_id);
create index job_runs_by_state on job_runs (state);

create table job_run_repairs (
  repair_id bigint primary key,
  run_id bigint not null references job_runs (run_id),
  task_run_ids text not null,
  start_time bigint not null
);
create index job_run_repairs_by_run on job_run_repairs (run_id, start_time);

create table task_runs (
  task_run_id bigint primary key,
  run_id bigint not null references job_runs (run_id),
  task_key text not null,
  position integer not null,
  -- the task run that this one repairs, and the one that repairs it
  previous_id bigint,
  replaced_by bigint,
  state text not null,
  result text,
  message text not null,
  attempt integer not null,
  failures integer not null,
  losses integer not null,
  started_at bigint,
  ended_at bigint,
  progress text,
  outputs text
);
create index task_runs_by_run on task_runs (run_id, position);

create table task_attempts (
  task_run_id bigint not null references task_runs (task_run_id),
  attempt integer not null,
  state text not null,
  -- not before this time
  run_at bigint not null,
  -- when it was handed to the queue; a queued attempt without it is the outbox
  dispatched_at bigint,
  holder text,
  lease_until bigint,
  -- the attempt's access token, and whose
  token_id text,
  token_of text,
  started_at bigint,
  ended_at bigint,
  outcome text,
  error text,
  error_trace text,
  primary key (task_run_id, attempt)
);
create index task_attempts_by_state on task_attempts (state, run_at);

create table task_logs (
  task_run_id bigint not null references task_runs (task_run_id),
  line bigint not null,
  time bigint not null,
  attempt integer not null,
  level text not null,
  message text not null,
  primary key (task_run_id, line)
);
