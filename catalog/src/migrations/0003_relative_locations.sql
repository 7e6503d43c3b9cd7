-- The location of managed data is its key in the server's store, wherever the store is now.
update tables set storage_location = 'tables/' || table_id
  where table_type = 'MANAGED' and storage_location like '%/tables/' || table_id;
update staging_tables set staging_location = 'tables/' || id where staging_location like '%/tables/' || id;
update volumes set storage_location = 'volumes/' || volume_id
  where volume_type = 'MANAGED' and storage_location like '%/volumes/' || volume_id;
