import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import type { Db } from '@cairn/platform/db/db'
import { ApiError } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import { ListVersionLocations } from '@cairn/platform/protocol/model-versions'
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
 * Who has files that lie in another's folder: registered versions, and what was imported with the locations that it
 * had. These stay, whoever deleted the run.
 */
export class FileReferences {
  readonly #db: Db<TrackingSchema>
  readonly #locations: ArtifactLocations
  readonly #call: Client
  readonly #normalized = new Map<string, string>()
  readonly #versions = new FolderIndex()
  readonly #strays = new FolderIndex()
  /** Versions of a run that is not here; it may be imported yet. */
  readonly #unresolved = new Set<FileReference>()
  #position: number | undefined

  constructor({ db, locations, call }: Options) {
    this.#db = db
    this.#locations = locations
    this.#call = call
  }

  /**
   * Learns of what came since it was last asked to, of two collections at once too. What was deleted meanwhile still
   * holds its files: that keeps too much, never too little.
   *
   * @throws FAILED_PRECONDITION where no registry is served: then nobody knows what is in use
   */
  async refresh(): Promise<void> {
    await this.#putVersions([...this.#unresolved])
    await this.refreshVersions()
    for (const { name, location } of await findStrays(this.#db))
      this.#strays.put(await this.#normalize(location), name, false) // experiments are made to have others within
  }

  /** Of what came since, only the versions: cheap enough to be asked before each thing that goes. @throws as `renew` */
  async refreshVersions(): Promise<void> {
    for (;;) {
      const after = this.#position
      const asked = after === undefined ? {} : { after }
      const { locations } = await this.#call(ListVersionLocations, asked).catch(throwRegistryRequired)
      if (locations.length === 0) return
      await this.#putVersions(
        locations.map(({ name, version, location }) => ({ name: `models:/${name}/${version}`, location })),
      )
      this.#position = locations.at(-1)!.position
    }
  }

  /** Names who has files at the location, below it or in all of a folder above, if there is one. */
  async find(uri: string): Promise<string | undefined> {
    const place = await this.#locations.canonical(uri)
    return this.#versions.find(place) ?? this.#strays.find(place)
  }

  async #putVersions(versions: readonly FileReference[]) {
    for (const version of versions) {
      const { name, location } = version
      if (location === '') continue // it has no files
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
    const place = await this.#locations.canonical(location)
    this.#normalized.set(location, place)
    return place
  }
}

/** `runs:/` followed to the files of the run, if there is one. */
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

/** Runs and models at a location that does not bear their id may be in another's, and so may whole experiments. */
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
      'Garbage is collected by a server that has the registry too: without it nobody knows which files registered models use.',
      { cause: error },
    )
  throw error
}
