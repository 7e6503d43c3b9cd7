-- Uploads of the S3 gateway that are not complete. `bytes` is the sum of the parts that were sent.
create table open_uploads (
  upload_id text primary key,
  principal_id text not null,
  blob_key text not null,
  bytes bigint not null,
  created_at bigint not null
);
create index open_uploads_by_principal on open_uploads (principal_id);
create index open_uploads_by_time on open_uploads (created_at);
