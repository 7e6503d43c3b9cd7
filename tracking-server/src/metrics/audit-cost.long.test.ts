import { Agent, request } from 'node:http'
import { testApp } from '@cairn/platform/testing/app'
import { effort } from '@cairn/platform/testing/effort'
import { expect, onTestFinished, test } from 'vitest'
import { tracking } from '../plugin.js'

const CLIENTS = 8
const TURN_MS = 250
const TURNS = effort(1, 1, 60)

interface Rate {
  readonly perSecond: number
  readonly perCpuSecond: number
}

/** A server whose clients log metrics over kept-alive connections. */
async function aServer(isAudited: boolean) {
  const { app, close } = await testApp(async (app, context) => app.register(tracking, { context }), {
    isAudited,
  })
  onTestFinished(close)
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS })
  onTestFinished(() => agent.destroy())
  const post = (path: string, body: object) =>
    new Promise<string>((resolve, reject) => {
      const headers = { 'content-type': 'application/json' }
      const sent = request(`${address}/api/2.0/mlflow/runs/${path}`, { method: 'POST', agent, headers })
      sent.on('error', reject).on('response', async (response) => {
        let text = ''
        for await (const chunk of response) text += chunk
        if (response.statusCode === 200) resolve(text)
        else reject(new Error(text))
      })
      sent.end(JSON.stringify(body))
    })
  const runs = Array.from({ length: CLIENTS }, () => post('create', { experiment_id: '0' }))
  const ids = (await Promise.all(runs)).map((text) => JSON.parse(text).run.info.run_id as string)
  let step = 0
  return {
    /** @returns requests per second of one turn, and per second of processor time, of which clients take a part */
    async turn(): Promise<Rate> {
      const begun = performance.now()
      const cpu = process.cpuUsage()
      let count = 0
      const client = async (run_id: string) => {
        while (performance.now() - begun < TURN_MS) {
          await post('log-metric', { run_id, key: 'm', value: 1, timestamp: 1, step: step++ })
          count++
        }
      }
      await Promise.all(ids.map(client))
      const { user, system } = process.cpuUsage(cpu)
      return {
        perSecond: (count / (performance.now() - begun)) * 1000,
        perCpuSecond: (count / (user + system)) * 1_000_000,
      }
    },
    app,
  }
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!

test('prints the cost of the audit log when metrics are logged, in paired turns', async () => {
  // The order A B B A, of servers and of turns, so that neither age nor load prefers one.
  const servers = []
  for (const isAudited of [false, true, true, false]) servers.push(await aServer(isAudited))
  for (const server of servers) await server.turn() // warms up
  const ratios = { perSecond: [] as number[], perCpuSecond: [] as number[] }
  for (let turn = 0; turn < TURNS; turn++) {
    const rates: Rate[] = []
    for (const server of servers) rates.push(await server.turn())
    const [a, b, c, d] = rates as [Rate, Rate, Rate, Rate]
    for (const kind of ['perSecond', 'perCpuSecond'] as const)
      ratios[kind].push((b[kind] + c[kind]) / (a[kind] + d[kind]))
  }
  for (const [kind, values] of Object.entries(ratios))
    process.stdout.write(`log-metric ${kind}, audited / not: ${median(values).toFixed(3)}\n`)
  expect(servers.map(({ app }) => app.audit !== undefined)).toEqual([false, true, true, false])
}, 120_000)
