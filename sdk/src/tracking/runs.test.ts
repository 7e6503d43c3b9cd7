import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { HttpTransport } from '../http.js'
import { Runs } from './runs.js'

const listen = (server: Server, port: number) =>
  new Promise<number>((resolve) =>
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  )
const close = (server: Server) => new Promise((resolve) => server.close(resolve))

test('delivers a batch after a restart of the server', async () => {
  const bodies: { metrics: { value: unknown }[] }[] = []
  const start = () =>
    createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      bodies.push(JSON.parse(body) as (typeof bodies)[number])
      response.end('{}')
    })
  const first = start()
  const port = await listen(first, 0)
  await close(first)

  const runs = new Runs(new HttpTransport({ baseUrl: `http://127.0.0.1:${port}` }))
  const values = [1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  const metrics = values.map((value, step) => ({ key: 'm', value, timestamp: 1, step }))
  const logged = runs.logBatch('r', { metrics })
  await sleep(1000)
  expect(bodies).toEqual([])
  const second = start()
  await listen(second, port)
  await logged
  await close(second)
  expect(bodies[0]!.metrics.map((metric) => metric.value)).toEqual([1.5, 'NaN', 'Infinity', '-Infinity'])
})
