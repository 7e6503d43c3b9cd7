import { GetJobRun, SubmitRun } from '@cairn/platform/protocol/databricks/job-runs'
import { CreateJob, GetJob, type JobSettings, ResetJob } from '@cairn/platform/protocol/databricks/jobs'
import Type from 'typebox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defineTask } from '../task-kinds/task.js'
import { waitForEnd } from '../testing/client.js'
import { type ServedPipelines, servePipelines } from '../testing/serve.js'

const noop = defineTask({ entry: 'noop', parameters: Type.Object({}), run: async () => ({}) })
const node_task = { entry: 'noop' }

/** Settings of clusters and notifications as databricks-sdk writes them; they have no effect here. */
const CLUSTERED = {
  name: 'clustered',
  job_clusters: [{ job_cluster_key: 'main', new_cluster: { spark_version: '15.4', num_workers: 2 } }],
  email_notifications: { on_failure: ['a@example.com'] },
  environments: [{ environment_key: 'py', spec: { client: '2', dependencies: ['numpy==2.1.0'] } }],
  schedule: {
    quartz_cron_expression: '0 0 6 * * ?',
    timezone_id: 'Asia/Seoul',
    pause_status: 'PAUSED',
  },
  tasks: [
    {
      ...{ task_key: 'a', node_task, job_cluster_key: 'main', environment_key: 'py' },
      new_cluster: { spark_version: '15.4', custom_tags: { team: 'x' } },
      libraries: [{ pypi: { package: 'six==1.17.0', repo: 'https://example.com/simple' } }],
    },
  ],
} satisfies JobSettings

describe('settings of jobs', () => {
  let serving: ServedPipelines
  beforeAll(async () => {
    serving = await servePipelines([noop])
  })
  afterAll(() => serving?.close())

  test('without an effect are stored, and listed as not enforced', async () => {
    const { client } = serving
    const { job_id } = await client(CreateJob, CLUSTERED)
    const read = await client(GetJob, { job_id })
    expect(read.settings).toMatchObject(CLUSTERED)
    expect(read.not_enforced).toEqual([
      'job_clusters',
      'email_notifications',
      'tasks.a.new_cluster',
      'tasks.a.job_cluster_key',
      'tasks.a.environment_key',
      'tasks.a.libraries',
    ])
    await client(ResetJob, { job_id, new_settings: { ...read.settings, name: 'again' } })
    expect((await client(GetJob, { job_id })).settings).toEqual({ ...read.settings, name: 'again' })
  })

  test('of a task are returned with its run', async () => {
    const { tasks, environments } = CLUSTERED
    const { run_id } = await serving.client(SubmitRun, { tasks, environments })
    await waitForEnd(serving.client, run_id)
    const run = await serving.client(GetJobRun, { run_id })
    expect(run.tasks![0]).toMatchObject({ ...tasks[0]!, state: { result_state: 'SUCCESS' } })
  })

  const task = (more: object) => ({ tasks: [{ task_key: 'a', ...more }] })
  const entry = (more: object) => task({ node_task, ...more })
  test.each<[string, object, string]>([
    [
      'unknown field of a job',
      { ...task({ node_task }), git_source: {} },
      "'git_source' is not a known field",
    ],
    ['unknown field of a task', entry({ cluster: 'x' }), "'tasks.cluster' is not a known field"],
    [
      'unknown field of a kind',
      task({ node_task: { entry: 'noop', arguments: [] } }),
      "'tasks.node_task.arg",
    ],
    ['task without a kind', task({}), "'a' needs one of node_task"],
    ['two kinds', entry({ shell_task: { script: 'x' } }), "'a' has node_task and shell_task"],
    ['kind of other products', task({ dbt_task: { commands: [] } }), "'a': dbt_task is not supported"],
    [
      'operator',
      task({ condition_task: { op: 'LIKE', left: '1', right: '2' } }),
      "'tasks[0].condition_task.op'",
    ],
    [
      'nested loop',
      task({ for_each_task: { inputs: '[]', task: { task_key: 'b', for_each_task: {} } } }),
      'for_each_task.task.for_each_task',
    ],
    ['unknown environment', entry({ environment_key: 'x' }), "environment_key 'x' is not one of"],
    ['jar', entry({ libraries: [{ jar: '/x.jar' }] }), "'a': libraries: jar is not supported"],
    [
      'two libraries in one',
      entry({ libraries: [{ whl: 'x', egg: 'y' }] }),
      "'a': libraries: each has one of",
    ],
    [
      'requirement of two lines',
      entry({ libraries: [{ pypi: { package: 'a\n-r /etc/passwd' } }] }),
      "'a': libraries: pypi.package: 'a",
    ],
    [
      'environment that is named twice',
      { ...task({ node_task }), environments: [{ environment_key: 'x' }, { environment_key: 'x' }] },
      "environments: the key 'x' is used twice",
    ],
    [
      'java',
      {
        ...task({ node_task }),
        environments: [{ environment_key: 'x', spec: { java_dependencies: ['x'] } }],
      },
      "'x': java_dependencies is not supported",
    ],
    [
      'file above the folder',
      { ...task({ node_task }), files: { 'a/../../x': '' } },
      "files: 'a/../../x' is not a relative path",
    ],
    ['absolute file', { ...task({ node_task }), files: { '/etc/x': '' } }, "files: '/etc/x' is not"],
    [
      'large files',
      { ...task({ node_task }), files: { x: 'x'.repeat(600_000) } },
      'files: 600000 bytes; at most',
    ],
    ['file that is a folder', { ...task({ node_task }), files: { x: '', 'x/y': '' } }, "files: 'x' is both"],
  ])('are refused: %s', async (_name, settings, message) => {
    await expect(serving.client(CreateJob, settings as never)).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining(message),
    })
  })
})
