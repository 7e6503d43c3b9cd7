-- Summaries of up to 16 blocks of a chunk, packed like points, which charts of many steps read instead of the points. The
-- width of a block in steps is a power of two, and blocks start at its multiples. NULL for chunks of older releases.
alter table metric_chunks add column block_width bigint;
alter table metric_chunks add column blocks text;
