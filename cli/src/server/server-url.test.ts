import { expect, test } from 'vitest'
import { serverUrl } from './server-url.js'

test.each([
  ['127.0.0.1', '', 'http://127.0.0.1:5000'],
  ['10.0.0.7', '', 'http://10.0.0.7:5000'],
  ['fd00::7', '', 'http://[fd00::7]:5000'],
  ['0.0.0.0', '', 'http://127.0.0.1:5000'],
  ['::', '', 'http://[::1]:5000'],
  ['0.0.0.0', 'https://cairn.example.org', 'https://cairn.example.org'],
])('a server that listens on %s with the public URL "%s" names itself %s', (host, public_url, url) => {
  expect(serverUrl({ host, public_url }, 5000)).toBe(url)
})
