import type { Config } from '@cairn/platform/config'
import { afterEach, expect, test, vi } from 'vitest'
import { acceptedPlacements } from './placement.js'

afterEach(() => void vi.restoreAllMocks())

const CODE = ['server', 'any']
const JOB_CODE_KINDS = ['server', 'owner']
const NO_CODE = ['server']

test.each<[Config['task_processes'], Config['auth'], number, string[]]>([
  ['on', 'required', 1000, CODE],
  ['off', 'local', 0, NO_CODE],
  ['workers', 'local', 0, NO_CODE],
  ['auto', 'required', 0, CODE],
  ['auto', 'local', 1000, JOB_CODE_KINDS],
  ['auto', 'required', 1000, NO_CODE],
])('with processes %s and auth %s, user %d takes attempts of %j', (task_processes, auth, uid, placements) => {
  vi.spyOn(process, 'getuid').mockReturnValue(uid)
  expect(acceptedPlacements({ task_processes, auth })).toEqual(placements)
})
