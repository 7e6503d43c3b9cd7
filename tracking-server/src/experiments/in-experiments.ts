import { type SqlBool, sql } from 'kysely'

/** Matches rows of the given experiments; no row for an empty list. */
export const inExperiments = (experiments: readonly number[], column = 'experiment_id') =>
  sql<SqlBool>`${sql.ref(column)} in (${experiments.length > 0 ? sql.join(experiments) : sql`null`})`
