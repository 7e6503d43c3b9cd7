import { RunNow } from '@cairn/platform/protocol/databricks/job-runs'
import { CreateJob } from '@cairn/platform/protocol/databricks/jobs'
import Type from 'typebox'
import { expect, test } from 'vitest'
import type { PipelinesSchema } from '../schema.js'
import { defineTask } from '../task-kinds/task.js'
import { waitForEnd } from '../testing/client.js'
import { servePipelines } from '../testing/serve.js'
import { upstreamValues } from './run-values.js'

const train = defineTask({
  entry: 'train',
  parameters: Type.Object({}),
  run: async ({ taskKey }) => ({ model_id: `m-${taskKey}` }),
})
let found: unknown
let given: unknown
const read = defineTask({
  entry: 'read',
  parameters: Type.Object({ run: Type.String() }),
  async run({ services, taskRunId, values }) {
    given = values
    found = await upstreamValues(services.db.for<PipelinesSchema>(), taskRunId)
    return {}
  },
})

test('a task reads the values of all upstream tasks, whether its settings refer to them or not', async () => {
  const serving = await servePipelines([train, read])
  const after = (...keys: string[]) => ({ depends_on: keys.map((task_key) => ({ task_key })) })
  const node = (entry: string, parameters: Record<string, unknown> = {}) => ({
    node_task: { entry, parameters },
  })
  try {
    const { job_id } = await serving.client(CreateJob, {
      tasks: [
        { task_key: 'a', ...node('train') },
        { task_key: 'b', ...node('train'), ...after('a') },
        { task_key: 'other', ...node('train') },
        { task_key: 'c', ...node('read', { run: '{{tasks.b.values.model_id}}' }), ...after('b') },
      ],
    })
    await waitForEnd(serving.client, (await serving.client(RunNow, { job_id })).run_id)
    expect(given).toEqual({ b: { model_id: 'm-b' } })
    expect(found).toEqual({ a: { model_id: 'm-a' }, b: { model_id: 'm-b' } })
  } finally {
    await serving.close()
  }
})
