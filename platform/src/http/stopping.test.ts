import { type AddressInfo, connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { testApp } from '../testing/app.js'
import { inProcess } from './in-process.js'

test('what is under way is finished, with what it asks in process, and what still comes is refused', async () => {
  let begun = () => {}
  const isUnderWay = new Promise<void>((resolve) => {
    begun = resolve
  })
  let goOn = () => {}
  const stopped = new Promise<void>((resolve) => {
    goOn = resolve
  })
  const served = await testApp(async (app) => {
    const ask = inProcess(app)
    const anyone = { config: { right: 'anyone' } } as const
    app.get('/part', anyone, async () => 'part')
    app.get('/whole', anyone, async () => {
      begun()
      await stopped
      const part = await ask('http://127.0.0.1/part', {})
      return { part: await part.text() }
    })
  })
  onTestFinished(() => served.close())
  await served.app.listen({ host: '127.0.0.1', port: 0 })
  const socket = connect((served.app.server.address() as AddressInfo).port, '127.0.0.1')
  let answers = ''
  socket.on('data', (bytes) => {
    answers += bytes
  })
  const get = (path: string) => socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`)
  get('/whole')
  await isUnderWay
  const closing = served.app.close()
  await sleep(50)
  get('/part') // on a connection that is still busy
  await sleep(50)
  goOn()
  await closing
  await expect.poll(() => answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 503'])
  expect(answers).toContain('{"part":"part"}')
  expect(answers).toContain('"error_code":"TEMPORARILY_UNAVAILABLE"')
})
