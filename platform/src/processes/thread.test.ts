import { once } from 'node:events'
import { afterEach, expect, test, vi } from 'vitest'
import { startThread } from './thread.js'

afterEach(() => vi.unstubAllEnvs())

test.each([
  ['built', '1', /\/dist\/testing\/echo\.worker\.js$/],
  ['TypeScript', '', /\/src\/testing\/echo\.worker\.ts$/],
])('starts a thread from a %s file in a source tree, with its data and arguments', async (_, built, file) => {
  vi.stubEnv('RUN_BUILT_MODULES', built)
  const thread = startThread(new URL('../testing/echo.worker.js', import.meta.url), {
    workerData: { seed: 7 },
    argv: ['--factors=8'],
  })
  const [received] = await once(thread, 'message')
  expect(received).toEqual({
    file: expect.stringMatching(file),
    arguments: ['--factors=8'],
    data: { seed: 7 },
    code: 'INVALID_PARAMETER_VALUE',
  })
})
