import type { Principal } from '@cairn/platform/auth/principal'
import type { Config } from '@cairn/platform/config'
import type { Transaction } from '@cairn/platform/db/db'
import { ApiError } from '@cairn/platform/errors'
import { sql } from 'kysely'
import type { WorkspaceSchema } from '../schema.js'

type Tx = Pick<Transaction<WorkspaceSchema>, 'selectFrom'>

/** Limits of one principal; 0 for no limit. */
export type Quota = Pick<Config, 'workspace_objects' | 'workspace_bytes'>

const TYPES = ['directory', 'notebook', 'file'] as const

/** @throws INVALID_STATE for an owner of too many objects */
export async function requireObjects(
  tx: Tx,
  { id, name }: Principal,
  { workspace_objects }: Quota,
): Promise<void> {
  if (workspace_objects === 0) return
  const { count } = await tx
    .selectFrom('securables')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('owner', '=', id)
    .where('type', 'in', TYPES)
    .executeTakeFirstOrThrow()
  if (Number(count) >= workspace_objects)
    throw new ApiError(
      'INVALID_STATE',
      `'${name}' owns ${count} objects of the workspace, and may own ${workspace_objects}: delete some, or raise workspace_objects.`,
    )
}

/**
 * Checks the bytes of the owner of an object that was just written.
 *
 * @throws INVALID_STATE when they are too many
 */
export async function requireBytes(
  tx: Tx,
  objectId: number,
  by: Principal,
  { workspace_bytes }: Quota,
): Promise<void> {
  if (workspace_bytes === 0) return
  // Ids of other types are not numbers, and PostgreSQL may cast them before it compares the type.
  const ownId = sql<number>`case when owned.type in ('notebook', 'file') then cast(owned.id as bigint) end`
  const { owner, bytes } = await tx
    .selectFrom('securables as written')
    .innerJoin('securables as owned', 'owned.owner', 'written.owner')
    .innerJoin('workspace_objects as object', (join) => join.on('object.object_id', '=', ownId))
    .select((eb) => ['written.owner', eb.fn.sum<number>('object.size').as('bytes')])
    .where('written.type', 'in', TYPES)
    .where('written.id', '=', String(objectId))
    .where('owned.type', 'in', TYPES)
    .groupBy('written.owner')
    .executeTakeFirstOrThrow()
  if (Number(bytes) <= workspace_bytes) return
  // How much somebody owns is not for others.
  const [who, much] = owner === by.id ? [`'${by.name}'`, bytes] : ['The owner of this file', 'more']
  throw new ApiError(
    'INVALID_STATE',
    `${who} may own ${workspace_bytes} bytes of the workspace, and would own ${much}: delete some, or raise workspace_bytes.`,
  )
}
