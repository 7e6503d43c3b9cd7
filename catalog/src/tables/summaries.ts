import { SIGHT } from '@cairn/platform/auth/refusal'
import { handle } from '@cairn/platform/http/handle'
import { ListTableSummaries } from '@cairn/platform/protocol/tables'
import type { FastifyPluginAsync } from 'fastify'
import type { Rooms } from '../rooms.js'
import { visiblePage } from '../securables/visible-page.js'
import { fullTableName } from './info.js'

/** Names of tables over all schemas of a catalog: what a search box asks. */
export const summaryRoutes: FastifyPluginAsync<Rooms> = async (app, { context, gate, tables }) => {
  handle(app, ListTableSummaries, async ({ catalog_name, ...input }, { principal }) => {
    const { schema_name_pattern = '%', table_name_pattern = '%', ...page } = input
    const catalog = await gate.openContainer(principal, 'catalog', catalog_name)
    if (!catalog) return { tables: [], next_page_token: null }
    const patterns = { schema: schema_name_pattern, table: table_name_pattern }
    const { rows, next_page_token } = await visiblePage(context.authorizer, principal, page, {
      fetch: (after, limit) => tables.listOfCatalog(catalog[0].id, patterns, after, limit),
      key: ({ schema_name, name }) => `${schema_name}.${name}`,
      chain: (row) => [
        { type: 'table', id: row.table_id, name: fullTableName(row), owner: row.owner },
        {
          type: 'schema',
          id: row.schema_id,
          name: `${catalog_name}.${row.schema_name}`,
          owner: row.schema_owner,
        },
        ...catalog,
      ],
      sight: SIGHT.table,
    })
    return {
      tables: rows.map((row) => ({ full_name: fullTableName(row), table_type: row.table_type })),
      next_page_token,
    }
  })
}
