create table traces (
  trace_id text primary key,
  experiment_id bigint not null,
  timestamp_ms bigint not null,
  execution_time_ms bigint,
  status text not null,
  client_request_id text,
  request_preview text,
  response_preview text
);
create index traces_by_time on traces (experiment_id, timestamp_ms desc, trace_id);

create table trace_tags (
  trace_id text not null,
  key text not null,
  value text not null,
  position bigint not null,
  primary key (trace_id, key)
);
create index trace_tags_by_value on trace_tags (key, substr(value, 1, 100), trace_id);

create table trace_metadata (
  trace_id text not null,
  key text not null,
  value text not null,
  position bigint not null,
  primary key (trace_id, key)
);
create index trace_metadata_by_value on trace_metadata (key, substr(value, 1, 100), trace_id);

-- Tokens of a whole trace, by kind.
create table trace_metrics (
  trace_id text not null,
  key text not null,
  value double precision not null,
  primary key (trace_id, key)
);

-- Attributes are a JSON object, events and links JSON lists. Ids are OpenTelemetry's, in hexadecimal.
create table spans (
  trace_id text not null,
  span_id text not null,
  otel_trace_id text not null,
  parent_span_id text,
  name text not null,
  type text not null,
  status text not null,
  status_message text not null,
  start_time_unix_nano bigint not null,
  end_time_unix_nano bigint,
  attributes text not null,
  events text not null,
  links text not null,
  primary key (trace_id, span_id)
);

-- Tokens and costs of a span, by kind.
create table span_metrics (
  trace_id text not null,
  span_id text not null,
  key text not null,
  value double precision not null,
  primary key (trace_id, span_id, key)
);

-- `value` and `error` are JSON; `session` is the one that the assessment judges as a whole.
create table assessments (
  assessment_id text primary key,
  trace_id text not null,
  name text not null,
  kind text not null,
  value text not null,
  error text,
  created_timestamp bigint not null,
  last_updated_timestamp bigint not null,
  source_type text not null,
  source_id text,
  span_id text,
  rationale text,
  overrides text,
  valid integer not null,
  metadata text,
  session text,
  position bigint not null
);
create index assessments_by_trace on assessments (trace_id, position);
create index assessments_by_name on assessments (kind, name, trace_id);

create table trace_runs (
  trace_id text not null,
  run_id text not null,
  primary key (trace_id, run_id)
);
create index trace_runs_by_run on trace_runs (run_id, trace_id);

-- `prompt_version` is `name/version`.
create table trace_prompts (
  trace_id text not null,
  prompt_version text not null,
  primary key (trace_id, prompt_version)
);
create index trace_prompts_by_prompt on trace_prompts (prompt_version, trace_id);
