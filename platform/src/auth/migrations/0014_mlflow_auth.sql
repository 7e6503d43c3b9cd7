-- MLflow's clients know users, roles and role permissions by numbers. A number is never given twice.
create table mlflow_ids (
  id bigint primary key,
  -- a principal's id, or principal, type and id of the object of a role permission
  key text not null unique
);

-- Whether anything is denied to a principal is read every second.
create index grants_denied on grants (principal_id, securable_type) where privilege = 'DENY';
