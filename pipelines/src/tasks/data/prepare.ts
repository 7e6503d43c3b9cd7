import { UpdateSchema } from '@cairn/platform/protocol/schemas'
import Type from 'typebox'
import { defineTask } from '../../engine/task.js'
import { DEMO_CATALOG, IMPORTER, MOVIES_WEB, TRAINER } from '../demo-job.js'
import { ensureGroup, ensureSchema, ensureServicePrincipal, grant } from './ensure.js'

export const ENGINEERING = 'data-engineering'
export const MODELLING = 'modelling'
export const WEB = 'web'

/** Creates three teams with their members, and a schema owned by the first team. */
export const prepareTask = defineTask({
  entry: 'movielens/prepare',
  parameters: Type.Object({ schema: Type.String() }),
  async run({ client, parameters: { schema }, log, progress }) {
    const step = (done: number, message: string) => progress({ done, total: 3, unit: 'steps', message })
    step(0, 'teams')
    await ensureGroup(client, ENGINEERING, [await ensureServicePrincipal(client, IMPORTER)])
    await ensureGroup(client, MODELLING, [await ensureServicePrincipal(client, TRAINER)])
    await ensureGroup(client, WEB, [await ensureServicePrincipal(client, MOVIES_WEB)])
    log.info(`teams ${ENGINEERING}, ${MODELLING} and ${WEB}, each with its service principal`)
    step(1, schema)
    await ensureSchema(client, schema, 'MovieLens: ratings, films and derived tables')
    await client(UpdateSchema, { full_name: schema, owner: ENGINEERING })
    log.info(`schema ${schema}, owned by ${ENGINEERING}`)
    step(2, 'privileges')
    const catalog = schema.split('.')[0] ?? DEMO_CATALOG
    for (const team of [ENGINEERING, MODELLING, WEB])
      await grant(client, team, 'catalog', catalog, 'USE CATALOG')
    const experiments = ['CREATE EXPERIMENT', 'READ EXPERIMENTS', 'EDIT EXPERIMENTS']
    const jobs = ['CREATE JOB', 'READ JOBS', 'RUN JOBS', 'EDIT JOBS']
    const models = ['CREATE MODEL', 'READ MODELS', 'EDIT MODELS', 'PROMOTE MODELS', 'CREATE ENDPOINT']
    await grant(client, MODELLING, 'metastore', 'metastore', ...experiments, ...models, 'READ JOBS')
    await grant(client, ENGINEERING, 'metastore', 'metastore', ...jobs)
    step(3, 'ready')
    return { schema, teams: [ENGINEERING, MODELLING, WEB] }
  },
})
