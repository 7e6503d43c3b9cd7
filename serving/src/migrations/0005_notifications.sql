-- calls of the URLs of endpoints after deployments; deleted when they have succeeded or are given up
create table endpoint_notifications (
  id text primary key,
  url text not null,
  body text not null,
  attempts bigint not null,
  created_at bigint not null,
  -- when it may be sent: pushed ahead as a lease while a process sends it
  due_at bigint not null,
  holder text
);
create index endpoint_notifications_by_due on endpoint_notifications (due_at);
create index endpoint_notifications_by_url on endpoint_notifications (url, due_at);
