import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { HttpTransport } from './http.js'
import { startRun, withRun } from './run.js'
import { TrackingClient } from './tracking.js'

const RUN = { info: { run_id: 'r1', experiment_id: '1', artifact_uri: 'mlflow-artifacts:/1' }, data: {} }

/** A server that knows one run, and answers a call with a status when it has one for it. */
let refused: Record<string, number>
let server: ReturnType<typeof createServer>
let client: TrackingClient
let ended: string[]
beforeEach(async () => {
  refused = {}
  ended = []
  server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const status = Object.entries(refused).find(([path]) => request.url!.includes(path))?.[1] ?? 200
    if (request.url!.endsWith('/update')) ended.push(JSON.parse(body).status)
    response.writeHead(status).end(JSON.stringify({ experiment: { experiment_id: '1' }, run: RUN }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  client = new TrackingClient(new HttpTransport({ baseUrl, attempts: 1 }))
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

test('training whose end cannot be stored has its result, and the loss is told', async () => {
  refused = { 'runs/update': 400 }
  const losses: unknown[] = []
  const onLoss = (error: unknown) => losses.push(error)
  expect(await withRun({ client, onLoss }, async () => 'trained')).toBe('trained')
  expect(losses).toMatchObject([{ status: 400 }])
  await expect(withRun({ client, onLoss, strict: true }, async () => {})).rejects.toMatchObject({
    status: 400,
  })
})

test('who ends a run a second time waits for the first end, which is the one that counts', async () => {
  const run = await startRun({ client })
  run.beforeEnd(() => {
    throw new Error('nobody is told')
  })
  void run.end('FAILED')
  await run.end('FINISHED')
  expect(ended).toEqual(['FAILED'])
})

test.each([502, 503, 504])('a proxy that answers %i for its server counts as no server', async (status) => {
  refused = { mlflow: status }
  const folder = await mkdtemp(join(tmpdir(), 'cairn-auto-'))
  const auto = { client, mode: 'auto', folder } as const
  expect(await withRun(auto, async (run) => run.folder)).toContain(folder)
  refused = { mlflow: 403 }
  await expect(withRun(auto, async () => {})).rejects.toMatchObject({ status: 403 })
  await rm(folder, { recursive: true })
})
