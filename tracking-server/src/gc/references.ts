import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import type { Db } from '@cairn/platform/db/db'
import { ApiError } from '@cairn/platform/errors'
import { ListVersionLocations } from '@cairn/platform/protocol/cairn/version-locations'
import type { Client } from '@cairn/platform/protocol/client'
import { sql } from 'kysely'
import { appendPath } from '../experiments/location.js'
import type { TrackingSchema } from '../schema.js'
import { FolderIndex } from './folder-index.js'

interface FileReference {
  readonly name: string
  readonly location: string
}

interface Options {
  readonly db: Db<TrackingSchema>
  readonly locations: ArtifactLocations
  readonly call: Client
}

const RUN_URI = /^runs:\/+([^/]+)\/*(.*)$/s

/**
 * References to files in the folders of others: from registered versions, and from items that were imported with their
 * locations. Referenced files are kept when their run is deleted.
 */
export class FileReferences {
  readonly #db: Db<TrackingSchema>
  readonly #locations: ArtifactLocations
  readonly #call: Client
  readonly #normalized = new Map<string, string>()
  readonly #versions = new FolderIndex()
  readonly #imported = new FolderIndex()
  /** Versions of runs that do not exist; they may be imported later. */
  readonly #unresolved = new Set<FileReference>()
  #position: number | undefined

  constructor({ db, locations, call }: Options) {
    this.#db = db
    this.#locations = locations
    this.#call = call
  }

  /**
   * Adds references that were created since the last call; safe to call concurrently. References that were deleted
   * since then remain: that keeps too many files, never too few.
   *
   * @throws FAILED_PRECONDITION without a registry, because the files in use are unknown then
   */
  async refresh(): Promise<void> {
    await this.#putVersions([...this.#unresolved])
    await this.refreshVersions()
    for (const { name, location } of await findStrays(this.#db))
      this.#imported.put(await this.#normalize(location), name, false) // experiments contain the files of their runs
  }

  /** Adds new versions only, which is cheap enough to do before each removal. @throws like `refresh` */
  async refreshVersions(): Promise<void> {
    for (;;) {
      const after = this.#position
      const query = after === undefined ? {} : { after }
      const { locations } = await this.#call(ListVersionLocations, query).catch(throwRegistryRequired)
      if (locations.length === 0) return
      await this.#putVersions(
        locations.map(({ name, version, location }) => ({ name: `models:/${name}/${version}`, location })),
      )
      this.#position = locations.at(-1)!.position
    }
  }

  /** Returns an owner of files at the location, below it, or of a folder that contains it. */
  async find(uri: string): Promise<string | undefined> {
    const path = await this.#locations.canonical(uri)
    return this.#versions.find(path) ?? this.#imported.find(path)
  }

  async #putVersions(versions: readonly FileReference[]) {
    for (const version of versions) {
      const { name, location } = version
      if (location === '') continue // no files
      const files = await resolveRunUri(this.#db, location)
      if (files === undefined) {
        this.#unresolved.add(version)
        continue
      }
      this.#versions.put(await this.#normalize(files), name, true)
      this.#unresolved.delete(version)
    }
  }

  async #normalize(location: string): Promise<string> {
    const known = this.#normalized.get(location)
    if (known !== undefined) return known
    const path = await this.#locations.canonical(location)
    this.#normalized.set(location, path)
    return path
  }
}

/** Resolves a `runs:/` URI to the location of the run's files. @returns undefined if the run does not exist */
async function resolveRunUri({ read }: Db<TrackingSchema>, location: string): Promise<string | undefined> {
  const [, run_id = '', path = ''] = RUN_URI.exec(location) ?? []
  if (run_id === '') return location
  const run = await read
    .selectFrom('runs')
    .select('artifact_uri')
    .where('run_id', '=', run_id)
    .executeTakeFirst()
  return run && appendPath(run.artifact_uri, ...path.split('/').filter(Boolean))
}

/** Runs and models whose location does not contain their id, and experiments, may be in the folder of another item. */
async function findStrays({ read }: Db<TrackingSchema>): Promise<readonly FileReference[]> {
  const { rows } = await sql<FileReference>`
    select 'run ' || run_id as name, artifact_uri as location from runs
      where artifact_uri <> '' and artifact_uri = replace(artifact_uri, run_id, '')
    union all select 'logged model ' || model_id, artifact_uri from logged_models
      where artifact_uri <> '' and artifact_uri = replace(artifact_uri, model_id, '')
    union all select 'experiment ' || experiment_id, artifact_location from experiments`.execute(read)
  return rows
}

function throwRegistryRequired(error: unknown): never {
  if (error instanceof ApiError && error.code === 'ENDPOINT_NOT_FOUND')
    throw new ApiError(
      'FAILED_PRECONDITION',
      'Garbage can only be collected by a server with the registry service: without it, the files that registered models use are unknown.',
      { cause: error },
    )
  throw error
}
