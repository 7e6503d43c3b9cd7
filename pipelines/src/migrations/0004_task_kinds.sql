-- JSON of what runs/get-output shows for the kind of the task
alter table task_runs add column kind_output text;

-- values that a process has set so far; they become those of the task when the attempt succeeds
create table task_values (
  task_run_id bigint not null references task_runs (task_run_id),
  attempt integer not null,
  name text not null,
  value text not null,
  primary key (task_run_id, attempt, name)
);
