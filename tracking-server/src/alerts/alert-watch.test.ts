import type { AlertRuleRow, AlertSchema } from '@cairn/platform/alerts/schema'
import type { Db } from '@cairn/platform/db/db'
import { EndRunsOfTokens } from '@cairn/platform/protocol/cairn/unfinished-runs'
import { anAlertRule } from '@cairn/platform/testing/alerts'
import { databases } from '@cairn/platform/testing/databases'
import { silentLog } from '@cairn/platform/testing/silent-log'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TrackingSchema } from '../schema.js'
import { type TrackingApp, trackingApp } from '../testing/tracking-app.js'
import { AlertWatch } from './alert-watch.js'
import { MAX_MATCHES, raiseMatches, runsBeyond, stalledRuns } from './rule-matches.js'
import type { StalledRule, ThresholdRule } from './watched-rules.js'

const MINUTE_MS = 60_000

describe.each(databases)('rules for alerts on %s', (_, database) => {
  let tracked: TrackingApp
  let db: Db<TrackingSchema & AlertSchema>
  let watch: AlertWatch
  let count = 0
  beforeAll(async () => {
    tracked = await trackingApp(database)
    db = tracked.context.db.for()
    watch = new AlertWatch({ db, ...tracked.context.events, log: silentLog, now: Date.now })
  })
  afterAll(async () => {
    await watch?.stop()
    await tracked?.close()
  })

  async function addRule(rule: Partial<AlertRuleRow>): Promise<AlertRuleRow> {
    const now = Date.now()
    const row = anAlertRule({ rule_id: `rule-${++count}`, created_at: now, changed_at: now, ...rule })
    await db.transaction((tx) => tx.insertInto('alert_rules').values(row).execute())
    return row
  }
  const alertsOf = async ({ rule_id }: AlertRuleRow) => {
    const rows = await db.read
      .selectFrom('alerts')
      .select(['run_id', 'value'])
      .where('rule_id', '=', rule_id)
      .orderBy('created_at')
      .execute()
    return rows.map(({ run_id, value }) => [run_id, value])
  }
  const log = (run_id: string, key: string, value: number | string, step = 0) =>
    tracked.post('runs/log-metric', { run_id, key, value, timestamp: Date.now(), step })

  test('a run that fails alerts in the request that ends it, once', async () => {
    const rule = await addRule({ kind: 'run_failed' })
    const [failed, finished] = [await tracked.createRun(), await tracked.createRun()]
    for (const status of ['FAILED', 'RUNNING', 'FAILED'])
      await tracked.post('runs/update', { run_id: failed, status, end_time: Date.now() })
    await tracked.post('runs/update', { run_id: finished, status: 'FINISHED' })
    expect(await alertsOf(rule)).toEqual([[failed, null]])
  })

  test('a metric beyond a threshold alerts by its event, once for each run and rule', async () => {
    const before = await tracked.createRun()
    await log(before, 'loss', 5)
    const ended = await tracked.createRun()
    await log(ended, 'loss', 7)
    await tracked.post('runs/update', { run_id: ended, status: 'FINISHED', end_time: Date.now() - MINUTE_MS })
    const above = await addRule({
      kind: 'metric_threshold',
      ...{ metric_key: 'loss', comparison: 'above', threshold: 4 },
    })
    const below = await addRule({
      kind: 'metric_threshold',
      ...{ metric_key: 'auc', comparison: 'below', threshold: 0.5 },
    })
    await watch.turn()
    expect(await alertsOf(above)).toEqual([[before, 5]]) // the other one had ended before
    const [one, other] = [await tracked.createRun(), await tracked.createRun()]
    await log(one, 'loss', 4)
    await log(one, 'loss', 'NaN', 1)
    await log(other, 'accuracy', 100)
    await log(other, 'auc', 0.4)
    await log(one, 'loss', 4.5, 2)
    await expect.poll(() => alertsOf(below)).toEqual([[other, 0.4]])
    await expect
      .poll(() => alertsOf(above))
      .toEqual([
        [before, 5],
        [one, 4.5],
      ])
    await log(one, 'loss', 9, 3)
    await watch.turn()
    expect(await alertsOf(above)).toHaveLength(2)
    await db.transaction((tx) => tx.deleteFrom('alert_rules').execute())
    await watch.turn()
    expect(tracked.context.events.feed.subscribers).toBe(0)
  })

  test('deleted runs that end with their task do not alert', async () => {
    const rule = await addRule({ kind: 'run_failed' })
    const runs = [await tracked.createRun(), await tracked.createRun()]
    await tracked.post('runs/delete', { run_id: runs[0] })
    for (const run_id of runs) await endOfToken(run_id)
    expect(await alertsOf(rule)).toEqual([[runs[1], null]])
  })

  const update = (run_id: string) => tracked.post('runs/update', { run_id, status: 'FAILED' })
  const endOfToken = async (run_id: string) => {
    await db.transaction((tx) =>
      tx.updateTable('runs').set({ creator_token: run_id }).where('run_id', '=', run_id).execute(),
    )
    const end = { token_ids: [run_id], status: 'FAILED' as const, end_time: Date.now() }
    expect(await tracked.context.client()(EndRunsOfTokens, end)).toEqual({ run_ids: [run_id] })
  }
  test.each([
    ['a request', update],
    ['the end of a task', endOfToken],
  ])('alerts of runs that fail by %s are announced, and nothing is without one', async (by, fail) => {
    const experiment_id = await tracked.createExperiment(`announced by ${by}`)
    const { mailbox, unsubscribe } = await tracked.context.events.feed.subscribe()
    const announced = new Set<string>()
    const read = async () => {
      const delivery = await mailbox.take(1_000)
      if (delivery === 'closed') throw new Error('the feed was closed')
      for (const { change } of delivery?.changes ?? [])
        if ('experiment_id' in change && change.experiment_id === experiment_id) announced.add(change.type)
      return announced
    }
    const before = await tracked.createRun({ experiment_id })
    await fail(before)
    await log(before, 'loss', 1) // Events keep their order: one of an alert would come before this one.
    await expect.poll(read, { timeout: 20_000 }).toContain('metrics')
    expect(announced).not.toContain('alert')
    await addRule({ kind: 'run_failed', securable_id: experiment_id })
    await fail(await tracked.createRun({ experiment_id }))
    await expect.poll(read, { timeout: 20_000 }).toContain('alert')
    unsubscribe()
    await db.transaction((tx) => tx.deleteFrom('alert_rules').execute())
  })

  test('more runs than are noticed at once alert at the next evaluations', async () => {
    const [first, ...others] = await Promise.all(
      Array.from({ length: MAX_MATCHES + 1 }, () => tracked.createRun()),
    )
    const runs = [first!, ...others]
    await Promise.all(runs.map((run_id) => log(run_id, 'crowd', 2)))
    const rule = await addRule({
      kind: 'metric_threshold',
      ...{ metric_key: 'crowd', comparison: 'above', threshold: 1 },
    })
    const own = new AlertWatch({ db, ...tracked.context.events, log: silentLog, now: Date.now })
    expect(await runsBeyond(db, rule as ThresholdRule, { now: Date.now() })).toHaveLength(MAX_MATCHES)
    await own.turn() // late events may already alert of the last one
    await own.turn()
    expect(await alertsOf(rule)).toHaveLength(runs.length)
    await own.stop()
    await db.transaction((tx) => tx.deleteFrom('alert_rules').execute())
  })

  test('a condition that was changed meanwhile raises no alert, and an alert keeps the condition that it had', async () => {
    const run_id = await tracked.createRun()
    const rule = await addRule({
      ...{ kind: 'metric_threshold', metric_key: 'k', comparison: 'above', threshold: 1, name: 'before' },
    })
    const matches = [{ run_id, run_name: 'n', value: 2 }]
    await raiseMatches(db, { ...rule, changed_at: rule.changed_at - 1 }, matches, Date.now())
    expect(await alertsOf(rule)).toEqual([])
    await raiseMatches(db, rule, matches, Date.now())
    await db.transaction((tx) => tx.updateTable('alert_rules').set({ name: 'after', threshold: 5 }).execute())
    const alert = await db.read.selectFrom('alerts').selectAll().where('rule_id', '=', rule.rule_id).execute()
    expect(alert).toMatchObject([{ name: 'before', metric_key: 'k', comparison: 'above', threshold: 1 }])
  })

  test('a run that logs nothing for some minutes has stalled, apart from system metrics', async () => {
    const now = Date.now()
    const rule = await addRule({ kind: 'run_stalled', minutes: 10, changed_at: now - 5 * MINUTE_MS })
    const run = async (name: string, startedMinutesAgo: number, loggedMinutesAgo?: number, key = 'loss') => {
      const run_id = await tracked.createRun({
        run_name: name,
        start_time: now - startedMinutesAgo * MINUTE_MS,
      })
      if (loggedMinutesAgo !== undefined)
        await tracked.post('runs/log-metric', {
          ...{ run_id, key, value: 1, timestamp: now - loggedMinutesAgo * MINUTE_MS },
        })
      return run_id
    }
    await run('logs', 60, 1)
    await run('has started', 5)
    await run('silent for days', 10_000, 9_000)
    await run('silent', 60, 12)
    await run('never logged', 12)
    await run('alive, but silent', 12, 1, 'system/cpu')
    const ended = await run('ended', 60, 12)
    await tracked.post('runs/update', { run_id: ended, status: 'FINISHED', end_time: now })
    const found = await stalledRuns(db, rule as StalledRule, now)
    expect(found.map(({ run_name }) => run_name).toSorted()).toEqual([
      'alive, but silent',
      'never logged',
      'silent',
    ])
    await new AlertWatch({ db, ...tracked.context.events, log: silentLog, now: () => now }).turn()
    expect(await alertsOf(rule)).toHaveLength(3)
    expect(await stalledRuns(db, rule as StalledRule, now)).toEqual([])
  })
})
