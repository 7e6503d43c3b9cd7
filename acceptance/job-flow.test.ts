import { join } from 'node:path'
import { expect, test } from 'vitest'
import { python, runPython } from './harness/python.js'
import { root } from './harness/root.js'
import { startServer } from './harness/server.js'
import { ownersToken } from './harness/tokens.js'

test.skipIf(!python)('databricks-sdk branches, loops, runs other jobs and queries', async () => {
  await using server = await startServer()
  const env = { CAIRN_URL: server.url, CAIRN_TOKEN: await ownersToken(server.url) }
  const said = await runPython(join(root, 'acceptance/clients/databricks_flow.py'), { env })
  expect(said.match(/^ok /gm)).toHaveLength(15)
})
