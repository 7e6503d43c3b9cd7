-- To find the catalogs and schemas of a name without reading their events.
create index audit_events_by_container on audit_events (object_name, object_type, object_id)
  where object_type in ('catalog', 'schema');
