import { type RawBuilder, type SqlBool, sql } from 'kysely'

/** A filter: clauses that are joined by AND. */
export type Filter<C> = readonly Clause<C>[]

/** A clause: a comparison, or filters that are joined by OR. */
export type Clause<C> = C | Disjunction<C>

interface Disjunction<C> {
  readonly anyOf: readonly Filter<C>[]
}

const isAnyOf = <C>(clause: Clause<C>): clause is Disjunction<C> =>
  typeof clause === 'object' && clause !== null && 'anyOf' in clause

/** Replaces the comparisons of a filter. */
export const mapFilter = <C, D>(filter: Filter<C>, to: (one: C) => D): Filter<D> =>
  filter.map((clause) =>
    isAnyOf(clause) ? { anyOf: clause.anyOf.map((each) => mapFilter(each, to)) } : to(clause),
  )

/** Returns all comparisons of a filter at any depth. */
export const comparisonsOf = <C>(filter: Filter<C>): C[] =>
  filter.flatMap((clause) => (isAnyOf(clause) ? clause.anyOf.flatMap(comparisonsOf) : [clause]))

/** Evaluates a filter with the result of `test` for each comparison. */
export const matchesFilter = <C>(filter: Filter<C>, test: (one: C) => boolean): boolean =>
  filter.every((clause) =>
    isAnyOf(clause) ? clause.anyOf.some((each) => matchesFilter(each, test)) : test(clause),
  )

/** Returns SQL conditions that are to be joined by AND. */
export const filterSql = <C>(
  filter: Filter<C>,
  toSql: (one: C) => RawBuilder<SqlBool>,
): RawBuilder<SqlBool>[] => jointSql(filter, (joint) => joint.map(toSql))

/** Like `filterSql`, but passes all comparisons joined by AND together, because they may refer to the same row. */
export const jointSql = <C>(
  filter: Filter<C>,
  toSql: (joint: readonly C[]) => readonly RawBuilder<SqlBool>[],
): RawBuilder<SqlBool>[] => [
  ...toSql(filter.filter((clause): clause is C => !isAnyOf(clause))),
  ...filter.filter(isAnyOf).map(({ anyOf }) => {
    const alternatives = anyOf.map((each) => sql`(${sql.join(jointSql(each, toSql), sql` and `)})`)
    return sql<SqlBool>`(${sql.join(alternatives, sql` or `)})`
  }),
]
