-- as Databricks names it; null for runs of earlier releases, which were all started on request
alter table job_runs add column trigger_type text;
-- JSON: the tasks and parameters of tasks that run-now chose, in addition to the parameters of the job
alter table job_runs add column overrides text;
-- when a run that is still running exceeds the duration of the health rule of its job; null once that was reported
alter table job_runs add column warn_at bigint;
create index job_runs_by_warn_at on job_runs (warn_at);

create index job_runs_by_number on job_runs (job_id, number_in_job);

-- how the run had ended before the repair
alter table job_run_repairs add column previous_result text;
alter table job_run_repairs add column previous_message text;
alter table job_run_repairs add column previous_ended_at bigint;

-- triggers that are not paused; written with the settings of their job
create table job_triggers (
  job_id bigint primary key references jobs (job_id),
  -- JSON
  trigger_spec text not null,
  next_at bigint not null,
  -- the time at which next_at was computed: one in the future tells that the clock was set back
  planned_at bigint not null,
  -- JSON: the versions of tables that were seen
  state text
);
create index job_triggers_by_next_at on job_triggers (next_at);
create index job_triggers_by_planned_at on job_triggers (planned_at);

create table notification_destinations (
  id text primary key,
  display_name text not null unique,
  destination_type text not null,
  url text not null,
  created_at bigint not null
);

-- the outbox of notifications of runs
create table job_notifications (
  id text primary key,
  url text not null,
  body text not null,
  attempts integer not null,
  created_at bigint not null,
  -- the end of the lease while a process calls the URL
  due_at bigint not null,
  holder text
);
create index job_notifications_by_url on job_notifications (url, due_at);
