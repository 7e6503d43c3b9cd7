create table webhooks (
  webhook_id text primary key,
  name text not null,
  description text,
  url text not null,
  status text not null,
  -- encrypted, with the mark of its key before it
  secret text,
  creation_timestamp bigint not null,
  last_updated_timestamp bigint not null
);
create index webhooks_by_creation on webhooks (creation_timestamp, webhook_id);

create table webhook_events (
  webhook_id text not null references webhooks (webhook_id) on delete cascade,
  entity text not null,
  action text not null,
  position integer not null,
  primary key (webhook_id, entity, action)
);
create index webhook_events_by_event on webhook_events (entity, action);

create table webhook_deliveries (
  delivery_id text primary key,
  -- no foreign key: a change that tells of itself must not fail because a webhook is deleted meanwhile
  webhook_id text not null,
  entity text not null,
  action text not null,
  -- what is sent, to the byte
  body text not null,
  state text not null,
  attempts integer not null,
  created_at bigint not null,
  -- when it may be sent: pushed ahead as a lease while a process sends it; null once it is finished
  due_at bigint,
  holder text,
  finished_at bigint,
  last_status integer,
  last_error text
);
create index webhook_deliveries_by_due on webhook_deliveries (webhook_id, due_at);
create index webhook_deliveries_by_holder on webhook_deliveries (holder);
create index webhook_deliveries_by_creation on webhook_deliveries (webhook_id, created_at, delivery_id);
create index webhook_deliveries_by_finish on webhook_deliveries (finished_at);
