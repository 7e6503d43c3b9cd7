import { rm } from 'node:fs/promises'
import type { Blobs } from '@cairn/platform/blobs/blobs'
import { ApiError } from '@cairn/platform/errors'
import { hasCommit } from '@cairn/platform/tables/commit'
import { withDuckDb } from '@cairn/platform/tables/duckdb'
import { commitFiles, discardTable, stageFiles } from '@cairn/platform/tables/write'
import { rowsOfSpool } from './columns.js'
import type { SpoolFile } from './spool.js'

/**
 * Appends the rows of a spool to the table at `location` in one commit, and deletes the spool.
 *
 * @param isRepeated whether an earlier attempt may have committed the rows; the log of the table then has the id of the spool
 * @throws TABLE_NOT_FOUND for a deleted table, because a commit would create files that belong to no table
 */
export async function uploadSpool(
  blobs: Blobs,
  location: string,
  spool: SpoolFile,
  { isRepeated = false } = {},
): Promise<void> {
  const log = await blobs.list(`${location}/_delta_log`)
  if (log.blobs.length === 0)
    throw new ApiError('TABLE_NOT_FOUND', `The table at '${location}' does not exist.`)
  if (!isRepeated || !(await hasCommit(blobs, location, spool.id)))
    await withDuckDb(async (connection) => {
      const staged = await stageFiles(blobs, location, { connection, select: rowsOfSpool(spool.path) })
      if (staged.rows === 0) return
      try {
        await commitFiles(blobs, staged, 'append', spool.id)
      } catch (error) {
        if (error instanceof ApiError && error.statusCode < 500) await discardTable(blobs, staged) // it is not committed
        throw error
      }
    })
  await rm(spool.path, { force: true })
}
