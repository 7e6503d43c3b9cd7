import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { SubmitRun } from '@cairn/platform/protocol/databricks/job-runs'
import { silentLog } from '@cairn/platform/testing/silent-log'
import Type from 'typebox'
import { expect, test } from 'vitest'
import type { PipelinesSchema } from '../schema.js'
import { TaskRegistry } from '../task-kinds/registry.js'
import { defineTask } from '../task-kinds/task.js'
import { taskKinds } from '../tasks/kinds/kinds.js'
import { servePipelines } from '../testing/serve.js'
import { Attempts } from './attempts.js'
import { execute } from './execute.js'
import { TaskSecrets } from './task-secrets.js'

const nothing = defineTask({ entry: 'nothing', parameters: Type.Object({}), run: async () => ({}) })

test('revokes the token of an attempt when it cannot be stored', async () => {
  const { context, client, close } = await servePipelines([nothing], { concurrency: 0 })
  try {
    await client(SubmitRun, { tasks: [{ task_key: 'only', node_task: { entry: 'nothing' } }] })
    const db = context.db.for<PipelinesSchema>()
    const attempts = new Attempts(db, context.now, () => undefined)
    const [queued] = await db.read.selectFrom('task_attempts').select(['task_run_id', 'attempt']).execute()
    const claimed = await attempts.claim(queued!, 'this test', ['server'])
    await context.db.engine.script('drop table task_attempts')
    const options = {
      context,
      db,
      attempts,
      secrets: new TaskSecrets({ context, attempts }),
      registry: new TaskRegistry(taskKinds([nothing], context.config)),
      log: silentLog,
    }
    const result = await execute(claimed!, { ...options, serverUrl: () => '' }, new AbortController())
    expect(result).toMatchObject({ outcome: 'FAILED', error: expect.stringContaining('task_attempts') })
    expect(await context.tokens.list({ principalId: LOCAL_OWNER.id })).toEqual([])
  } finally {
    await close()
  }
})
