create table access_requests (
  id text primary key,
  requester text not null references principals (id) on delete cascade,
  securable_type text not null,
  -- as the requester wrote it
  asked_name text not null,
  -- null: no such object existed, and nobody receives the request
  securable_id text,
  -- JSON list, in the order of all privileges
  privileges text not null,
  level text,
  reason text not null,
  state text not null,
  created_at bigint not null,
  expires_at bigint,
  decided_at bigint,
  -- a principal's id, which may be deleted since
  decided_by text,
  comment text,
  -- JSON list of what was granted
  granted text
);
-- Equal requests of a principal are one while it is open.
create unique index open_access_requests on access_requests (requester, securable_type, asked_name, privileges)
  where state = 'open';
create index access_requests_by_requester on access_requests (requester, created_at);
create index access_requests_by_state on access_requests (state, created_at);
create index access_requests_by_securable on access_requests (securable_type, securable_id);
