import type { Places } from '@cairn/platform/blobs/places'
import type { Db } from '@cairn/platform/db/db'
import { ApiError } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import { GetModelVersionDownloadUri, SearchModelVersions } from '@cairn/platform/protocol/model-versions'
import { sql } from 'kysely'
import { below } from '../experiments/location.js'
import type { TrackingSchema } from '../schema.js'

interface Held {
  readonly name: string
  readonly location: string
  /** Whether all that lies below is its own: experiments are made to have others within. */
  readonly whole: boolean
}

const OF_RUN = /^runs:\/+([^/]+)\/*(.*)$/s

/**
 * Who has files that lie in another's folder: registered versions, and what was imported with the locations that it
 * had. These stay, whoever deleted the run.
 */
export class Holders {
  readonly #places: Places
  readonly #held: readonly Held[]

  private constructor(places: Places, held: readonly Held[]) {
    this.#places = places
    this.#held = held
  }

  /** @throws FAILED_PRECONDITION where no registry is served: then nobody knows what is in use */
  static async ask(db: Db<TrackingSchema>, places: Places, call: Client): Promise<Holders> {
    const found = [...(await versions(db, call)), ...(await strays(db))]
    const held: Held[] = []
    for (const one of found) held.push({ ...one, location: await places.spelled(one.location) })
    return new Holders(places, held)
  }

  /** Names who has files at the location, below it or in all of a folder above, if there is one. */
  async find(uri: string): Promise<string | undefined> {
    const root = await this.#places.spelled(uri)
    return this.#held.find(
      ({ location, whole }) => isWithin(location, root) || (whole && isWithin(root, location)),
    )?.name
  }
}

const isWithin = (location: string, root: string) => location === root || location.startsWith(`${root}/`)

async function versions(db: Db<TrackingSchema>, call: Client): Promise<Held[]> {
  const held: Held[] = []
  let page_token: string | undefined
  do {
    const page = await call(SearchModelVersions, {
      max_results: 1000,
      ...(page_token && { page_token }),
    }).catch(noRegistry)
    for (const { name, version, source } of page.model_versions ?? []) {
      if (!source) continue // it has no files
      const location = source.startsWith('models:')
        ? (await call(GetModelVersionDownloadUri, { name, version })).artifact_uri
        : source
      held.push({ name: `models:/${name}/${version}`, location: await ofRun(db, location), whole: true })
    }
    page_token = page.next_page_token
  } while (page_token)
  return held
}

/** `runs:/` followed to the files of the run. */
async function ofRun({ read }: Db<TrackingSchema>, location: string): Promise<string> {
  const [, run_id = '', path = ''] = OF_RUN.exec(location) ?? []
  if (run_id === '') return location
  const run = await read
    .selectFrom('runs')
    .select('artifact_uri')
    .where('run_id', '=', run_id)
    .executeTakeFirst()
  return run ? below(run.artifact_uri, ...path.split('/').filter(Boolean)) : location
}

/** Runs and models at a location that does not bear their id may be in another's, and so may whole experiments. */
async function strays({ read }: Db<TrackingSchema>): Promise<readonly Held[]> {
  const { rows } = await sql<Omit<Held, 'whole'>>`
    select 'run ' || run_id as name, artifact_uri as location from runs
      where artifact_uri <> '' and replace(artifact_uri, run_id, '') = artifact_uri
    union all select 'logged model ' || model_id, artifact_uri from logged_models
      where artifact_uri <> '' and replace(artifact_uri, model_id, '') = artifact_uri
    union all select 'experiment ' || experiment_id, artifact_location from experiments`.execute(read)
  return rows.map((row) => ({ ...row, whole: false }))
}

function noRegistry(error: unknown): never {
  if (error instanceof ApiError && error.code === 'ENDPOINT_NOT_FOUND')
    throw new ApiError(
      'FAILED_PRECONDITION',
      'Garbage is collected by a server that has the registry too: without it nobody knows which files registered models use.',
      { cause: error },
    )
  throw error
}
