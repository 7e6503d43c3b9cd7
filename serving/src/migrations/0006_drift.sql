-- the first recorded answers of a served version whose model has no baseline, as they may be deleted later
create table drift_baselines (
  endpoint_id text not null,
  served_entity text not null,
  version text not null,
  -- JSON `FirstAnswers`
  baseline text not null,
  primary key (endpoint_id, served_entity, version)
);
