import { expect, test } from 'vitest'
import { MLFLOW_ONLY, startServer } from './harness/server.js'

test('a second server on a data folder reports that it is in use, and starts after a crash of the first', async () => {
  await using first = await startServer({ args: MLFLOW_ONLY })
  const { folder, pid } = first
  for (const args of [[], ['--port', new URL(first.url).port]])
    await expect(startServer({ folder, args: [...MLFLOW_ONLY, ...args] })).rejects.toThrow(
      `Another server (process ${pid}) uses the data folder ${folder}`,
    )
  await first.stop('SIGKILL')
  await using _second = await startServer({ folder, args: MLFLOW_ONLY })
})
