-- MLflow's clients know users, roles and role permissions by numbers. A number is never given twice.
create table mlflow_ids (
  id bigint primary key,
  -- a principal's id, or principal, type and id of the object of a role permission
  key text not null unique
);
