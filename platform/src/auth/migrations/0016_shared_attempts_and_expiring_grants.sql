-- Attempts to sign in, of all servers on this database. Keys are hashed: people type passwords as names.
create table sign_in_attempts (
  key text primary key,
  count bigint not null,
  last bigint not null
);
create index sign_in_attempts_by_time on sign_in_attempts (last);

alter table grants add column expires_at bigint;
create index grants_by_expiry on grants (expires_at) where expires_at is not null;

-- Days for which an approval grants; null for ever.
alter table access_requests add column grant_days bigint;

-- Events on requests for access, until they are handed to the outbox of webhooks.
create table access_request_events (
  id text primary key,
  request_id text not null,
  state text not null,
  created_at bigint not null
);
create index access_request_events_by_time on access_request_events (created_at);
