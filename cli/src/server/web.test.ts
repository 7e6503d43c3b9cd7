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
