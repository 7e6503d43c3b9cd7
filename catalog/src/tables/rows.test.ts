import { ReadTableRows } from '@cairn/platform/protocol/cairn/table-rows'
import type { ColumnInput } from '@cairn/platform/protocol/unity/tables'
import { UpdateTable } from '@cairn/platform/protocol/unity/tables'
import { withDuckDb } from '@cairn/platform/tables/duckdb'
import { writeTable } from '@cairn/platform/tables/write'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aCatalog, aSchema, aTable, failure, type TestCatalog, testCatalog } from '../testing/catalog.js'

describe.each(databases)('rows of a table on %s', (_, database) => {
  let server: TestCatalog
  const full_name = 'main.s.t'
  beforeAll(async () => {
    server = await testCatalog(database)
    await aCatalog(server.owner, 'main')
    await aSchema(server.owner, 'main.s')
    const { table_id } = await aTable(server.owner, full_name)
    const select = `select i::int as id, i * 9007199254740993::bigint as big, 'canary-' || i as secret,
      date '2026-01-31' as day, timestamp '2026-01-31 12:00:00' as at, [i::bigint] as list,
      case when i = 1 then 'nan'::double else i / 2 end as half from range(250) t(i)`
    const written = await withDuckDb((connection) =>
      writeTable(server.context.blobs, `tables/${table_id}`, { connection, select, mode: 'create' }),
    )
    await server.owner(UpdateTable, { full_name, columns: written.columns as ColumnInput[] })
    await aTable(server.owner, 'main.s.empty')
  })
  afterAll(() => server.close())

  test('are returned with columns and total, in values that JSON can represent', async () => {
    const answer = await server.owner(ReadTableRows, { full_name, limit: 3 })
    expect(answer.columns.slice(0, 2)).toEqual([
      { name: 'id', type: 'int' },
      { name: 'big', type: 'bigint' },
    ])
    expect(answer.total_rows).toBe(250)
    expect(answer.rows).toHaveLength(3)
    const [, one] = [...answer.rows].sort((a, b) => Number(a[0]) - Number(b[0]))
    expect(one).toEqual([
      1,
      '9007199254740993',
      'canary-1',
      '2026-01-31',
      '2026-01-31T12:00:00.000Z',
      ['1'],
      'NaN',
    ])
    expect((await server.owner(ReadTableRows, { full_name })).rows).toHaveLength(100)
  })

  test('contain only the requested columns', async () => {
    const answer = await server.owner(ReadTableRows, { full_name, columns: 'half, id', limit: 2 })
    expect(answer.columns.map((column) => column.name)).toEqual(['half', 'id'])
    expect(JSON.stringify(answer)).not.toContain('canary')
    expect(await failure(server.owner(ReadTableRows, { full_name, columns: 'id,half,id' }))).toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
    })
    expect(await failure(server.owner(ReadTableRows, { full_name, columns: 'id,nosuch' }))).toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining("no 'nosuch'"),
    })
    expect(await failure(server.owner(ReadTableRows, { full_name, limit: 0 }))).toMatchObject({
      message: expect.stringContaining('limit'),
    })
  })

  test('require SELECT; seeing the table is not enough', async () => {
    const eve = await server.actor()
    await server.grant(eve.principal, 'catalog', 'main', 'USE CATALOG', 'USE SCHEMA', 'BROWSE', 'MODIFY')
    const denied = await failure(eve.as(ReadTableRows, { full_name }))
    expect(denied.message).toContain("lacks SELECT on table 'main.s.t'")
    await server.grant(eve.principal, 'table', full_name, 'SELECT')
    expect((await eve.as(ReadTableRows, { full_name, limit: 1 })).rows).toHaveLength(1)
  })

  test('of a table without data are empty', async () => {
    expect(await server.owner(ReadTableRows, { full_name: 'main.s.empty' })).toEqual({
      columns: [{ name: 'id', type: 'bigint' }],
      rows: [],
      total_rows: 0,
    })
  })
})
