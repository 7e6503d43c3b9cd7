import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { testApp } from '../../testing/app.js'
import { deferred } from '../../testing/deferred.js'
import { inProcess } from '../in-process.js'

test('stopping finishes running requests and their in-process calls, and refuses new requests', async () => {
  const started = deferred()
  const resumed = deferred()
  const refused = deferred()
  const served = await testApp(async (app) => {
    const ask = inProcess(app)
    const anyone = { config: { right: 'anyone' } } as const
    app.get('/part', anyone, async () => 'part')
    app.get('/whole', anyone, async () => {
      started.resolve()
      await resumed.promise
      const part = await ask('http://127.0.0.1/part', {})
      return { part: await part.text() }
    })
  })
  onTestFinished(() => served.close())
  await served.app.listen({ host: '127.0.0.1', port: 0 })
  const socket = connect((served.app.server.address() as AddressInfo).port, '127.0.0.1')
  const closed = once(socket, 'close')
  let answers = ''
  socket.on('data', (bytes) => {
    answers += bytes
  })
  const get = (path: string) => socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`)
  get('/whole')
  await started.promise
  const { server } = served.app
  server.on('request', ({ url }) => url === '/part' && refused.resolve())
  const closing = served.app.close()
  while (server.listening) await setImmediate()
  get('/part') // on a connection that is still busy
  await refused.promise
  resumed.resolve()
  await Promise.all([closing, closed])
  expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 503'])
  expect(answers).toContain('{"part":"part"}')
  expect(answers).toContain('"error_code":"TEMPORARILY_UNAVAILABLE"')
})
