import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { ApiError } from '@cairn/platform/errors'
import { renderErrors } from '@cairn/platform/http/plugins/errors'
import Fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { takeBytes } from './request-body.js'

const MEGABYTE = 1024 ** 2
const BODY = Buffer.alloc(4 * MEGABYTE, 'x')
const HEAD = `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${BODY.length}\r\n\r\n`

/** A connection to a server that refuses every request before its body, at once or after a promise. */
async function connected(refuseEarly: () => Promise<void> | undefined) {
  const app = Fastify({ bodyLimit: BODY.length })
  renderErrors(app)
  takeBytes(app, refuseEarly)
  app.post('/', async () => 'accepted')
  await app.listen({ host: '127.0.0.1', port: 0 })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  onTestFinished(async () => {
    socket.destroy()
    await app.close()
  })
  let received = ''
  socket.setEncoding('latin1').on('data', (text: string) => {
    received += text
  })
  return {
    async send(bytes: string | Buffer) {
      if (!socket.write(bytes)) await once(socket, 'drain')
    },
    statuses: () => [...received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status),
  }
}

const refuse = () => {
  throw new ApiError('TEMPORARILY_UNAVAILABLE', 'busy')
}

test.each([
  ['at once', refuse],
  ['after a look into the database', async () => refuse()],
])(
  'a request that is refused %s gets its response before its body, and its connection stays open',
  async (_, how) => {
    const client = await connected(how)
    for (const count of [1, 2, 3]) {
      await client.send(HEAD)
      await expect.poll(client.statuses).toEqual(Array(count).fill('503'))
      await client.send(BODY)
    }
  },
)

test('discarded bodies take no memory until the next garbage collection', async () => {
  const client = await connected(refuse)
  const before = process.memoryUsage().arrayBuffers
  const grown: number[] = []
  for (let n = 1; n <= 5; n++) {
    for (const part of [HEAD, BODY]) await client.send(part)
    await expect.poll(() => client.statuses().length).toBe(n)
    grown.push(process.memoryUsage().arrayBuffers - before)
  }
  expect(Math.max(...grown)).toBeLessThan(3 * MEGABYTE)
})
