import { ApiError } from '@cairn/platform/errors'
import { type ImportedTrace, ImportTrace } from '@cairn/platform/protocol/imports'
import { digestOfImport } from '@cairn/tracking-server/import/trace-digest'
import { cleaned, type Value } from '@cairn/tracking-server/spans/value'
import { forEachConcurrent } from '../copying/for-each-concurrent.js'
import type { SourceExperiment, SourceTrace } from '../copying/sources/source.js'
import { digestOf } from './content-digests.js'
import type { Migration } from './migrate.js'
import { pieces } from './request-batches.js'

const TRACES_AT_ONCE = 4

/** Those of an experiment, after its runs, which they are linked to. */
export async function moveTraces(
  migration: Migration,
  experiment: SourceExperiment,
  to: string,
): Promise<void> {
  await forEachConcurrent(migration.source.traces(experiment), TRACES_AT_ONCE, (trace) =>
    moveTrace(migration, trace, to),
  )
}

async function moveTrace(migration: Migration, found: SourceTrace, to: string): Promise<void> {
  const { source, target, ledger, progress } = migration
  const trace = withCleanTexts(found)
  const { trace_info } = trace.trace
  const { trace_id: id, tags } = trace_info
  const state = digestOf('trace', trace)
  progress.count('traces')
  if (ledger.find('trace', id)?.state === state) return
  const trace_location = { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: to } } as const
  const given: ImportedTrace = {
    trace: { trace_info: { ...trace_info, trace_location } },
    runs: (trace.runs ?? []).map((run) => ledger.find('run', run)?.to ?? run),
    prompts: [...(trace.prompts ?? []), ...promptsIn(tags?.['mlflow.linkedPrompts'])],
  }
  const { spans, digest } = readable(given, await source.spans(trace))
  for (const some of pieces(spans)) await target.call(ImportTrace, { ...given, spans: [...some] })
  progress.count('spans', spans.length)
  const isSettled = trace_info.state === 'OK' || trace_info.state === 'ERROR'
  ledger.put({
    ...{ kind: 'trace', id, digest },
    ...(spans.length === 0 ? { without_spans: true } : isSettled && { state }),
  })
}

/** What models are told and say may hold a NUL, which text here cannot. Spans are cleaned where they are read. */
const withCleanTexts = (trace: SourceTrace) => cleaned(trace as unknown as Value) as unknown as SourceTrace

/** Its spans, or none where one of them cannot be read. */
function readable(given: ImportedTrace, spans: readonly string[]) {
  try {
    return { spans, digest: digestOfImport({ ...given, spans: [...spans] }) }
  } catch (error) {
    if (spans.length === 0 || !(error instanceof ApiError)) throw error
    return { spans: [], digest: digestOfImport(given) }
  }
}

/** `name/version` of each, which clients note in a tag. */
function promptsIn(tag: string | undefined): string[] {
  try {
    return (JSON.parse(tag ?? '[]') as { name: string; version: string }[]).map(
      ({ name, version }) => `${name}/${version}`,
    )
  } catch {
    return []
  }
}
