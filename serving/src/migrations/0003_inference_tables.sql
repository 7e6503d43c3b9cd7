-- id of the table in the catalog that queries are recorded in
alter table endpoints add column inference_table text;
