-- Attempts to sign in, of all servers on this database. Keys are hashed: people type passwords as names.
create table sign_in_attempts (
  key text primary key,
  count bigint not null,
  last bigint not null
);
create index sign_in_attempts_by_time on sign_in_attempts (last);
