create table audit_events (
  event_id text primary key,
  event_time bigint not null,
  last_time bigint not null,
  count bigint not null,
  request_id text not null,
  service_name text not null,
  action_name text not null,
  principal_id text not null,
  principal text not null,
  principal_type text not null,
  authentication text not null,
  token_id text,
  session_id text,
  source_ip_address text not null,
  user_agent text not null,
  request_params text not null,
  status_code integer not null,
  error_code text,
  error_message text,
  outcome text not null,
  object_type text,
  object_id text,
  object_name text,
  catalog_id text,
  schema_id text,
  reason text not null,
  changes text
);
-- Decisions of earlier releases: `action` was the list of privileges.
insert into audit_events
  select id, time, time, 1, request_id, 'unityCatalog', 'decideAccess', '', principal, '', '', null, null, '', '',
    '{"privileges":"' || action || '"}', case when allowed = 1 then 200 else 403 end, null, null,
    case when allowed = 1 then 'success' else 'denied' end, securable_type, null, securable,
    null, null, reason, null
  from audit;
drop table audit;
-- One for each filter, in the order of lists.
create index audit_events_by_time on audit_events (event_time, event_id);
create index audit_events_by_request on audit_events (request_id, event_time, event_id);
create index audit_events_by_object on audit_events (object_type, object_id, event_time, event_id);
create index audit_events_by_object_name on audit_events (object_name, event_time, event_id);
create index audit_events_by_catalog on audit_events (catalog_id, event_time, event_id) where catalog_id is not null;
create index audit_events_by_schema on audit_events (schema_id, event_time, event_id) where schema_id is not null;
create index audit_events_by_address on audit_events (source_ip_address, event_time, event_id);
create index audit_events_by_principal on audit_events (principal, event_time, event_id);
create index audit_events_by_action on audit_events (action_name, event_time, event_id);
create index audit_events_by_outcome on audit_events (outcome, event_time, event_id);
create index audit_events_by_type on audit_events (object_type, event_time, event_id);
