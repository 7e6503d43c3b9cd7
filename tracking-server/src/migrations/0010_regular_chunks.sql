-- The difference of each two consecutive steps of a chunk, if it is the same positive number for all: its steps are then
-- known without its points. NULL otherwise, and for chunks of older releases.
alter table metric_chunks add column stride bigint;
