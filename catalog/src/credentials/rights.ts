import type { Privilege } from '@cairn/platform/protocol/privileges'

interface Rights {
  readonly read: readonly Privilege[]
  readonly write: readonly Privilege[]
}

/** What access to bytes takes; writing them takes reading them too. */
export const BYTES: Readonly<Record<'table' | 'volume', Rights>> = {
  table: { read: ['SELECT'], write: ['SELECT', 'MODIFY'] },
  volume: { read: ['READ VOLUME'], write: ['READ VOLUME', 'WRITE VOLUME'] },
}
