import type { Principal } from '@cairn/platform/auth/principal'
import type { AuthSchema } from '@cairn/platform/auth/schema'
import { enterSecurable, updateSecurable } from '@cairn/platform/auth/securables'
import type { Transaction } from '@cairn/platform/db/db'
import type { SecurableUpdate } from './authorship.js'
import type { NamedType } from './names.js'

type Tx = Transaction<Pick<AuthSchema, 'securables' | 'grants'>>

/** Registers a new object as a securable below its parent. Its creator owns it. */
export const enterObject = (
  tx: Tx,
  object: {
    readonly type: NamedType
    readonly id: string
    readonly name: string
    readonly parent_id?: string
  },
  by: Principal,
  now: number,
) => enterSecurable(tx, { ...object, owner: by.id, created_at: now })

/** Changes the name and the owner in the table of securables. */
export const updateEntry = (tx: Tx, type: NamedType, id: string, { new_name, owner }: SecurableUpdate) =>
  updateSecurable(tx, type, id, {
    ...(new_name !== undefined && { name: new_name }),
    ...(owner !== undefined && { owner }),
  })
