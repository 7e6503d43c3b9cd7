import { expect, test } from 'vitest'
import { sendHostileValues } from './bad-input/send-hostile-values.js'
import { send } from './harness/api.js'
import { startDemoServer } from './harness/demo.js'
import { Random } from './harness/random.js'
import { until } from './harness/until.js'
import { ask } from './journey/queries.js'

const SEED = Number(process.env.BAD_INPUT_SEED || 1)

test('answers no malformed query of a served model with 5xx', async () => {
  const server = await startDemoServer()
  await until('the endpoint answers', async () => (await ask(server.url)).status === 200)
  const known = () => ({
    name: 'movies',
    served_model_name: 'movies',
    dataframe_records: [{ history: [1], k: 3 }],
  })
  const options = { budget: 400, only: /^query/ }
  const done = await sendHostileValues(server.url, known, new Random(SEED), options)
  const rows = await sendRows(server.url)
  await server.stop()
  expect([...done.responses.faults, ...rows]).toEqual([])
})

/** Well-formed rows that the model cannot score. */
async function sendRows(url: string): Promise<string[]> {
  const rows: unknown[] = [
    {},
    { history: [] },
    { history: [-1, 0, 1e300] },
    { history: 'Heat' },
    { history: [null] },
    { history: Array.from({ length: 50_000 }, (_, i) => i) },
    { user_id: 'nobody' },
    { user_id: {} },
    { history: [1], k: 0 },
    { history: [1], k: -5 },
    { history: [1], k: 1e9 },
    { history: [1], k: 'all' },
    { history: [1], filter_seen: 'perhaps' },
    { __proto__: null, constructor: 1 },
  ]
  const faults: string[] = []
  for (const row of rows) {
    const answer = await send(url, 'POST', '/serving-endpoints/movies/invocations', {
      body: { dataframe_records: [row] },
    })
    if (answer.status >= 500)
      faults.push(`${JSON.stringify(row).slice(0, 80)}: ${answer.status} ${answer.text}`)
  }
  return faults
}
