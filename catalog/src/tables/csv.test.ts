import { CreateTableFromCsv, GetTable, ReadTableRows } from '@cairn/platform/protocol/tables'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aCatalog, aSchema, failure, type TestCatalog, testCatalog } from '../testing/catalog.js'

describe.each(databases)('tables from CSV files on %s', (_, database) => {
  let server: TestCatalog
  beforeAll(async () => {
    server = await testCatalog(database)
    await aCatalog(server.owner, 'main')
    await aSchema(server.owner, 'main.raw')
  })
  afterAll(() => server.close())
  const place = { catalog_name: 'main', schema_name: 'raw' }
  const column = (name: string, type_name: 'LONG' | 'DOUBLE' | 'DATE' | 'STRING' | 'BOOLEAN') => ({
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
