import { describe, expect, test } from 'vitest'
import { fuzz } from './fuzz/fuzz.js'
import { api, send } from './harness/api.js'
import { databases } from './harness/databases.js'
import { effort, isExhaustive } from './harness/effort.js'
import { postgres } from './harness/postgres.js'
import { startServer } from './harness/server.js'

const REQUESTS = Number(process.env.FUZZ_REQUESTS || effort(500, 600, 1500))
const SEED = Number(process.env.FUZZ_SEED || 1)

describe('requests generated from the description of every operation', () => {
  // bad-input.test.ts sends hostile values to a server on SQLite in every run
  for (const { name, absent, args } of databases)
    test.skipIf(absent || (name === 'SQLite' && postgres !== undefined && !isExhaustive))(
      `none fails with 5xx or without a response, and the server works afterwards, on ${name}`,
      async () => {
        await using server = await startServer({ args: await args() })
        const begun = performance.now()
        const done = await fuzz(server.url, { budget: REQUESTS, seed: SEED })
        const [median, most, longest] = done.health.map(Math.round)
        console.log(
          `${name}, seed ${SEED}: ${done.responses.requests} requests to ${done.operations} operations in ${Math.round((performance.now() - begun) / 1000)} s, ` +
            `${done.responses.summary}; /health meanwhile ${median} ms (median), ${most} ms (99th percentile), ${longest} ms (longest)`,
        )
        expect(done.responses.faults).toEqual([])
        expect(done.responses.requests).toBeGreaterThanOrEqual(REQUESTS)
        expect((await send(server.url, 'GET', '/health')).text).toBe('OK')
        const { post, get } = api(server.url)
        const { run } = await post<{ run: { info: { run_id: string } } }>('/api/2.0/mlflow/runs/create')
        const { run_id } = run.info
        await post('/api/2.0/mlflow/runs/log-metric', { run_id, key: 'after', value: 1, timestamp: 1 })
        const read = await get<{ run: { data: { metrics: unknown[] } } }>('/api/2.0/mlflow/runs/get', {
          run_id,
        })
        expect(read.run.data.metrics).toHaveLength(1)
      },
      120_000 + REQUESTS * 300,
    )
})
