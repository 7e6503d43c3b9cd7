import type { Principal } from '@cairn/platform/auth/principal'

/** Returns the columns of a new row. Sets `updated_at` too, because some clients require it. */
export const createdBy = (principal: Principal, now: number) => ({
  created_at: now,
  created_by: principal.name,
  updated_at: now,
  updated_by: principal.name,
})

export interface SecurableUpdate {
  readonly new_name?: string
  /** Principal id. */
  readonly owner?: string
  readonly comment?: string
  readonly properties?: Readonly<Record<string, string>>
}

/** Returns the columns of an update. Absent fields are unchanged; an empty comment removes the comment. */
export const changedBy = ({ new_name, comment }: SecurableUpdate, principal: Principal, now: number) => ({
  ...(new_name !== undefined && { name: new_name }),
  ...(comment !== undefined && { comment: comment || null }),
  updated_at: now,
  updated_by: principal.name,
})

export const changedProperties = ({ properties }: SecurableUpdate) =>
  properties === undefined ? {} : { properties: JSON.stringify(properties) }

/** The owner of a row and the owner's name, from joined tables. */
export interface OwnerColumns {
  /** Principal id. */
  readonly owner: string
  /** Null when the principal does not exist. */
  readonly owner_name: string | null
}

export const ownerName = ({ owner, owner_name }: OwnerColumns) => owner_name ?? owner
