import type { AlertSchema } from '@cairn/platform/alerts/schema'
import {
  CreateNotificationDestination,
  DeleteNotificationDestination,
  GetNotificationDestination,
  ListNotificationDestinations,
  UpdateNotificationDestination,
} from '@cairn/platform/protocol/databricks/job-notifications'
import { CancelRun, RunNow, SubmitRun } from '@cairn/platform/protocol/databricks/job-runs'
import { CreateJob } from '@cairn/platform/protocol/databricks/jobs'
import { anAlertRule } from '@cairn/platform/testing/alerts'
import { databases } from '@cairn/platform/testing/databases'
import { receiver } from '@cairn/platform/testing/receiver'
import Type from 'typebox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defineTask } from '../task-kinds/task.js'
import { waitForEnd } from '../testing/client.js'
import { type ServedPipelines, servePipelines } from '../testing/serve.js'

const ends = defineTask({
  entry: 'ends',
  parameters: Type.Object({ fails: Type.Optional(Type.Boolean()) }),
  async run({ parameters }) {
    if (parameters.fails) throw new Error('as told')
    return {}
  },
})
const waits = defineTask({
  entry: 'waits',
  parameters: Type.Object({}),
  async run({ signal }) {
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
    throw signal.reason
  },
})
const tasks = (entry: string, parameters = {}) => [{ task_key: 'a', node_task: { entry, parameters } }]
const settings = { webhook_allow_private_ips: true, webhook_allowed_schemes: 'http' }

describe.each(databases)('notifications of runs on %s', (_name, database) => {
  let serving: ServedPipelines
  beforeAll(async () => {
    serving = await servePipelines([ends, waits], { database, settings })
  })
  afterAll(() => serving?.close())

  const destination = (display_name: string, url: string, field = 'generic_webhook') =>
    serving.client(CreateNotificationDestination, { display_name, config: { [field]: { url } } })
  const eventsIn = (received: readonly { body: string }[]) =>
    received.map(({ body }) => (JSON.parse(body) as { event_type: string }).event_type)

  test("report the start, the end and a failure in Databricks' format", async () => {
    await using target = await receiver()
    const { client } = serving
    const { id } = await destination('events', target.url)
    const webhook_notifications = { on_start: [{ id }], on_success: [{ id }], on_failure: [{ id }] }
    const { job_id } = await client(CreateJob, { name: 'told', webhook_notifications, tasks: tasks('ends') })
    const { run_id } = await client(RunNow, { job_id })
    const received = await target.until(2)
    expect(eventsIn(received).toSorted()).toEqual(['jobs.on_start', 'jobs.on_success'])
    expect(JSON.parse(received[0]!.body)).toMatchObject({
      run: { run_id: String(run_id) },
      job: { job_id: String(job_id), name: 'told' },
    })
    await client(SubmitRun, { webhook_notifications, tasks: tasks('ends', { fails: true }) })
    expect(eventsIn(await target.until(4))).toContain('jobs.on_failure')
  })

  test('send a sentence to chats, and omit canceled and skipped runs if configured', async () => {
    await using target = await receiver()
    const { client } = serving
    const { id } = await destination('chat', target.url, 'slack')
    const job = { webhook_notifications: { on_failure: [{ id }] }, tasks: tasks('waits') }
    const quiet = { no_alert_for_canceled_runs: true, no_alert_for_skipped_runs: true }
    for (const notification_settings of [quiet, {}]) {
      const { job_id } = await client(CreateJob, { name: 'chatty', ...job, notification_settings })
      const { run_id } = await client(RunNow, { job_id })
      await client(RunNow, { job_id }) // skipped
      await client(CancelRun, { run_id })
      await waitForEnd(client, run_id)
    }
    const texts = (await target.until(2)).map(({ body }) => (JSON.parse(body) as { text: string }).text)
    expect(texts.map((text) => text.replace(/\d+/, 'N')).toSorted()).toEqual([
      'Run N of chatty failed (CANCELED: The run was canceled.).',
      expect.stringMatching(/^Run N of chatty failed \(MAXIMUM_CONCURRENT_RUNS_REACHED: /),
    ])
    expect(target.received).toHaveLength(2)
  })

  test('raises the alert rules of a job that fails, but not for canceled runs', async () => {
    const { client, context } = serving
    const db = context.db.for<AlertSchema>()
    const { job_id } = await client(CreateJob, { name: 'watched', tasks: tasks('ends', { fails: true }) })
    const { job_id: waiting } = await client(CreateJob, { name: 'canceled', tasks: tasks('waits') })
    const rule = (id: number, enabled: 0 | 1) =>
      anAlertRule({
        ...{ rule_id: `${id}-${enabled}`, securable_type: 'job', securable_id: String(id) },
        ...{ kind: 'job_failed', enabled },
      })
    const rules = [rule(job_id, 1), rule(job_id, 0), rule(waiting, 1)]
    await db.transaction((tx) => tx.insertInto('alert_rules').values(rules).execute())
    const { run_id } = await client(RunNow, { job_id })
    const { run_id: canceled } = await client(RunNow, { job_id: waiting })
    await client(CancelRun, { run_id: canceled })
    await waitForEnd(client, run_id)
    await waitForEnd(client, canceled)
    const alerts = await db.read.selectFrom('alerts').selectAll().execute()
    expect(alerts).toMatchObject([{ rule_id: `${job_id}-1`, run_id: String(run_id), run_name: 'watched' }])
  })

  test('warn once about a run that exceeds its health rule', async () => {
    await using target = await receiver()
    const { client } = serving
    const { id } = await destination('slow', target.url)
    const { run_id } = await client(SubmitRun, {
      health: { rules: [{ metric: 'RUN_DURATION_SECONDS', op: 'GREATER_THAN', value: 1 }] },
      webhook_notifications: { on_duration_warning_threshold_exceeded: [{ id }], on_failure: [{ id }] },
      tasks: tasks('waits'),
    })
    await target.until(1)
    await client(CancelRun, { run_id })
    expect(eventsIn(await target.until(2))).toEqual([
      'jobs.on_duration_warning_threshold_exceeded',
      'jobs.on_failure',
    ])
  })

  test('accept false and empty lists for events that are never sent', async () => {
    const webhook_notifications = { on_maintenance_start: false, on_streaming_backlog_exceeded: [] }
    const created = serving.client(CreateJob, { name: 'quiet', webhook_notifications, tasks: tasks('ends') })
    await expect(created).resolves.toMatchObject({ job_id: expect.any(Number) })
  })

  test('manages destinations without returning their URL', async () => {
    const { client } = serving
    const made = await destination('managed', 'http://127.0.0.1:9/secret')
    expect(made).toMatchObject({
      destination_type: 'WEBHOOK',
      config: { generic_webhook: { url_set: true } },
    })
    expect(JSON.stringify(await client(GetNotificationDestination, { id: made.id }))).not.toContain('secret')
    await client(UpdateNotificationDestination, { id: made.id, display_name: 'renamed' })
    const first = await client(ListNotificationDestinations, { page_size: 1 })
    expect([first.results.length, typeof first.next_page_token]).toEqual([1, 'string'])
    const { results } = await client(ListNotificationDestinations, {})
    expect(results).toContainEqual({ id: made.id, display_name: 'renamed', destination_type: 'WEBHOOK' })
    await expect(destination('renamed', 'http://127.0.0.1:9/')).rejects.toMatchObject({
      code: 'RESOURCE_ALREADY_EXISTS',
    })
    const others = [await destination('second', 'http://127.0.0.1:9/'), made]
    const renamed = await Promise.allSettled(
      others.map(({ id }) => client(UpdateNotificationDestination, { id, display_name: 'wanted by two' })),
    )
    expect(renamed.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(renamed.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'RESOURCE_ALREADY_EXISTS' },
    })
    await client(DeleteNotificationDestination, { id: made.id })
    await expect(client(GetNotificationDestination, { id: made.id })).rejects.toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
    })
    const named = { webhook_notifications: { on_start: [{ id: made.id }] }, tasks: tasks('ends') }
    await expect(client(CreateJob, named)).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringMatching(/^webhook_notifications\.on_start: /),
    })
  })

  test.each([
    [
      'two kinds',
      { slack: { url: 'http://h/' }, generic_webhook: { url: 'http://h/' } },
      /^config: pass one of/,
    ],
    ['no URL', { slack: {} }, /^config\.slack\.url: is required/],
    ['a scheme that is not allowed', { slack: { url: 'file:///etc/passwd' } }, /scheme/],
    ['e-mail', { email: { addresses: ['a@example.org'] } }, /'config\.email' is not supported/],
    [
      'a password',
      { generic_webhook: { url: 'http://h/', password: 'x' } },
      /'config\.generic_webhook\.password'/,
    ],
  ])('a destination with %s is refused', async (_case, config, message) => {
    const made = serving.client(CreateNotificationDestination, { display_name: 'x', config })
    await expect(made).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringMatching(message),
    })
  })
})
