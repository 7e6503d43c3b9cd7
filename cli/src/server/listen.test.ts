import { createServer } from 'node:net'
import Fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { listen } from './listen.js'

/** Takes the port, unless another program has it: taken it is either way. */
const taking = (port: number) =>
  new Promise<void>((resolve) => {
    const server = createServer()
    server.once('error', () => resolve())
    server.listen(port, '127.0.0.1', resolve)
    onTestFinished(() => void server.close())
  })

const anApp = () => {
  const app = Fastify()
  onTestFinished(() => app.close())
  return app
}

test('after the last port there is none to give way to, and that is said', async () => {
  await taking(65_535)
  const one = { host: '127.0.0.1', port: 65_535 }
  await expect(listen(anApp(), one)).rejects.toThrow(
    'The port 65535 is taken, and there is none after it: choose another with --port, or any free one with --port 0.',
  )
  await taking(65_534)
  await expect(listen(anApp(), { ...one, port: 65_534 })).rejects.toThrow(
    'The ports 65534 to 65535 are all taken, and there is none after them: choose',
  )
})

test('a taken port gives way to the next free one', async () => {
  const first = await listen(anApp(), { host: '127.0.0.1', port: 0 })
  if (first < 65_535) expect(await listen(anApp(), { host: '127.0.0.1', port: first })).toBeGreaterThan(first)
})
