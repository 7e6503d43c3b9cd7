create table endpoint_feedback (
  endpoint_id text not null,
  -- one of the two is empty
  request_id text not null,
  client_request_id text not null,
  -- of the outcome
  name text not null,
  outcome double precision not null,
  timestamp bigint not null,
  -- principal name
  sender text not null,
  primary key (endpoint_id, request_id, client_request_id, name)
);
