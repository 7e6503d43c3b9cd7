-- For rules on stalled runs: the newest runs of an experiment that have not ended.
create index unfinished_runs on runs (experiment_id, start_time) where end_time is null;
