import { afterEach, expect, test, vi } from 'vitest'
import { serverUrl } from './server-url.js'

afterEach(() => void vi.unstubAllGlobals())

test.each([
  ['http://127.0.0.1:5000/#/experiments?q=a', 'http://127.0.0.1:5000'],
  ['https://example.com/cairn/#/models/a%2Fb', 'https://example.com/cairn'],
  ['https://example.com/cairn/?x=1#/', 'https://example.com/cairn'],
])('the server of %s is %s', (href, server) => {
  vi.stubGlobal('location', { href })
  expect(serverUrl()).toBe(server)
})
