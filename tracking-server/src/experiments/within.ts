import { type SqlBool, sql } from 'kysely'

/** Rows of these experiments; where there are none, no row. */
export const within = (experiments: readonly number[], column = 'experiment_id') =>
  sql<SqlBool>`${sql.ref(column)} in (${experiments.length > 0 ? sql.join(experiments) : sql`null`})`
