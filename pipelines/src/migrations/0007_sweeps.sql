-- the run in the tracking server of a trial or of a whole sweep
alter table task_runs add column mlflow_run_id text;
-- 'open' while that run is to be created or ended
alter table task_runs add column mlflow_state text;
create index task_runs_by_mlflow_state on task_runs (mlflow_state, parent_id) where mlflow_state is not null;
-- the last value of the metric of a trial
alter table task_runs add column objective double precision;
-- set when a running task is asked to end while its run goes on: the result that it gets
alter table task_runs add column stopping text;
