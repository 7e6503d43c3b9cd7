-- Rules on experiments and jobs, and the runs that met them: each once.
create table alert_rules (
  rule_id text primary key,
  securable_type text not null,
  securable_id text not null,
  name text not null,
  kind text not null,
  metric_key text,
  comparison text,
  threshold double precision,
  minutes integer,
  webhook_url text,
  enabled integer not null,
  -- a principal's id
  created_by text not null,
  created_at bigint not null,
  -- of the condition
  changed_at bigint not null,
  foreign key (securable_type, securable_id) references securables (type, id) on delete cascade
);
create index alert_rules_by_object on alert_rules (securable_type, securable_id);
create index alert_rules_by_kind on alert_rules (kind, enabled);

create table alerts (
  -- the rule's id and the run's
  alert_id text primary key,
  rule_id text not null references alert_rules (rule_id) on delete cascade,
  run_id text not null,
  run_name text not null,
  -- as the rule was then
  name text not null,
  kind text not null,
  metric_key text,
  comparison text,
  threshold double precision,
  minutes integer,
  -- of the metric
  value double precision,
  created_at bigint not null,
  -- 0 until the call of its webhook is in the outbox
  notified integer not null
);
create index alerts_by_time on alerts (created_at, alert_id);
create index alerts_by_rule on alerts (rule_id, created_at);
create index alerts_to_notify on alerts (created_at) where notified = 0;

create table alert_notifications (
  id text primary key,
  url text not null,
  body text not null,
  attempts integer not null,
  created_at bigint not null,
  due_at bigint not null,
  holder text
);
create index alert_notifications_by_url on alert_notifications (url, created_at);

create table alert_readers (
  principal_id text primary key references principals (id) on delete cascade,
  read_until bigint not null
);
