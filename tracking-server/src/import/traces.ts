import { groupBy } from '@cairn/platform/collections/group-by'
import type { Db, Transaction } from '@cairn/platform/db/db'
import { ApiError } from '@cairn/platform/errors'
import type { ImportedTrace, ImportTrace, TraceDigest } from '@cairn/platform/protocol/cairn/imports'
import type { Output } from '@cairn/platform/protocol/operation'
import { putAssessment } from '../assessments/insert.js'
import { parseAssessment } from '../assessments/wire.js'
import type { Clock } from '../clock.js'
import { putTraceEntries, RESERVED_TAGS, TRACE_TAG, TRACKING_STORE } from '../entries/trace-entries.js'
import { getExperiment } from '../experiments/find.js'
import { lockTrace } from '../lock-trace.js'
import type { ExperimentRow, TrackingSchema } from '../schema.js'
import { parseSpanDocuments } from '../spans/document.js'
import { readSpanRows } from '../spans/read-spans.js'
import { insertSpans } from '../spans/store.js'
import { putClientUsage } from '../spans/usage.js'
import { linkToPrompts, linkToRun } from '../traces/links.js'
import { artifactLocationTag, putTrace, type TraceStore, toTraceRow } from '../traces/store.js'
import { digestTrace } from './trace-digest.js'

/**
 * Imports a trace with its contents in one transaction. Importing it again, or more of its spans, merges.
 *
 * @throws RESOURCE_DOES_NOT_EXIST for the experiment, RESOURCE_CONFLICT if a trace of another experiment has the id
 */
export async function importTrace(
  db: Db<TrackingSchema>,
  clock: Clock,
  input: ImportedTrace,
): Promise<Output<typeof ImportTrace>> {
  const { trace_info: info } = input.trace
  const { trace_id, assessments = [] } = info
  const row = toTraceRow(info)
  const newAssessments = assessments.map((one, i) => ({
    ...parseAssessment(one, clock.now(), `trace.trace_info.assessments[${i}]`),
    valid: one.valid === false ? (0 as const) : (1 as const),
  }))
  const spans = parseSpanDocuments(trace_id, input.spans ?? [])
  return db.transaction(async (tx) => {
    await db.dialect.lock(`import:${trace_id}`)?.execute(tx) // two concurrent imports of a trace must not both insert it
    const experiment = await getExperiment(tx, info.trace_location.mlflow_experiment?.experiment_id ?? '')
    const known = await lockTrace(tx, trace_id)
    if (known && known.experiment_id !== experiment.experiment_id)
      throw new ApiError(
        'RESOURCE_CONFLICT',
        `Trace '${trace_id}' is in experiment ${known.experiment_id} already, not in ${experiment.experiment_id}.`,
      )
    await putTrace(tx, { ...row, experiment_id: experiment.experiment_id })
    await insertEntries(tx, db, clock, { experiment, input })
    for (const assessment of newAssessments) await putAssessment(tx, trace_id, assessment, clock)
    if (spans.length > 0) await insertSpans(tx, db.dialect, [{ spans }])
    for (const run of input.runs ?? []) await linkToRun(tx, db.dialect, [trace_id], run)
    await linkToPrompts(tx, db.dialect, trace_id, input.prompts ?? [])
    return { trace_id, outcome: known ? 'merged' : 'created' }
  })
}

interface TraceToInsert {
  readonly experiment: ExperimentRow
  readonly input: ImportedTrace
}

/** Values are not truncated: the other store accepted them in full. */
async function insertEntries(
  tx: Transaction<TrackingSchema>,
  { dialect }: Db<TrackingSchema>,
  clock: Clock,
  { experiment, input: { trace, spans = [] } }: TraceToInsert,
) {
  const { trace_id, tags = {}, trace_metadata = {} } = trace.trace_info
  const entriesOf = (map: Readonly<Record<string, string>>) =>
    Object.entries(map)
      .filter(([key]) => !RESERVED_TAGS.includes(key))
      .map(([key, value]) => ({ trace_id, key, value }))
  const own = [
    { trace_id, ...artifactLocationTag(experiment, trace_id) },
    ...(spans.length > 0 ? [{ trace_id, key: TRACE_TAG.SPANS, value: TRACKING_STORE }] : []),
  ]
  const metadata = entriesOf(trace_metadata)
  await putTraceEntries(tx, dialect, 'trace_metadata', metadata, clock)
  await putClientUsage(tx, dialect, trace_id, metadata)
  await putTraceEntries(tx, dialect, 'trace_tags', [...entriesOf(tags), ...own], clock)
}

/** Digests traces in the order of the ids; traces that do not exist are skipped. */
export async function digestTraces(
  db: Db<TrackingSchema>,
  traces: TraceStore,
  ids: readonly string[],
): Promise<TraceDigest[]> {
  const runs = await db.read.selectFrom('trace_runs').selectAll().where('trace_id', 'in', ids).execute()
  const prompts = await db.read.selectFrom('trace_prompts').selectAll().where('trace_id', 'in', ids).execute()
  const runsOf = groupBy(runs, ({ trace_id }) => trace_id)
  const promptsOf = groupBy(prompts, ({ trace_id }) => trace_id)
  const digests: TraceDigest[] = []
  for (const trace_info of await traces.list(ids)) {
    const { trace_id } = trace_info
    const links = {
      runs: (runsOf.get(trace_id) ?? []).map(({ run_id }) => run_id),
      prompts: (promptsOf.get(trace_id) ?? []).map(({ prompt_version }) => prompt_version),
    }
    const spans = (await readSpanRows(db, [trace_id])).get(trace_id) ?? [] // one trace at a time, because spans may be large
    digests.push(digestTrace({ trace: { trace_info }, ...links }, spans))
  }
  return digests
}
