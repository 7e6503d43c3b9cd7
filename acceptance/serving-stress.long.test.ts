import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { api, send } from './harness/api.js'
import { effort } from './harness/effort.js'
import { type Server, startServer } from './harness/server.js'
import { firstPrediction, linearModels, PREDICTION, ROW } from './serving/linear-model.js'

/** Alias moves under load. */
const SWAPS = effort(2, 2, 1_000)
const CLIENTS = 4

describe('an endpoint under load', () => {
  let server: Server
  let models: ReturnType<typeof linearModels>
  /** The value that each version predicts. */
  const values: Record<string, number> = {}
  beforeAll(async () => {
    server = await startServer()
    models = linearModels(server.url)
    await models.create()
    for (const sign of [1, -1] as const)
      values[await models.register(`0/linear${sign}`, sign)] = sign * PREDICTION
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  const moveTo = (version: string) =>
    api(server.url).post('/api/2.0/mlflow/registered-models/alias', {
      name: 'linear',
      alias: 'prod',
      version,
    })

  test('every answer is of the version that its header names while an alias moves', async () => {
    await moveTo('1')
    await models.deploy('swapping', '@prod')
    let isOver = false
    const seen = new Map<string, number>()
    let latest = ''
    const load = Array.from({ length: CLIENTS }, async () => {
      while (!isOver) {
        const answer = await models.query('swapping')
        expect(answer.status).toBe(200)
        const version = answer.headers.get('served-model-version')!
        expect(firstPrediction(answer)).toBeCloseTo(values[version]!, 6)
        seen.set(version, (seen.get(version) ?? 0) + 1)
        latest = version
      }
    })
    for (let swap = 0; swap < SWAPS; swap++) {
      const version = swap % 2 === 0 ? '2' : '1'
      await moveTo(version)
      await expect.poll(() => latest, { timeout: 60_000, interval: 20 }).toBe(version)
    }
    isOver = true
    await Promise.all(load)
    console.log(`${SWAPS} moves, ${[...seen.values()].reduce((sum, n) => sum + n, 0)} answers`)
    expect([...seen.keys()].sort()).toEqual(['1', '2'])
  }, 3_600_000)

  test('hostile clients get a 4xx, and other clients get their answers', async () => {
    await models.deploy('steady', '1')
    const rows = (count: number) =>
      JSON.stringify({ dataframe_records: Array(count).fill({ a: 1, b: 2, c: 3, d: 4 }) })
    const hostile: readonly [body: string, status: number, message: RegExp][] = [
      [`{"inputs": ${'['.repeat(6_000)}1${']'.repeat(6_000)}}`, 400, /nested/],
      [rows(200_000), 400, /at most 10000 rows/],
      ['{"dataframe_split": {"columns": ["a", "b"], "data": [[1, 2], [3]]}}', 400, /data\[1\]/],
      ['{"dataframe_records": [{"a": "secret-value", "b": 1, "c": 1, "d": 1}]}', 400, /'a'/],
      ['{"dataframe_records": [secret-value', 400, /JSON/],
      [' '.repeat(17 * 1024 * 1024), 413, /large/i],
    ]
    for (const [body, status, message] of hostile) {
      const [answer, neighbour] = await Promise.all([models.query('steady', body), models.query('steady')])
      expect(answer.status).toBe(status)
      expect(answer.json<{ message: string }>().message).toMatch(message)
      expect(answer.text).not.toContain('secret-value')
      expect(firstPrediction(neighbour)).toBeCloseTo(PREDICTION, 6)
    }
  })

  test('clients that disconnect or send slowly do not occupy slots of the queue', async () => {
    const path = '/serving-endpoints/steady/invocations'
    const body = JSON.stringify(ROW)
    const options = {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': body.length },
    }
    const leaving = Array.from({ length: 300 }, (_, n) => {
      const sent = request(server.url + path, options)
      sent.on('error', () => undefined)
      if (n % 2 === 0)
        sent.end(body, () => sent.destroy()) // leaves after its request
      else sent.write(body.slice(0, 10)) // never sends the rest
      return sent
    })
    await Promise.all(
      Array.from({ length: 50 }, async () =>
        expect(await models.predictionOf('steady')).toBeCloseTo(PREDICTION, 6),
      ),
    )
    for (const sent of leaving) sent.destroy()
  })

  test('an entity that scales to zero answers again, with one load for many first requests', async () => {
    await using small = await startServer({ env: { CAIRN_SCALE_TO_ZERO_AFTER: '1' } })
    const own = linearModels(small.url)
    await own.create()
    await own.deploy('sleepy', await own.register('0/linear', 1), { scale_to_zero_enabled: true })
    await sleep(1_600)
    const answers = await Promise.all(Array.from({ length: 20 }, () => own.predictionOf('sleepy')))
    for (const answer of answers) expect(answer).toBeCloseTo(PREDICTION, 6)
  })

  test('a stop loses no request of clients that ask whether the server is ready', async () => {
    const stopping = await startServer()
    const own = linearModels(stopping.url)
    await own.create()
    await own.deploy('stopping', await own.register('0/linear', 1))
    const statuses: number[] = []
    const client = async () => {
      for (;;) {
        const ready = await send(stopping.url, 'GET', '/ready').catch(() => undefined)
        if (ready?.status !== 200) return
        for (let n = 0; n < 5; n++) statuses.push((await own.query('stopping')).status)
      }
    }
    const clients = Promise.all(Array.from({ length: 16 }, client))
    await expect.poll(() => statuses.length).toBeGreaterThan(50)
    const exit = stopping.stop()
    await clients
    expect(new Set(statuses)).toEqual(new Set([200]))
    expect(await exit).toEqual({ code: 0, signal: null })
  })
})
