create table tickets (
  hash text primary key,
  subject text not null,
  expires_at bigint not null
);
create index tickets_by_expiry on tickets (expires_at);
