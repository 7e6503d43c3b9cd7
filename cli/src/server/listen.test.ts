import { createServer } from 'node:net'
import Fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { listen } from './listen.js'

/** Occupies the port, unless another program does so already. */
const occupy = (port: number) =>
  new Promise<void>((resolve) => {
    const server = createServer()
    server.once('error', () => resolve())
    server.listen(port, '127.0.0.1', resolve)
    onTestFinished(() => void server.close())
  })

const newApp = () => {
  const app = Fastify()
  onTestFinished(() => app.close())
  return app
}

test('reports taken ports up to the last port number', async () => {
  await occupy(65_535)
  const address = { host: '127.0.0.1', port: 65_535 }
  await expect(listen(newApp(), address)).rejects.toThrow(
    'Port 65535 is taken: pass another with --port, or use any free one with --port 0.',
  )
  await occupy(65_534)
  await expect(listen(newApp(), { ...address, port: 65_534 })).rejects.toThrow(
    'Ports 65534 to 65535 are taken: pass another',
  )
})

test('uses the next free port when the port is taken', async () => {
  const first = await listen(newApp(), { host: '127.0.0.1', port: 0 })
  if (first < 65_535)
    expect(await listen(newApp(), { host: '127.0.0.1', port: first })).toBeGreaterThan(first)
})

test('uses no other port behind a proxy, and none when one attempt is allowed', async () => {
  const address = { host: '127.0.0.1', public_url: 'https://cairn.example.org' }
  const port = await listen(newApp(), { ...address, port: 0 })
  await expect(listen(newApp(), { ...address, port })).rejects.toThrow(
    `Port ${port} is taken: pass another with --port, or use any free one with --port 0.`,
  )
  await expect(listen(newApp(), { host: '127.0.0.1', port }, 1)).rejects.toThrow(`Port ${port} is taken`)
})
