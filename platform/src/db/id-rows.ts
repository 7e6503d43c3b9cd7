import type { RawBuilder } from 'kysely'
import type { Dialect } from './dialect.js'

/** Texts as a row source with the one column `id`. */
export const idRows = (dialect: Dialect, ids: Iterable<string>): RawBuilder<unknown> =>
  dialect.rows(
    Array.from(ids, (id) => ({ id })),
    { id: 'text' },
  )
