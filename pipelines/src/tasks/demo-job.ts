import type { JobSettings, TaskSettings } from '@cairn/platform/protocol/jobs'
import { BASELINES } from '@cairn/recommenders/models/kinds'

export const DEMO_JOB = 'movielens-demo'

/** The names of everything that the demo job creates. */
export const DEMO_CATALOG = 'main'
export const DEMO_SCHEMA = 'main.movielens'
export const DEMO_EXPERIMENT = '/movies'
export const DEMO_MODEL = 'movies'
export const DEMO_ENDPOINT = 'movies'

export const IMPORTER = 'importer'
export const TRAINER = 'trainer'
export const MOVIES_WEB = 'movies-web'

/** A short history, oldest first, for recommendations that a reader can judge. */
export const DEMO_HISTORY = [
  { item_id: 260, title: 'Star Wars: Episode IV - A New Hope (1977)' },
  { item_id: 1196, title: 'Star Wars: Episode V - The Empire Strikes Back (1980)' },
  { item_id: 2571, title: 'Matrix, The (1999)' },
] as const

/** The models that are compared with the baselines, in the order of the tasks. */
const MODELS = ['als', 'two-stage', 'bert4rec', 'hybrid']

const trainTask = (kind: string) => `train_${kind.replaceAll('-', '_')}`

export interface DemoOptions {
  /** A zip or folder of any MovieLens edition on the server; default: the shipped one. */
  readonly source?: string
}

/** The demo job, from ratings to recommendations. Each task runs as the principal responsible for it. */
export function demoJob({ source }: DemoOptions = {}): JobSettings & { name: string } {
  const schema = { schema: DEMO_SCHEMA }
  const training = (kind: string, upstream: readonly string[]) =>
    task(
      trainTask(kind),
      upstream,
      'recommender/train',
      { ...schema, experiment: DEMO_EXPERIMENT, kind },
      TRAINER,
    )
  const models = { model: DEMO_MODEL }
  return {
    name: DEMO_JOB,
    description: 'From MovieLens ratings to recommendations of a served model.',
    tags: { demo: 'movielens' },
    max_concurrent_runs: 1,
    queue: { enabled: true },
    tasks: [
      task('prepare', [], 'movielens/prepare', schema),
      task('import', ['prepare'], 'movielens/import', { ...schema, ...(source && { source }) }, IMPORTER),
      task('govern', ['import'], 'movielens/govern', schema),
      task('features', ['govern'], 'movielens/features', schema, IMPORTER),
      ...BASELINES.map((kind) => training(kind, ['features'])),
      ...MODELS.map((kind) => training(kind, BASELINES.map(trainTask))),
      task('register', [...BASELINES, ...MODELS].map(trainTask), 'models/register', models, TRAINER),
      task(
        'gate',
        ['register'],
        'models/gate',
        { ...models, version: value('register', 'version') },
        TRAINER,
      ),
      task(
        'promote',
        ['gate'],
        'models/promote',
        { ...models, versions: value('register', 'versions') },
        TRAINER,
      ),
      task('deploy', ['promote'], 'models/deploy', { ...models, query_group: 'web' }, TRAINER),
      task(
        'recommend',
        ['deploy'],
        'models/recommend',
        { endpoint: value('deploy', 'endpoint'), history: DEMO_HISTORY.map((film) => film.item_id), k: 10 },
        MOVIES_WEB,
      ),
    ],
  }
}

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
