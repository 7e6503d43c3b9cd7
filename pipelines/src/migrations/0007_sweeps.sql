-- the run in the tracking server of a trial or of a whole sweep
alter table task_runs add column mlflow_run_id text;
-- 'open' while that run is to be created or ended
alter table task_runs add column mlflow_state text;
create index task_runs_by_mlflow_state on task_runs (mlflow_state, parent_id) where mlflow_state is not null;
-- the last value of the metric of a trial
alter table task_runs add column objective double precision;
-- set when a running task is asked to end while its run goes on: the result that it gets
alter table task_runs add column stopping text;

-- digest of everything that a task with a cache computes from
alter table task_runs add column cache_key text;
create index task_runs_by_cache_key on task_runs (cache_key, ended_at) where cache_key is not null;
-- how the result was taken over from another task run, and from which
alter table task_runs add column origin text;
alter table task_runs add column origin_run_id bigint;
alter table task_runs add column origin_task_run_id bigint;
-- JSON: which tasks of a run do not use results of earlier ones
alter table job_runs add column caching text;
-- the run whose results this one took over
alter table job_runs add column resumed_from bigint;
