import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { post } from './post.js'

test('returns the status of a receiver that switches protocols', async () => {
  const server = createServer().on('connection', (socket) =>
    socket.once('data', () =>
      socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'),
    ),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  const addresses = [{ address: '127.0.0.1', family: 4 }]
  const sent = post({ url, addresses, headers: {}, body: '{}', signal: new AbortController().signal })
  expect(await sent).toMatchObject({ status: 101 })
  server.closeAllConnections()
  server.close()
})
