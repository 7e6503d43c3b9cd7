-- the notebook of the latest attempt with the outputs of its cells, as JSON of Jupyter
create table task_notebooks (
  task_run_id bigint not null references task_runs (task_run_id),
  attempt integer not null,
  notebook text not null,
  primary key (task_run_id, attempt)
);
