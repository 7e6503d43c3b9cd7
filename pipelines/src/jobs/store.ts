import { noteAccessChange } from '@cairn/platform/auth/access-cache'
import type { AllowedObjects } from '@cairn/platform/auth/object-access'
import type { Principal } from '@cairn/platform/auth/principal'
import { enterSecurable, renameSecurable } from '@cairn/platform/auth/securables'
import type { Db } from '@cairn/platform/db/db'
import { decodePageToken, encodePageToken, pageOf } from '@cairn/platform/db/page'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import { newId } from '../flow/ids.js'
import { lockJob } from '../flow/run-rows.js'
import { parsePagePosition } from '../page-position.js'
import type { JobRow, PipelinesSchema } from '../schema.js'
import { planTrigger } from '../triggers/store.js'
import { jobsRunBy, requireNoCycle } from './job-cycles.js'
import { noSuchJob } from './securable.js'

/** Stores jobs with their settings, and plans their triggers in the same transactions. */
export class JobStore {
  readonly #db: Db<PipelinesSchema>
  readonly #now: () => number

  constructor(db: Db<PipelinesSchema>, now: () => number) {
    this.#db = db
    this.#now = now
  }

  /** Its creator owns it. */
  async create(settings: JobSettings, by: Principal): Promise<JobRow> {
    const row = {
      job_id: newId(),
      name: settings.name ?? 'Untitled',
      settings: JSON.stringify(settings),
      creator: by.name,
      creator_id: by.id,
      writer_id: by.id,
      created_time: this.#now(),
      deleted_at: null,
    }
    await this.#db.transaction(async (tx) => {
      await tx.insertInto('jobs').values(row).execute()
      const entry = { id: String(row.job_id), name: row.name, created_at: row.created_time }
      await enterSecurable(tx, { ...entry, type: 'job', owner: by.id })
      await planTrigger(tx, row.job_id, settings, this.#now())
    })
    return row
  }

  /** @throws RESOURCE_DOES_NOT_EXIST */
  async get(jobId: number): Promise<JobRow> {
    const row = await this.#db.read
      .selectFrom('jobs')
      .selectAll()
      .where('job_id', '=', jobId)
      .where('deleted_at', 'is', null)
      .executeTakeFirst()
    if (!row) throw noSuchJob(jobId)
    return row
  }

  /** Newest first. `allowed` are the jobs that the caller may read; undefined for all. `name` matches the whole name, case-insensitively. */
  async list(query: {
    limit: number
    name?: string | undefined
    pageToken?: string | undefined
    allowed?: AllowedObjects | undefined
  }) {
    const after = decodePageToken(query.pageToken, parsePagePosition)
    const rows = await this.#db.read
      .selectFrom('jobs')
      .selectAll()
      .where('deleted_at', 'is', null)
      .$if(query.allowed !== undefined, (q) => q.where(query.allowed!.has('jobs.job_id')))
      .$if(query.name !== undefined, (q) =>
        q.where((eb) => eb(eb.fn<string>('lower', ['name']), '=', query.name!.toLowerCase())),
      )
      .$if(after !== undefined, (q) =>
        q.where((eb) => eb(eb.refTuple('created_time', 'job_id'), '<', eb.tuple(after![0], after![1]))),
      )
      .orderBy('created_time', 'desc')
      .orderBy('job_id', 'desc')
      .limit(query.limit + 1)
      .execute()
    const { page, last } = pageOf(rows, query.limit)
    return { jobs: page, next: last && encodePageToken([last.created_time, last.job_id]) }
  }

  /**
   * Replaces the settings by the result of `change`, which may throw. The lock prevents lost updates.
   *
   * @throws RESOURCE_DOES_NOT_EXIST; INVALID_PARAMETER_VALUE when the job would run itself
   */
  async update(
    jobId: number,
    change: (settings: JobSettings) => JobSettings,
    by: Principal,
  ): Promise<{ readonly before: JobSettings; readonly after: JobSettings }> {
    const changed = await this.#db.transaction(async (tx) => {
      await lockJob(this.#db, tx, jobId)
      const row = await tx
        .selectFrom('jobs')
        .select('settings')
        .where('job_id', '=', jobId)
        .where('deleted_at', 'is', null)
        .executeTakeFirst()
      if (!row) return undefined
      const settings = change(JSON.parse(row.settings) as JobSettings)
      await requireNoCycle(tx, jobId, jobsRunBy(settings))
      await tx
        .updateTable('jobs')
        .set({ name: settings.name ?? 'Untitled', settings: JSON.stringify(settings), writer_id: by.id })
        .where('job_id', '=', jobId)
        .execute()
      await renameSecurable(tx, 'job', String(jobId), settings.name ?? 'Untitled')
      await planTrigger(tx, jobId, settings, this.#now())
      return { before: JSON.parse(row.settings) as JobSettings, after: settings }
    })
    if (!changed) throw noSuchJob(jobId)
    noteAccessChange(this.#db)
    return changed
  }

  /** @throws RESOURCE_DOES_NOT_EXIST */
  async delete(jobId: number): Promise<void> {
    const deleted = await this.#db.transaction(async (tx) => {
      await lockJob(this.#db, tx, jobId)
      await planTrigger(tx, jobId, undefined, this.#now())
      return tx
        .updateTable('jobs')
        .set({ deleted_at: this.#now() })
        .where('job_id', '=', jobId)
        .where('deleted_at', 'is', null)
        .returning('job_id')
        .execute()
    })
    if (deleted.length === 0) throw noSuchJob(jobId)
  }
}
