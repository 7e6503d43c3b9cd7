import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { ListJobRuns } from '@cairn/platform/protocol/databricks/job-runs'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import { CreateJob, DeleteJob, UpdateJob } from '@cairn/platform/protocol/databricks/jobs'
import { testApp } from '@cairn/platform/testing/app'
import { databases } from '@cairn/platform/testing/databases'
import { silentLog } from '@cairn/platform/testing/silent-log'
import Type from 'typebox'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Wakeup } from '../flow/wakeup.js'
import { JobStore } from '../jobs/store.js'
import { pipelines } from '../plugin.js'
import { RunStore } from '../runs/store.js'
import type { PipelinesSchema } from '../schema.js'
import { defineTask } from '../task-kinds/task.js'
import { TriggerStore } from '../triggers/store.js'
import { Scheduler } from './scheduler.js'

const noop = defineTask({ entry: 'noop', parameters: Type.Object({}), run: async () => ({}) })
const tasks = [{ task_key: 'a', node_task: { entry: 'noop' } }]
const NIGHTLY = { quartz_cron_expression: '0 30 2 * * ?', timezone_id: 'UTC' }

describe.each(databases)('triggers on %s', (_name, database) => {
  /** Servers on one database, whose clock the test sets. No worker takes the tasks. */
  async function aServer() {
    let time = Date.parse('2026-11-29T00:00:00Z')
    const now = () => time
    const app = await testApp(
      async (server, context) => void (await server.register(pipelines, { context, tasks: [noop] })),
      {
        database,
        now,
      },
    )
    onTestFinished(() => app.close())
    const { context } = app
    const db = context.db.for<PipelinesSchema>()
    const runs = new RunStore(db, now, () => undefined)
    const scheduler = () =>
      new Scheduler({
        ...{ context, runs, triggers: new TriggerStore(db, now), jobs: new JobStore(db, now) },
        ...{ wakeup: new Wakeup(), log: silentLog },
      })
    const client = context.client()
    return {
      client,
      context,
      now,
      db,
      scheduler,
      setTime(text: string) {
        time = Date.parse(`2026-${text}Z`)
      },
      /** Moves the clock, and runs several servers at the same time. */
      async at(text: string, servers = 2) {
        time = Date.parse(`2026-${text}Z`)
        await Promise.all(Array.from({ length: servers }, () => scheduler().turn('times')))
      },
      aJob: async (settings: JobSettings) =>
        (await client(CreateJob, { name: 'j', tasks, ...settings })).job_id,
      /** The start times of the runs of a job, oldest first, with their trigger and result. */
      async runsOf(job_id: number) {
        const found = await client(ListJobRuns, { job_id, limit: 100 })
        return found.runs
          .map(({ start_time, trigger, state }) => [
            new Date(start_time).toISOString().slice(5, 16),
            trigger,
            state.result_state ?? state.life_cycle_state,
          ])
          .reverse()
      },
      async endRuns(job_id: number) {
        for (const run of (await client(ListJobRuns, { job_id, active_only: true })).runs)
          await runs.stop(run.run_id, 'CANCELED')
      },
    }
  }

  test('a schedule starts one run each time, with several servers', async () => {
    const { at, aJob, runsOf, endRuns } = await aServer()
    const job = await aJob({ schedule: NIGHTLY })
    await at('11-29T02:29:59')
    expect(await runsOf(job)).toEqual([])
    await at('11-29T02:30:00', 4)
    await at('11-29T02:30:01', 4)
    await endRuns(job)
    await at('11-30T02:30:05', 4)
    expect(await runsOf(job)).toEqual([
      ['11-29T02:30', 'PERIODIC', 'CANCELED'],
      ['11-30T02:30', 'PERIODIC', 'RUNNING'],
    ])
  })

  test('starts one run for the times that passed while no server ran', async () => {
    const { at, aJob, runsOf, endRuns } = await aServer()
    const job = await aJob({ schedule: NIGHTLY })
    await at('12-05T12:00:00')
    await endRuns(job)
    await at('12-05T12:00:01')
    await at('12-06T02:30:00')
    expect((await runsOf(job)).map(([time]) => time)).toEqual(['12-05T12:00', '12-06T02:30'])
  })

  test('a clock that is set back neither stops a schedule nor starts its runs at once', async () => {
    const { at, aJob, runsOf, endRuns } = await aServer()
    const job = await aJob({ schedule: NIGHTLY })
    await at('12-20T12:00:00') // a wrong clock: one run, and the next one is due on 21 December
    await endRuns(job)
    await at('11-29T12:00:00')
    await at('11-29T12:00:01')
    await at('11-30T02:30:00')
    expect((await runsOf(job)).map(([time]) => time).toSorted()).toEqual(['11-30T02:30', '12-20T12:00'])
  })

  test('a periodic trigger keeps its rhythm', async () => {
    const { at, aJob, runsOf, endRuns, client } = await aServer()
    const job = await aJob({ trigger: { periodic: { interval: 2, unit: 'HOURS' } } })
    for (const time of ['01:59:59', '02:00:07', '02:00:08', '04:00:00', '09:13:00', '10:00:00']) {
      await at(`11-29T${time}`)
      await endRuns(job)
      await client(UpdateJob, { job_id: job, new_settings: { description: time } })
    }
    expect((await runsOf(job)).map(([time]) => time)).toEqual([
      '11-29T02:00',
      '11-29T04:00',
      '11-29T09:13',
      '11-29T10:00',
    ])
  })

  test('skips, queues once or starts overlapping runs, by the settings of the job', async () => {
    const { at, aJob, runsOf } = await aServer()
    const schedule = { quartz_cron_expression: '0 0 * * * ?', timezone_id: 'UTC' }
    const skips = await aJob({ schedule })
    const queues = await aJob({ schedule, queue: { enabled: true } })
    const overlaps = await aJob({ schedule, max_concurrent_runs: 3 })
    for (const hour of ['01', '02', '03']) await at(`11-29T${hour}:00:00`)
    const states = async (job: number) => (await runsOf(job)).map(([, , state]) => state)
    expect(await states(skips)).toEqual([
      'RUNNING',
      'MAXIMUM_CONCURRENT_RUNS_REACHED',
      'MAXIMUM_CONCURRENT_RUNS_REACHED',
    ])
    expect(await states(queues)).toEqual(['RUNNING', 'QUEUED'])
    expect(await states(overlaps)).toEqual(['RUNNING', 'RUNNING', 'RUNNING'])
  })

  test('follows paused, changed and deleted triggers', async () => {
    const { at, aJob, runsOf, client } = await aServer()
    const job_id = await aJob({ schedule: { ...NIGHTLY, pause_status: 'PAUSED' } })
    const deleted = await aJob({ schedule: NIGHTLY })
    await client(DeleteJob, { job_id: deleted })
    await at('11-29T03:00:00')
    expect(await runsOf(job_id)).toEqual([])
    await client(UpdateJob, { job_id, new_settings: { schedule: { ...NIGHTLY, pause_status: 'UNPAUSED' } } })
    await at('11-29T03:00:01')
    expect(await runsOf(job_id)).toEqual([])
    const earlier = { ...NIGHTLY, quartz_cron_expression: '0 0 1 * * ?' }
    await client(UpdateJob, { job_id, new_settings: { schedule: earlier } })
    await at('11-30T01:00:00')
    expect(await runsOf(job_id)).toHaveLength(1)
    await client(UpdateJob, { job_id, fields_to_remove: ['schedule'] })
    await at('12-02T02:00:00')
    expect(await runsOf(job_id)).toHaveLength(1)
    expect(await runsOf(deleted)).toEqual([])
  })

  test('of many jobs are planned within the same minute', async () => {
    const { at, aJob, runsOf } = await aServer()
    const jobs = await Promise.all(Array.from({ length: 5 }, () => aJob({ schedule: NIGHTLY })))
    await at('11-29T02:31:00', 3)
    for (const job of jobs) expect(await runsOf(job)).toHaveLength(1)
  })

  test('starts a run later that cannot start at its time, and does not stop others', async () => {
    const { scheduler, setTime, aJob, runsOf, db } = await aServer()
    const fails = await aJob({ schedule: NIGHTLY })
    const starts = await aJob({ schedule: NIGHTLY })
    const write = (settings: string) =>
      db.transaction((tx) => tx.updateTable('jobs').set({ settings }).where('job_id', '=', fails).execute())
    const { settings } = await db.read
      .selectFrom('jobs')
      .select('settings')
      .where('job_id', '=', fails)
      .executeTakeFirstOrThrow()
    await write('{')
    const one = scheduler()
    setTime('11-29T02:30:00')
    await one.turn('times')
    expect([await runsOf(fails), (await runsOf(starts)).length]).toEqual([[], 1])
    await write(settings)
    setTime('11-29T02:30:04')
    await one.turn('times')
    expect(await runsOf(fails)).toEqual([])
    setTime('11-29T02:30:05')
    await one.turn('times')
    expect((await runsOf(fails)).map(([time]) => time)).toEqual(['11-29T02:30'])
  })

  test('parks a trigger that cannot be planned for an hour, without stopping others', async () => {
    const { at, aJob, runsOf, db } = await aServer()
    const broken = await aJob({ schedule: NIGHTLY })
    const starts = await aJob({ schedule: NIGHTLY })
    const write = (trigger_spec: string) =>
      db.transaction((tx) =>
        tx.updateTable('job_triggers').set({ trigger_spec }).where('job_id', '=', broken).execute(),
      )
    await write(JSON.stringify({ kind: 'schedule', ...NIGHTLY, timezone_id: 'Mars/Olympus' }))
    await at('11-29T02:30:00')
    expect([await runsOf(broken), (await runsOf(starts)).length]).toEqual([[], 1])
    await write(JSON.stringify({ kind: 'schedule', ...NIGHTLY }))
    await at('11-29T03:29:59')
    expect(await runsOf(broken)).toEqual([])
    await at('11-29T03:30:00')
    expect((await runsOf(broken)).map(([time]) => time)).toEqual(['11-29T03:30'])
  })

  test('a continuous job has one run at a time, and starts the next one when it ends', async () => {
    const { at, aJob, runsOf, endRuns } = await aServer()
    const job = await aJob({ continuous: { pause_status: 'UNPAUSED' } })
    await at('11-29T00:00:00', 4)
    await at('11-29T00:00:02', 4)
    expect(await runsOf(job)).toEqual([['11-29T00:00', 'CONTINUOUS', 'RUNNING']])
    await endRuns(job)
    await at('11-29T00:01:00', 4)
    expect((await runsOf(job)).map(([time]) => time)).toEqual(['11-29T00:00', '11-29T00:01'])
  })

  test('reads tables in a separate loop, which does not delay schedules', async () => {
    const { context, db, scheduler, setTime, now } = await aServer()
    const trigger = { table_update: { table_names: ['main.a.t'] } }
    await new JobStore(db, now).create({ tasks, trigger }, LOCAL_OWNER)
    const one = scheduler()
    const issued = async () =>
      (await context.tokens.list({ principalId: LOCAL_OWNER.id })).filter(
        ({ label }) => label === 'triggers of jobs',
      )
    setTime('11-29T00:00:15')
    await one.turn('times')
    expect(await issued()).toEqual([])
    await one.turn('data')
    expect(await issued()).toHaveLength(1)
  })
})
