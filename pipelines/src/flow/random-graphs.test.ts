import { setTimeout as sleep } from 'node:timers/promises'
import { GetRunProgress } from '@cairn/platform/protocol/cairn/run-progress'
import { SubmitRun } from '@cairn/platform/protocol/databricks/job-runs'
import type { TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import fc from 'fast-check'
import Type from 'typebox'
import { describe, expect, test } from 'vitest'
import type { TaskResult } from '../schema.js'
import { defineTask } from '../task-kinds/task.js'
import { backends } from '../testing/backends.js'
import { waitForEnd } from '../testing/client.js'
import { graphs } from '../testing/graphs.js'
import { existingDatabase, servePipelines } from '../testing/serve.js'
import { evaluateRunIf } from './run-if.js'

const RUNS = 25
const events: { task: string; attempt: number; event: 'start' | 'end' }[] = []

const act = defineTask({
  entry: 'act',
  parameters: Type.Object({ fails: Type.Integer(), ms: Type.Integer() }),
  async run({ parameters, runId, taskKey, attempt }) {
    const task = `${runId}/${taskKey}`
    events.push({ task, attempt, event: 'start' })
    await sleep(parameters.ms)
    events.push({ task, attempt, event: 'end' })
    if (attempt <= parameters.fails) throw new Error(`attempt ${attempt} fails`)
    return {}
  },
})

const withBehaviour = (tasks: TaskSettings[]) =>
  fc
    .tuple(...tasks.map(() => fc.record({ fails: fc.nat(2), ms: fc.nat(20), max_retries: fc.nat(1) })))
    .map((behaviours) =>
      tasks.map((task, i) => {
        const { max_retries, ...parameters } = behaviours[i]!
        return { ...task, max_retries, node_task: { entry: 'act', parameters } }
      }),
    )

describe.each(backends)('two workers on %s', (_name, backend) => {
  test('end runs of random graphs with random failures, obey every run_if, and never run a task twice at once', {
    timeout: 300_000,
  }, async () => {
    events.length = 0
    const one = await servePipelines([act], backend)
    const two = await servePipelines([act], {
      ...backend,
      database: existingDatabase(one.context.config.database_url),
    })
    const sampled = fc.sample(graphs(8).chain(withBehaviour), RUNS)
    const ids = await Promise.all(
      sampled.map(async (tasks) => (await one.client(SubmitRun, { tasks })).run_id),
    )
    for (const [i, run_id] of ids.entries()) {
      await waitForEnd(two.client, run_id)
      const { tasks } = await two.client(GetRunProgress, { run_id })
      const results = new Map(tasks.map((task) => [task.task_key, task.result as TaskResult]))
      for (const task of sampled[i]!) {
        const attempts = events.filter((event) => event.task === `${run_id}/${task.task_key}`)
        expectInOrder(attempts)
        const allowed = results.get(task.task_key)
        const upstream = task.depends_on!.map((upstreamTask) => results.get(upstreamTask.task_key)!)
        const expected = task.disabled ? 'DISABLED' : evaluateRunIf(task.run_if!, upstream)
        if (expected !== 'RUN') expect([allowed, attempts.length]).toEqual([expected, 0])
        else {
          const { fails } = task.node_task!.parameters as { fails: number }
          expect(allowed).toBe(fails <= task.max_retries! ? 'SUCCESS' : 'FAILED')
          expect(attempts.length).toBe(2 * Math.min(fails + 1, task.max_retries! + 1))
        }
      }
    }
    await two.close()
    await one.close()
  })
})

/** start 1, end 1, start 2, end 2, … */
function expectInOrder(attempts: readonly { attempt: number; event: string }[]) {
  expect(attempts.map(({ attempt, event }) => `${event} ${attempt}`)).toEqual(
    attempts.map((_, i) => `${i % 2 === 0 ? 'start' : 'end'} ${Math.floor(i / 2) + 1}`),
  )
}
