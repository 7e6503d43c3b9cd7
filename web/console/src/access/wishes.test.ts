import { expect, test } from 'vitest'
import { RequestError } from '../api/http.js'
import { wishesOf } from './wishes.js'

const refusal = (status: number, missing?: unknown) =>
  new RequestError(status, 'X', 'refused', missing === undefined ? {} : { missing })

test('asks for each securable that the refusal names, by id where names are not unique', () => {
  const missing = [
    { privileges: ['SELECT', 'MODIFY'], securable_type: 'table', securable: 'main.s.t' },
    { privileges: ['USE SCHEMA'], securable_type: 'schema', securable: 'main.s' },
    { privileges: ['EDIT JOBS'], securable_type: 'job', securable: 'nightly', securable_id: '7' },
  ]
  expect(wishesOf(refusal(403, missing), undefined)).toEqual([
    { type: 'table', name: 'main.s.t', shown: 'main.s.t', privilege: 'SELECT' },
    { type: 'schema', name: 'main.s', shown: 'main.s', privilege: 'USE SCHEMA' },
    { type: 'job', name: '7', shown: 'nightly', privilege: 'EDIT JOBS' },
  ])
})

test('asks for the object of the page when the refusal does not name one', () => {
  const page = { type: 'experiment', name: '12' } as const
  expect(wishesOf(refusal(404), page)).toEqual([{ type: 'experiment', name: '12', shown: '12' }])
  expect(wishesOf(refusal(403, []), page)).toHaveLength(1)
  expect(wishesOf(refusal(404), undefined)).toEqual([])
  expect(wishesOf(refusal(500), page)).toEqual([])
  expect(wishesOf(new Error('x'), page)).toEqual([])
})
