import fc from 'fast-check'
import { sql } from 'kysely'
import { describe, expect, onTestFinished, test } from 'vitest'
import { databases } from '../testing/databases.js'
import type { Columns } from './dialect.js'

interface Item {
  readonly name: string
  readonly weight: number
  readonly at: number
  readonly position: number
}
const COLUMNS: Columns = { name: 'text', weight: 'double precision', at: 'bigint', position: 'bigint' }
/** PostgreSQL cannot store NUL, and neither engine half a surrogate pair. */
const name = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '␀'))
const weight = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0) // engines write -0 as 0
const items = fc
  .array(fc.record({ name, weight, at: fc.maxSafeInteger() }))
  .chain((rows) =>
    fc.shuffledSubarray([...rows.keys()], { minLength: rows.length }).map((places) => ({ rows, places })),
  )
  .map(({ rows, places }) => rows.map((row, i): Item => ({ ...row, position: places[i]! })))

describe.each(databases)('JSON list on %s', (_engine, database) => {
  test('contains the exact rows in the order of another column', async () => {
    const { db, close } = await database.open()
    onTestFinished(close)
    const members = { name: sql.ref('name'), weight: sql.ref('weight'), at: sql.ref('at') }
    const listed = async (rows: readonly Item[]) => {
      const list = db.dialect.jsonList(members, 'position')
      const source = db.dialect.rows(rows, COLUMNS)
      const answer = await sql<{ list: string }>`select ${list} as list from ${source} as given`.execute(
        db.read,
      )
      return JSON.parse(answer.rows[0]!.list) as unknown
    }
    await fc.assert(
      fc.asyncProperty(items, async (rows) => {
        const wanted = rows
          .toSorted((a, b) => a.position - b.position)
          .map(({ name, weight, at }) => ({ name, weight, at }))
        expect(await listed(rows)).toEqual(wanted)
      }),
      { numRuns: 300 },
    )
  })
})
