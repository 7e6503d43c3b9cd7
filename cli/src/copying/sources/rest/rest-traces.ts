import type { Client } from '@cairn/platform/protocol/client'
import { SearchTraces, type TraceInfo } from '@cairn/platform/protocol/mlflow/traces'
import { pages } from '@cairn/sdk/page'
import type { SourceTrace } from '../source.js'
import { undefinedIfUnsupported } from './unsupported-endpoint.js'

const PAGE = 200

/** Reads the traces of an experiment. Links to runs take one search per run: no endpoint returns them with the trace. */
export async function* readTraces(
  call: Client,
  experiment_id: string,
  runIds: () => AsyncIterable<string>,
): AsyncGenerator<SourceTrace> {
  const search = (filter?: string): AsyncGenerator<TraceInfo> =>
    pages(async (page_token) => {
      const query = {
        locations: [{ type: 'MLFLOW_EXPERIMENT' as const, mlflow_experiment: { experiment_id } }],
        max_results: PAGE,
        order_by: ['timestamp_ms ASC'],
        ...(filter && { filter }),
        ...(page_token && { page_token }),
      }
      const response = await call(SearchTraces, query).catch(undefinedIfUnsupported)
      return { items: response?.traces ?? [], next: response?.next_page_token }
    })
  let linked: Map<string, string[]> | undefined
  for await (const trace_info of search()) {
    linked ??= await linksOf(search, runIds())
    yield { trace: { trace_info }, runs: linked.get(trace_info.trace_id) ?? [] }
  }
}

/** Maps each trace to the runs linked to it, without the run that created it. */
async function linksOf(search: (filter: string) => AsyncIterable<TraceInfo>, runIds: AsyncIterable<string>) {
  const linked = new Map<string, string[]>()
  for await (const run of runIds)
    for await (const { trace_id, trace_metadata } of search(`run_id = '${run}'`))
      if (trace_metadata?.['mlflow.sourceRun'] !== run)
        linked.set(trace_id, [...(linked.get(trace_id) ?? []), run])
  return linked
}
