import type { Blobs } from '../blobs/blobs.js'
import { withoutNulls } from '../collections/without-nulls.js'
import { ApiError } from '../errors.js'
import type { DeltaAction } from './actions.js'
import { sqlList, sqlName, withDuckDb } from './duckdb.js'
import { localFiles } from './local-files.js'

const ACTIONS = ['protocol', 'metaData', 'add', 'remove'] as const
const NAME = /\/(\d{20})\.checkpoint(?:\.(\d{10})\.(\d{10}))?\.parquet$/

/** Reads the newest complete checkpoint up to `version`. Other writers create them and may then delete older log entries. */
export async function readCheckpoint(
  blobs: Blobs,
  keys: readonly string[],
  version: number,
): Promise<{ version: number; actions: DeltaAction[] } | undefined> {
  const parts = new Map<number, string[]>()
  const expected = new Map<number, number>()
  for (const key of keys) {
    const [, at, , of] = NAME.exec(key) ?? []
    if (!at || Number(at) > version) continue
    parts.set(Number(at), [...(parts.get(Number(at)) ?? []), key])
    expected.set(Number(at), Number(of ?? 1))
  }
  const complete = [...parts].filter(([at, found]) => found.length === expected.get(at))
  const newest = complete.sort(([a], [b]) => b - a)[0]
  return newest && { version: newest[0], actions: await readParts(blobs, newest[1]) }
}

async function readParts(blobs: Blobs, keys: readonly string[]): Promise<DeltaAction[]> {
  const files = await localFiles(
    blobs,
    keys.map((key) => ({ key })),
  )
  const source = `read_parquet(${sqlList(files)}, union_by_name = true)`
  return withDuckDb(async (connection) => {
    const present = new Set((await connection.run(`select * from ${source} limit 0`)).columnNames())
    const wanted = ACTIONS.filter((name) => present.has(name))
    if (!wanted.includes('metaData'))
      throw new ApiError('FAILED_PRECONDITION', `'${keys[0]}' is no Delta checkpoint`)
    const actions: DeltaAction[] = []
    const columns = wanted.map((name) => `to_json(${sqlName(name)})::varchar as ${sqlName(name)}`)
    const result = await connection.stream(`select ${columns.join(', ')} from ${source}`)
    for await (const rows of result.yieldRowObjectJs()) {
      for (const row of rows) {
        const entry = wanted.find((name) => row[name] !== null)
        // Parquet stores an absent field as null.
        if (entry) actions.push({ [entry]: withoutNulls(JSON.parse(String(row[entry]))) })
      }
    }
    return actions
  })
}
