import { createHash } from 'node:crypto'
import type { Db, Transaction } from '@cairn/platform/db/db'
import { ApiError } from '@cairn/platform/errors'
import { checkKey, checkKeyLength } from '@cairn/platform/mlflow/keys'
import { IMPORTED_RUN_ID, type ImportedRun, type ImportRun } from '@cairn/platform/protocol/imports'
import type { Output } from '@cairn/platform/protocol/operation'
import type { Clock } from '../clock.js'
import type { Entry, EntryInput } from '../entries/entry.js'
import { getExperiment } from '../experiments/find.js'
import { appendPath, artifactLocation } from '../experiments/location.js'
import { type MetricPoint, prepareMetrics, toMetricPoint } from '../metrics/logged-points.js'
import { insertDatasets, insertModelInputs, insertModelOutputs } from '../runs/inputs.js'
import type { RunEntries } from '../runs/logging/run-entries.js'
import { prepareMetricsWrite } from '../runs/logging/write-metrics.js'
import type { ExperimentRow, RunRow, TrackingSchema } from '../schema.js'

/**
 * A run with everything in it, in one transaction. The same run again, or more of it, is merged: histories and
 * parameters grow, tags and state become what the import says.
 *
 * @throws RESOURCE_DOES_NOT_EXIST for the experiment, RESOURCE_CONFLICT for a parameter with another value
 */
export async function importRun(
  db: Db<TrackingSchema>,
  clock: Clock,
  entries: RunEntries,
  given: ImportedRun,
): Promise<Output<typeof ImportRun>> {
  const contents = toContents(given)
  return db.transaction(async (tx) => {
    await db.dialect.lock(`import:${given.run_id}`)?.execute(tx) // two imports of one run must not both find it absent
    const experiment = await getExperiment(tx, given.experiment_id)
    const { row, known } = await findOrCreateRow(tx, experiment, given, clock.now())
    const isDerived = row.run_id !== given.run_id
    if (isDerived) contents.tags.push({ key: IMPORTED_RUN_ID, value: given.run_id })
    if (!known) await tx.insertInto('runs').values(row).execute()
    await insertEntries(tx, entries, row, contents)
    if (contents.points.length > 0)
      await prepareMetricsWrite(db.dialect, prepareMetrics(contents.points), clock)(tx, row)
    await insertDatasets(tx, row, given.dataset_inputs ?? [], clock)
    await insertModelInputs(tx, row.run_id, given.model_inputs ?? [], clock)
    await insertModelOutputs(tx, row.run_id, given.model_outputs ?? [], clock)
    await updateState(tx, row, known, given.more)
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

/** The row under the id it comes with, or under one derived from it where another run has that. */
async function findOrCreateRow(
  tx: Transaction<TrackingSchema>,
  experiment: ExperimentRow,
  given: ImportedRun,
  now: number,
): Promise<{ row: RunRow; known: RunRow | undefined }> {
  const own = await find(tx, given.run_id)
  const run_id = !own || isSame(own, experiment, given) ? given.run_id : derivedId(experiment, given.run_id)
  const known = run_id === given.run_id ? own : await find(tx, run_id)
  const stage = given.lifecycle_stage ?? 'active'
  const isHidden = stage === 'deleted' || given.more === true
  const row: RunRow = {
    run_id,
    experiment_id: experiment.experiment_id,
    run_name: given.run_name ?? '',
    user_id: given.user_id ?? '',
    status: given.status,
    start_time: given.start_time,
    end_time: given.end_time ?? null,
    artifact_uri: given.artifact_uri
      ? artifactLocation(given.artifact_uri)
      : appendPath(experiment.artifact_location, run_id, 'artifacts'),
    lifecycle_stage: isHidden ? 'deleted' : 'active',
    deleted_time: isHidden ? now : null,
  }
  return { row, known }
}

const find = (tx: Transaction<TrackingSchema>, runId: string): Promise<RunRow | undefined> =>
  tx.selectFrom('runs').selectAll().where('run_id', '=', runId).executeTakeFirst()

const isSame = (row: RunRow, { experiment_id }: ExperimentRow, given: ImportedRun) =>
  row.experiment_id === experiment_id && row.start_time === given.start_time

/** The same for the same run and experiment, so that an import that is repeated finds what it brought. */
const derivedId = ({ experiment_id }: ExperimentRow, runId: string) =>
  createHash('sha256').update(`${experiment_id} ${runId}`).digest('hex').slice(0, 32)

/** What is seen already is not hidden while more comes. */
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

function toParam(given: EntryInput, field: string): Entry {
  checkKey(given.key, field)
  checkKeyLength(given.key, field)
  return toEntry(given)
}

/** MLflow lets a run begin with tags of any key, and nobody knows which these are. */
function toTag(given: EntryInput, field: string): Entry {
  checkKeyLength(given.key, field)
  return toEntry(given)
}

/** Values stay as they are: what another store took, it took whole. */
const toEntry = ({ key, value = '' }: EntryInput): Entry => ({ key, value })
