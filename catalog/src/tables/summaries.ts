import type { Authorizer } from '@cairn/platform/auth/authorizer'
import { KINDS } from '@cairn/platform/auth/kinds'
import { handle } from '@cairn/platform/http/handle'
import { ListTableSummaries } from '@cairn/platform/protocol/unity/tables'
import type { FastifyPluginAsync } from 'fastify'
import type { Access } from '../securables/access.js'
import { visiblePage } from '../securables/visible-page.js'
import { fullTableName } from './info.js'
import type { TableStore } from './store.js'

interface Options {
  readonly authorizer: Authorizer
  readonly access: Access
  readonly tables: TableStore
}

/** Names of tables across all schemas of a catalog, for search boxes. */
export const summaryRoutes: FastifyPluginAsync<Options> = async (app, { authorizer, access, tables }) => {
  handle(app, ListTableSummaries, async ({ catalog_name, ...input }, { principal }) => {
    const { schema_name_pattern = '%', table_name_pattern = '%', ...page } = input
    const catalog = await access.visibleContainer(principal, 'catalog', catalog_name)
    if (!catalog) return { tables: [], next_page_token: null }
    const patterns = { schema: schema_name_pattern, table: table_name_pattern }
    const { rows, next_page_token } = await visiblePage(authorizer, principal, page, {
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
      privileges: KINDS.table.visibility,
    })
    return {
      tables: rows.map((row) => ({ full_name: fullTableName(row), table_type: row.table_type })),
      next_page_token,
    }
  })
}
