import { expect, onTestFinished, test } from 'vitest'
import { CrashingServer } from './crash/crashing-server.js'
import { api } from './harness/api.js'
import { databases } from './harness/databases.js'
import { effort } from './harness/effort.js'
import { freshFolder } from './harness/folder.js'
import { freshPostgres, postgres } from './harness/postgres.js'
import { Random } from './harness/random.js'
import { MLFLOW_ONLY, type ServerOptions, startServer } from './harness/server.js'
import { until } from './harness/until.js'
import { startWebhookReceiver, type WebhookReceiver } from './harness/webhook-receiver.js'

const KILLS = Number(process.env.CRASH_KILLS || effort(1, 1, 6))
const MAX_LIFE_MS = 1000
/** Time limit of a start; generous for busy machines. */
const PATIENCE_MS = 240_000
/** Upper bound of the time spent on kills. */
const KILLING_MS = 30_000 + KILLS * 3000
const SEED = Number(process.env.CRASH_SEED || Date.now() % 1_000_000)

const env = {
  CAIRN_WEBHOOK_ALLOWED_SCHEMES: 'http',
  CAIRN_WEBHOOK_ALLOW_PRIVATE_IPS: 'true',
  CAIRN_WEBHOOK_TIMEOUT: '600', // a busy machine must not cause time-outs
}

async function listen(url: string, { url: target }: WebhookReceiver): Promise<string> {
  const events = [{ entity: 'REGISTERED_MODEL', action: 'CREATED' }]
  const hook = { name: 'hook', url: target, events, secret: 'hush' }
  const { webhook } = await api(url).post<{ webhook: { webhook_id: string } }>(
    '/api/2.0/mlflow/webhooks',
    hook,
  )
  return webhook.webhook_id
}

const createModel = (url: string, name: string) =>
  api(url).post('/api/2.0/mlflow/registered-models/create', { name })

interface Delivery {
  readonly delivery_id: string
  readonly state: string
}

const deliveriesOf = async (url: string, id: string) =>
  (
    await api(url).get<{ deliveries: Delivery[] }>(`/api/cairn/v1/webhooks/${id}/deliveries`, {
      max_results: 1000,
    })
  ).deliveries

const allDelivered = (url: string, id: string) =>
  until('everything is delivered', async () =>
    (await deliveriesOf(url, id)).every(({ state }) => state === 'delivered'),
  )

const nameOf = ({ body }: { body: string }): string => JSON.parse(body).data.name

for (const { name, absent, args } of databases) {
  test.skipIf(absent)(
    `events committed before kill -9 are delivered after it, on ${name}`,
    async () => {
      await using target = await startWebhookReceiver()
      const options: ServerOptions = {
        folder: await freshFolder(),
        args: [...MLFLOW_ONLY, ...(await args())],
        env,
        timeoutMs: PATIENCE_MS,
      }
      const server = await startServer(options)
      const id = await listen(server.url, target)
      target.hangs = true
      const names = Array.from({ length: 7 }, (_, n) => `m${n}`)
      for (const one of names) await createModel(server.url, one)
      await until('the receiver hangs', async () => target.received.length >= 4)
      await server.stop('SIGKILL')

      const underWay = target.received.splice(0)
      target.hangs = false
      await using again = await startServer(options)
      await allDelivered(again.url, id)
      expect(target.received.map(nameOf).toSorted()).toEqual(names)
      for (const { body, headers } of underWay) {
        const repeated = target.received.find((one) => one.body === body)
        expect(repeated?.headers['x-mlflow-delivery-id']).toBe(headers['x-mlflow-delivery-id'])
      }
    },
    2 * PATIENCE_MS,
  )

  test.skipIf(absent)(
    `after random kills, events are delivered for all acknowledged models and for no missing one, on ${name}`,
    async () => {
      await using target = await startWebhookReceiver()
      const random = new Random(SEED)
      const options = { folder: await freshFolder(), args: [...MLFLOW_ONLY, ...(await args())], env }
      const server = new CrashingServer(options, random)
      onTestFinished(() => server.stop())
      const id = await listen(await server.url(), target)
      const stop = new AbortController()
      const writers = Array.from({ length: 4 }, (_, n) => createModels(server, `w${n}`, stop.signal))
      await server
        .crash(KILLS, { maxLifeMs: MAX_LIFE_MS, timeUp: AbortSignal.timeout(KILLING_MS) })
        .finally(() => stop.abort())
      const acknowledged = (await Promise.all(writers)).flat()
      const url = await server.url()
      await allDelivered(url, id)

      const told = target.received.map(nameOf)
      console.log(
        `${name}, seed ${SEED}: ${server.kills} kills, ${acknowledged.length} models acknowledged, ${told.length} requests for ${new Set(told).size}`,
      )
      expect(acknowledged.filter((one) => !told.includes(one))).toEqual([])
      const ids = new Set(target.received.map(({ headers }) => headers['x-mlflow-delivery-id']))
      expect(ids.size).toBe(new Set(told).size)
      for (const one of new Set(told))
        await api(url).get('/api/2.0/mlflow/registered-models/get', { name: one })
    },
    600_000 + KILLS * 12_000,
  )
}

/** Creates models sequentially until stopped. @returns the acknowledged ones */
async function createModels(server: CrashingServer, prefix: string, signal: AbortSignal): Promise<string[]> {
  const acknowledged: string[] = []
  for (let n = 0; !signal.aborted && n < 200; n++) {
    const name = `${prefix}-${n}`
    try {
      await createModel(await server.url(), name)
      acknowledged.push(name)
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20)) // interrupted by a kill
    }
  }
  return acknowledged
}

const takesOver = 'another server delivers the events that a killed server had claimed'
test.skipIf(!postgres)(takesOver, { timeout: 2 * PATIENCE_MS }, async () => {
  await using target = await startWebhookReceiver()
  const args = [...MLFLOW_ONLY, '--database-url', await freshPostgres()]
  const shared = { args, env: { ...env, CAIRN_WEBHOOK_SECRET_KEY: 'shared' }, timeoutMs: PATIENCE_MS }
  const first = await startServer({ ...shared, folder: await freshFolder() })
  const id = await listen(first.url, target)
  target.hangs = true
  await createModel(first.url, 'm')
  await until('the receiver hangs', async () => target.received.length > 0)
  await using second = await startServer({ ...shared, folder: await freshFolder() })
  expect(await deliveriesOf(second.url, id)).toMatchObject([{ state: 'pending' }])
  expect(target.received).toHaveLength(1)
  target.hangs = false
  await first.stop('SIGKILL')
  await allDelivered(second.url, id)
  expect(target.received.map(nameOf)).toEqual(['m', 'm'])
})
