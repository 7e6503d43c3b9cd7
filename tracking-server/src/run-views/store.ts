import type { Principal } from '@cairn/platform/auth/principal'
import type { Db, Transaction } from '@cairn/platform/db/db'
import { ApiError, missing } from '@cairn/platform/errors'
import { newId } from '@cairn/platform/mlflow/new-id'
import type {
  CreateRunView,
  DeleteRunView,
  RunView,
  UpdateRunView,
} from '@cairn/platform/protocol/cairn/run-views'
import type { Input } from '@cairn/platform/protocol/operation'
import type { Clock } from '../clock.js'
import { getActiveExperiment } from '../experiments/find.js'
import { parseExperimentId } from '../experiments/id.js'
import type { TrackingSchema } from '../schema.js'
import { type RunViewRow, TEAM } from './schema.js'

/** Maximum number of views of one owner in one experiment. */
const MAX_VIEWS = 200

/** Named states of the runs table. `owner` is a principal's id or `TEAM`. */
export class RunViewStore {
  readonly #db: Db<TrackingSchema>
  readonly #clock: Clock

  constructor(db: Db<TrackingSchema>, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  /** Lists the views of the owner and of the team, by name. */
  async list(experimentId: string, owner: string): Promise<RunView[]> {
    const rows = await this.#db.read
      .selectFrom('run_views')
      .selectAll()
      .where('experiment_id', '=', parseExperimentId(experimentId))
      .where('owner', 'in', [owner, TEAM])
      .orderBy('name')
      .orderBy('view_id')
      .execute()
    return rows.map(toView)
  }

  /**
   * @throws RESOURCE_DOES_NOT_EXIST for the experiment; RESOURCE_ALREADY_EXISTS for the name; RESOURCE_EXHAUSTED for too
   * many views of the owner
   */
  async create(input: Input<typeof CreateRunView>, owner: string, by: Principal): Promise<RunView> {
    const now = this.#clock.now()
    return this.#refusingTakenNames(input.name, async (tx) => {
      const { experiment_id } = await getActiveExperiment(tx, input.experiment_id)
      const row: RunViewRow = {
        view_id: newId(),
        ...{ experiment_id, owner, name: input.name, state: input.state },
        is_default: input.is_default ? 1 : 0,
        created_by: by.name,
        last_update_time: now,
      }
      await checkNumber(tx, row)
      if (row.is_default) await clearDefault(tx, row)
      await tx.insertInto('run_views').values(row).execute()
      return toView(row)
    })
  }

  /** @throws RESOURCE_DOES_NOT_EXIST; RESOURCE_ALREADY_EXISTS for the name */
  async update(input: Input<typeof UpdateRunView>, owner: string): Promise<RunView> {
    const { name, state, is_default } = input
    const now = this.#clock.now()
    return this.#refusingTakenNames(name ?? '', async (tx) => {
      const row = await getRow(tx, input, owner)
      if (is_default) await clearDefault(tx, row)
      const change = {
        ...(name !== undefined && { name }),
        ...(state !== undefined && { state }),
        ...(is_default !== undefined && { is_default: is_default ? (1 as const) : (0 as const) }),
        last_update_time: now,
      }
      await tx.updateTable('run_views').set(change).where('view_id', '=', row.view_id).execute()
      return toView({ ...row, ...change })
    })
  }

  /** @throws RESOURCE_DOES_NOT_EXIST */
  async delete(input: Input<typeof DeleteRunView>, owner: string): Promise<void> {
    await this.#db.transaction(async (tx) => {
      const { view_id } = await getRow(tx, input, owner)
      await tx.deleteFrom('run_views').where('view_id', '=', view_id).execute()
    })
  }

  async #refusingTakenNames(name: string, work: (tx: Transaction<TrackingSchema>) => Promise<RunView>) {
    try {
      return await this.#db.transaction(work)
    } catch (error) {
      if (!this.#db.dialect.isUniqueViolation(error)) throw error
      throw new ApiError('RESOURCE_ALREADY_EXISTS', `A view with the name '${name}' already exists.`, {
        cause: error,
      })
    }
  }
}

async function checkNumber(tx: Transaction<TrackingSchema>, { experiment_id, owner }: RunViewRow) {
  const rows = await tx
    .selectFrom('run_views')
    .select('view_id')
    .where('experiment_id', '=', experiment_id)
    .where('owner', '=', owner)
    .limit(MAX_VIEWS)
    .execute()
  if (rows.length >= MAX_VIEWS)
    throw new ApiError(
      'RESOURCE_EXHAUSTED',
      `There are ${MAX_VIEWS} views of this experiment, which is the limit. Delete one first.`,
    )
}

const clearDefault = (tx: Transaction<TrackingSchema>, { experiment_id, owner }: RunViewRow) =>
  tx
    .updateTable('run_views')
    .set({ is_default: 0 })
    .where('experiment_id', '=', experiment_id)
    .where('owner', '=', owner)
    .execute()

/** @throws RESOURCE_DOES_NOT_EXIST, also for a view of another owner or experiment */
async function getRow(
  tx: Transaction<TrackingSchema>,
  { experiment_id, view_id }: Input<typeof DeleteRunView>,
  owner: string,
): Promise<RunViewRow> {
  const row = await tx
    .selectFrom('run_views')
    .selectAll()
    .where('view_id', '=', view_id)
    .where('experiment_id', '=', parseExperimentId(experiment_id))
    .where('owner', '=', owner)
    .executeTakeFirst()
  if (!row) throw missing(`View with ID '${view_id}' not found`)
  return row
}

const toView = ({ experiment_id, owner, is_default, ...row }: RunViewRow): RunView => ({
  ...row,
  experiment_id: String(experiment_id),
  team: owner === TEAM,
  is_default: is_default === 1,
})
