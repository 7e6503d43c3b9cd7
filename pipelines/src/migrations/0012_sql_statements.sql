-- queries of callers, which are kept for an hour
create table sql_statements (
  statement_id text primary key,
  principal_id text not null,
  state text not null,
  created_at bigint not null,
  -- the last time that the server which runs it reported; a later state is final
  seen_at bigint not null,
  -- JSON: the error of a failed statement
  error text,
  -- JSON: the columns and rows of a successful one
  result text
);
create index sql_statements_by_principal on sql_statements (principal_id, created_at);
create index sql_statements_by_creation on sql_statements (created_at);
