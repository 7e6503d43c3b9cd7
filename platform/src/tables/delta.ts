import { buffer } from 'node:stream/consumers'
import type { Blobs } from '../blobs/blobs.js'
import { byteOrder, normalizeKey } from '../blobs/path.js'
import { ApiError } from '../errors.js'
import type { DeltaAction, DeltaAdd, DeltaProtocol, DeltaSnapshot } from './actions.js'
import { readCheckpoint } from './checkpoint.js'
import type { DeltaField } from './columns.js'
import { parseAction, parseSchema } from './parse-action.js'

export const logKey = (location: string, version: number) =>
  `${normalizeKey(location)}/_delta_log/${String(version).padStart(20, '0')}.json`

const broken = (message: string, options?: ErrorOptions) =>
  new ApiError('FAILED_PRECONDITION', `Delta table ${message}`, options)

/**
 * Reads the table below the key `location` from its log (Delta protocol, reader version 1), at the given version or the
 * newest.
 *
 * @throws TABLE_NOT_FOUND; FAILED_PRECONDITION for a log that requires a newer reader, has a gap, or cannot be parsed
 */
export async function readDelta(
  blobs: Blobs,
  location: string,
  options: { version?: number } = {},
): Promise<DeltaSnapshot> {
  const snapshot = await findDelta(blobs, location, options)
  if (!snapshot) throw new ApiError('TABLE_NOT_FOUND', `No Delta table at '${location}'`)
  return snapshot
}

export async function findDelta(
  blobs: Blobs,
  location: string,
  { version = Number.MAX_SAFE_INTEGER }: { version?: number } = {},
): Promise<DeltaSnapshot | undefined> {
  const listing = await blobs.list(`${normalizeKey(location)}/_delta_log`)
  const keys = listing.blobs.map((blob) => blob.key)
  const commits = keys.filter((key) => /\/\d{20}\.json$/.test(key) && versionOf(key) <= version)
  const replay = new Replay(location)
  const checkpoint = await readCheckpoint(blobs, keys, version)
  for (const action of checkpoint?.actions ?? []) replay.apply(action)
  let next = checkpoint ? checkpoint.version + 1 : 0
  for (const key of commits.filter((key) => versionOf(key) >= next)) {
    if (versionOf(key) !== next) throw broken(`'${location}' lacks version ${next} of its log`)
    for (const action of await readActions(blobs, key)) replay.apply(action)
    next++
  }
  if (next === 0) return undefined
  if (version !== Number.MAX_SAFE_INTEGER && next - 1 !== version)
    throw new ApiError('RESOURCE_DOES_NOT_EXIST', `Delta table '${location}' has no version ${version}`)
  return replay.snapshot(next - 1)
}

export async function readActions(blobs: Blobs, key: string): Promise<DeltaAction[]> {
  const text = (await buffer(await blobs.get(key))).toString()
  try {
    return text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line) ?? {})
  } catch (error) {
    throw broken(`log '${key}' is not JSON`, { cause: error })
  }
}

export function rejectNewerReader(protocol: DeltaProtocol, location: string): void {
  const { minReaderVersion, readerFeatures = [] } = protocol
  if (minReaderVersion > 1 || readerFeatures.length > 0)
    throw broken(
      `'${location}' needs reader version ${minReaderVersion} (${readerFeatures.join(', ') || 'newer'})`,
    )
}

const versionOf = (key: string) => Number(key.slice(-25, -5))

/** Applies actions in the order of the log; the final state is the table. */
class Replay {
  readonly #location: string
  readonly #files = new Map<string, DeltaAdd>()
  #protocol: DeltaProtocol | undefined
  #metadata: DeltaSnapshot['metadata'] | undefined

  constructor(location: string) {
    this.#location = location
  }

  apply(action: DeltaAction): void {
    const { protocol, metaData, add, remove } = this.#checked(action)
    if (protocol) {
      rejectNewerReader(protocol, this.#location)
      this.#protocol = protocol
    }
    if (metaData) this.#metadata = { ...metaData, configuration: metaData.configuration ?? {} }
    if (remove) this.#files.delete(this.#confine(remove.path))
    if (!add) return
    if (add.deletionVector) throw broken(`'${this.#location}' uses deletion vectors`)
    const path = this.#confine(add.path)
    this.#files.set(path, { ...add, path, partitionValues: add.partitionValues ?? {} })
  }

  snapshot(version: number): DeltaSnapshot {
    const [protocol, metadata] = [this.#protocol, this.#metadata]
    if (!protocol || !metadata) throw broken(`'${this.#location}' names no protocol or no schema`)
    if (metadata.format.provider !== 'parquet')
      throw broken(`'${this.#location}' holds ${metadata.format.provider} files`)
    const files = [...this.#files.values()].sort((a, b) => byteOrder(a.path, b.path))
    return { version, protocol, metadata, fields: this.#fields(metadata.schemaString), files }
  }

  #fields(schemaString: string): readonly DeltaField[] {
    try {
      const { fields } = parseSchema(JSON.parse(schemaString))
      return fields.map((field) => ({ ...field, metadata: field.metadata ?? {} }))
    } catch (error) {
      throw broken(`'${this.#location}' has a schema that cannot be read`, { cause: error })
    }
  }

  #checked(action: unknown): DeltaAction {
    try {
      return parseAction(action)
    } catch (error) {
      throw broken(`'${this.#location}' has a log that cannot be read: ${(error as Error).message}`, {
        cause: error,
      })
    }
  }

  /** Checks a path, which must not leave the table, because anyone with access to the table may write its log. */
  #confine(path: string): string {
    try {
      const decoded = decodeURIComponent(path)
      if (/^[a-z][a-z0-9+.-]*:/i.test(decoded)) throw new Error('absolute')
      return normalizeKey(decoded)
    } catch (error) {
      throw broken(`'${this.#location}' lists ${JSON.stringify(path.slice(0, 200))}, outside of the table`, {
        cause: error,
      })
    }
  }
}
