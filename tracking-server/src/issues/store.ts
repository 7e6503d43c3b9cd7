import type { Db } from '@cairn/platform/db/db'
import { missing } from '@cairn/platform/errors'
import { newId } from '@cairn/platform/mlflow/new-id'
import type { CreateIssue, Issue, UpdateIssue } from '@cairn/platform/protocol/mlflow/issues'
import type { Input } from '@cairn/platform/protocol/operation'
import type { Clock } from '../clock.js'
import { getActiveExperiment } from '../experiments/find.js'
import { omitIfEmpty } from '../protobuf-json.js'
import { checkRunExists } from '../runs/find.js'
import type { TrackingSchema } from '../schema.js'
import type { IssueRow } from './schema.js'

/** Creates, reads and updates issues. Assessments of the kind `issue` refer to them. */
export class IssueStore {
  readonly #db: Db<TrackingSchema>
  readonly #clock: Clock

  constructor(db: Db<TrackingSchema>, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  /** @throws RESOURCE_DOES_NOT_EXIST for the experiment and for the run that found it */
  async create(input: Input<typeof CreateIssue>): Promise<Issue> {
    const now = this.#clock.now()
    return this.#db.transaction(async (tx) => {
      const { experiment_id } = await getActiveExperiment(tx, input.experiment_id)
      const row: IssueRow = {
        issue_id: `iss-${newId()}`,
        experiment_id,
        name: input.name,
        description: input.description,
        status: input.status ?? 'pending',
        severity: input.severity ?? null,
        root_causes: JSON.stringify(input.root_causes ?? []),
        source_run_id: input.source_run_id || null,
        categories: JSON.stringify(input.categories ?? []),
        created_timestamp: now,
        last_updated_timestamp: now,
        created_by: input.created_by || null,
      }
      if (row.source_run_id !== null) await checkRunExists(tx, row.source_run_id)
      await tx.insertInto('issues').values(row).execute()
      return toIssue(row)
    })
  }

  /** @throws RESOURCE_DOES_NOT_EXIST */
  async get(id: string): Promise<Issue> {
    const row = await this.#db.read
      .selectFrom('issues')
      .selectAll()
      .where('issue_id', '=', id)
      .executeTakeFirst()
    if (!row) throw noSuchIssue(id)
    return toIssue(row)
  }

  /** @throws RESOURCE_DOES_NOT_EXIST */
  async update({ issue_id, ...change }: Input<typeof UpdateIssue>): Promise<Issue> {
    const { name, description, status, severity } = change
    await this.#db.transaction(async (tx) => {
      const { numUpdatedRows } = await tx
        .updateTable('issues')
        .set({
          ...(name && { name }),
          ...(description && { description }),
          ...(status && { status }),
          ...(severity && { severity }),
          last_updated_timestamp: this.#clock.now(),
        })
        .where('issue_id', '=', issue_id)
        .executeTakeFirstOrThrow()
      if (numUpdatedRows === 0n) throw noSuchIssue(issue_id)
    })
    return this.get(issue_id)
  }
}

export const noSuchIssue = (id: string) => missing(`Issue with ID '${id}' not found`)

export const toIssue = (row: IssueRow): Issue => ({
  issue_id: row.issue_id,
  experiment_id: String(row.experiment_id),
  name: row.name,
  description: row.description,
  status: row.status as Issue['status'],
  ...(row.severity !== null && { severity: row.severity as NonNullable<Issue['severity']> }),
  ...omitIfEmpty('root_causes', JSON.parse(row.root_causes) as string[]),
  ...(row.source_run_id !== null && { source_run_id: row.source_run_id }),
  ...omitIfEmpty('categories', JSON.parse(row.categories) as string[]),
  created_timestamp: row.created_timestamp,
  last_updated_timestamp: row.last_updated_timestamp,
  ...(row.created_by !== null && { created_by: row.created_by }),
})
