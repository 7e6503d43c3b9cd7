import { statSync } from 'node:fs'
import { newFolder } from '@cairn/platform/testing/folders'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { accessToken, linkAddress, removeProfile, serverAddress, writeProfile } from './profile.js'

beforeEach(() => {
  for (const name of [
    'CAIRN_SERVER',
    'MLFLOW_TRACKING_URI',
    'CAIRN_TOKEN',
    'MLFLOW_TRACKING_TOKEN',
    'CAIRN_PUBLIC_URL',
  ])
    vi.stubEnv(name, '')
  vi.stubEnv('XDG_CONFIG_HOME', newFolder())
})
afterEach(() => vi.unstubAllEnvs())

test('prefers the flag, then the environment, then the stored profile, then the default', () => {
  expect(serverAddress(undefined)).toEqual({ value: 'http://127.0.0.1:5000', origin: 'default' })
  writeProfile({ server: 'http://stored', token: 't' })
  expect(serverAddress(undefined).value).toBe('http://stored')
  vi.stubEnv('MLFLOW_TRACKING_URI', 'http://mlflow')
  expect(serverAddress(undefined)).toEqual({ value: 'http://mlflow', origin: 'MLFLOW_TRACKING_URI' })
  vi.stubEnv('CAIRN_SERVER', 'http://own')
  expect(serverAddress(undefined).value).toBe('http://own')
  expect(serverAddress('http://flag')).toEqual({ value: 'http://flag', origin: '--server' })
})

test('ignores an MLFLOW_TRACKING_URI that is not a server', () => {
  vi.stubEnv('MLFLOW_TRACKING_URI', 'sqlite:///mlflow.db')
  expect(serverAddress(undefined).origin).toBe('default')
})

test.each(['localhost:5000', 'cairn.example.org', 'http:', 'http://', 'http://[', 'sqlite:///x.db'])(
  'rejects the address %j in the flag and in the environment',
  (address) => {
    expect(() => serverAddress(address)).toThrow(`'${address}' is not a server address`)
    vi.stubEnv('CAIRN_SERVER', address)
    expect(() => serverAddress(undefined)).toThrow(`'CAIRN_SERVER=${address}' is not a server address`)
  },
)

test('links to the public URL of the server beside it, and to other servers directly', () => {
  expect(linkAddress('http://127.0.0.1:5000')).toBe('http://127.0.0.1:5000')
  vi.stubEnv('CAIRN_PUBLIC_URL', 'https://cairn.example.org/')
  expect(linkAddress('http://127.0.0.1:5000')).toBe('https://cairn.example.org')
  expect(linkAddress('http://other:5000')).toBe('http://other:5000')
})

test('sends a stored token to its server only, and stores it readable by the owner only', () => {
  const file = writeProfile({ server: 'http://stored', token: 'secret' })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(accessToken(undefined, 'http://stored')).toBe('secret')
  expect(accessToken(undefined, 'http://other')).toBeUndefined()
  removeProfile()
  expect(accessToken(undefined, 'http://stored')).toBeUndefined()
})
