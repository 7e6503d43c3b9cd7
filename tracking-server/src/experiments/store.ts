import { noteAccessChange } from '@cairn/platform/auth/access-cache'
import { LOCAL_OWNER, type Principal } from '@cairn/platform/auth/principal'
import { enterSecurable, renameSecurable } from '@cairn/platform/auth/securables'
import { lastByKey } from '@cairn/platform/collections/last-by-key'
import type { Db, Transaction } from '@cairn/platform/db/db'
import { ApiError, invalid, missing } from '@cairn/platform/errors'
import { checkKey, checkKeyLength } from '@cairn/platform/mlflow/keys'
import type { DatasetSummary, Experiment, Tag } from '@cairn/platform/protocol/mlflow/experiments'
import { isLonger } from '@cairn/platform/text/length'
import type { Clock } from '../clock.js'
import type { EntryInput } from '../entries/entry.js'
import type { ExperimentRow, LifecycleStage, TrackingSchema } from '../schema.js'
import { getActiveExperiment, getExperiment, noSuchExperiment } from './find.js'
import { parseExperimentId } from './id.js'
import { appendPath, artifactLocation } from './location.js'
import { readExperiments } from './read-experiments.js'

const DEFAULT: Pick<ExperimentRow, 'experiment_id' | 'name'> = { experiment_id: 0, name: 'Default' }
const MAX_NAME = 500
const MAX_TAG_VALUE = 5000

export interface NewExperiment {
  readonly name: string
  readonly artifact_location?: string
  readonly tags?: readonly EntryInput[]
  /** Id of the experiment whose default folder contains the artifact location. */
  readonly inFolderOf?: number | undefined
}

const reservedFolder = (location: string | undefined) =>
  invalid(
    `Invalid value '${location}' for parameter 'artifact_location' supplied: it is in the default folder of a later experiment. Choose another folder, or leave it out.`,
  )

export const noSuchName = (name: string) => missing(`Could not find experiment with name '${name}'`)

export class ExperimentStore {
  readonly #db: Db<TrackingSchema>
  readonly #clock: Clock
  /** Parent of the artifact folders of experiments that are created without a location. */
  readonly root: string

  constructor(db: Db<TrackingSchema>, clock: Clock, root: string) {
    this.#db = db
    this.#clock = clock
    this.root = root
  }

  /** Creates the default experiment in an empty database. */
  async ensureDefault(): Promise<void> {
    await this.#locked(async (tx) => {
      const any = await tx.selectFrom('experiments').select('experiment_id').limit(1).executeTakeFirst()
      if (!any) await this.#insert(tx, DEFAULT.experiment_id, DEFAULT, LOCAL_OWNER)
    })
  }

  /** @throws RESOURCE_ALREADY_EXISTS, for deleted experiments too */
  async create(experiment: NewExperiment, owner: Principal): Promise<string> {
    const { artifact_location: input, inFolderOf = 0, ...rest } = experiment
    const location = input && artifactLocation(input)
    for (const { key, value = '' } of experiment.tags ?? []) checkTag(key, value)
    return this.#locked(async (tx) => {
      await rejectTakenName(tx, experiment.name)
      const id = await nextExperimentId(tx)
      if (inFolderOf > id) throw reservedFolder(input)
      await this.#insert(tx, id, { ...rest, ...(location && { artifact_location: location }) }, owner)
      return String(id)
    })
  }

  /** @throws RESOURCE_DOES_NOT_EXIST */
  async get(id: string): Promise<Experiment> {
    return this.#toExperiment(await getExperiment(this.#db.read, id))
  }

  /** @throws RESOURCE_DOES_NOT_EXIST */
  async getByName(name: string): Promise<Experiment> {
    const row = await this.#db.read
      .selectFrom('experiments')
      .selectAll()
      .where('name', '=', name)
      .executeTakeFirst()
    if (!row) throw noSuchName(name)
    return this.#toExperiment(row)
  }

  /** @throws RESOURCE_DOES_NOT_EXIST, RESOURCE_ALREADY_EXISTS */
  async rename(id: string, name: string): Promise<void> {
    if (isLonger(name, MAX_NAME)) throw invalid(`'name' exceeds the maximum length of ${MAX_NAME} characters`)
    await this.#locked(async (tx) => {
      const row = await getExperiment(tx, id)
      if (row.lifecycle_stage !== 'active')
        throw new ApiError('INVALID_STATE', 'Cannot rename a non-active experiment.')
      if (row.name !== name) await rejectTakenName(tx, name)
      await this.#update(tx, row, { name })
      await renameSecurable(tx, 'experiment', String(row.experiment_id), name)
    })
    noteAccessChange(this.#db)
  }

  /** Deletes or restores an experiment with its runs. @throws RESOURCE_DOES_NOT_EXIST unless it is in the other stage */
  async setStage(id: string, stage: LifecycleStage): Promise<void> {
    await this.#db.transaction(async (tx) => {
      const row = await getExperiment(tx, id)
      if (row.lifecycle_stage === stage) throw noSuchExperiment(id)
      await this.#update(tx, row, { lifecycle_stage: stage })
      await tx
        .updateTable('runs')
        .set({ lifecycle_stage: stage, deleted_time: stage === 'deleted' ? this.#clock.now() : null })
        .where('experiment_id', '=', row.experiment_id)
        .execute()
    })
  }

  /** @throws RESOURCE_DOES_NOT_EXIST; INVALID_PARAMETER_VALUE for a deleted experiment */
  async putTag(id: string, { key, value }: Tag): Promise<void> {
    checkTag(key, value)
    await this.#db.transaction(async (tx) => {
      const { experiment_id } = await getActiveExperiment(tx, id)
      await tx
        .insertInto('experiment_tags')
        .values({ experiment_id, key, value, position: this.#clock.positions(1) })
        .onConflict((conflict) => conflict.columns(['experiment_id', 'key']).doUpdateSet({ value }))
        .execute()
    })
  }

  async deleteTag(id: string, key: string): Promise<void> {
    await this.#db.transaction(async (tx) => {
      const { experiment_id } = await getActiveExperiment(tx, id)
      const { numDeletedRows } = await tx
        .deleteFrom('experiment_tags')
        .where('experiment_id', '=', experiment_id)
        .where('key', '=', key)
        .executeTakeFirstOrThrow()
      if (numDeletedRows === 0n) throw missing(`No tag with name: ${key} in experiment with id ${id}`)
    })
  }

  /** Lists at most 1000 datasets, each once per context. */
  async datasets(ids: readonly string[]): Promise<DatasetSummary[]> {
    const rows = await this.#db.read
      .selectFrom('datasets')
      .innerJoin('dataset_inputs', 'dataset_inputs.dataset_id', 'datasets.dataset_id')
      .leftJoin('dataset_input_tags as context', (join) =>
        join
          .onRef('context.run_id', '=', 'dataset_inputs.run_id')
          .onRef('context.dataset_id', '=', 'dataset_inputs.dataset_id')
          .on('context.key', '=', 'mlflow.data.context'),
      )
      .select(['datasets.experiment_id', 'datasets.name', 'datasets.digest', 'context.value as context'])
      .distinct()
      .where('datasets.experiment_id', 'in', ids.map(parseExperimentId))
      .limit(1000)
      .execute()
    return rows.map(({ experiment_id, context, ...dataset }) => ({
      experiment_id: String(experiment_id),
      ...dataset,
      ...(context !== null && { context }),
    }))
  }

  async #toExperiment(row: ExperimentRow): Promise<Experiment> {
    return (await readExperiments(this.#db, [row]))[0]!
  }

  /** Serializes the assignment of ids and names. */
  #locked<T>(work: (tx: Transaction<TrackingSchema>) => Promise<T>): Promise<T> {
    return this.#db.transaction(async (tx) => {
      await this.#db.dialect.lock('experiments')?.execute(tx)
      return work(tx)
    })
  }

  async #insert(
    tx: Transaction<TrackingSchema>,
    experiment_id: number,
    experiment: NewExperiment,
    owner: Principal,
  ) {
    const { name, artifact_location = appendPath(this.root, String(experiment_id)), tags = [] } = experiment
    const time = this.#clock.now()
    await tx
      .insertInto('experiments')
      .values({
        experiment_id,
        name,
        artifact_location,
        lifecycle_stage: 'active',
        creation_time: time,
        last_update_time: time,
      })
      .execute()
    await enterExperiment(tx, { experiment_id, name, creation_time: time }, owner)
    const rows = this.#clock.positioned(lastByKey(tags).map((tag) => ({ experiment_id, ...tag })))
    if (rows.length > 0) await tx.insertInto('experiment_tags').values(rows).execute()
  }

  async #update(tx: Transaction<TrackingSchema>, row: ExperimentRow, change: Partial<ExperimentRow>) {
    await tx
      .updateTable('experiments')
      .set({ ...change, last_update_time: this.#clock.now() })
      .where('experiment_id', '=', row.experiment_id)
      .execute()
  }
}

/** Registers an experiment as a securable that its creator owns. */
export const enterExperiment = (
  tx: Transaction<TrackingSchema>,
  { experiment_id, name, creation_time }: Pick<ExperimentRow, 'experiment_id' | 'name' | 'creation_time'>,
  owner: Principal,
) =>
  enterSecurable(tx, {
    ...{ type: 'experiment', id: String(experiment_id), name },
    ...{ owner: owner.id, created_at: creation_time },
  })

/** Requires that the caller holds the lock `experiments`. */
export async function nextExperimentId(tx: Transaction<TrackingSchema>) {
  const { last } = await tx
    .selectFrom('experiments')
    .select((eb) => eb.fn.max('experiment_id').as('last'))
    .executeTakeFirstOrThrow()
  return Math.max(last ?? 0, 0) + 1
}

async function rejectTakenName(tx: Transaction<TrackingSchema>, name: string) {
  const taken = await tx
    .selectFrom('experiments')
    .select('experiment_id')
    .where('name', '=', name)
    .executeTakeFirst()
  if (taken) throw new ApiError('RESOURCE_ALREADY_EXISTS', `Experiment(name=${name}) already exists.`)
}

function checkTag(key: string, value: string) {
  checkKey(key, 'key')
  checkKeyLength(key, 'key')
  if (isLonger(value, MAX_TAG_VALUE))
    throw invalid(`'value' exceeds the maximum length of ${MAX_TAG_VALUE} characters`)
}
