import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { api } from './harness/api.js'
import { effort } from './harness/effort.js'
import { freshFolder } from './harness/folder.js'
import { Random } from './harness/random.js'
import { startServer } from './harness/server.js'
import { PREDICTION, predictLinear, registerLinear } from './serving/linear-model.js'

const KILLS = Number(process.env.CRASH_KILLS || effort(2, 2, 200))
const SEED = Number(process.env.CRASH_SEED || Date.now() % 1_000_000)
const MAX_LIFE_MS = 1_000
const ENDPOINT = '/api/2.0/serving-endpoints/e'

interface Endpoint {
  readonly state: { readonly ready: string; readonly config_update: string }
  readonly config: { readonly served_entities: readonly { readonly entity_version: string }[] }
}
interface Deployment {
  readonly outcome: string
  readonly active: boolean
  readonly served_entities: readonly { readonly version?: string }[]
}

test(
  'an endpoint serves a whole deployment after kill -9 at random moments of deployments',
  async () => {
    const random = new Random(SEED)
    const folder = await freshFolder()
    const start = () => startServer({ folder })
    const entities = (version: string) => ({
      served_entities: [{ name: 'main', entity_name: 'linear', entity_version: version }],
    })
    /** The expected prediction of each version: that of the model or of its negative. */
    const values = new Map<string, number>()

    let server = await start()
    await api(server.url).post('/api/2.0/mlflow/registered-models/create', { name: 'linear' })
    for (const sign of [1, -1] as const)
      values.set(await registerLinear(server.url, `0/${sign}`, sign), sign * PREDICTION)
    const versions = [...values.keys()]
    await api(server.url).post('/api/2.0/serving-endpoints', { name: 'e', config: entities(versions[0]!) })
    await settled(server.url)

    for (let kill = 1; kill <= KILLS; kill++) {
      const version = versions[kill % 2]!
      await api(server.url).put(`${ENDPOINT}/config`, entities(version))
      const lifeMs = random.int(0, MAX_LIFE_MS)
      await sleep(lifeMs)
      await server.stop('SIGKILL')
      server = await start()
      const { state, config } = await settled(server.url)
      const facts = `seed ${SEED}, kill ${kill} after ${lifeMs} ms`
      expect(state, facts).toEqual({ ready: 'READY', config_update: 'NOT_UPDATING' })
      expect(config.served_entities[0]!.entity_version, facts).toBe(version)
      const answer = await predictLinear(server.url, 'e')
      expect(answer, facts).toEqual({ version, value: expect.closeTo(values.get(version)!, 6) })
    }
    const { deployments } = await api(server.url).get<{ deployments: Deployment[] }>(
      '/api/cairn/v1/serving-endpoints/e/deployments',
      { max_results: 1000 },
    )
    expect(deployments).toHaveLength(KILLS + 1)
    expect(new Set(deployments.map(({ outcome }) => outcome))).toEqual(new Set(['SUCCEEDED']))
    expect(deployments.map(({ active }) => active).indexOf(true)).toBe(0)
    await server.stop()
  },
  120_000 + KILLS * 60_000,
)

/** Waits until the endpoint is served and no deployment is in progress. */
async function settled(url: string): Promise<Endpoint> {
  const get = () => api(url).get<Endpoint>(ENDPOINT)
  await expect
    .poll(async () => (await get()).state)
    .toEqual({ ready: 'READY', config_update: 'NOT_UPDATING' })
  return get()
}
