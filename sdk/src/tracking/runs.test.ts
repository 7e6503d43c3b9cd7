import { createServer } from 'node:http'
import { type AddressInfo, createServer as createNetServer, type Server } from 'node:net'
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
  let refused = 0
  const closing = createNetServer((socket) => {
    refused++
    socket.destroy()
  })
  const port = await listen(closing, 0)
  const runs = new Runs(new HttpTransport({ baseUrl: `http://127.0.0.1:${port}` }))
  const values = [1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  const metrics = values.map((value, step) => ({ key: 'm', value, timestamp: 1, step }))
  const logged = runs.logBatch('r', { metrics })
  await expect.poll(() => refused).toBeGreaterThan(1)
  await close(closing)
  const server = start()
  await listen(server, port)
  await logged
  await close(server)
  expect(bodies[0]!.metrics.map((metric) => metric.value)).toEqual([1.5, 'NaN', 'Infinity', '-Infinity'])
})
