import { randomUUID } from 'node:crypto'
import type { Db, Transaction } from '@cairn/platform/db/db'
import { missing } from '@cairn/platform/errors'
import type { Scorer } from '@cairn/platform/protocol/mlflow/scorers'
import type { Clock } from '../clock.js'
import { getActiveExperiment } from '../experiments/find.js'
import type { TrackingSchema } from '../schema.js'
import { checkScorer } from './check.js'
import type { ScorerRow, ScorerVersionRow } from './schema.js'

/** Stores the scorers of experiments as clients serialize them. Each registration creates a version. */
export class ScorerStore {
  readonly #db: Db<TrackingSchema>
  readonly #clock: Clock

  constructor(db: Db<TrackingSchema>, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  /** @throws RESOURCE_DOES_NOT_EXIST for the experiment; INVALID_PARAMETER_VALUE in MLflow's words */
  async register(experimentId: string, name: string, serialized_scorer: string): Promise<Scorer> {
    checkScorer(name, serialized_scorer)
    return this.#changing(experimentId, async (tx, experiment_id) => {
      const known = await findScorer(tx, experiment_id, name)
      const { scorer_id } = known ?? (await insertScorer(tx, experiment_id, name))
      const { last } = await tx
        .selectFrom('scorer_versions')
        .select((eb) => eb.fn.max('version').as('last'))
        .where('scorer_id', '=', scorer_id)
        .executeTakeFirstOrThrow()
      const version = (last ?? 0) + 1
      const row = { scorer_id, version, serialized_scorer, creation_time: this.#clock.now() }
      await tx.insertInto('scorer_versions').values(row).execute()
      return toScorer({ ...row, experiment_id, name })
    })
  }

  /** Lists the latest version of each scorer, by name. @throws RESOURCE_DOES_NOT_EXIST for the experiment */
  async list(experimentId: string): Promise<Scorer[]> {
    const { experiment_id } = await getActiveExperiment(this.#db.read, experimentId)
    const rows = await versions(this.#db.read)
      .where('scorers.experiment_id', '=', experiment_id)
      .where('scorer_versions.version', '=', (eb) =>
        eb
          .selectFrom('scorer_versions as other')
          .select((of) => of.fn.max('other.version').as('last'))
          .whereRef('other.scorer_id', '=', 'scorers.scorer_id'),
      )
      .orderBy('scorers.name')
      .execute()
    return rows.map(toScorer)
  }

  /** Lists versions, the first one first. @throws RESOURCE_DOES_NOT_EXIST */
  async listVersions(experimentId: string, name: string): Promise<Scorer[]> {
    const { experiment_id } = await getActiveExperiment(this.#db.read, experimentId)
    const rows = await versions(this.#db.read)
      .where('scorers.experiment_id', '=', experiment_id)
      .where('scorers.name', '=', name)
      .orderBy('scorer_versions.version')
      .execute()
    if (rows.length === 0) throw noSuchScorer(name, undefined, experimentId)
    return rows.map(toScorer)
  }

  /** @param version defaults to the latest. @throws RESOURCE_DOES_NOT_EXIST */
  async get(experimentId: string, name: string, version: number | undefined): Promise<Scorer> {
    const { experiment_id } = await getActiveExperiment(this.#db.read, experimentId)
    const row = await versions(this.#db.read)
      .where('scorers.experiment_id', '=', experiment_id)
      .where('scorers.name', '=', name)
      .$if(version !== undefined, (query) => query.where('scorer_versions.version', '=', version!))
      .orderBy('scorer_versions.version', 'desc')
      .limit(1)
      .executeTakeFirst()
    if (row) return toScorer(row)
    const known = await findScorer(this.#db.read, experiment_id, name)
    throw noSuchScorer(name, known && version, experimentId)
  }

  /** @param version defaults to all versions. @throws RESOURCE_DOES_NOT_EXIST */
  async delete(experimentId: string, name: string, version: number | undefined): Promise<void> {
    await this.#changing(experimentId, async (tx, experiment_id) => {
      const scorer = await findScorer(tx, experiment_id, name)
      if (!scorer) throw noSuchScorer(name, undefined, experimentId)
      const { scorer_id } = scorer
      const { numDeletedRows } = await tx
        .deleteFrom('scorer_versions')
        .where('scorer_id', '=', scorer_id)
        .$if(version !== undefined, (query) => query.where('version', '=', version!))
        .executeTakeFirstOrThrow()
      if (numDeletedRows === 0n) throw noSuchScorer(name, version, experimentId)
      await tx
        .deleteFrom('scorers')
        .where('scorer_id', '=', scorer_id)
        .where('scorer_id', 'not in', (eb) => eb.selectFrom('scorer_versions').select('scorer_id'))
        .execute()
    })
  }

  /** Serializes changes of an experiment's scorers, so that version numbers are unique. */
  #changing<T>(
    experimentId: string,
    work: (tx: Transaction<TrackingSchema>, experiment: number) => Promise<T>,
  ): Promise<T> {
    return this.#db.transaction(async (tx) => {
      const { experiment_id } = await getActiveExperiment(tx, experimentId)
      await this.#db.dialect.lock(`scorers ${experiment_id}`)?.execute(tx)
      return work(tx, experiment_id)
    })
  }
}

function noSuchScorer(name: string, version: number | undefined, experimentId: string) {
  const which = version === undefined ? '' : ` and version ${version}`
  return missing(`Scorer with name '${name}'${which} not found for experiment ${experimentId}.`)
}

const versions = (db: Transaction<TrackingSchema>) =>
  db
    .selectFrom('scorers')
    .innerJoin('scorer_versions', 'scorer_versions.scorer_id', 'scorers.scorer_id')
    .selectAll('scorer_versions')
    .select(['scorers.experiment_id', 'scorers.name'])

const findScorer = (tx: Transaction<TrackingSchema>, experiment_id: number, name: string) =>
  tx
    .selectFrom('scorers')
    .selectAll()
    .where('experiment_id', '=', experiment_id)
    .where('name', '=', name)
    .executeTakeFirst()

async function insertScorer(tx: Transaction<TrackingSchema>, experiment_id: number, name: string) {
  const row: ScorerRow = { scorer_id: randomUUID(), experiment_id, name }
  await tx.insertInto('scorers').values(row).execute()
  return row
}

const toScorer = (row: ScorerVersionRow & ScorerRow): Scorer => ({
  experiment_id: row.experiment_id,
  scorer_name: row.name,
  scorer_version: row.version,
  serialized_scorer: row.serialized_scorer,
  creation_time: row.creation_time,
  scorer_id: row.scorer_id,
})
