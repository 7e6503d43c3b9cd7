import type { Output } from '@cairn/platform/protocol/operation'
import type { ReadTableRows } from '@cairn/platform/protocol/tables'
import { operationRequest } from './operation-request.js'
import type { Server } from './server.js'

export type Rows = Output<typeof ReadTableRows>

/** The most that the server returns in one response. */
const MAX_ROWS = 10_000

/** The first rows of a catalog table. @param table maps the configured full name to the table's @throws CairnError */
export async function readRows(server: Server, table: (configured: string) => string): Promise<Rows> {
  const response = await server.open((config) => ({
    ...operationRequest<typeof ReadTableRows>('GET /api/cairn/v1/tables/{full_name}/rows', {
      full_name: table(config.table),
      limit: MAX_ROWS,
    }),
    timeoutMs: 30_000,
  }))
  return (await response.json()) as Rows
}

/** Index of the first column with one of these names, -1 if there is none. */
export const columnIndex = ({ columns }: Pick<Rows, 'columns'>, ...names: readonly string[]) =>
  columns.findIndex(({ name }) => names.includes(name))
