import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import type { TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import { BASELINES } from '@cairn/recommenders/models/kinds'

export const DEMO_JOB = 'movielens-demo'

/** The names of everything that the demo job creates: defaults of its parameters. */
export const DEMO_EXPERIMENT = '/movies'
export const DEMO_MODEL = 'movies'
export const DEMO_ENDPOINT = 'movies'

const ENGINEERING = 'data-engineering'
const MODELLING = 'modelling'
const WEB = 'web'
const IMPORTER = 'importer'
const TRAINER = 'trainer'
const MOVIES_WEB = 'movies-web'

/** The task after which the first model is served. */
export const FIRST_SERVED = 'recommend'

/** A short history, oldest first, for recommendations that a reader can judge. */
export const DEMO_HISTORY = [
  { item_id: 260, title: 'Star Wars: Episode IV - A New Hope (1977)' },
  { item_id: 1196, title: 'Star Wars: Episode V - The Empire Strikes Back (1980)' },
  { item_id: 2571, title: 'Matrix, The (1999)' },
] as const

export interface DemoOptions {
  /** A zip or folder of any MovieLens edition on the server; default: the shipped one. */
  readonly source?: string
}

/**
 * The demo job, from ratings to recommendations, in stages: models that train in seconds are served first, and the endpoint follows
 * each model that passes the gate. Each task runs as the principal responsible for it.
 */
export function demoJob({ source }: DemoOptions = {}): JobSettings & { name: string } {
  return {
    name: DEMO_JOB,
    description: 'From MovieLens ratings to recommendations of a served model.',
    tags: { demo: 'movielens' },
    parameters: [
      { name: 'catalog', default: 'main' },
      { name: 'schema', default: 'movielens' },
      { name: 'experiment', default: DEMO_EXPERIMENT },
      { name: 'model', default: DEMO_MODEL },
      { name: 'endpoint', default: DEMO_ENDPOINT },
    ],
    max_concurrent_runs: 1,
    queue: { enabled: true },
    tasks: [...dataTasks(source), ...firstStage(), ...secondStage(), ...challengers()],
  }
}

const CATALOG = '{{job.parameters.catalog}}'
const SCHEMA = `${CATALOG}.{{job.parameters.schema}}`
const MODEL = { model: '{{job.parameters.model}}' }
const ENDPOINT = '{{job.parameters.endpoint}}'

function dataTasks(source: string | undefined): TaskSettings[] {
  const schema = { schema: SCHEMA }
  const imported = { ...schema, ...(source && { source }) }
  return [
    task('prepare', [], 'catalog/apply', { groups: GROUPS, schemas: SCHEMAS, grants: TEAM_GRANTS }),
    task('import', ['prepare'], 'movielens/import', imported, IMPORTER),
    task('features', ['import'], 'movielens/features', schema, IMPORTER),
    task('govern', ['features'], 'catalog/apply', { grants: TABLE_GRANTS }),
  ]
}

/** The last baseline trains in the free slot while the others are registered and served. */
function firstStage(): TaskSettings[] {
  const first = ['popularity', 'markov']
  const others = BASELINES.filter((kind) => !first.includes(kind))
  return [
    ...[...first, ...others].map((kind) => training(kind, ['govern'])),
    ...publishing('', first),
    task('deploy', ['promote'], 'models/deploy', { ...MODEL, endpoint: ENDPOINT, query_group: WEB }, TRAINER),
    task(
      FIRST_SERVED,
      ['deploy'],
      'models/recommend',
      { endpoint: ENDPOINT, history: DEMO_HISTORY.map((film) => film.item_id), k: 10 },
      MOVIES_WEB,
    ),
  ]
}

function secondStage(): TaskSettings[] {
  const upstream = [...BASELINES.map(trainTask), FIRST_SERVED]
  return [
    ...['two-stage', 'als'].map((kind) => training(kind, upstream)),
    ...publishing('_two_stage', ['ease', 'als', 'two-stage']),
    task(
      'deploy_two_stage',
      ['promote_two_stage'],
      'models/deploy',
      { ...MODEL, endpoint: ENDPOINT },
      TRAINER,
    ),
  ]
}

function challengers(): TaskSettings[] {
  const kinds = ['bert4rec', 'hybrid']
  return [
    ...kinds.map((kind) => training(kind, ['deploy_two_stage'])),
    ...publishing('_challengers', kinds),
    task(
      'deploy_challengers',
      ['promote_challengers'],
      'models/deploy',
      { ...MODEL, endpoint: ENDPOINT },
      TRAINER,
    ),
  ]
}

const trainTask = (kind: string) => `train_${kind.replaceAll('-', '_')}`

const training = (kind: string, upstream: readonly string[]) =>
  task(
    trainTask(kind),
    upstream,
    'recommender/train',
    { schema: SCHEMA, experiment: '{{job.parameters.experiment}}', kind },
    TRAINER,
  )

/** Registers the models and promotes those that pass the gate. */
function publishing(suffix: string, kinds: readonly string[]): TaskSettings[] {
  const trained = kinds.map(trainTask)
  const register = `register${suffix}`
  const runs = trained.map((key) => value(key, 'run_id'))
  const versions = value(register, 'versions')
  return [
    task(register, trained, 'models/register', { ...MODEL, runs }, TRAINER),
    task(`promote${suffix}`, [register], 'models/promote', { ...MODEL, versions }, TRAINER),
  ]
}

const GROUPS = [
  { name: ENGINEERING, service_principals: [IMPORTER] },
  { name: MODELLING, service_principals: [TRAINER] },
  { name: WEB, service_principals: [MOVIES_WEB] },
]
const SCHEMAS = [
  {
    name: SCHEMA,
    comment: 'MovieLens: ratings, films and derived tables',
    owner: ENGINEERING,
  },
]

const onWorkspace = (principal: string, privileges: readonly string[]) => ({
  principal,
  securable_type: 'metastore',
  full_name: 'metastore',
  privileges,
})
const EXPERIMENTS = ['CREATE EXPERIMENT', 'READ EXPERIMENTS', 'EDIT EXPERIMENTS']
const MODELS = ['CREATE MODEL', 'READ MODELS', 'EDIT MODELS', 'PROMOTE MODELS', 'CREATE ENDPOINT']
const TEAM_GRANTS = [
  ...[ENGINEERING, MODELLING, WEB].map((principal) => ({
    principal,
    securable_type: 'catalog',
    full_name: CATALOG,
    privileges: ['USE CATALOG'],
  })),
  onWorkspace(MODELLING, [...EXPERIMENTS, ...MODELS, 'READ JOBS']),
  onWorkspace(ENGINEERING, ['CREATE JOB', 'READ JOBS', 'RUN JOBS', 'EDIT JOBS']),
]

/** Each team may read only the tables that it needs. The owner of the schema may grant others. */
const READABLE = { [MODELLING]: ['ratings', 'features'], [WEB]: ['movies', 'links'] }
const TABLE_GRANTS = Object.entries(READABLE).flatMap(([principal, tables]) => [
  { principal, securable_type: 'schema', full_name: SCHEMA, privileges: ['USE SCHEMA'] },
  ...tables.map((table) => ({
    principal,
    securable_type: 'table',
    full_name: `${SCHEMA}.${table}`,
    privileges: ['SELECT'],
  })),
])

const value = (task: string, name: string) => `{{tasks.${task}.values.${name}}}`

function task(
  task_key: string,
  upstream: readonly string[],
  entry: string,
  parameters: Record<string, unknown>,
  actor?: string,
): TaskSettings {
  return {
    task_key,
    depends_on: upstream.map((key) => ({ task_key: key })),
    max_retries: 1,
    min_retry_interval_millis: 1_000,
    node_task: { entry, parameters },
    ...(actor && { run_as: { service_principal_name: actor } }),
  }
}
