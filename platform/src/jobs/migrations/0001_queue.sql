create table queued_jobs (
  queue text not null,
  id text not null,
  payload text not null,
  added_at bigint not null,
  -- when it may be delivered: pushed ahead as a lease while a consumer has it, and as the pause after a failure
  visible_at bigint not null,
  holder text,
  deliveries integer not null,
  primary key (queue, id)
);
create index queued_jobs_by_visible_at on queued_jobs (queue, visible_at, added_at);

-- one row: what tells this installation's keys from others' on a shared Redis
create table queue_installation (
  only_row integer primary key,
  id text not null
);
