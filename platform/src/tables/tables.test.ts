import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Blobs } from '../blobs/blobs.js'
import { DiskBlobs } from '../blobs/disk.js'
import { withOverrides } from '../testing/blobs.js'
import { rowsOf } from './actions.js'
import type { WriteMode } from './commit.js'
import { readDelta } from './delta.js'
import { withDuckDb } from './duckdb.js'
import { configureTableCache } from './local-files.js'
import { digestTable, readColumns, readRows } from './read.js'
import { commitTable, discardTable, stageTable, writeTable } from './write.js'

let folder: string
let blobs: DiskBlobs
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-tables-'))
  blobs = await DiskBlobs.open(join(folder, 'store'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const write = (location: string, select: string, mode: WriteMode = 'create', store: Blobs = blobs) =>
  withDuckDb((connection) => writeTable(store, location, { connection, select, mode }))
const rows = async (location: string, store: Blobs = blobs) => {
  const all: Record<string, unknown>[] = []
  for await (const row of readRows(store, location)) all.push(row)
  return all
}
const walk = async (prefix: string) => {
  const keys: string[] = []
  for await (const { key } of blobs.walk(prefix)) keys.push(key)
  return keys
}

const EVERY_TYPE = `select true as yes, 1::tinyint as tiny, 2::smallint as small, 3::integer as int,
  9007199254740993::bigint as long, 0.5::float as float, 0.1::double as double, 1.25::decimal(10,2) as money,
  'é한글' as text, '\\x00\\xff'::blob as raw, date '2024-02-29' as day, timestamp '2024-02-29 12:34:56.789' as local,
  timestamptz '2024-02-29 12:34:56.789+09' as zoned, ['a', null] as list, {'x': 1, 'y': 'z'} as pair,
  map {'k': 1} as dict`

describe('managed Delta table', () => {
  test('contains the written rows, columns and log', async () => {
    const written = await write('basic', 'select i::int as id, i * 0.5::double as half from range(1000) t(i)')
    expect(written).toMatchObject({ version: 0, rows: 1000, uri: blobs.uri('basic') })
    expect(written.columns).toEqual([
      {
        name: 'id',
        type_text: 'int',
        type_name: 'INT',
        type_json: '{"name":"id","type":"integer","nullable":true,"metadata":{}}',
        type_precision: 0,
        type_scale: 0,
        position: 0,
        nullable: true,
      },
      expect.objectContaining({ name: 'half', type_text: 'double', type_name: 'DOUBLE', position: 1 }),
    ])
    const snapshot = await readDelta(blobs, 'basic')
    expect(snapshot.protocol).toEqual({ minReaderVersion: 1, minWriterVersion: 2 })
    expect(rowsOf(snapshot)).toBe(1000)
    expect(JSON.parse(snapshot.files[0]?.stats ?? '')).toEqual({
      numRecords: 1000,
      minValues: { id: 0, half: 0 },
      maxValues: { id: 999, half: 499.5 },
      nullCount: { id: 0, half: 0 },
    })
    expect((await rows('basic'))[999]).toEqual({ id: 999, half: 499.5 })
  })

  test('stores every type and describes it like Unity Catalog', async () => {
    const { columns } = await write('types', EVERY_TYPE)
    expect(Object.fromEntries(columns.map((column) => [column.name, column.type_text]))).toEqual({
      yes: 'boolean',
      tiny: 'tinyint',
      small: 'smallint',
      int: 'int',
      long: 'bigint',
      float: 'float',
      double: 'double',
      money: 'decimal(10,2)',
      text: 'string',
      raw: 'binary',
      day: 'date',
      local: 'timestamp',
      zoned: 'timestamp',
      list: 'array<string>',
      pair: 'struct<x:int,y:string>',
      dict: 'map<string,int>',
    })
    expect(columns[7]).toMatchObject({ type_name: 'DECIMAL', type_precision: 10, type_scale: 2 })
    const [row] = await rows('types')
    expect(row).toMatchObject({ int: 3, long: 9007199254740993n, text: 'é한글', list: ['a', null] })
    expect(row?.local).toEqual(new Date('2024-02-29T12:34:56.789Z'))
    expect(row?.zoned).toEqual(new Date('2024-02-29T03:34:56.789Z'))
  })

  test('reads the requested columns as typed arrays with separate nulls', async () => {
    await write(
      'vectors',
      `select i::int as id, case when i % 2 = 1 then i end as odd, 'n' || i as name, i % 2 = 0 as even,
       timestamptz '2024-01-01' + interval 1 second * i as at, date '1970-01-03' as day, [i] as list
       from range(5) t(i)`,
    )
    const { rows, columns } = await readColumns(blobs, 'vectors')
    expect(rows).toBe(5)
    expect(Object.fromEntries(columns)).toEqual({
      id: { values: Int32Array.of(0, 1, 2, 3, 4) },
      odd: { values: BigInt64Array.of(0n, 1n, 0n, 3n, 0n), nulls: Uint8Array.of(1, 0, 1, 0, 1) },
      name: { values: ['n0', 'n1', 'n2', 'n3', 'n4'] },
      even: { values: Uint8Array.of(1, 0, 1, 0, 1) },
      at: { values: Float64Array.from([0, 1, 2, 3, 4], (i) => Date.UTC(2024, 0, 1) + i * 1000) },
      day: { values: Int32Array.of(2, 2, 2, 2, 2) },
      list: { values: ['[0]', '[1]', '[2]', '[3]', '[4]'] },
    })
    const some = await readColumns(blobs, 'vectors', { columns: ['name', 'id'], limit: 2 })
    expect([...some.columns.keys()]).toEqual(['name', 'id'])
    expect(some.rows).toBe(2)
    await expect(readColumns(blobs, 'vectors', { columns: ['nmae'] })).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining("no column 'nmae'"),
    })
    await expect(readColumns(blobs, 'vectors', { limit: -1 })).rejects.toThrow('limit')
  })

  test('supports appends, overwrites and older versions', async () => {
    await write('history', 'select 1 as id')
    await write('history', 'select 2 as id', 'append')
    await write('history', 'select 3 as id, 4 as extra', 'overwrite')
    expect(await rows('history')).toEqual([{ id: 3, extra: 4 }])
    expect((await readColumns(blobs, 'history', { version: 1 })).rows).toBe(2)
    await expect(readColumns(blobs, 'history', { version: 7 })).rejects.toThrow('no version 7')
  })

  test('can be empty', async () => {
    await write('empty', 'select 1::int as id where false')
    expect(await rows('empty')).toEqual([])
    expect((await readColumns(blobs, 'empty')).columns.get('id')?.values).toEqual(new Int32Array())
    await write('empty', 'select 5::int as id', 'append')
    expect(await rows('empty')).toEqual([{ id: 5 }])
  })

  test('is invisible before the commit, and discarding leaves nothing behind', async () => {
    const staged = await withDuckDb((connection) =>
      stageTable(blobs, 'staged', { connection, select: 'select 1 as id' }),
    )
    await expect(readDelta(blobs, 'staged')).rejects.toMatchObject({
      code: 'TABLE_NOT_FOUND',
      statusCode: 404,
    })
    expect(await walk('staged')).toHaveLength(1)
    await discardTable(blobs, staged)
    expect(await walk('staged')).toEqual([])
    const again = await withDuckDb((connection) =>
      stageTable(blobs, 'staged', { connection, select: 'select 1 as id' }),
    )
    expect(await commitTable(blobs, again, 'create')).toMatchObject({ version: 0, digest: staged.digest })
  })

  test('leaves nothing behind when the SELECT or the store fails', async () => {
    const failing = `select case when i < 900000 then i else error('row ' || i) end as id from range(1000000) t(i)`
    await expect(write('failing', failing)).rejects.toThrow('row 9')
    await expect(write('failing', 'select uuid() as id')).rejects.toThrow("Column 'id' has type UUID")
    let puts = 0
    const breaking = withOverrides(blobs, {
      put: (...args) => {
        if (++puts === 2 && args[1] instanceof Readable) args[1].destroy(new Error('the store went away'))
        return blobs.put(...args)
      },
    })
    const select = 'select i, md5(i::varchar) as noise from range(500000) t(i)'
    const source = { select, mode: 'create', fileBytes: 1_000_000 } as const
    const writing = withDuckDb((connection) => writeTable(breaking, 'failing', { ...source, connection }))
    await expect(writing).rejects.toThrow('went away')
    expect(puts).toBe(2)
    expect(await walk('failing')).toEqual([])
  })

  test('has a digest of all values and types, independent of order, files and compression', async () => {
    const digest = async (select: string) =>
      (
        await withDuckDb((connection) =>
          stageTable(blobs, 'digest', { connection, select, compression: 'snappy' }),
        )
      ).digest
    const base = await digest('select i::int as id, i::varchar as name from range(3000) t(i)')
    expect(base).toMatch(/^[0-9a-f]{32}$/)
    expect(
      await digest('select i::int as id, i::varchar as name from range(3000) t(i) order by i desc'),
    ).toBe(base)
    for (const other of [
      'select i::bigint as id, i::varchar as name from range(3000) t(i)',
      'select i::int as id, i::varchar as title from range(3000) t(i)',
      'select i::int as id, i::varchar as name from range(2999) t(i)',
      `select i::int as id, case when i = 7 then null else i::varchar end as name from range(3000) t(i)`,
      `select i::int as id, case when i = 7 then '8' else i::varchar end as name from range(3000) t(i)`,
    ])
      expect(await digest(other), other).not.toBe(base)
    await write('twice', 'select i::int as id, i::varchar as name from range(1000) t(i)')
    await write('twice', 'select i::int as id, i::varchar as name from range(1000, 3000) t(i)', 'append')
    expect(await digestTable(blobs, 'twice')).toEqual({ rows: 3000, digest: base })
  })

  test('accepts any column names', async () => {
    await write('odd names', `select 1 as "user's ""id""", 2 as "한글", 3 as "a.b", 4 as "select"`)
    expect(await rows('odd names')).toEqual([{ 'user\'s "id"': 1, 한글: 2, 'a.b': 3, select: 4 }])
    const { files } = await readDelta(blobs, 'odd names')
    expect(JSON.parse(files[0]?.stats ?? '').maxValues).toEqual({
      'user\'s "id"': 1,
      한글: 2,
      'a.b': 3,
      select: 4,
    })
  })

  test('stops a cancelled write and leaves nothing behind', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const endless = 'select sum(hash(i)) as x from range(100000000000) t(i)'
    setTimeout(() => controller.abort(), 200)
    const writing = withDuckDb(
      (connection) => writeTable(blobs, 'cancelled', { connection, select: endless, mode: 'create', signal }),
      { signal },
    )
    await expect(writing).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(await walk('cancelled')).toEqual([])
  })

  test('reads a remote store through local copies that are fetched once', async () => {
    await write('remote', 'select i::int as id from range(10) t(i)')
    configureTableCache({ folder: join(folder, 'cache') })
    let gets = 0
    const remote = withOverrides(blobs, {
      get: (...args) => {
        if (args[0].endsWith('.parquet')) gets++
        return blobs.get(...args)
      },
    })
    expect(await rows('remote', remote)).toHaveLength(10)
    expect(await rows('remote', remote)).toHaveLength(10)
    expect(gets).toBe(1)
  })
})
