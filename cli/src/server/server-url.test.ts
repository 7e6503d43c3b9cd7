import { expect, onTestFinished, test } from 'vitest'
import { testServer } from '../testing/test-server.js'
import { allowedHosts, serverUrl } from './server-url.js'

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

test('the host of the public URL is an allowed one, whatever the port', () => {
  const public_url = 'https://Cairn.example.org:8443/cairn'
  expect(allowedHosts({ allowed_hosts: 'server,*.internal', public_url })).toEqual([
    'server',
    '*.internal',
    'cairn.example.org',
  ])
  expect(allowedHosts({ allowed_hosts: '', public_url: '' })).toEqual([])
})

test.each([
  ...['cairn.example.org', 'ftp://cairn.example.org', 'https:/cairn.example.org', 'https://ada:secret@x'],
  ...['https://x/?next=1', 'https://x/?', 'https://*.example.org', 'https://x:port'],
])('rejects the public URL %s, and shows no password in it', (public_url) => {
  const hosts = () => allowedHosts({ allowed_hosts: '', public_url })
  expect(hosts).toThrow(/^CAIRN_PUBLIC_URL: .* is not the URL of a server: write https:\/\/HOST/)
  expect(hosts).not.toThrow(/secret/)
})

test('a server with a public URL answers requests that a proxy sends for it, and no other host', async () => {
  const env = { CAIRN_AUTH: 'required', CAIRN_PUBLIC_URL: 'https://cairn.example.org' }
  const server = await testServer({ env, services: 'catalog' })
  onTestFinished(() => server.close())
  const status = async (host: string) =>
    (await server.app.inject({ url: '/api/cairn/v1/sign-in', headers: { host } })).statusCode
  expect(await status('cairn.example.org')).toBe(200)
  expect(await status('cairn.example.org:443')).toBe(200)
  expect(await status('evil.example.org')).toBe(403)
})
