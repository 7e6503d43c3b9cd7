import { withDuckDb } from '@cairn/platform/tables/duckdb'

/** Runs a statement in DuckDB and returns its rows. `Row` names the columns that the statement selects. */
export type RunSql = <Row>(sql: string) => Promise<readonly Row[]>

/** Runs statements on one connection to DuckDB, outside the event loop. */
export const withSql = <T>(work: (run: RunSql) => Promise<T>): Promise<T> =>
  withDuckDb((connection) =>
    work(async <Row>(sql: string) => {
      const result = await connection.run(sql)
      const rows: readonly unknown[] = await result.getRowObjectsJS()
      return rows as readonly Row[]
    }),
  )
