import type { Principal } from '@cairn/platform/auth/principal'
import { groupBy } from '@cairn/platform/collections/group-by'
import type { Config } from '@cairn/platform/config'
import type { Transaction } from '@cairn/platform/db/db'
import { ApiError } from '@cairn/platform/errors'
import { sql } from 'kysely'
import type { WorkspaceBlobRow, WorkspaceSchema } from '../schema.js'

type Tx = Transaction<WorkspaceSchema>

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
      `'${name}' owns ${count} objects of the workspace, and may own ${workspace_objects}: delete some, or raise CAIRN_WORKSPACE_OBJECTS.`,
    )
}

/** The contents of a principal exceed its limit. Freeing its replaced and deleted contents may help. */
export class BytesExceededError extends ApiError {
  readonly owner: string

  constructor(owner: string, message: string) {
    super('INVALID_STATE', message)
    this.owner = owner
  }
}

export interface WrittenContent {
  readonly object_id: number
  readonly blob_key: string
  readonly size: number
  /** The size of the content that it replaces; 0 without one. */
  readonly replacedSize: number
  /** True if the owner's replaced and deleted contents have been freed. */
  readonly hasFreed: boolean
}

/**
 * Charges a content to the owner of its object, in the transaction that writes it. Replaced contents count until they are freed.
 * Once they are freed, the content that is being replaced no longer counts, and a principal above a lowered limit may still
 * shrink its files.
 *
 * @throws BytesExceededError
 */
export async function chargeBytes(
  tx: Tx,
  { object_id, blob_key, size, replacedSize, hasFreed }: WrittenContent,
  by: Principal,
  { workspace_bytes }: Quota,
): Promise<void> {
  const { owner } = await tx
    .selectFrom('securables')
    .select('owner')
    .where('type', 'in', TYPES)
    .where('id', '=', String(object_id))
    .executeTakeFirstOrThrow()
  await tx.updateTable('workspace_blobs').set({ owner, size }).where('blob_key', '=', blob_key).execute()
  const bytes = await addBytes(tx, owner, size)
  const counted = hasFreed ? bytes - replacedSize : bytes
  const mayShrink = hasFreed && size <= replacedSize
  if (workspace_bytes === 0 || mayShrink || counted <= workspace_bytes) return
  // Only the owner may learn how much it owns.
  const [who, much] = owner === by.id ? [`'${by.name}'`, counted] : ['The owner of this file', 'more']
  throw new BytesExceededError(
    owner,
    `${who} may own ${workspace_bytes} bytes of the workspace, and would own ${much}: delete some, or raise CAIRN_WORKSPACE_BYTES.`,
  )
}

/** Subtracts deleted blobs from the usage of their owners, in the transaction that deletes them. */
export async function refundBytes(
  tx: Tx,
  deleted: readonly Pick<WorkspaceBlobRow, 'owner' | 'size'>[],
): Promise<void> {
  const byOwner = groupBy(
    deleted.filter(({ owner }) => owner !== null),
    ({ owner }) => owner!,
  )
  // A fixed order keeps transactions of several servers from deadlocking.
  for (const [owner, blobs] of [...byOwner].sort(([a], [b]) => (a < b ? -1 : 1)))
    await addBytes(tx, owner, -blobs.reduce((sum, { size }) => sum + size!, 0))
}

async function addBytes(tx: Tx, owner: string, size: number): Promise<number> {
  const { bytes } = await tx
    .insertInto('workspace_usage')
    .values({ owner, bytes: size })
    .onConflict((on) => on.column('owner').doUpdateSet({ bytes: sql`workspace_usage.bytes + ${size}` }))
    .returning('bytes')
    .executeTakeFirstOrThrow()
  return Number(bytes)
}
