import { randomUUID } from 'node:crypto'
import type { Blobs } from '../blobs/blobs.js'
import { normalizeKey } from '../blobs/path.js'
import { ApiError, invalid } from '../errors.js'
import type { DeltaAction, DeltaAdd, DeltaSnapshot } from './actions.js'
import type { DeltaField } from './columns.js'
import { findDelta, logKey, readActions } from './delta.js'

export type WriteMode = 'create' | 'append' | 'overwrite'

export interface DeltaCommit {
  readonly mode: WriteMode
  readonly fields: readonly DeltaField[]
  readonly adds: readonly DeltaAdd[]
  /** The number of rows in the added files, for the history of the table. */
  readonly rows: number
  /** The id of the commit for `hasCommit`. The default is a random one. */
  readonly txnId?: string
}

const PROTOCOL = { minReaderVersion: 1, minWriterVersion: 2 }
/** The number of attempts. If one fails, another writer has succeeded. */
const MAX_ATTEMPTS = 50

/**
 * Adds files to the table below the key `location` with one new log entry, created exclusively. If another writer created
 * that version first, reads the log again and retries on top of it.
 *
 * @returns the version with the change
 * @throws TABLE_ALREADY_EXISTS on `create`; INVALID_PARAMETER_VALUE on `append` if the columns differ;
 *   FAILED_PRECONDITION for a table that requires a newer writer; ABORTED if all attempts lost the race
 */
export function commitDelta(blobs: Blobs, location: string, change: DeltaCommit): Promise<number> {
  const { txnId = randomUUID() } = change
  return commitActions(blobs, location, txnId, (snapshot) => [
    commitInfo(change, snapshot, txnId),
    ...actionsOf(location, change, snapshot),
  ])
}

/** Returns whether the table's log has a commit with this id. Use it before repeating a commit whose outcome is unknown. */
export async function hasCommit(blobs: Blobs, location: string, txnId: string): Promise<boolean> {
  const { blobs: entries } = await blobs.list(`${normalizeKey(location)}/_delta_log`)
  for (const { key } of entries.toReversed())
    if (/\/\d{20}\.json$/.test(key) && (await isOurs(blobs, key, txnId))) return true
  return false
}

/**
 * Removes whole files from the table without reading them, and then deletes them, so that earlier versions lose their rows too.
 *
 * @param paths the paths in the snapshot; those that are not in the table any more are ignored
 */
export async function removeFiles(blobs: Blobs, location: string, paths: readonly string[]): Promise<void> {
  const wanted = new Set(paths)
  const txnId = randomUUID()
  await commitActions(blobs, location, txnId, (snapshot) => {
    const files = (snapshot?.files ?? []).filter((file) => wanted.has(file.path))
    return [
      { commitInfo: { timestamp: Date.now(), operation: 'DELETE', engineInfo: 'Cairn', txnId } },
      ...files.map((file) => ({ remove: removeOf(file) })),
    ]
  })
  for (const path of paths) await blobs.delete(`${normalizeKey(location)}/${path}`)
}

async function commitActions(
  blobs: Blobs,
  location: string,
  txnId: string,
  actionsOn: (snapshot: DeltaSnapshot | undefined) => readonly DeltaAction[],
): Promise<number> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const snapshot = await findDelta(blobs, location)
    const version = snapshot ? snapshot.version + 1 : 0
    const actions = actionsOn(snapshot)
    const entry = Buffer.from(`${actions.map((action) => JSON.stringify(action)).join('\n')}\n`)
    const key = logKey(location, version)
    try {
      await blobs.put(key, entry, { ifAbsent: true })
      return version
    } catch (error) {
      if ((error as ApiError).code !== 'ALREADY_EXISTS') throw error
      if (await isOurs(blobs, key, txnId)) return version
    }
  }
  throw new ApiError(
    'ABORTED',
    `The Delta table '${location}' was changed by other writers during all attempts`,
  )
}

/** Returns whether an entry is that of this commit: clients of stores retry a request whose response was lost. */
async function isOurs(blobs: Blobs, key: string, txnId: string): Promise<boolean> {
  const actions = await readActions(blobs, key)
  return actions.some(({ commitInfo }) => commitInfo?.txnId === txnId)
}

function actionsOf(
  location: string,
  { mode, fields, adds }: DeltaCommit,
  snapshot: DeltaSnapshot | undefined,
): DeltaAction[] {
  const added = adds.map((add) => ({ add: { ...add, path: encodePath(add.path) } }))
  if (!snapshot) return [{ protocol: PROTOCOL }, { metaData: newMetadata(fields) }, ...added]
  if (mode === 'create') throw new ApiError('TABLE_ALREADY_EXISTS', `A Delta table exists at '${location}'`)
  rejectNewerWriter(location, snapshot, mode)
  if (mode === 'append') {
    rejectOtherColumns(location, snapshot.fields, fields)
    return added
  }
  const removed = snapshot.files.map((file) => ({ remove: removeOf(file) }))
  if (sameColumns(snapshot.fields, fields)) return [...removed, ...added]
  return [{ metaData: { ...snapshot.metadata, schemaString: schemaString(fields) } }, ...removed, ...added]
}

function rejectNewerWriter(location: string, snapshot: DeltaSnapshot, mode: WriteMode): void {
  const reject = (why: string) => new ApiError('FAILED_PRECONDITION', `Delta table '${location}' ${why}`)
  const { protocol, metadata, fields } = snapshot
  if (protocol.minWriterVersion > 2) throw reject(`needs writer version ${protocol.minWriterVersion}`)
  if (metadata.partitionColumns.length > 0)
    throw reject('is partitioned, which Cairn reads but does not write')
  if (fields.some((field) => field.metadata['delta.invariants'])) throw reject('has column invariants')
  if (mode === 'overwrite' && metadata.configuration['delta.appendOnly'] === 'true')
    throw reject('is append-only')
}

const shapeOf = (field: DeltaField) => JSON.stringify([field.name, field.type])
const sameColumns = (a: readonly DeltaField[], b: readonly DeltaField[]) =>
  a.map(shapeOf).join() === b.map(shapeOf).join()

function rejectOtherColumns(
  location: string,
  have: readonly DeltaField[],
  fields: readonly DeltaField[],
): void {
  if (sameColumns(have, fields)) return
  const known = new Set(have.map(shapeOf))
  const odd = fields.find((field) => !known.has(shapeOf(field)))
  const columns = have.map((field) => field.name).join(', ')
  throw invalid(
    odd
      ? `Column '${odd.name}' (${JSON.stringify(odd.type)}) does not match the Delta table '${location}'`
      : `The columns must be those of the Delta table '${location}', in order: ${columns}`,
  )
}

const removeOf = (file: DeltaAdd) => ({
  path: encodePath(file.path),
  deletionTimestamp: Date.now(),
  dataChange: true,
  extendedFileMetadata: true,
  partitionValues: file.partitionValues,
  size: file.size,
})

const schemaString = (fields: readonly DeltaField[]) => JSON.stringify({ type: 'struct', fields })

const newMetadata = (fields: readonly DeltaField[]) => ({
  id: randomUUID(),
  format: { provider: 'parquet', options: {} },
  schemaString: schemaString(fields),
  partitionColumns: [],
  configuration: {},
  createdTime: Date.now(),
})

function commitInfo(change: DeltaCommit, snapshot: DeltaSnapshot | undefined, txnId: string): DeltaAction {
  const bytes = change.adds.reduce((sum, add) => sum + add.size, 0)
  return {
    commitInfo: {
      timestamp: Date.now(),
      operation: snapshot ? 'WRITE' : 'CREATE TABLE AS SELECT',
      operationParameters: { mode: change.mode === 'append' ? 'Append' : 'Overwrite', partitionBy: '[]' },
      ...(snapshot && { readVersion: snapshot.version }),
      isolationLevel: 'Serializable',
      isBlindAppend: change.mode === 'append',
      operationMetrics: {
        numFiles: String(change.adds.length),
        numOutputRows: String(change.rows),
        numOutputBytes: String(bytes),
      },
      engineInfo: 'Cairn',
      txnId,
    },
  }
}

const encodePath = (path: string) => path.split('/').map(encodeURIComponent).join('/')
