import Type from 'typebox'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { invalid } from '../../errors.js'
import { operation } from '../../protocol/operation.js'
import { type TestApp, testApp } from '../../testing/app.js'
import { handle } from '../handle.js'
import { OFFLOADED_BYTES } from './offloaded-body.js'

const PutText = operation({
  id: 'putText',
  method: 'POST',
  path: '/api/cairn/v1/texts',
  summary: 'Put a text',
  right: { privilege: 'READ MODELS', on: 'metastore' },
  input: Type.Object({ text: Type.String() }),
  output: Type.Object({ read: Type.String(), bytes: Type.Number() }),
})

let served: TestApp
let isReady: boolean
beforeEach(() => {
  isReady = true
})
beforeAll(async () => {
  served = await testApp(async (app) => {
    handle(app, PutText, async ({ text }) => ({ read: 'here', bytes: text.length }), {
      isReady: () => isReady,
      handle: async (bytes, query) => {
        if ('refuse' in (query as object)) throw invalid('Refused elsewhere.')
        return { read: 'elsewhere', bytes: bytes.length }
      },
    })
  })
})
afterAll(() => served.close())

async function put(bytes: number, query = '') {
  const payload = JSON.stringify({ text: 'x'.repeat(bytes - '{"text":""}'.length) })
  const headers = { 'content-type': 'application/json' }
  const answer = await served.app.inject({ method: 'POST', url: PutText.path + query, payload, headers })
  return { status: answer.statusCode, ...answer.json() }
}

test('passes on a large body unparsed and parses any other', async () => {
  expect(await put(OFFLOADED_BYTES)).toEqual({ status: 200, read: 'elsewhere', bytes: OFFLOADED_BYTES })
  expect(await put(OFFLOADED_BYTES - 1)).toMatchObject({ status: 200, read: 'here' })
})

test('parses a large body while the handler is not ready', async () => {
  isReady = false
  expect(await put(OFFLOADED_BYTES)).toMatchObject({ status: 200, read: 'here' })
})

test('returns the errors of the handler like its own', async () => {
  expect(await put(OFFLOADED_BYTES, '?refuse=1')).toEqual({
    status: 400,
    error_code: 'INVALID_PARAMETER_VALUE',
    message: 'Refused elsewhere.',
  })
})
