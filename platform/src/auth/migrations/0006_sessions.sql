create table sessions (
  id text primary key,
  principal_id text not null references principals (id) on delete cascade,
  hash text not null unique,
  -- the secret before the last rotation; accepted until the new one has been used for a moment
  previous_hash text,
  previous_until bigint,
  -- password, sso, invite or token
  method text not null,
  -- of a session that was opened with a token, and ends with it
  token_id text references tokens (id) on delete cascade,
  -- names the session to the OpenID provider when it ends
  id_token text,
  address text not null,
  user_agent text not null,
  created_at bigint not null,
  used_at bigint not null,
  rotated_at bigint not null,
  expires_at bigint not null
);
create index sessions_by_previous on sessions (previous_hash);
create index sessions_by_principal on sessions (principal_id);
create index sessions_by_expiry on sessions (expires_at);
