import { type RawBuilder, type SqlBool, sql } from 'kysely'

/** What must all hold. */
export type Filter<C> = readonly Clause<C>[]

/** One comparison, or alternatives of which at least one must hold. */
export type Clause<C> = C | AnyOf<C>

interface AnyOf<C> {
  readonly anyOf: readonly Filter<C>[]
}

const isAnyOf = <C>(clause: Clause<C>): clause is AnyOf<C> =>
  typeof clause === 'object' && clause !== null && 'anyOf' in clause

/** The same filter over other comparisons. */
export const mapFilter = <C, D>(filter: Filter<C>, to: (one: C) => D): Filter<D> =>
  filter.map((clause) =>
    isAnyOf(clause) ? { anyOf: clause.anyOf.map((each) => mapFilter(each, to)) } : to(clause),
  )

/** Every comparison in it, however deep. */
export const comparisonsOf = <C>(filter: Filter<C>): C[] =>
  filter.flatMap((clause) => (isAnyOf(clause) ? clause.anyOf.flatMap(comparisonsOf) : [clause]))

/** Whether it holds where `test` tells of each comparison whether it does. */
export const matchesFilter = <C>(filter: Filter<C>, test: (one: C) => boolean): boolean =>
  filter.every((clause) =>
    isAnyOf(clause) ? clause.anyOf.some((each) => matchesFilter(each, test)) : test(clause),
  )

/** SQL conditions that must all hold. */
export const filterSql = <C>(
  filter: Filter<C>,
  toSql: (one: C) => RawBuilder<SqlBool>,
): RawBuilder<SqlBool>[] => jointSql(filter, (joint) => joint.map(toSql))

/** As `filterSql`, where comparisons that AND joins may bear on one and the same thing and so are told together. */
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
