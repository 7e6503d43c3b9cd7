import { expect, test } from 'vitest'
import { RequestError } from '../api/http.js'
import { accessTargetsOf } from './access-targets.js'

const refusal = (status: number, missing?: unknown) =>
  new RequestError(status, 'X', 'refused', missing === undefined ? {} : { missing })

test('asks for each securable that the refusal names, by id where names are not unique', () => {
  const missing = [
    { privileges: ['SELECT', 'MODIFY'], securable_type: 'table', securable: 'main.s.t' },
    { privileges: ['USE SCHEMA'], securable_type: 'schema', securable: 'main.s' },
    { privileges: ['EDIT JOBS'], securable_type: 'job', securable: 'nightly', securable_id: '7' },
  ]
  expect(accessTargetsOf(refusal(403, missing), undefined, false)).toEqual([
    { type: 'table', name: 'main.s.t', displayName: 'main.s.t', privilege: 'SELECT' },
    { type: 'schema', name: 'main.s', displayName: 'main.s', privilege: 'USE SCHEMA' },
    { type: 'job', name: '7', displayName: 'nightly', privilege: 'EDIT JOBS' },
  ])
})

test('asks for the object of the page when the refusal does not name one', () => {
  const page = { type: 'experiment', name: '12' } as const
  const target = { type: 'experiment', name: '12', displayName: '12' }
  expect(accessTargetsOf(refusal(404), page, true)).toEqual([target])
  expect(accessTargetsOf(refusal(404), page, false)).toEqual([])
  expect(accessTargetsOf(refusal(403, []), page, false)).toEqual([target])
  expect(accessTargetsOf(refusal(404), undefined, true)).toEqual([])
  expect(accessTargetsOf(refusal(500), page, true)).toEqual([])
  expect(accessTargetsOf(new Error('x'), page, true)).toEqual([])
})
