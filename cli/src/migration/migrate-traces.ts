import { ApiError } from '@cairn/platform/errors'
import { type ImportedTrace, ImportTrace } from '@cairn/platform/protocol/cairn/imports'
import { digestOfImport } from '@cairn/tracking-server/import/trace-digest'
import { cleanValue, type Value } from '@cairn/tracking-server/spans/value'
import { forEachConcurrent } from '../copying/for-each-concurrent.js'
import type { SourceExperiment, SourceTrace } from '../copying/sources/source.js'
import { digestOf } from './content-digests.js'
import type { Migration, SkipRefused } from './migration.js'
import { requestBatches } from './request-batches.js'

const TRACES_AT_ONCE = 4

/** Migrates the traces of an experiment; its runs must come first, because traces link to them. */
export async function migrateTraces(
  migration: Migration,
  experiment: SourceExperiment,
  to: string,
  skip: SkipRefused,
): Promise<void> {
  await forEachConcurrent(migration.source.traces(experiment), TRACES_AT_ONCE, (trace) =>
    migrateTrace(migration, trace, to).catch(skip(`trace ${trace.trace.trace_info.trace_id}`)),
  )
}

async function migrateTrace(migration: Migration, sourceTrace: SourceTrace, to: string): Promise<void> {
  const { source, target, ledger, progress } = migration
  const trace = withoutNulCharacters(sourceTrace)
  const { trace_info } = trace.trace
  const { trace_id: id, tags } = trace_info
  const state = digestOf('trace', trace)
  progress.count('traces')
  if (ledger.find('trace', id)?.state === state) return
  const trace_location = { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: to } } as const
  const imported: ImportedTrace = {
    trace: { trace_info: { ...trace_info, trace_location } },
    runs: (trace.runs ?? []).map((run) => ledger.find('run', run)?.to ?? run),
    prompts: [...(trace.prompts ?? []), ...parsePrompts(tags?.['mlflow.linkedPrompts'])],
  }
  const { spans, digest } = readableSpans(imported, await source.spans(trace))
  for (const batch of requestBatches(spans))
    await target.call(ImportTrace, { ...imported, spans: [...batch] })
  progress.count('spans', spans.length)
  const isSettled = trace_info.state === 'OK' || trace_info.state === 'ERROR'
  ledger.put({
    ...{ kind: 'trace', id, digest },
    ...(spans.length === 0 ? { without_spans: true } : isSettled && { state }),
  })
}

/** Previews and tags may contain NUL, which the database cannot store. Spans are cleaned when they are read. */
const withoutNulCharacters = (trace: SourceTrace) =>
  cleanValue(trace as unknown as Value) as unknown as SourceTrace

/** The spans, or none if one of them is malformed. */
function readableSpans(trace: ImportedTrace, spans: readonly string[]) {
  try {
    return { spans, digest: digestOfImport({ ...trace, spans: [...spans] }) }
  } catch (error) {
    if (spans.length === 0 || !(error instanceof ApiError)) throw error
    return { spans: [], digest: digestOfImport(trace) }
  }
}

/** Reads the linked prompts from the tag that clients write, as `name/version`. */
function parsePrompts(tag: string | undefined): string[] {
  try {
    return (JSON.parse(tag ?? '[]') as { name: string; version: string }[]).map(
      ({ name, version }) => `${name}/${version}`,
    )
  } catch {
    return []
  }
}
