import type { Principal } from '@cairn/platform/auth/principal'

/** Columns of a new row: its creator owns it. Making it counts as its first update, as some clients need a time. */
export const createdBy = (principal: Principal, now: number) => ({
  owner: principal.id,
  created_at: now,
  created_by: principal.name,
  updated_at: now,
  updated_by: principal.name,
})

export interface Change {
  readonly new_name?: string
  /** Principal id. */
  readonly owner?: string
  readonly comment?: string
  readonly properties?: Readonly<Record<string, string>>
}

/** Columns of an update; fields that are not given stay as they are. An empty comment is none. */
export const changedBy = ({ new_name, owner, comment }: Change, principal: Principal, now: number) => ({
  ...(new_name !== undefined && { name: new_name }),
  ...(owner !== undefined && { owner }),
  ...(comment !== undefined && { comment: comment || null }),
  updated_at: now,
  updated_by: principal.name,
})

export const changedProperties = ({ properties }: Change) =>
  properties === undefined ? {} : { properties: JSON.stringify(properties) }

/** `owner` is the name of the owner in what a store answers, its id where the name is gone. */
export interface Owned {
  readonly owner: string
  readonly owner_name: string | null
}

/** Without the fields that are null: clients in Rust take a missing text, and not one that is null. */
export function withoutNulls<T extends object>(row: T): { [K in keyof T]: Exclude<T[K], null> } {
  const present = Object.entries(row).filter(([, value]) => value !== null)
  return Object.fromEntries(present) as { [K in keyof T]: Exclude<T[K], null> }
}

export const ownerName = ({ owner, owner_name }: Owned) => owner_name ?? owner
