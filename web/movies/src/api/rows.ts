import { segment } from '@cairn/sdk/transport'
import type { Server } from './server.js'

export interface Rows {
  readonly columns: readonly { readonly name: string }[]
  readonly rows: readonly (readonly unknown[])[]
  readonly total_rows: number
}

const MOST_ROWS = 10_000

/** The first rows of a governed table. @param table its full name, from the server's configuration @throws CairnError */
export async function readRows(server: Server, table: (configured: string) => string): Promise<Rows> {
  const response = await server.open((config) => ({
    method: 'GET',
    path: `/api/cairn/v1/tables/${segment(table(config.table))}/rows`,
    query: { limit: MOST_ROWS },
    timeoutMs: 30_000,
  }))
  return (await response.json()) as Rows
}

/** Where the first of these columns is, -1 when there is none. */
export const placeOf = ({ columns }: Pick<Rows, 'columns'>, ...names: readonly string[]) =>
  columns.findIndex(({ name }) => names.includes(name))
