import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { AuthSchema } from '@cairn/platform/auth/schema'
import { databases } from '@cairn/platform/testing/databases'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TrackingApp, trackingApp } from '../testing/tracking-app.js'

describe.each(databases)('frequent requests with a token on %s', (_name, database) => {
  let tracked: TrackingApp
  let experiment_id: string
  let run_id: string
  beforeAll(async () => {
    tracked = await trackingApp(database)
    experiment_id = await tracked.createExperiment('churn')
    run_id = await tracked.createRun({ experiment_id })
  })
  afterAll(() => tracked.close())

  const change = (
    principal_id: string,
    right: { add?: ['EDIT EXPERIMENTS']; remove?: ['EDIT EXPERIMENTS'] },
  ) =>
    tracked.context.grants.change(
      { type: 'experiment', id: experiment_id, name: 'churn', owner: LOCAL_OWNER.id },
      [{ principal_id, add: right.add ?? [], remove: right.remove ?? [] }],
      LOCAL_OWNER,
    )

  async function member(name: string) {
    const { identities, tokens } = tracked.context
    const { id } = await identities.create('user', name)
    await change(id, { add: ['EDIT EXPERIMENTS'] })
    const { secret, token } = await tokens.issue(id, 'laptop')
    const log = async (run = run_id) => {
      const response = await tracked.app.inject({
        method: 'POST',
        url: '/api/2.0/mlflow/runs/log-metric',
        headers: { authorization: `Bearer ${secret}` },
        payload: { run_id: run, key: 'loss', value: 1, timestamp: 1 },
      })
      return response.statusCode
    }
    return { id, token, log }
  }

  test('are refused at once when the right, the token or the account ends', async () => {
    const { id, token, log } = await member('ada')
    for (let times = 0; times < 3; times++) expect(await log()).toBe(200)
    await change(id, { remove: ['EDIT EXPERIMENTS'] })
    expect(await log()).toBe(404) // hidden
    await change(id, { add: ['EDIT EXPERIMENTS'] })
    for (let times = 0; times < 3; times++) expect(await log()).toBe(200)
    await tracked.context.identities.update(id, { active: false })
    expect(await log()).toBe(401)
    await tracked.context.identities.update(id, { active: true })
    expect(await log()).toBe(200)
    await tracked.context.tokens.revoke(id, token.id)
    expect(await log()).toBe(401)
  })

  test('fail without ending the server while the rights cannot be read', async () => {
    const { log } = await member('bo')
    const unhandled: unknown[] = []
    const note = (error: unknown) => unhandled.push(error)
    process.on('unhandledRejection', note)
    const rename = (from: string, to: string) =>
      tracked.context.db.transaction((tx) =>
        sql`alter table ${sql.table(from)} rename to ${sql.table(to)}`.execute(tx),
      )
    await rename('grants', 'grants_away')
    const status = await log()
    await rename('grants_away', 'grants')
    await new Promise(setImmediate) // rejections are reported after the microtasks
    process.off('unhandledRejection', note)
    expect([status, unhandled]).toEqual([500, []])
    expect(await log()).toBe(200)
  })

  test('are counted in the audit log with their decision, all in one row', async () => {
    const { id, log } = await member('eve')
    for (let times = 0; times < 5; times++) expect(await log()).toBe(200)
    expect(await log('0'.repeat(32))).toBe(404)
    await tracked.app.audit!.flush()
    const rows = await tracked.context.db
      .for<AuthSchema>()
      .read.selectFrom('audit_events')
      .selectAll()
      .where('principal_id', '=', id)
      .orderBy('outcome', 'desc')
      .execute()
    expect(rows.map((row) => [row.action_name, row.outcome, row.count, row.object_id])).toEqual([
      ['logMetric', 'success', 5, experiment_id],
      ['logMetric', 'failed', 1, null],
    ])
  })
})
