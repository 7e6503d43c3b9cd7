-- The data folder of an embedded database at its last start, below which locations may be absolute; at most one row.
create table data_folder (path text primary key);
