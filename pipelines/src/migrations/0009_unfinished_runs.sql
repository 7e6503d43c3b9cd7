-- the status that the unfinished MLflow runs of an ended attempt get; null once they have it, and if it succeeded
alter table task_attempts add column runs_end_as text;
create index task_attempts_with_runs on task_attempts (runs_end_as) where runs_end_as is not null;
