-- Counts and searches of the runs of an experiment read their stages from the index in place of the rows.
drop index runs_by_start;
create index runs_by_start on runs (experiment_id, start_time desc, run_id, lifecycle_stage);

-- Charts find chunks by their steps, and read the summaries of those within one bucket from the index: the points of a chunk fill
-- several pages.
create index metric_chunks_by_step on metric_chunks (run_id, key, first_step, last_step, first_timestamp, chunk_id, min_value, max_value,
  latest_timestamp, latest_value, latest_is_nan);
