-- an iteration of a for-each task: the task run of the loop, its number from 0, its input as JSON
alter table task_runs add column parent_id bigint;
alter table task_runs add column iteration integer;
alter table task_runs add column input text;
-- the decision of a condition task
alter table task_runs add column outcome text;
-- the run of another job that an attempt waits for, and the task run that waits for a run
alter table task_attempts add column child_run_id bigint;
alter table job_runs add column parent_task_run_id bigint;
drop index task_runs_by_run;
create index task_runs_by_run on task_runs (run_id, parent_id, position);
create index task_runs_by_parent on task_runs (parent_id, state, result, iteration) where parent_id is not null;
create index task_runs_by_iteration on task_runs (parent_id, iteration) where parent_id is not null;
drop index job_runs_by_state;
create index job_runs_by_state on job_runs (state, job_id, start_time, run_id);
