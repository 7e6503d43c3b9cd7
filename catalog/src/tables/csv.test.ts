import { ApiError } from '@cairn/platform/errors'
import { CreateTableFromCsv } from '@cairn/platform/protocol/cairn/csv-tables'
import { ReadTableRows } from '@cairn/platform/protocol/cairn/table-rows'
import { GetTable } from '@cairn/platform/protocol/unity/tables'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CatalogSchema } from '../schema.js'
import { aCatalog, aSchema, failure, type TestCatalog, testCatalog } from '../testing/catalog.js'
import type { CsvColumn } from './csv.js'

describe.each(databases)('tables from CSV files on %s', (_, database) => {
  let server: TestCatalog
  beforeAll(async () => {
    server = await testCatalog(database)
    await aCatalog(server.owner, 'main')
    await aSchema(server.owner, 'main.raw')
  })
  afterAll(() => server.close())
  const place = { catalog_name: 'main', schema_name: 'raw' }
  const column = (name: string, type_name: CsvColumn['type_name']) => ({
    name,
    type_name,
  })

  test('have the types that were chosen; empty fields are null', async () => {
    const created = await server.owner(CreateTableFromCsv, {
      ...{ ...place, name: 'films', comment: '영화', delimiter: ';' },
      columns: [
        ...[column('id', 'LONG'), column('제목', 'STRING'), column('score', 'DOUBLE')],
        ...[column('seen on', 'DATE'), column('liked', 'BOOLEAN')],
      ],
      csv: 'id;title;score;date;liked\n1;"Up; or ""down""\nagain";7.5;2024-02-29;true\n9007199254740993;;;;\n',
    })
    expect(created).toMatchObject({
      ...{ full_name: 'main.raw.films', table_type: 'MANAGED', comment: '영화' },
      properties: { 'cairn.rows': '2', 'cairn.source': 'CSV' },
    })
    expect(created.columns.map(({ name, type_text }) => [name, type_text])).toEqual([
      ...[
        ['id', 'bigint'],
        ['제목', 'string'],
        ['score', 'double'],
        ['seen on', 'date'],
        ['liked', 'boolean'],
      ],
    ])
    const { rows } = await server.owner(ReadTableRows, { full_name: 'main.raw.films' })
    expect(rows).toEqual([
      [1, 'Up; or "down"\nagain', 7.5, '2024-02-29', true],
      ['9007199254740993', null, null, null, null],
    ])
  })

  test('are not created with null in place of a wrong time', async () => {
    for (const time of ['x', '24:00', "it's"])
      expect(
        await failure(
          server.owner(CreateTableFromCsv, {
            ...{ ...place, name: 'times', columns: [column('at', 'TIMESTAMP')] },
            csv: `at\n${time}\n`,
          }),
        ),
      ).toMatchObject({
        code: 'INVALID_PARAMETER_VALUE',
        message: `csv: '${time}' in column 'at' is not a timestamp such as 2024-02-29T10:30:00+09:00.`,
      })
  })

  test('have lines that end in different ways, and keep the ends in quotes', async () => {
    await server.owner(CreateTableFromCsv, {
      ...{ ...place, name: 'lines', columns: [column('n', 'LONG'), column('text', 'STRING')] },
      csv: 'n,text\r\n1,"a\r\n""b"""\n2,c\r3,d',
    })
    const { rows } = await server.owner(ReadTableRows, { full_name: 'main.raw.lines' })
    expect(rows).toEqual([
      [1, 'a\r\n"b"'],
      [2, 'c'],
      [3, 'd'],
    ])
  })

  test('name the line of a wrong value, and leave nothing behind', async () => {
    const create = (csv: string, name = 'bad') =>
      failure(
        server.owner(CreateTableFromCsv, {
          ...{ ...place, name, csv, columns: [column('id', 'LONG'), column('n', 'LONG')] },
        }),
      )
    for (const [csv, message] of [
      ['id,n\n1,2\n3,x\n', /^csv: line 3: .*"n".*"x"/],
      ['id,n\n1,2,3\n', /^csv: line 2: /],
    ] as const) {
      const error = await create(csv)
      expect(error).toMatchObject({
        code: 'INVALID_PARAMETER_VALUE',
        message: expect.stringMatching(message),
      })
      expect(error.message).not.toMatch(/rows\.csv|\/tmp/)
    }
    expect(await failure(server.owner(GetTable, { full_name: 'main.raw.bad' }))).toMatchObject({
      code: 'TABLE_NOT_FOUND',
    })
    const keys = async () => (await server.context.blobs.list('tables')).folders
    const before = await keys()
    expect(await create('id,n\n1,2\n', 'films')).toMatchObject({ code: 'TABLE_ALREADY_EXISTS' })
    expect(await keys()).toEqual(before)
  })

  test.each([
    ['LONG', '1.5', "'1.5' in column 'v' is not an integer."],
    ['DATE', '2024-02-29 10:00', "'2024-02-29 10:00' in column 'v' is not a date such as 2024-02-29."],
    ['DATE', 'infinity', /^csv: 'infinity' in column 'v' is not a date/],
    ['TIMESTAMP', 'yesterday', /^csv: 'yesterday' in column 'v' is not a timestamp such as/],
    ['TIMESTAMP', '2024-13-01 00:00:00', /^csv: '2024-13-01 00:00:00' in column 'v' is not a timestamp/],
    ['TIMESTAMP', '2024-02-29 10:00:00 Asia/Seoul', /is not a timestamp/],
    ['TIMESTAMP', 'infinity', /is not a timestamp/],
  ] as const)(
    'refuse for %s the value %s, which would be stored as another',
    async (type_name, value, message) => {
      const columns = [{ name: 'v', type_name }]
      const input = { ...place, name: 'inexact', columns, csv: `v\n\n${value}\n` }
      expect(await failure(server.owner(CreateTableFromCsv, input))).toMatchObject({
        code: 'INVALID_PARAMETER_VALUE',
        message: typeof message === 'string' ? `csv: ${message}` : expect.stringMatching(message),
      })
    },
  )

  test('have timestamps of UTC and of other offsets', async () => {
    const times = ['2024-02-29', '2024-02-29 10:00', '2024-02-29T10:00:00.25Z', ' 2024-02-29 10:00:00+09:00 ']
    const columns = [{ name: 'at', type_name: 'TIMESTAMP' as const }, column('id', 'LONG')]
    const csv = `at,id\n${times.map((time, i) => `${time},+${i}\n`).join('')},4\n`
    await server.owner(CreateTableFromCsv, { ...place, name: 'times', columns, csv })
    const { rows } = await server.owner(ReadTableRows, { full_name: 'main.raw.times' })
    expect(rows).toEqual([
      ['2024-02-29T00:00:00.000Z', 0],
      ['2024-02-29T10:00:00.000Z', 1],
      ['2024-02-29T10:00:00.250Z', 2],
      ['2024-02-29T01:00:00.000Z', 3],
      [null, 4],
    ])
  })

  test('keep their rows when only the answer to their commit was lost', async () => {
    const { db } = server.context
    const { transaction } = db.engine
    const isCreated = () =>
      db
        .for<CatalogSchema>()
        .read.selectFrom('tables')
        .select('name')
        .where('name', '=', 'unsure')
        .executeTakeFirst()
    const losing: typeof transaction = async (work) => {
      const result = await transaction.call(db.engine, work)
      if (await isCreated()) throw new ApiError('TEMPORARILY_UNAVAILABLE', 'The connection was lost.')
      return result as never
    }
    Object.assign(db.engine, { transaction: losing })
    try {
      const input = { ...place, name: 'unsure', columns: [column('id', 'LONG')], csv: 'id\n1\n' }
      expect(await failure(server.owner(CreateTableFromCsv, input))).toMatchObject({
        code: 'TEMPORARILY_UNAVAILABLE',
      })
    } finally {
      Object.assign(db.engine, { transaction })
    }
    expect((await server.owner(ReadTableRows, { full_name: 'main.raw.unsure' })).rows).toEqual([[1]])
  })

  test('have no two columns of one name', async () => {
    const twice = {
      ...place,
      name: 'twice',
      columns: [column('a', 'LONG'), column('A', 'LONG')],
      csv: 'a,b\n1,2\n',
    }
    expect(await failure(server.owner(CreateTableFromCsv, twice))).toMatchObject({
      message: "columns[1].name: 'A' is used twice.",
    })
  })
})
