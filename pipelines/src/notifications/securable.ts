import type { Naming, Namings } from '@cairn/platform/auth/naming'
import { EVERYONE, LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { enterSecurable } from '@cairn/platform/auth/securables'
import type { Db } from '@cairn/platform/db/db'
import { missing } from '@cairn/platform/errors'
import type { WebhookSecrets } from '@cairn/platform/webhooks/webhook-secrets'
import type { PipelinesSchema } from '../schema.js'

export const DESTINATION = 'notification_destination'

export const noSuchDestination = (id: string) => missing(`Notification destination '${id}' does not exist.`)

/** How requests name notification destinations: by id. */
export function destinationNamings(): Namings {
  const destination_id: Naming = {
    find: async (names) => new Map(names.map((name) => [name, [name]])),
    absent: noSuchDestination,
    nothing: '',
  }
  return { destination_id }
}

/**
 * Encrypts the URLs of destinations of earlier releases and enters them. They belong to the local owner, and everybody may use
 * them as before.
 *
 * @returns their names
 */
export async function upgradeDestinations(
  db: Db<PipelinesSchema>,
  secrets: WebhookSecrets,
  now: () => number,
): Promise<string[]> {
  const old = await db.read
    .selectFrom('notification_destinations')
    .selectAll()
    .where('url', 'not like', 'v1.%')
    .execute()
  const upgraded: string[] = []
  for (const { id, display_name: name, url, created_at } of old)
    await db.transaction(async (tx) => {
      const { numUpdatedRows } = await tx
        .updateTable('notification_destinations')
        .set({ url: secrets.seal(url, id) })
        .where('id', '=', id)
        .where('url', '=', url) // another server was first
        .executeTakeFirstOrThrow()
      if (numUpdatedRows === 0n) return
      await enterSecurable(tx, { type: DESTINATION, id, name, owner: LOCAL_OWNER.id, created_at })
      const grant = { principal_id: EVERYONE.id, securable_type: DESTINATION, securable_id: id } as const
      await tx
        .insertInto('grants')
        .values({
          ...{ ...grant, privilege: 'USE DESTINATION', granted_by: LOCAL_OWNER.name, granted_at: now() },
        })
        .execute()
      upgraded.push(name)
    })
  return upgraded
}
