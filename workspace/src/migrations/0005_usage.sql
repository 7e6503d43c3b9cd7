-- the principal whose bytes a blob counts to, and its size; null for one that no object has had
alter table workspace_blobs add column owner text;
alter table workspace_blobs add column size bigint;
update workspace_blobs set
  size = (select size from workspace_objects where workspace_objects.object_id = workspace_blobs.object_id),
  owner = (select owner from securables
    where type in ('notebook', 'file') and securables.id = cast(workspace_blobs.object_id as text))
where object_id is not null;
create index workspace_blobs_by_owner on workspace_blobs (owner, object_id);

-- the sum of the blobs of each owner, changed in the same transactions
create table workspace_usage (
  owner text primary key,
  bytes bigint not null
);
insert into workspace_usage
select owner, cast(coalesce(sum(size), 0) as bigint) from workspace_blobs where owner is not null group by owner;
