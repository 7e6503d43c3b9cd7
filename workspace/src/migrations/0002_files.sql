create table workspace_objects (
  object_id bigint primary key,
  -- normalised, see files/path.ts
  path text not null unique,
  parent_id bigint,
  type text not null,
  -- of notebooks
  language text,
  format text,
  -- the content of notebooks and files
  blob_key text,
  size bigint,
  created_at bigint not null,
  modified_at bigint not null
);
create index workspace_objects_by_parent on workspace_objects (parent_id, path);

-- Entered before a blob is stored, so that one without an object is found and deleted.
create table workspace_blobs (
  blob_key text primary key,
  object_id bigint,
  changed_at bigint not null
);
create index workspace_blobs_by_object on workspace_blobs (object_id, changed_at);
