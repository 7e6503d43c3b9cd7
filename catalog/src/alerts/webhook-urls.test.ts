import type { AlertSchema } from '@cairn/platform/alerts/schema'
import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { AuthSchema } from '@cairn/platform/auth/schema'
import { enterSecurable } from '@cairn/platform/auth/securables'
import type { Db } from '@cairn/platform/db/db'
import { migrate } from '@cairn/platform/db/migrate'
import { anAlertRule } from '@cairn/platform/testing/alerts'
import { databases } from '@cairn/platform/testing/databases'
import { readable } from '@cairn/platform/webhooks/notifier'
import { newNotification } from '@cairn/platform/webhooks/outbox'
import { WebhookSecrets } from '@cairn/platform/webhooks/webhook-secrets'
import { expect, onTestFinished, test } from 'vitest'
import { AlertRuleStore } from './rule-store.js'
import { WebhookUrls } from './webhook-urls.js'

const FOLDER = new URL('./migrations/', import.meta.resolve('@cairn/platform/auth/schema'))
const URL_OF_TEAM = 'https://a.example/token'
const OBJECT = { type: 'experiment', id: '0' } as const

const run = { run_id: '1', run_name: 'a', name: 'r', kind: 'run_failed', created_at: 1 } as const
const none = { metric_key: null, comparison: null, threshold: null, minutes: null, value: null }
const alert = { alert_id: 'r.1', rule_id: 'r', ...run, ...none, notified: 1 } as const
const call = (id: string, url = URL_OF_TEAM) => newNotification({ id, url, body: '{}' }, 1)
const addObject = (db: Db<unknown>) =>
  db
    .for<AuthSchema>()
    .transaction((tx) => enterSecurable(tx, { ...OBJECT, name: 'e', owner: LOCAL_OWNER.id, created_at: 1 }))

test.each(databases)(
  'the upgrade encrypts the URLs of rules of earlier releases, and calls them on %s',
  async (_, database) => {
    const { db: any, close } = await database.open({ isEmpty: true })
    onTestFinished(() => close())
    await migrate(any, 'auth', FOLDER, { upTo: 21 })
    const db = any.for<AlertSchema>()
    await addObject(any)
    await db.transaction(async (tx) => {
      const rules = [anAlertRule({ webhook_url: URL_OF_TEAM }), anAlertRule({ rule_id: 'silent' })]
      await tx.insertInto('alert_rules').values(rules).execute()
      await tx
        .insertInto('alerts')
        .values([alert, { ...alert, alert_id: 'silent.1', rule_id: 'silent' }])
        .execute()
      await tx
        .insertInto('alert_notifications')
        .values([call('r.1'), call('deleted.1')])
        .execute()
    })
    await migrate(any, 'auth', FOLDER)
    const secrets = new WebhookSecrets('a key')
    const urls = new WebhookUrls(db, secrets)
    await Promise.all([urls, new WebhookUrls(db, secrets)].map((server) => server.upgrade()))

    const stored = await db.read.selectFrom('alert_rules').select('webhook_url').orderBy('rule_id').execute()
    expect(stored).toEqual([{ webhook_url: expect.stringMatching(/^v1\./) }, { webhook_url: null }])
    const waiting = await db.read.selectFrom('alert_notifications').selectAll().execute()
    expect(waiting).toEqual([{ ...call('r.1'), url: 'r' }])
    expect(await urls.urlOf(waiting[0]!)).toBe(URL_OF_TEAM)
    expect(await urls.urlOf({ id: 'silent.1' })).toBeUndefined()
    expect(await urls.urlOf({ id: 'deleted.1' })).toBeUndefined()

    expect(await readable(['r', 'deleted'], urls)).toEqual(['r', 'deleted'])
    const other = new WebhookUrls(db, new WebhookSecrets('another key'))
    expect(await readable(['r', 'deleted'], other)).toEqual(['deleted'])
    await other.upgrade()
    expect(await urls.withOtherKey()).toEqual([])

    const [{ webhook_url }] = stored as [(typeof stored)[number]]
    const digest = urls.receiverOf({ rule_id: 'r', webhook_url })
    const twin = { rule_id: 'twin', webhook_url: secrets.seal(URL_OF_TEAM, 'twin') }
    expect(urls.receiverOf(twin)).toBe(digest)
    expect(other.receiverOf(twin)).toBe('twin')
  },
)

test.each(databases)(
  'waiting calls are left to a server with the key of the URL, also when it is set again, on %s',
  async (_, database) => {
    const { db: any, close } = await database.open()
    onTestFinished(() => close())
    const db = any.for<AlertSchema>()
    const [first, second] = ['a key', 'another key'].map((key) => {
      const secrets = new WebhookSecrets(key)
      return {
        ...{ urls: new WebhookUrls(db, secrets), rules: new AlertRuleStore(db, secrets, () => 1) },
        sealed: (id: string) => secrets.seal(URL_OF_TEAM, id),
      }
    }) as [Server, Server]
    await addObject(any)
    const digest = first.urls.receiverOf({ rule_id: 'r', webhook_url: first.sealed('r') })
    await db.transaction(async (tx) => {
      const rules = ['r', 's'].map((rule_id) => anAlertRule({ rule_id, webhook_url: first.sealed(rule_id) }))
      await tx.insertInto('alert_rules').values(rules).execute()
      const alerts = [alert, { ...alert, alert_id: 's.1', rule_id: 's' }]
      await tx.insertInto('alerts').values(alerts).execute()
      await tx
        .insertInto('alert_notifications')
        .values(alerts.map(({ alert_id }) => call(alert_id, digest)))
        .execute()
    })
    const waiting = () =>
      db.read.selectFrom('alert_notifications').select(['id', 'url']).orderBy('id').execute()
    const readableBy = async ({ urls }: Server) =>
      readable([...new Set((await waiting()).map(({ url }) => url))], urls)
    expect([await readableBy(first), await readableBy(second)]).toEqual([[digest], []])

    await second.rules.update(OBJECT, 'r', { webhook_url: URL_OF_TEAM }, () => undefined)
    const [moved, kept] = (await waiting()) as [{ id: string; url: string }, { url: string }]
    expect(kept.url).toBe(digest)
    expect([await readableBy(first), await readableBy(second)]).toEqual([[digest], [moved.url]])
    expect(await second.urls.urlOf(moved)).toBe(URL_OF_TEAM)

    await second.rules.update(OBJECT, 's', { webhook_url: null }, () => undefined)
    expect([await readableBy(first), await readableBy(second)]).toEqual([['s'], [moved.url, 's']])
    await first.rules.delete(OBJECT, 'r')
    expect(await readableBy(first)).toEqual([moved.url, 's'])
    expect(await first.urls.urlOf(moved)).toBeUndefined()
  },
)

interface Server {
  readonly urls: WebhookUrls
  readonly rules: AlertRuleStore
  readonly sealed: (ruleId: string) => string
}
