import type { Blobs } from '@cairn/platform/blobs/blobs'
import type { Client } from '@cairn/platform/protocol/client'
import { openTable } from '@cairn/platform/tables/governed-table'

const COMMIT = /\/(\d{20})\.json$/

/**
 * The newest versions of tables, read from their logs, so that writes of any engine count.
 *
 * @param client of a principal that may read the tables
 * @returns by name; -1 for a table without data
 * @throws TABLE_NOT_FOUND, PERMISSION_DENIED, INVALID_PARAMETER_VALUE for an external table
 */
export async function tableVersions(
  client: Client,
  blobs: Blobs,
  names: readonly string[],
): Promise<Record<string, number>> {
  const versions: Record<string, number> = {}
  for (const name of names) versions[name] = await versionOf(client, blobs, name)
  return versions
}

async function versionOf(client: Client, blobs: Blobs, name: string): Promise<number> {
  const { key: table } = await openTable(client, blobs, name)
  const { blobs: found } = await blobs.list(`${table}/_delta_log`)
  return found.reduce((newest, { key }) => Math.max(newest, Number(COMMIT.exec(key)?.[1] ?? -1)), -1)
}
