-- Metadata of traces that a client has counted itself: what spans tell does not change it.
create table trace_counts (
  trace_id text not null,
  key text not null,
  primary key (trace_id, key)
);
insert into trace_counts (trace_id, key)
  select counted.trace_id, counted.key from trace_metadata as counted
  join trace_metadata as final on final.trace_id = counted.trace_id and final.key = 'mlflow.trace.infoFinalized'
  where counted.key in ('mlflow.trace.tokenUsage', 'mlflow.trace.cost');
