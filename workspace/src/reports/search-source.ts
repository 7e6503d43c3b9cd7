import type { Db } from '@cairn/platform/db/db'
import { byMatch, nameMatches } from '@cairn/platform/search/name-match'
import type { SearchSource } from '@cairn/platform/search/sources'
import type { WorkspaceSchema } from '../schema.js'
import type { ReportAccess } from './access.js'

/** Finds reports by the words of their titles. */
export const reportSource =
  (db: Db<WorkspaceSchema>, access: ReportAccess): SearchSource =>
  async (query) => {
    const rows = await db.read
      .selectFrom('reports')
      .select(['report_id', 'title'])
      .where(nameMatches(db, 'title', query))
      .where(await access.readable(query.principal))
      .orderBy(byMatch(db, 'title', query))
      .limit(query.limit)
      .execute()
    return rows.map(({ report_id, title }) => ({ kind: 'report', id: report_id, name: title }))
  }
