import { setTimeout as sleep } from 'node:timers/promises'
import { pipelines } from '@cairn/pipelines/plugin'
import { defineTask } from '@cairn/pipelines/task-kinds/task'
import type { Client } from '@cairn/platform/protocol/client'
import {
  CancelRun,
  GetJobRun,
  GetRunOutput,
  type JobRun,
  RepairRun,
  SubmitRun,
} from '@cairn/platform/protocol/databricks/job-runs'
import type { Sweep } from '@cairn/platform/protocol/databricks/sweeps'
import { CreateExperiment, DeleteExperiment } from '@cairn/platform/protocol/mlflow/experiments'
import { GetRun, LogBatch, type Run, SearchRuns } from '@cairn/platform/protocol/mlflow/runs'
import { AnyJson } from '@cairn/platform/protocol/wire'
import { type TestApp, testApp } from '@cairn/platform/testing/app'
import { databases } from '@cairn/platform/testing/databases'
import { tracking } from '@cairn/tracking-server/plugin'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let failing = new Set<number>()

/** Logs `x` as its metric at step 0, and waits to be stopped if `x` is below zero. */
const trial = defineTask({
  entry: 'trial',
  parameters: AnyJson(),
  async run({ parameters, mlflowRunId, client, signal }) {
    const { x } = parameters as { x: number }
    const metrics = [{ key: 'score', value: x, timestamp: Date.now(), step: 0 }]
    await client(LogBatch, { run_id: mlflowRunId!, metrics })
    if (failing.has(x)) throw new Error(`${x} fails`)
    if (x >= 0) return { x }
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    throw signal.reason
  },
})
const silent = defineTask({ entry: 'silent', parameters: AnyJson(), run: async () => ({}) })
const returns = defineTask({
  entry: 'returns',
  parameters: AnyJson(),
  run: async ({ parameters }) => ({ score: -(parameters as { x: number }).x }),
})

const grid = (values: number[], more: Partial<Sweep> = {}): Sweep => ({
  method: 'grid',
  parameters: { x: { values } },
  objective: { metric: 'score', goal: 'maximize' },
  ...more,
})

describe.each(databases)('sweeps on %s', (_name, database) => {
  let served: TestApp
  let call: Client
  beforeAll(async () => {
    served = await testApp(
      async (app, context) => {
        await app.register(tracking, { context })
        await app.register(pipelines, { context, tasks: [trial, silent, returns], concurrency: 4 })
      },
      { database },
    )
    await served.app.listen({ port: 0, host: '127.0.0.1' })
    call = served.context.client()
  })
  afterAll(() => served?.close())

  const submit = async (
    sweep: Sweep,
    { entry = 'trial', experiment = '/sweeps', more = [] as object[] } = {},
  ) => {
    const parameters = entry === 'silent' ? {} : { x: '{{input.x}}' }
    const task = { task_key: 'one', node_task: { entry, parameters } }
    const each = { task_key: 'search', for_each_task: { sweep, concurrency: 4, task } }
    const tags = { 'cairn.experiment': experiment }
    return (await call(SubmitRun, { tasks: [each, ...more] as never, tags })).run_id
  }
  const endOf = async (run_id: number): Promise<JobRun> => {
    for (;;) {
      const run = await call(GetJobRun, { run_id })
      if (run.status.state === 'TERMINATED') return run
      await sleep(20)
    }
  }
  const sweepOf = (run: JobRun) => run.tasks!.find(({ task_key }) => task_key === 'search')!
  const trialsOf = async (run: JobRun) => (await call(GetJobRun, { run_id: sweepOf(run).run_id })).iterations!
  const outputOf = async (run: JobRun) => call(GetRunOutput, { run_id: sweepOf(run).run_id })
  const mlflowRun = async (run_id: string) => (await call(GetRun, { run_id })).run
  const tagsOf = ({ data }: Run) => Object.fromEntries(data.tags!.map(({ key, value }) => [key, value]))
  const paramsOf = ({ data }: Run) => Object.fromEntries(data.params!.map(({ key, value }) => [key, value]))
  /** Runs are ended after their job. */
  const ended = async (run_id: string) => {
    for (;;) {
      const run = await mlflowRun(run_id)
      if (run.info.status !== 'RUNNING') return run
      await sleep(20)
    }
  }

  test('each trial is a run with its parameters below one parent, which names the best', async () => {
    const after = {
      ...{ task_key: 'use', depends_on: [{ task_key: 'search' }] },
      node_task: { entry: 'returns', parameters: { x: '{{tasks.search.values.best.x}}' } },
    }
    const done = await endOf(await submit(grid([1, 5, 3]), { more: [after] }))
    expect(done.state).toMatchObject({ result_state: 'SUCCESS' })
    const [used] = done.tasks!.filter(({ task_key }) => task_key === 'use')
    const { node_task_output: use } = await call(GetRunOutput, { run_id: used!.run_id })
    expect(use!.values).toEqual({ score: -5 })
    const trials = await trialsOf(done)
    expect(trials.map(({ input, objective }) => [input, objective])).toEqual([
      ...[[{ x: 1 }, 1] as const, [{ x: 5 }, 5] as const, [{ x: 3 }, 3] as const],
    ])
    const { sweep, node_task_output } = await outputOf(done)
    const best = trials[1]!
    expect(sweep).toEqual({
      ...{ mlflow_run_id: sweepOf(done).mlflow_run_id, experiment_id: expect.any(String) },
      ...{ metric: 'score', goal: 'maximize' },
      best: {
        ...{ iteration: 1, run_id: best.run_id, mlflow_run_id: best.mlflow_run_id },
        ...{ value: 5, parameters: { x: 5 } },
      },
    })
    expect(node_task_output!.values).toEqual({
      ...{ iterations: 3, succeeded: 3, failed: 0, mlflow_run_id: sweep!.mlflow_run_id },
      ...{ best_run_id: best.mlflow_run_id, best_value: 5, 'best.x': 5 },
    })
    const parent = await ended(sweep!.mlflow_run_id)
    expect(parent.info).toMatchObject({ status: 'FINISHED', run_name: 'search' })
    expect(tagsOf(parent)).toMatchObject({
      ...{ 'cairn.best_run_id': best.mlflow_run_id, 'cairn.best.x': '5' },
      'cairn.job_run_id': String(done.run_id),
    })
    const children = await call(SearchRuns, {
      experiment_ids: [sweep!.experiment_id],
      filter: `tags.\`mlflow.parentRunId\` = '${sweep!.mlflow_run_id}'`,
    })
    expect(children.runs!.map((run) => paramsOf(run).x).sort()).toEqual(['1', '3', '5'])
    expect(new Set(children.runs!.map(({ info }) => info.status))).toEqual(new Set(['FINISHED']))
  })

  test('a value of the task is the metric of a trial that logs none', async () => {
    const sweep = grid([3, 1, 2], { objective: { metric: 'score', goal: 'minimize' } })
    const { best } = (await outputOf(await endOf(await submit(sweep, { entry: 'returns' })))).sweep!
    expect(best).toMatchObject({ value: -3, parameters: { x: 3 } })
    const { data } = await mlflowRun(best!.mlflow_run_id)
    expect(data.metrics!.map(({ key, value }) => [key, value])).toEqual([['score', -3]])
  })

  test('early stopping ends a bad trial as pruned, which does not fail the sweep', async () => {
    const early_stop = { min_trials: 2 }
    const done = await endOf(await submit(grid([1, 2, -1], { early_stop })))
    expect(done.state.result_state).toBe('SUCCESS')
    const pruned = (await trialsOf(done))[2]!
    expect(pruned).toMatchObject({ pruned: true, objective: -1, state: { result_state: 'CANCELED' } })
    expect(pruned.state.state_message).toBe('Pruned at step 0: -1 is worse than 1.5, the median of 2 trials.')
    expect(sweepOf(done).for_each_task!.stats!.task_run_stats).toMatchObject({
      ...{ succeeded_iterations: 2, failed_iterations: 0, pruned_iterations: 1 },
    })
    const run = await mlflowRun(pruned.mlflow_run_id!)
    expect(run.info.status).toBe('KILLED')
    expect(tagsOf(run)).toMatchObject({ 'cairn.pruned': 'true' })
  })

  test('a repair continues below the same parent, and keeps trials that succeeded', async () => {
    failing = new Set([2])
    const failed = await endOf(await submit(grid([1, 2])))
    expect(failed.state.result_state).toBe('FAILED')
    expect((await outputOf(failed)).sweep!.best!.value).toBe(1)
    const parent = sweepOf(failed).mlflow_run_id!
    expect((await ended(parent)).info.status).toBe('FAILED')
    failing = new Set()
    await call(RepairRun, { run_id: failed.run_id, rerun_all_failed_tasks: true })
    const repaired = await endOf(failed.run_id)
    expect(repaired.state.result_state).toBe('SUCCESS')
    expect((await outputOf(repaired)).sweep!).toMatchObject({ mlflow_run_id: parent, best: { value: 2 } })
    expect((await ended(parent)).info.status).toBe('FINISHED')
  })

  test('cancel ends the trials and their runs', async () => {
    const run_id = await submit(grid([-1, -2, -3, -4, -5]))
    let trials: Awaited<ReturnType<typeof trialsOf>> = []
    while (trials.filter(({ status }) => status.state === 'RUNNING').length < 4) {
      trials = await trialsOf(await call(GetJobRun, { run_id }))
      await sleep(20)
    }
    await call(CancelRun, { run_id })
    const canceled = await endOf(run_id)
    expect(canceled.state.result_state).toBe('CANCELED')
    expect((await ended(sweepOf(canceled).mlflow_run_id!)).info.status).toBe('KILLED')
    for (const { mlflow_run_id } of await trialsOf(canceled))
      if (mlflow_run_id) expect((await ended(mlflow_run_id)).info.status).toBe('KILLED')
  })

  test('a sweep fails whose trials log no metric, or whose experiment cannot be used', async () => {
    const none = sweepOf(await endOf(await submit(grid([1]), { entry: 'silent' })))
    expect(none.state).toMatchObject({
      result_state: 'FAILED',
      state_message: "No trial that succeeded has the metric 'score'.",
    })
    const { experiment_id } = await call(CreateExperiment, { name: '/deleted' })
    await call(DeleteExperiment, { experiment_id })
    const refused = sweepOf(await endOf(await submit(grid([1]), { experiment: '/deleted' })))
    expect(refused.state.result_state).toBe('FAILED')
    expect(refused.state.state_message).toMatch(/deleted|active/)
  })
})
