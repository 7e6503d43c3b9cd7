import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DiskBlobs } from '../blobs/disk.js'
import { readDelta } from './delta.js'
import { withDuckDb } from './duckdb.js'
import { readRows } from './read.js'
import { writeTable } from './write.js'

const { TEST_PYTHON } = process.env
/** Exits without shutdown, because threads of polars, deltalake and pyarrow abort some interpreters then. */
const LEAVE = '\nimport os\nsys.stdout.flush()\nos._exit(0)'
const python = (code: string, ...args: string[]) =>
  JSON.parse(execFileSync(TEST_PYTHON ?? '', ['-c', code + LEAVE, ...args], { encoding: 'utf8' }))

if (!TEST_PYTHON) {
  test.skip('other Delta readers: set TEST_PYTHON to a Python that has polars and deltalake', () => {})
} else {
  describe('other Delta readers', () => {
    let folder: string
    let blobs: DiskBlobs
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'cairn-readers-'))
      blobs = await DiskBlobs.open(folder)
    })
    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    const write = (select: string, mode: 'create' | 'append' | 'overwrite') =>
      withDuckDb((connection) => writeTable(blobs, 'table', { connection, select, mode }))

    test('read our tables at any version and skip files by our statistics', async () => {
      const select = (from: number, to: number) =>
        `select i::int as id, i * 0.5::double as half, ['x', i::varchar] as list, 'n' || i as name,
         timestamptz '2024-01-01' + interval 1 second * i as at, date '2024-01-01' as day,
         i::decimal(10,2) as money from range(${from}, ${to}) t(i)`
      const { uri } = await write(select(0, 100), 'create')
      await write(select(100, 300), 'append')
      const seen = python(
        `import json, sys, polars as pl, deltalake
uri = sys.argv[1]
table = deltalake.DeltaTable(uri)
frame = pl.read_delta(uri)
lazy = pl.scan_delta(uri).filter(pl.col('at') >= pl.datetime(2024, 1, 1, 0, 4, 59, time_zone='UTC')).collect()
print(json.dumps({'rows': frame.height, 'sum': frame['half'].sum(), 'types': [str(t) for t in frame.dtypes],
  'version': table.version(), 'last': frame.sort('id')['name'][-1], 'old': pl.read_delta(uri, version=0).height,
  'late': lazy['id'].to_list(), 'list': frame.sort('id')['list'].to_list()[7],
  'via_filter': len(table.to_pyarrow_table(filters=[('id', '>=', 250)]))}))`,
        uri,
      )
      expect(seen).toEqual({
        rows: 300,
        sum: 22425,
        types: [
          'Int32',
          'Float64',
          'List(String)',
          'String',
          "Datetime(time_unit='us', time_zone='UTC')",
          'Date',
          'Decimal(precision=10, scale=2)',
        ],
        version: 1,
        last: 'n299',
        old: 100,
        late: [299],
        list: ['x', '7'],
        via_filter: 50,
      })
    })

    test('can append, create a checkpoint and delete the log before it', async () => {
      await write('select 1::int as id', 'overwrite')
      python(
        `import json, sys, pyarrow as pa, deltalake
deltalake.write_deltalake(sys.argv[1], pa.table({'id': pa.array([2, 3], pa.int32())}), mode='append')
table = deltalake.DeltaTable(sys.argv[1])
table.create_checkpoint()
print(json.dumps(table.version()))`,
        blobs.uri('table'),
      )
      for (const version of ['0', '1', '2'])
        await blobs.delete(`table/_delta_log/${version.padStart(20, '0')}.json`)
      await write('select 4::int as id', 'append')
      const ids: unknown[] = []
      for await (const row of readRows(blobs, 'table')) ids.push(row.id)
      expect(ids.sort()).toEqual([1, 2, 3, 4])
      expect((await readDelta(blobs, 'table')).version).toBe(4)
    })
  })
}
