import type { Privilege } from '@cairn/platform/protocol/privileges'

interface ByteAccess {
  readonly read: readonly Privilege[]
  readonly write: readonly Privilege[]
}

/** Access to the bytes requires all of these privileges. Writing includes reading. */
export const BYTE_PRIVILEGES: Readonly<Record<'table' | 'volume', ByteAccess>> = {
  table: { read: ['SELECT'], write: ['SELECT', 'MODIFY'] },
  volume: { read: ['READ VOLUME'], write: ['READ VOLUME', 'WRITE VOLUME'] },
}
