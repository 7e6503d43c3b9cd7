import { statSync } from 'node:fs'
import { newFolder } from '@cairn/platform/testing/folders'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { accessToken, removeProfile, serverAddress, writeProfile } from './profile.js'

beforeEach(() => {
  for (const name of ['CAIRN_SERVER', 'MLFLOW_TRACKING_URI', 'CAIRN_TOKEN', 'MLFLOW_TRACKING_TOKEN'])
    vi.stubEnv(name, '')
  vi.stubEnv('XDG_CONFIG_HOME', newFolder())
})
afterEach(() => vi.unstubAllEnvs())

test('a flag wins over the environment, that over what was stored, that over the default', () => {
  expect(serverAddress(undefined)).toEqual({ value: 'http://127.0.0.1:5000', origin: 'default' })
  writeProfile({ server: 'http://stored', token: 't' })
  expect(serverAddress(undefined).value).toBe('http://stored')
  vi.stubEnv('MLFLOW_TRACKING_URI', 'http://mlflow')
  expect(serverAddress(undefined)).toEqual({ value: 'http://mlflow', origin: 'MLFLOW_TRACKING_URI' })
  vi.stubEnv('CAIRN_SERVER', 'http://own')
  expect(serverAddress(undefined).value).toBe('http://own')
  expect(serverAddress('http://flag')).toEqual({ value: 'http://flag', origin: '--server' })
})

test('a tracking URI that is no server is none of ours', () => {
  vi.stubEnv('MLFLOW_TRACKING_URI', 'sqlite:///mlflow.db')
  expect(serverAddress(undefined).origin).toBe('default')
})

test.each(['localhost:5000', 'cairn.example.org', 'http:', 'http://', 'http://[', 'sqlite:///x.db'])(
  '%j is no address, wherever it is said',
  (address) => {
    expect(() => serverAddress(address)).toThrow(`'${address}' is no address of a server`)
    vi.stubEnv('CAIRN_SERVER', address)
    expect(() => serverAddress(undefined)).toThrow(`'CAIRN_SERVER=${address}' is no address of a server`)
  },
)

test('a stored token goes to its own server only, and its file is for its owner only', () => {
  const file = writeProfile({ server: 'http://stored', token: 'secret' })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(accessToken(undefined, 'http://stored')).toBe('secret')
  expect(accessToken(undefined, 'http://other')).toBeUndefined()
  removeProfile()
  expect(accessToken(undefined, 'http://stored')).toBeUndefined()
})
