import type { Principal } from '@cairn/platform/auth/principal'
import type { Db, Transaction } from '@cairn/platform/db/db'
import { decodePageToken, encodePageToken, pageOf, timeAndId } from '@cairn/platform/db/page'
import { ApiError, missing } from '@cairn/platform/errors'
import { newId } from '@cairn/platform/mlflow/new-id'
import { textContains } from '@cairn/platform/search/name-match'
import type { RawBuilder, SqlBool } from 'kysely'
import type { ReportRow, ReportVersionRow, WorkspaceSchema } from '../schema.js'

const MAX_REPORTS = 200
/** Older versions are deleted. */
const MAX_VERSIONS = 50

type Tx = Transaction<WorkspaceSchema>

export interface ReportContent {
  readonly title: string
  readonly content: string
  readonly experimentIds: readonly string[]
  readonly isShared: boolean
}

export interface StoredReport extends ReportContent {
  readonly row: ReportRow
  readonly version: ReportVersionRow
}

interface ListOptions {
  /** Matches the reports to list. */
  readonly allowed: RawBuilder<SqlBool>
  /** A part of the title. */
  readonly search?: string | undefined
  readonly limit: number
  readonly pageToken?: string | undefined
}

/** Stores reports and their versions. A change of the title or content creates a version. */
export class ReportStore {
  readonly #db: Db<WorkspaceSchema>
  readonly #now: () => number

  constructor(db: Db<WorkspaceSchema>, now: () => number) {
    this.#db = db
    this.#now = now
  }

  /** Lists reports, the last changed first. */
  async list({ allowed, search, limit, pageToken }: ListOptions) {
    const after = decodePageToken(pageToken, timeAndId)
    const rows = await this.#db.read
      .selectFrom('reports')
      .selectAll()
      .where(allowed)
      .$if(search !== undefined, (query) => query.where(textContains(this.#db, 'reports.title', search!)))
      .$if(after !== undefined, (query) =>
        query.where((eb) => eb(eb.refTuple('updated_at', 'report_id'), '<', eb.tuple(after![0], after![1]))),
      )
      .orderBy('updated_at', 'desc')
      .orderBy('report_id', 'desc')
      .limit(limit + 1)
      .execute()
    const { page, last } = pageOf(rows, limit)
    return { rows: page, next: last && encodePageToken([last.updated_at, last.report_id]) }
  }

  /** @param version default: the last one. @throws RESOURCE_DOES_NOT_EXIST, also for a report that is not readable */
  async get(id: string, readable: RawBuilder<SqlBool>, version?: number): Promise<StoredReport> {
    const row = await this.#db.read
      .selectFrom('reports')
      .selectAll()
      .where('report_id', '=', id)
      .where(readable)
      .executeTakeFirst()
    if (!row) throw missing(`Report with ID '${id}' not found`)
    const [saved, experimentIds] = await Promise.all([
      this.#version(id, version ?? row.version),
      experimentsOf(this.#db.read, id),
    ])
    if (!saved) throw missing(`Report with ID '${id}' has no version ${version ?? row.version}`)
    const { title, content } = saved
    return { row, version: saved, title, content, experimentIds, isShared: row.is_shared === 1 }
  }

  #version(id: string, version: number): Promise<ReportVersionRow | undefined> {
    return this.#db.read
      .selectFrom('report_versions')
      .selectAll()
      .where('report_id', '=', id)
      .where('version', '=', version)
      .executeTakeFirst()
  }

  /** @returns the id. @throws RESOURCE_EXHAUSTED if the owner has too many reports */
  async create(report: ReportContent, by: Principal): Promise<string> {
    const time = this.#now()
    const row: ReportRow = {
      ...{ report_id: newId(), title: report.title, owner: by.id, is_shared: report.isShared ? 1 : 0 },
      ...{ version: 1, created_at: time, updated_at: time, updated_by: by.name },
    }
    await this.#db.transaction(async (tx) => {
      await requireRoom(tx, by)
      await tx.insertInto('reports').values(row).execute()
      await putVersion(tx, row, report.content)
      await putExperiments(tx, row.report_id, report.experimentIds)
    })
    return row.report_id
  }

  /** @throws RESOURCE_CONFLICT if a version was saved, or the readers of the report were changed, after `base` was read */
  async update(base: StoredReport, report: ReportContent, by: Principal): Promise<void> {
    const isNewVersion = report.title !== base.title || report.content !== base.content
    const { report_id, version } = base.row
    const changed = {
      ...{ title: report.title, is_shared: report.isShared ? (1 as const) : (0 as const) },
      ...(isNewVersion && { version: version + 1, updated_at: this.#now(), updated_by: by.name }),
    }
    await this.#db.transaction(async (tx) => {
      const { numUpdatedRows } = await tx
        .updateTable('reports')
        .set(changed)
        .where('report_id', '=', report_id)
        .where('version', '=', version)
        .where('is_shared', '=', base.row.is_shared)
        .executeTakeFirstOrThrow()
      if (numUpdatedRows === 0n) throw reportConflict()
      // The update locked the row, so its experiments cannot change before the commit.
      if (!hasSameExperiments(await experimentsOf(tx, report_id), base.experimentIds)) throw reportConflict()
      if (isNewVersion) await putVersion(tx, { ...base.row, ...changed }, report.content)
      await putExperiments(tx, report_id, report.experimentIds)
    })
  }

  async delete(id: string): Promise<void> {
    await this.#db.transaction((tx) => tx.deleteFrom('reports').where('report_id', '=', id).execute())
  }

  /** Lists the versions without their contents, the latest first. */
  versions(id: string) {
    return this.#db.read
      .selectFrom('report_versions')
      .select(['version', 'title', 'created_at', 'created_by'])
      .where('report_id', '=', id)
      .orderBy('version', 'desc')
      .execute()
  }
}

export const reportConflict = () =>
  new ApiError(
    'RESOURCE_CONFLICT',
    'Another version of this report was saved meanwhile: read it and try again.',
  )

async function requireRoom(tx: Tx, { id, name }: Principal) {
  const { count } = await tx
    .selectFrom('reports')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('owner', '=', id)
    .executeTakeFirstOrThrow()
  if (Number(count) >= MAX_REPORTS)
    throw new ApiError(
      'RESOURCE_EXHAUSTED',
      `'${name}' owns ${MAX_REPORTS} reports, which is the limit. Delete one first.`,
    )
}

async function putVersion(tx: Tx, row: ReportRow, content: string) {
  const { report_id, version, title, updated_at, updated_by } = row
  await tx
    .insertInto('report_versions')
    .values({ report_id, version, title, content, created_at: updated_at, created_by: updated_by })
    .execute()
  await tx
    .deleteFrom('report_versions')
    .where('report_id', '=', report_id)
    .where('version', '<=', version - MAX_VERSIONS)
    .execute()
}

async function experimentsOf(db: Pick<Tx, 'selectFrom'>, id: string): Promise<string[]> {
  const about = await db
    .selectFrom('report_experiments')
    .select('experiment_id')
    .where('report_id', '=', id)
    .orderBy('experiment_id')
    .execute()
  return about.map(({ experiment_id }) => String(experiment_id))
}

/** Returns whether two lists have the same ids, in any order. */
export function hasSameExperiments(some: readonly string[], others: readonly string[]): boolean {
  const [a, b] = [new Set(some), new Set(others)]
  return a.size === b.size && [...a].every((id) => b.has(id))
}

async function putExperiments(tx: Tx, report_id: string, ids: readonly string[]) {
  await tx.deleteFrom('report_experiments').where('report_id', '=', report_id).execute()
  const rows = [...new Set(ids)].map((id) => ({ report_id, experiment_id: Number(id) }))
  if (rows.length > 0) await tx.insertInto('report_experiments').values(rows).execute()
}
