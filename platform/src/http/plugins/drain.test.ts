import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { testApp } from '../../testing/app.js'

async function served() {
  const { app, close } = await testApp(async (one) => {
    one.get('/work', { config: { right: 'anyone' } }, async () => 'done')
  })
  onTestFinished(close)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return { app, get: (path: string) => fetch(url + path) }
}

test('a quiet server drains at once', async () => {
  const { app } = await served()
  let isDrained = false
  const drained = app.drain(600_000).then(() => {
    isDrained = true
  })
  await expect.poll(() => isDrained).toBe(true)
  await drained
})

test('while it drains, the server is not ready, answers requests, and ends their connections', async () => {
  const { app, get } = await served()
  expect((await get('/ready')).status).toBe(200)
  expect((await get('/work')).headers.get('connection')).toBe('keep-alive')
  let isDrained = false
  const drained = app.drain(600_000).then(() => {
    isDrained = true
  })
  for (let n = 0; n < 20; n++) {
    const answer = await get('/work')
    expect(answer.status).toBe(200)
    if (!isDrained) expect(answer.headers.get('connection')).toBe('close')
    await sleep(10)
  }
  expect((await get('/ready')).status).toBe(503)
  await drained
})

test('a server that is never quiet drains for its limit', async () => {
  const { app, get } = await served()
  let isDrained = false
  const drained = app.drain(50).then(() => {
    isDrained = true
  })
  while (!isDrained) await get('/work')
  await drained
})
