-- The history of metrics on its way from many small writes to few large rows. A point lies in one of three places, and
-- now and then in two, where it counts once; it moves down this list only, and readers read in this order:
--   metrics         single points, as log-metric brings them
--   metric_batches  what one request brought, of any keys: a JSON list of keys with their packed points
--   metric_chunks   many points of one key, packed, with what a chart needs to know of them
create table metric_batches (
  run_id text not null,
  position bigint not null,
  batch_id bigint not null,
  points text not null,
  primary key (run_id, position, batch_id)
);

create table metric_chunks (
  run_id text not null,
  key text not null,
  first_timestamp bigint not null,
  chunk_id bigint not null,
  last_timestamp bigint not null,
  first_step bigint not null,
  last_step bigint not null,
  size integer not null,
  -- Of the numbers; NULL where all are NaN.
  min_value double precision,
  max_value double precision,
  -- The latest by step, timestamp and value; its step is the last.
  latest_timestamp bigint not null,
  latest_value double precision not null,
  latest_is_nan integer not null,
  points text not null,
  primary key (run_id, key, first_timestamp, chunk_id)
);
