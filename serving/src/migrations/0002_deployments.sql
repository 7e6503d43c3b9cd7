-- JSON in the format of the API; null when not configured
alter table endpoints add column rate_limits text;
alter table endpoints add column ai_gateway text;
alter table endpoints add column email_notifications text;
-- numbers in endpoint_deployments: of the active configuration, and of the pending one
alter table endpoints add column deployment bigint;
alter table endpoints add column pending_deployment bigint;

create table endpoint_deployments (
  endpoint_id text not null,
  number bigint not null,
  config text not null,
  -- set when it has succeeded
  config_version bigint,
  -- JSON list of {name, version, digest}
  resolved text,
  -- JSON list of the gate's promotions
  promotions text not null,
  reason text not null,
  creator text not null,
  creation_timestamp bigint not null,
  end_timestamp bigint,
  outcome text not null,
  message text not null,
  log text not null,
  -- attempts that were begun since the last one that ended in an orderly way
  attempts bigint not null,
  -- the process that loads it, until its lease ends
  holder text,
  lease_until bigint,
  -- 0 until its notifications are queued
  notified integer not null,
  primary key (endpoint_id, number)
);
create index endpoint_deployments_by_holder on endpoint_deployments (holder);
create index endpoint_deployments_by_notified on endpoint_deployments (notified, outcome);

-- configurations of older releases, whose versions were not recorded
insert into endpoint_deployments
  (endpoint_id, number, config, config_version, resolved, promotions, reason, creator, creation_timestamp, end_timestamp,
   outcome, message, log, attempts, notified)
  select id, 1, config, config_version, null, '[]', 'deployed by an older release', creator, creation_timestamp,
    last_updated_timestamp, 'SUCCEEDED', '', '', 0, 1
  from endpoints where config is not null;
insert into endpoint_deployments
  (endpoint_id, number, config, config_version, resolved, promotions, reason, creator, creation_timestamp, end_timestamp,
   outcome, message, log, attempts, notified)
  select id, 2, pending, null, null, '[]', 'deployed by an older release', creator, coalesce(pending_since, 0), null,
    case when update_state = 'IN_PROGRESS' then 'IN_PROGRESS' else 'FAILED' end, update_message, '', 0, 1
  from endpoints where pending is not null;
update endpoints set deployment = 1 where config is not null;
update endpoints set pending_deployment = 2 where pending is not null;
