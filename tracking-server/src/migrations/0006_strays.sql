-- The few that may lie in another's folder; `gc/holders.ts` asks with these very words.
create index runs_strays on runs (run_id, artifact_uri)
  where artifact_uri <> '' and artifact_uri = replace(artifact_uri, run_id, '');
create index logged_models_strays on logged_models (model_id, artifact_uri)
  where artifact_uri <> '' and artifact_uri = replace(artifact_uri, model_id, '');
