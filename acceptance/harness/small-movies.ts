import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { api } from './api.js'
import { writeRatingsExcerpt } from './ratings-excerpt.js'
import { until } from './until.js'

const SCHEMA = 'main.movielens'
const IMPORTER = { service_principal_name: 'importer' }
const TRAINER = { service_principal_name: 'trainer' }

const grant = (principal: string, securable_type: string, full_name: string, ...privileges: string[]) => ({
  ...{ principal, securable_type, full_name, privileges },
})
const EXPERIMENTS = ['CREATE EXPERIMENT', 'READ EXPERIMENTS', 'EDIT EXPERIMENTS']
const MODELS = ['CREATE MODEL', 'READ MODELS', 'EDIT MODELS', 'PROMOTE MODELS', 'CREATE ENDPOINT']
const JOBS = ['CREATE JOB', 'READ JOBS', 'RUN JOBS', 'EDIT JOBS']
/** The demo's teams and grants. */
const TEAMS = {
  groups: [
    { name: 'data-engineering', service_principals: ['importer'] },
    { name: 'modelling', service_principals: ['trainer'] },
    { name: 'web', service_principals: ['movies-web'] },
  ],
  schemas: [{ name: SCHEMA, owner: 'data-engineering' }],
  grants: [
    ...['data-engineering', 'modelling', 'web'].map((team) => grant(team, 'catalog', 'main', 'USE CATALOG')),
    grant('modelling', 'metastore', 'metastore', ...EXPERIMENTS, ...MODELS, 'READ JOBS'),
    grant('data-engineering', 'metastore', 'metastore', ...JOBS),
  ],
}
const READERS = {
  grants: [
    ...['modelling', 'web'].map((team) => grant(team, 'schema', SCHEMA, 'USE SCHEMA')),
    ...['ratings', 'features'].map((table) => grant('modelling', 'table', `${SCHEMA}.${table}`, 'SELECT')),
    ...['movies', 'links'].map((table) => grant('web', 'table', `${SCHEMA}.${table}`, 'SELECT')),
  ],
}

/** Settings of a server that imports the excerpt. */
export const SMALL_MOVIES = { CAIRN_IMPORT_PATHS: tmpdir() }

interface Run {
  readonly state: { readonly life_cycle_state: string; readonly result_state?: string }
}

/**
 * Imports an excerpt of the shipped ratings with the demo's teams and grants, and trains, registers and serves one fast
 * recommender as the endpoint `movies`: what the movie client needs, in seconds.
 *
 * @param url of a server with the settings of `SMALL_MOVIES`, since the import does not run as the owner
 * @param token of the owner
 */
export async function serveSmallMovies(url: string, token?: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-small-movies-'))
  try {
    const source = join(folder, 'ratings')
    await mkdir(source)
    await writeRatingsExcerpt(source)
    await runToEnd(url, token, [
      task('prepare', [], 'catalog/apply', TEAMS),
      task('import', ['prepare'], 'movielens/import', { schema: SCHEMA, source }, IMPORTER),
      task('features', ['import'], 'movielens/features', { schema: SCHEMA }, IMPORTER),
      task('govern', ['features'], 'catalog/apply', READERS),
      task(
        'train',
        ['govern'],
        'recommender/train',
        { schema: SCHEMA, experiment: '/movies', kind: 'ease' },
        TRAINER,
      ),
      task('register', ['train'], 'models/register', { model: 'movies' }, TRAINER),
    ])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  await serve(url, token)
}

function task(task_key: string, upstream: string[], entry: string, parameters: object, run_as?: object) {
  const depends_on = upstream.map((key) => ({ task_key: key }))
  return { task_key, depends_on, node_task: { entry, parameters }, ...(run_as && { run_as }) }
}

async function runToEnd(url: string, token: string | undefined, tasks: readonly object[]): Promise<void> {
  const { get, post } = api(url, token)
  const { job_id } = await post<{ job_id: number }>('/api/2.2/jobs/create', { name: 'small movies', tasks })
  const { run_id } = await post<{ run_id: number }>('/api/2.2/jobs/run-now', { job_id })
  const run = () => get<Run>('/api/2.2/jobs/runs/get', { run_id })
  const hasEnded = async () => (await run()).state.result_state !== undefined
  await until('the small movies are trained', hasEnded, 240_000)
  const { state } = await run()
  if (state.result_state !== 'SUCCESS') throw new Error(`the job ended with ${JSON.stringify(state)}`)
}

async function serve(url: string, token: string | undefined): Promise<void> {
  const { get, patch, post } = api(url, token)
  const config = { served_entities: [{ name: 'movies', entity_name: 'movies', entity_version: '1' }] }
  const { id } = await post<{ id: string }>('/api/2.0/serving-endpoints', { name: 'movies', config })
  await patch(`/api/2.0/permissions/serving-endpoints/${id}`, {
    access_control_list: [{ group_name: 'web', permission_level: 'CAN_QUERY' }],
  })
  const state = () => get<{ state: { ready: string } }>('/api/2.0/serving-endpoints/movies')
  await until('the small movies are served', async () => (await state()).state.ready === 'READY')
}
