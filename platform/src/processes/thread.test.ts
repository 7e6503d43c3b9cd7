import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { startThread } from './thread.js'

const { execArgv } = process
afterEach(() => {
  process.execArgv = execArgv
})

test.each([
  ['built', ['--conditions=built-threads'], /\/dist\/testing\/echo\.worker\.js$/],
  ['TypeScript', ['--conditions=source'], /\/src\/testing\/echo\.worker\.ts$/],
])(
  'starts a thread from a %s file in a source tree, with its data and arguments',
  async (_, options, file) => {
    process.execArgv = options
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
  },
)
