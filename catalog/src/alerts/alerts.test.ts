import { type AlertedRun, raiseAlerts } from '@cairn/platform/alerts/raise-alerts'
import type { AlertSchema } from '@cairn/platform/alerts/schema'
import type { AllowedObjects } from '@cairn/platform/auth/object-access'
import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { AuthSchema } from '@cairn/platform/auth/schema'
import { enterSecurable, removeSecurable } from '@cairn/platform/auth/securables'
import type { AlertKind } from '@cairn/platform/protocol/cairn/alerts'
import {
  ExperimentAlertRules,
  JobAlertRules,
  ListAlerts,
  MarkAlertsRead,
} from '@cairn/platform/protocol/cairn/alerts'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import { databases } from '@cairn/platform/testing/databases'
import { receiver } from '@cairn/platform/testing/receiver'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Actor, failure, type TestCatalog, testCatalog } from '../testing/catalog.js'
import { AlertStore } from './alert-store.js'

const settings = { webhook_allow_private_ips: true, webhook_allowed_schemes: 'http' }

describe.each(databases)('alerts on %s', (_, database) => {
  let server: TestCatalog
  let clock = 1_800_000_000_000
  let number = 0
  beforeAll(async () => {
    server = await testCatalog(database, { settings, now: () => clock })
    await server.app.listen({ port: 0, host: '127.0.0.1' })
  })
  afterAll(() => server.close())

  const inTransaction = (work: Parameters<ReturnType<typeof authDb>['transaction']>[0]) =>
    authDb().transaction(work)
  const authDb = () => server.context.db.for<AuthSchema>()
  /** An experiment or a job of the owner, with grants to an actor. */
  async function object(type: 'experiment' | 'job', grantee?: Actor, ...privileges: Privilege[]) {
    const id = String(++number)
    const entry = { type, id, name: `${type} ${id}`, owner: LOCAL_OWNER.id, created_at: clock }
    await inTransaction((tx) => enterSecurable(tx, entry))
    if (grantee) await give(entry, grantee, privileges)
    return entry
  }
  const give = (
    { type, id, name, owner }: Awaited<ReturnType<typeof object>>,
    { principal }: Actor,
    add: readonly Privilege[],
    remove: readonly Privilege[] = [],
  ) =>
    server.context.grants.change(
      { type, id, name, owner },
      [{ principal_id: principal.id, add, remove }],
      LOCAL_OWNER,
    )
  const raise = (kind: AlertKind, type: AlertedRun['type'], objectId: string, runId: string) =>
    server.context.db
      .for<AlertSchema>()
      .transaction((tx) => raiseAlerts(tx, kind, { type, objectId, runId, runName: `run ${runId}` }, clock))

  test('have rules that editors make and readers see, without the URL of the webhook', async () => {
    const [editor, reader, stranger] = [await server.actor(), await server.actor(), await server.actor()]
    const mine = await object('experiment', editor, 'READ EXPERIMENTS', 'EDIT EXPERIMENTS')
    await give(mine, reader, ['READ EXPERIMENTS'])
    const wanted = {
      ...({ id: mine.id, name: 'loss', kind: 'metric_threshold', metric_key: 'loss' } as const),
      ...({ comparison: 'above', threshold: 2, webhook_url: 'http://127.0.0.1:9/secret' } as const),
    }
    const { rule } = await editor.as(ExperimentAlertRules.Create, wanted)
    expect(rule).toMatchObject({ name: 'loss', threshold: 2, has_webhook: true, enabled: true })
    const seen = await reader.as(ExperimentAlertRules.List, { id: mine.id })
    expect(seen).toEqual({ rules: [rule], editable: false })
    expect(JSON.stringify(seen)).not.toContain('secret')
    const stored = () =>
      server.context.db
        .for<AlertSchema>()
        .read.selectFrom('alert_rules')
        .select('webhook_url')
        .where('rule_id', '=', rule.rule_id)
        .executeTakeFirstOrThrow()
    const first = await stored()
    expect(first.webhook_url).toMatch(/^v1\.(?!.*secret)/)
    await editor.as(ExperimentAlertRules.Update, {
      ...{ id: mine.id, rule_id: rule.rule_id, webhook_url: 'http://127.0.0.1:9/other-secret' },
    })
    const second = await stored()
    expect(second.webhook_url).toMatch(/^v1\.(?!.*secret)/)
    expect(second).not.toEqual(first)
    const at = { id: mine.id, rule_id: rule.rule_id }
    const changes = [
      (actor: Actor) => actor.as(ExperimentAlertRules.Create, wanted),
      (actor: Actor) => actor.as(ExperimentAlertRules.Update, { ...at, enabled: false }),
      (actor: Actor) => actor.as(ExperimentAlertRules.Delete, at),
    ]
    for (const change of changes) {
      expect(await failure(change(reader))).toMatchObject({ code: 'PERMISSION_DENIED' })
      expect(await failure(change(stranger))).toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
    }
    expect(await failure(stranger.as(ExperimentAlertRules.List, { id: mine.id }))).toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
    })
    const own = await object('experiment', stranger, 'READ EXPERIMENTS', 'EDIT EXPERIMENTS')
    const elsewhere = { id: own.id, rule_id: rule.rule_id }
    for (const operation of [ExperimentAlertRules.Update, ExperimentAlertRules.Delete])
      expect(await failure(stranger.as(operation, elsewhere))).toMatchObject({
        code: 'RESOURCE_DOES_NOT_EXIST',
      })
    const moved = { securable_id: own.id, created_by: stranger.principal.id, notified: 0 }
    await editor.as(ExperimentAlertRules.Update, { ...at, ...moved, name: 'loss' }) // unknown fields change nothing
    expect(await stranger.as(ExperimentAlertRules.List, { id: own.id })).toMatchObject({ rules: [] })
    await editor.as(ExperimentAlertRules.Create, { ...wanted, ...moved, name: 'another' })
    const changed = await Promise.all([
      editor.as(ExperimentAlertRules.Update, { ...at, webhook_url: '' }),
      editor.as(ExperimentAlertRules.Update, { ...at, threshold: 3 }),
    ])
    expect(changed[0].rule).toMatchObject({ has_webhook: false })
    const now = await reader.as(ExperimentAlertRules.List, { id: mine.id })
    expect(now.rules).toContainEqual({ ...rule, threshold: 3, has_webhook: false })
    await editor.as(ExperimentAlertRules.Delete, at)
    expect(await editor.as(ExperimentAlertRules.List, { id: mine.id })).toMatchObject({
      rules: [{ name: 'another', created_by: editor.principal.name }],
      editable: true,
    })
    await server.context.identities.delete(editor.principal.id)
    expect(await server.owner(ExperimentAlertRules.List, { id: mine.id })).toMatchObject({
      rules: [{ created_by: editor.principal.id }],
    })
  })

  test.each([
    ['experiment', { kind: 'job_failed' }, /^kind: rules of experiments are .*, not 'job_failed'\.$/],
    ['job', { kind: 'run_failed' }, /^kind: /],
    [
      'experiment',
      { kind: 'metric_threshold', metric_key: 'm', comparison: 'above' },
      /^threshold: is required/,
    ],
    ['experiment', { kind: 'run_failed', minutes: 3 }, /^minutes: has no meaning/],
    ['experiment', { kind: 'run_stalled' }, /^minutes: is required/],
    ['experiment', { kind: 'run_stalled', minutes: 0 }, /minutes/],
    ['experiment', { kind: 'nope' }, /kind/],
    ['experiment', { kind: 'run_failed', webhook_url: 'file:///etc/passwd' }, /scheme/],
    ['experiment', { kind: 'run_failed', name: '' }, /name/],
  ] as const)('reject on an %s the rule %j', async (type, rule, message) => {
    const { id } = await object(type)
    const { Create } = type === 'job' ? JobAlertRules : ExperimentAlertRules
    expect(
      await failure(server.owner(Create, { id, name: 'r', ...(rule as { kind: 'run_failed' }) })),
    ).toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringMatching(message),
    })
  })

  test('are raised once of a run, listed for readers, and read by each of them', async () => {
    const [reader, other] = [await server.actor(), await server.actor()]
    const mine = await object('job', reader, 'READ JOBS')
    const { rule } = await server.owner(JobAlertRules.Create, {
      id: mine.id,
      name: 'nightly',
      kind: 'job_failed',
    })
    for (const run of ['1', '1', '2']) {
      clock += 1_000
      await raise('job_failed', 'job', mine.id, run)
    }
    const { alerts, unread } = await reader.as(ListAlerts, {})
    expect(alerts).toMatchObject([
      {
        run_id: '2',
        run_name: 'run 2',
        name: 'nightly',
        object_type: 'job',
        object_name: mine.name,
        read: false,
      },
      { run_id: '1', rule_id: rule.rule_id, kind: 'job_failed' },
    ])
    expect(unread).toBe(2)
    expect(await other.as(ListAlerts, {})).toMatchObject({ alerts: [], unread: 0 })
    const first = await reader.as(ListAlerts, { max_results: 1 })
    const second = await reader.as(ListAlerts, { max_results: 1, page_token: first.next_page_token! })
    expect([first.alerts[0]!.run_id, second.alerts[0]!.run_id, second.next_page_token]).toEqual([
      '2',
      '1',
      null,
    ])
    await reader.as(MarkAlertsRead, { read_until: second.alerts[0]!.created_at })
    expect(await reader.as(ListAlerts, {})).toMatchObject({
      unread: 1,
      alerts: [{ read: false }, { read: true }],
    })
    await reader.as(MarkAlertsRead, { read_until: first.alerts[0]!.created_at })
    await reader.as(MarkAlertsRead, { read_until: 1 })
    expect((await reader.as(ListAlerts, {})).unread).toBe(0)
    await server.owner(JobAlertRules.Update, { id: mine.id, rule_id: rule.rule_id, enabled: false })
    await raise('job_failed', 'job', mine.id, '3')
    expect((await reader.as(ListAlerts, {})).alerts).toHaveLength(2)
    await inTransaction((tx) => removeSecurable(tx, 'job', mine.id))
    expect((await reader.as(ListAlerts, {})).alerts).toEqual([])
  })

  test('count a condition anew when it changes or is enabled, and keep the one of an alert', async () => {
    const { id } = await object('experiment')
    const start = clock
    const { rule } = await server.owner(ExperimentAlertRules.Create, { id, name: 'a', kind: 'run_failed' })
    await raise('run_failed', 'experiment', id, 'named')
    const changedAt = async (change: { name?: string; enabled?: boolean }) => {
      clock += 1_000
      await server.owner(ExperimentAlertRules.Update, { id, rule_id: rule.rule_id, ...change })
      const rows = server.context.db.for<AlertSchema>().read.selectFrom('alert_rules').select('changed_at')
      return (await rows.where('rule_id', '=', rule.rule_id).executeTakeFirstOrThrow()).changed_at
    }
    expect(await changedAt({ name: 'b' })).toBe(start)
    expect(await changedAt({ enabled: false })).toBe(start)
    expect(await changedAt({ enabled: true })).toBe(clock)
    const { alerts } = await server.owner(ListAlerts, {})
    expect(alerts.find(({ run_id }) => run_id === 'named')).toMatchObject({ name: 'a' })
  })

  test('check a bounded number of alerts for a page, and find all', async () => {
    const own = await object('experiment')
    const other = await object('experiment')
    for (const { id } of [own, other])
      await server.owner(ExperimentAlertRules.Create, { id, name: 'r', kind: 'run_failed' })
    for (const [n, { id }] of [own, own, other, other, other, other].entries()) {
      clock += 1_000
      await raise('run_failed', 'experiment', id, `bounded ${n}`)
    }
    const store = new AlertStore(server.context.db.for())
    const only = {
      hasId: (column: string) => sql`${sql.ref(column)} = ${own.id}`,
    } as unknown as AllowedObjects
    const none = { hasId: () => sql`1 = 0` } as unknown as AllowedObjects
    const readable = { experiment: only, job: none }
    const first = await store.list(readable, undefined, 10, 3)
    expect(first.alerts).toEqual([])
    const second = await store.list(readable, first.next, 10, 3)
    expect(second.alerts.map(({ run_id }) => run_id)).toEqual(['bounded 1', 'bounded 0'])
    expect(await store.countUnread(readable, 0, 3)).toBe(0)
    expect(await store.countUnread(readable, 0)).toBe(2)
  })

  test('call the webhook of the rule while its creator may read the object', async () => {
    await using target = await receiver()
    const editor = await server.actor()
    const mine = await object('experiment', editor, 'READ EXPERIMENTS', 'EDIT EXPERIMENTS')
    await editor.as(ExperimentAlertRules.Create, {
      ...{ id: mine.id, name: 'failures', kind: 'run_failed', webhook_url: target.url },
    })
    await raise('run_failed', 'experiment', mine.id, 'a')
    const [call] = await target.until(1)
    expect(JSON.parse(call!.body)).toMatchObject({
      event_type: 'alerts.run_failed',
      text: `failures: Run run a of ${mine.name} failed.`,
      alert: { object_id: mine.id, run_id: 'a', name: 'failures' },
    })
    await give(mine, editor, [], ['READ EXPERIMENTS', 'EDIT EXPERIMENTS'])
    clock += 2_000 // what was decided is remembered for a second
    await raise('run_failed', 'experiment', mine.id, 'b')
    const pending = () =>
      server.context.db
        .for<AlertSchema>()
        .read.selectFrom('alerts')
        .select('run_id')
        .where('notified', '=', 0)
        .execute()
    await expect.poll(pending).toEqual([])
    expect(target.received).toHaveLength(1)
  })

  test('call a URL that does not work once for all of its rules, and again later', async () => {
    let works = false
    await using target = await receiver(() => ({ status: works ? 200 : 503 }))
    const editor = await server.actor()
    const { id } = await object('experiment', editor, 'READ EXPERIMENTS', 'EDIT EXPERIMENTS')
    for (const name of ['one', 'two', 'three'])
      await editor.as(ExperimentAlertRules.Create, { id, name, kind: 'run_failed', webhook_url: target.url })
    await raise('run_failed', 'experiment', id, 'down')
    const waiting = () =>
      server.context.db
        .for<AlertSchema>()
        .read.selectFrom('alert_notifications')
        .select(['attempts', 'url'])
        .where('due_at', '>', clock)
        .where('holder', 'is', null)
        .execute()
    await expect.poll(async () => (await waiting()).length, { timeout: 10_000 }).toBe(3)
    expect((await waiting()).map(({ attempts }) => attempts).sort()).toEqual([0, 0, 1])
    expect(new Set((await waiting()).map(({ url }) => url)).size).toBe(1)
    expect(target.received).toHaveLength(1)
    works = true
    clock += 5_000
    await target.until(4)
    await expect.poll(waiting).toEqual([])
  })
})
