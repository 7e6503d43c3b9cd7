import { createHash } from 'node:crypto'
import type { Db, Transaction } from '@cairn/platform/db/db'
import { ApiError } from '@cairn/platform/errors'
import { checkKey, checkKeyLength } from '@cairn/platform/mlflow/keys'
import { IMPORTED_RUN_ID, type ImportedRun, type ImportRun } from '@cairn/platform/protocol/cairn/imports'
import type { Output } from '@cairn/platform/protocol/operation'
import type { Clock } from '../clock.js'
import type { Entry, EntryInput } from '../entries/entry.js'
import { getExperiment } from '../experiments/find.js'
import { appendPath, artifactLocation } from '../experiments/location.js'
import { type MetricPoint, prepareMetrics, toMetricPoint } from '../metrics/logged-points.js'
import { putWords } from '../run-names/words.js'
import { insertDatasets, insertModelInputs, insertModelOutputs } from '../runs/inputs.js'
import type { RunEntries } from '../runs/logging/run-entries.js'
import { prepareMetricsWrite } from '../runs/logging/write-metrics.js'
import type { ExperimentRow, RunRow, TrackingSchema } from '../schema.js'
import { importComments } from './comments.js'

/**
 * Imports a run with its contents in one transaction. Importing it again, or more of it, merges: histories and
 * parameters grow, tags and state are overwritten.
 *
 * @throws RESOURCE_DOES_NOT_EXIST for the experiment, RESOURCE_CONFLICT for a parameter with another value
 */
export async function importRun(
  db: Db<TrackingSchema>,
  clock: Clock,
  entries: RunEntries,
  input: ImportedRun,
  importer: string,
): Promise<Output<typeof ImportRun>> {
  const contents = toContents(input)
  return db.transaction(async (tx) => {
    await db.dialect.lock(`import:${input.run_id}`)?.execute(tx) // two concurrent imports of a run must not both insert it
    const experiment = await getExperiment(tx, input.experiment_id)
    const { row, known } = await findOrCreateRow(tx, experiment, input, clock.now())
    const isDerived = row.run_id !== input.run_id
    if (isDerived) contents.tags.push({ key: IMPORTED_RUN_ID, value: input.run_id })
    if (!known) await tx.insertInto('runs').values(row).execute()
    await insertEntries(tx, entries, row, contents)
    if (contents.points.length > 0)
      await prepareMetricsWrite(db.dialect, prepareMetrics(contents.points), clock)(tx, row)
    await insertDatasets(tx, row, input.dataset_inputs ?? [], clock)
    await insertModelInputs(tx, row.run_id, input.model_inputs ?? [], clock)
    await insertModelOutputs(tx, row.run_id, input.model_outputs ?? [], clock)
    await importComments(tx, row.run_id, input.comments, { importer, now: clock.now() })
    await updateState(tx, row, known, input.more)
    await putWords(tx, db, row, { name: row.run_name, isNew: !known })
    const outcome = isDerived ? 'derived' : known ? 'merged' : 'created'
    return { run_id: row.run_id, artifact_uri: (known ?? row).artifact_uri, outcome }
  })
}

interface Contents {
  readonly points: readonly MetricPoint[]
  readonly params: readonly Entry[]
  readonly tags: Entry[]
}

const toContents = ({ metrics = [], params = [], tags = [] }: ImportedRun): Contents => ({
  points: metrics.map((metric, i) => toMetricPoint(metric, `metrics[${i}].`)),
  params: params.map((param, i) => toParam(param, `params[${i}].key`)),
  tags: tags.map((tag, i) => toTag(tag, `tags[${i}].key`)),
})

async function insertEntries(
  tx: Transaction<TrackingSchema>,
  entries: RunEntries,
  row: RunRow,
  { params, tags }: Contents,
) {
  const [changed] = params.length > 0 ? await entries.insertParams(tx, row, params) : []
  if (changed)
    throw new ApiError(
      'RESOURCE_CONFLICT',
      `Run '${row.run_id}' has the parameter '${changed.key}' with another value: '${changed.old_value}', not '${changed.new_value}'.`,
    )
  await entries.putTagRows(tx, row, tags)
}

/** Returns the row with the imported id, or with an id derived from it if another run has that id. */
async function findOrCreateRow(
  tx: Transaction<TrackingSchema>,
  experiment: ExperimentRow,
  input: ImportedRun,
  now: number,
): Promise<{ row: RunRow; known: RunRow | undefined }> {
  const own = await find(tx, input.run_id)
  const run_id = !own || isSame(own, experiment, input) ? input.run_id : derivedId(experiment, input.run_id)
  const known = run_id === input.run_id ? own : await find(tx, run_id)
  const stage = input.lifecycle_stage ?? 'active'
  const isHidden = stage === 'deleted' || input.more === true
  const row: RunRow = {
    run_id,
    experiment_id: experiment.experiment_id,
    run_name: input.run_name ?? '',
    user_id: input.user_id ?? '',
    status: input.status,
    start_time: input.start_time,
    end_time: input.end_time ?? null,
    artifact_uri: input.artifact_uri
      ? artifactLocation(input.artifact_uri)
      : appendPath(experiment.artifact_location, run_id, 'artifacts'),
    lifecycle_stage: isHidden ? 'deleted' : 'active',
    deleted_time: isHidden ? now : null,
  }
  return { row, known }
}

const find = (tx: Transaction<TrackingSchema>, runId: string): Promise<RunRow | undefined> =>
  tx.selectFrom('runs').selectAll().where('run_id', '=', runId).executeTakeFirst()

const isSame = (row: RunRow, { experiment_id }: ExperimentRow, input: ImportedRun) =>
  row.experiment_id === experiment_id && row.start_time === input.start_time

/** Deterministic, so that a repeated import finds the run that it created. */
const derivedId = ({ experiment_id }: ExperimentRow, runId: string) =>
  createHash('sha256').update(`${experiment_id} ${runId}`).digest('hex').slice(0, 32)

/** Updates the state of a run. A run that is already visible stays visible while more of it is imported. */
async function updateState(
  tx: Transaction<TrackingSchema>,
  row: RunRow,
  known: RunRow | undefined,
  more: boolean | undefined,
) {
  const { run_name, user_id, status, end_time, lifecycle_stage } = row
  const deleted_time = lifecycle_stage === 'deleted' ? (known?.deleted_time ?? row.deleted_time) : null
  const stage = known && more ? {} : { lifecycle_stage, deleted_time }
  await tx
    .updateTable('runs')
    .set({ run_name, user_id, status, end_time, ...stage })
    .where('run_id', '=', row.run_id)
    .execute()
}

function toParam(input: EntryInput, field: string): Entry {
  checkKey(input.key, field)
  checkKeyLength(input.key, field)
  return toEntry(input)
}

/** Checks only the length: MLflow accepts any key in tags with which a run is created. */
function toTag(input: EntryInput, field: string): Entry {
  checkKeyLength(input.key, field)
  return toEntry(input)
}

/** Values are not truncated: the other store accepted them in full. */
const toEntry = ({ key, value = '' }: EntryInput): Entry => ({ key, value })
