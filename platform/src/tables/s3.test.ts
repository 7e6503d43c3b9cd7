import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openBlobs } from '../blobs/open.js'
import { NO_S3, testS3 } from '../testing/s3.js'
import { withDuckDb } from './duckdb.js'
import { configureTableCache } from './local-files.js'
import { readColumns } from './read.js'
import { writeTable } from './write.js'

if (!testS3) {
  test.skip(`Delta tables in S3: ${NO_S3}`, () => {})
} else {
  const { bucket, options } = testS3
  test('commits racing appends in S3 and reads through the local cache', async () => {
    const cache = mkdtempSync(join(tmpdir(), 'cairn-cache-'))
    configureTableCache({ folder: cache })
    const blobs = await openBlobs(`s3://${bucket}/tables-${randomUUID()}`, options)
    const write = (select: string, mode: 'create' | 'append') =>
      withDuckDb((connection) => writeTable(blobs, 'table', { connection, select, mode }))
    try {
      const { uri } = await write('select 0::int as id', 'create')
      expect(uri).toBe(blobs.uri('table'))
      const versions = await Promise.all(
        [1, 2, 3, 4].map(async (id) => (await write(`select ${id}::int as id`, 'append')).version),
      )
      expect(versions.sort()).toEqual([1, 2, 3, 4])
      const { rows, columns } = await readColumns(blobs, 'table')
      expect(rows).toBe(5)
      expect([...(columns.get('id')?.values ?? [])].sort()).toEqual([0, 1, 2, 3, 4])
    } finally {
      await blobs.delete('table')
      rmSync(cache, { recursive: true, force: true })
    }
  })
}
