import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DiskBlobs } from '../blobs/disk.js'
import { withOverrides } from '../testing/blobs.js'
import { rowsOf } from './actions.js'
import { fieldOf } from './columns.js'
import { commitDelta, type DeltaCommit } from './commit.js'
import { logKey, readDelta } from './delta.js'
import { withDuckDb } from './duckdb.js'
import { readRows } from './read.js'
import { writeTable } from './write.js'

let folder: string
let blobs: DiskBlobs
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-delta-'))
  blobs = await DiskBlobs.open(folder)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const add = (path: string) => ({ path, partitionValues: {}, size: 1, modificationTime: 0, dataChange: true })
const change = (mode: DeltaCommit['mode'], ...paths: string[]): DeltaCommit => ({
  mode,
  fields: [fieldOf('id', 'integer')],
  adds: paths.map(add),
  rows: paths.length,
})
const writeLog = (location: string, version: number, ...actions: object[]) =>
  blobs.put(
    logKey(location, version),
    Buffer.from(actions.map((action) => JSON.stringify(action)).join('\n')),
  )
const metaData = (extra: object = {}) => ({
  id: 'a',
  format: { provider: 'parquet', options: {} },
  schemaString: JSON.stringify({ type: 'struct', fields: [fieldOf('id', 'integer')] }),
  partitionColumns: [],
  configuration: {},
  ...extra,
})
const protocol = { minReaderVersion: 1, minWriterVersion: 2 }
const paths = async (location: string) => (await readDelta(blobs, location)).files.map((file) => file.path)

describe('commitDelta', () => {
  test('creates the next version on create, append and overwrite', async () => {
    expect(await commitDelta(blobs, 'modes', change('create', 'a'))).toBe(0)
    expect(await commitDelta(blobs, 'modes', change('append', 'b'))).toBe(1)
    expect(await paths('modes')).toEqual(['a', 'b'])
    expect(await commitDelta(blobs, 'modes', change('overwrite', 'c'))).toBe(2)
    expect(await paths('modes')).toEqual(['c'])
    await expect(commitDelta(blobs, 'modes', change('create', 'd'))).rejects.toMatchObject({
      code: 'TABLE_ALREADY_EXISTS',
    })
  })

  test('commits all racing writers, each as a separate version', async () => {
    await commitDelta(blobs, 'race', change('create'))
    const names = Array.from({ length: 12 }, (_, i) => `part-${i}`)
    const versions = await Promise.all(
      names.map((name) => commitDelta(blobs, 'race', change('append', name))),
    )
    expect([...versions].sort((a, b) => a - b)).toEqual(names.map((_, i) => i + 1))
    expect(await paths('race')).toEqual([...names].sort())
  })

  test('counts a create once that the client retried after a lost response', async () => {
    const forgetful = withOverrides(blobs, {
      put: async (...args) => {
        await blobs.put(...args)
        return blobs.put(...args)
      },
    })
    expect(await commitDelta(forgetful, 'lost', change('create', 'a'))).toBe(0)
    expect(await commitDelta(forgetful, 'lost', change('append', 'b'))).toBe(1)
    expect((await readDelta(blobs, 'lost')).version).toBe(1)
  })

  test('rejects an append with different columns and names the column', async () => {
    await commitDelta(blobs, 'columns', change('create', 'a'))
    const other = { ...change('append', 'b'), fields: [fieldOf('id', 'string')] }
    await expect(commitDelta(blobs, 'columns', other)).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining("Column 'id'"),
    })
  })

  test.each([
    ['a newer writer', { protocol: { minReaderVersion: 1, minWriterVersion: 7 } }, 'append'],
    ['partitions', { metaData: metaData({ partitionColumns: ['id'] }) }, 'append'],
    ['only appends', { metaData: metaData({ configuration: { 'delta.appendOnly': 'true' } }) }, 'overwrite'],
  ] as const)('a table that asks for %s is not written', async (name, actions, mode) => {
    await writeLog(
      name,
      0,
      { protocol },
      { metaData: metaData() },
      ...Object.entries(actions).map(([k, v]) => ({ [k]: v })),
    )
    await expect(commitDelta(blobs, name, change(mode, 'x'))).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
    })
  })
})

describe('readDelta', () => {
  test('decodes paths and applies the last action on each', async () => {
    const file = (path: string) => ({ add: add(path) })
    await writeLog(
      'decoded',
      0,
      { protocol },
      { metaData: metaData() },
      file('a%20b%25.parquet'),
      file('x/y.parquet'),
    )
    await writeLog('decoded', 1, { remove: { path: 'x%2Fy.parquet' } }, { txn: { appId: 'x' } }, file('z'))
    expect(await paths('decoded')).toEqual(['a b%.parquet', 'z'])
  })

  test.each([
    '../other/part.parquet',
    'a/%2e%2e/%2e%2e/other.parquet',
    '/etc/passwd',
    '%2Fetc%2Fpasswd',
    'file:///etc/passwd',
    's3://bucket/key',
    'a%00b',
    '%',
  ])('rejects a path that leaves the table: %s', async (path) => {
    await writeLog('escape', 0, { protocol }, { metaData: metaData() }, { add: add(path) })
    await expect(readDelta(blobs, 'escape')).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
      message: expect.stringContaining('outside of the table'),
    })
  })

  test.each([
    [
      'a newer reader',
      [{ protocol: { minReaderVersion: 3, minWriterVersion: 7, readerFeatures: ['v2Checkpoint'] } }],
    ],
    [
      'deletion vectors',
      [{ protocol }, { metaData: metaData() }, { add: { ...add('a'), deletionVector: {} } }],
    ],
    ['no schema', [{ protocol }]],
    ['a schema that is not JSON', [{ protocol }, { metaData: metaData({ schemaString: '{' }) }]],
    [
      'a schema without fields',
      [{ protocol }, { metaData: metaData({ schemaString: '{"type":"struct"}' }) }],
    ],
    ['a schema of numbers', [{ protocol }, { metaData: metaData({ schemaString: '{"fields":[1]}' }) }]],
    ['metadata without a format', [{ protocol }, { metaData: metaData({ format: undefined }) }]],
    ['a file without a name', [{ protocol }, { metaData: metaData() }, { add: { ...add('a'), path: 7 } }]],
    ['a file that is not an object', [{ protocol }, { metaData: metaData() }, { add: 'a' }]],
    ['actions that are not objects', [[], 7, 'x'] as unknown as object[]],
    ['another format', [{ protocol }, { metaData: metaData({ format: { provider: 'orc', options: {} } }) }]],
  ])('rejects a log with %s', async (name, actions) => {
    await writeLog(name, 0, ...actions)
    await expect(readDelta(blobs, name)).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
      statusCode: 400,
    })
  })

  test('ignores missing or malformed statistics', async () => {
    const { partitionValues: _, ...bare } = add('a')
    const nonsense = { ...add('b'), stats: '{' }
    await writeLog('bare', 0, { protocol }, { metaData: metaData() }, { add: bare }, { add: nonsense })
    const snapshot = await readDelta(blobs, 'bare')
    expect([snapshot.files[0]?.partitionValues, rowsOf(snapshot)]).toEqual([{}, undefined])
  })

  test('rejects a gap and a malformed line with their position', async () => {
    await writeLog('gap', 0, { protocol }, { metaData: metaData() })
    await writeLog('gap', 2, { add: add('a') })
    await expect(readDelta(blobs, 'gap')).rejects.toThrow('lacks version 1')
    await blobs.put(logKey('torn', 0), Buffer.from('{"protocol":'))
    await expect(readDelta(blobs, 'torn')).rejects.toThrow('is not JSON')
  })

  test.each([
    "decimal(1,0)), (select content from read_text('/etc/hostname')",
    'decimal(10,2))',
    'integer) as id, cast(1 as integer',
    { type: 'array', elementType: 'decimal(1,0)); select 1', containsNull: true },
    { type: 'union' },
    7,
  ])('does not accept SQL as the type of a column: %j', async (type) => {
    await withDuckDb(async (connection) => {
      await writeTable(blobs, 'typed', { connection, select: 'select 1::int as id', mode: 'overwrite' })
    })
    const { version } = await readDelta(blobs, 'typed')
    const schemaString = JSON.stringify({ type: 'struct', fields: [{ ...fieldOf('id', 'integer'), type }] })
    await writeLog('typed', version + 1, { metaData: metaData({ schemaString }) })
    const read = async () => {
      for await (const _ of readRows(blobs, 'typed')) throw new Error('a row came out')
    }
    await expect(read()).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' })
    await blobs.delete('typed')
  })

  test('returns partition values as columns, and null for columns added after a file was written', async () => {
    await withDuckDb(async (connection) => {
      await writeTable(blobs, 'parts', { connection, select: 'select 1::int as id', mode: 'create' })
    })
    const [file] = (await readDelta(blobs, 'parts')).files
    const schemaString = JSON.stringify({
      type: 'struct',
      fields: [fieldOf('day', 'date'), fieldOf('id', 'integer'), fieldOf('late', 'string')],
    })
    await writeLog(
      'parts',
      1,
      { metaData: metaData({ schemaString, partitionColumns: ['day'] }) },
      { add: { ...file, partitionValues: { day: '2024-01-02' } } },
    )
    const rows: unknown[] = []
    for await (const row of readRows(blobs, 'parts')) rows.push(row)
    expect(rows).toEqual([{ day: new Date('2024-01-02T00:00:00Z'), id: 1, late: null }])
  })
})
