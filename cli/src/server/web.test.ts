import { gunzipSync } from 'node:zlib'
import { testApp } from '@cairn/platform/testing/app'
import { expect, onTestFinished, test } from 'vitest'
import { web } from './web.js'

test.each(['/', '/movies/'])(
  'keeps the assets of %s in browsers, and asks again for the page',
  async (path) => {
    const { app, close } = await testApp(async (one, context) => one.register(web, { context }))
    onTestFinished(close)
    const page = await app.inject({ url: path })
    expect(page.headers['cache-control']).toBe('public, max-age=0')
    const [asset] = /assets\/[\w.-]+\.js/.exec(page.body) ?? []
    const script = await app.inject({ url: path + asset })
    expect([script.statusCode, script.headers['cache-control']]).toEqual([
      200,
      'public, max-age=31536000, immutable',
    ])
  },
)

test.each(['/', '/movies/'])(
  'sends the files of %s compressed to browsers that accept it, and as they are to others',
  async (path) => {
    const { app, close } = await testApp(async (one, context) => one.register(web, { context }))
    onTestFinished(close)
    const page = await app.inject({ url: path })
    const [script] = /assets\/[\w.-]+\.js/.exec(page.body) ?? []
    const url = path + script
    const [plain, compressed] = [
      await app.inject({ url, headers: { 'accept-encoding': 'identity' } }),
      await app.inject({ url, headers: { 'accept-encoding': 'gzip, deflate, br' } }),
    ]
    expect(plain.headers).not.toHaveProperty('content-encoding')
    expect(compressed.headers).toMatchObject({
      'content-encoding': 'gzip',
      'content-type': plain.headers['content-type'],
      'cache-control': plain.headers['cache-control'],
      vary: expect.stringMatching(/accept-encoding/i),
    })
    expect(gunzipSync(compressed.rawPayload).equals(plain.rawPayload)).toBe(true)
    expect(compressed.rawPayload.length).toBeLessThan(plain.rawPayload.length / 2)
    const head = await app.inject({ method: 'HEAD', url, headers: { 'accept-encoding': 'gzip' } })
    expect([head.statusCode, head.headers['content-length'], head.body]).toEqual([
      200,
      String(compressed.rawPayload.length),
      '',
    ])
  },
)

test.each(['/', '/movies/'])('has no other files at %s', async (path) => {
  const { app, close } = await testApp(async (one, context) => one.register(web, { context }))
  onTestFinished(close)
  const page = await app.inject({ url: path })
  const [script] = /assets\/[\w.-]+\.js/.exec(page.body) ?? []
  for (const encoding of ['gzip', 'identity'])
    for (const file of [
      ...[`${script}.gz`, 'index.html.gz', 'assets/unknown.js', 'assets/'],
      ...['assets/..%2f..%2fpackage.json', 'assets/%2e%2e/%2e%2e/package.json'],
    ]) {
      const response = await app.inject({ url: path + file, headers: { 'accept-encoding': encoding } })
      expect([403, 404], file).toContain(response.statusCode)
      expect(response.headers['cache-control'] ?? '').not.toContain('immutable')
    }
})
