import { once } from 'node:events'
import { expect, test } from 'vitest'
import { startThread } from './thread.js'

test('starts a thread from TypeScript in a source tree, with its data and arguments', async () => {
  const thread = startThread(new URL('../testing/echo.worker.js', import.meta.url), {
    workerData: { seed: 7 },
    argv: ['--factors=8'],
  })
  const [received] = await once(thread, 'message')
  expect(received).toEqual({ arguments: ['--factors=8'], data: { seed: 7 }, code: 'INVALID_PARAMETER_VALUE' })
})
