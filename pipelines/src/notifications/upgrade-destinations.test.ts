import { Identities } from '@cairn/platform/auth/identities'
import { EVERYONE, LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { AuthSchema } from '@cairn/platform/auth/schema'
import { migrate } from '@cairn/platform/db/migrate'
import { databases } from '@cairn/platform/testing/databases'
import { WebhookSecrets } from '@cairn/platform/webhooks/webhook-secrets'
import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import type { PipelinesSchema } from '../schema.js'
import { upgradeDestinations } from './securable.js'

const FOLDER = new URL('../migrations/', import.meta.url)

test.each(databases)(
  'the upgrade encrypts URLs of earlier releases, and lets everybody use their destinations on %s',
  async (_, database) => {
    const { db: any, close } = await database.open({ isEmpty: true })
    onTestFinished(() => close())
    await migrate(any, 'auth', new URL('./migrations/', import.meta.resolve('@cairn/platform/auth/schema')))
    await new Identities(any.for<AuthSchema>()).ensure(EVERYONE)
    await migrate(any, 'pipelines', FOLDER, { upTo: 10 })
    const db = any.for<PipelinesSchema>()
    await db.transaction(async (tx) => {
      await sql`insert into notification_destinations (id, display_name, destination_type, url, created_at)
        values ('d', 'team', 'SLACK', 'https://a.example/token', 1)`.execute(tx)
      await sql`insert into job_notifications (id, url, body, attempts, created_at, due_at, holder)
        values ('n', 'https://a.example/token', '{}', 0, 1, 1, null), ('gone', 'https://b.example/', '{}', 0, 1, 1, null)`.execute(
        tx,
      )
    })
    await migrate(any, 'pipelines', FOLDER)
    const secrets = new WebhookSecrets('a key')
    const servers = [1, 2].map(() => upgradeDestinations(db, secrets, () => 2))
    expect((await Promise.all(servers)).flat()).toEqual(['team'])
    expect(await upgradeDestinations(db, secrets, () => 3)).toEqual([])

    const [row] = await db.read.selectFrom('notification_destinations').selectAll().execute()
    expect(row!.url).not.toContain('token')
    expect(secrets.unseal(row!.url, 'd')).toBe('https://a.example/token')
    expect(await db.read.selectFrom('job_notifications').selectAll().execute()).toMatchObject([
      { id: 'n', url: 'd', named_by: null },
    ])
    expect(await db.read.selectFrom('grants').selectAll().execute()).toMatchObject([
      { principal_id: EVERYONE.id, securable_id: 'd', privilege: 'USE DESTINATION' },
    ])
    expect(await db.read.selectFrom('securables').selectAll().execute()).toMatchObject([
      { type: 'notification_destination', id: 'd', name: 'team', owner: LOCAL_OWNER.id },
    ])
  },
)
