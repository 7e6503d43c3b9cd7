import type { ModelVersion, Promotion } from '../api/models.js'

/** A time in which an alias had a version. */
export interface AliasSpan {
  readonly version: string
  readonly from: number
  /** Undefined while the alias has it. */
  readonly to: number | undefined
}

export interface Timeline {
  readonly start: number
  readonly end: number
  /** Creation times of versions, oldest first. */
  readonly versions: readonly { readonly version: string; readonly at: number }[]
  readonly aliases: readonly { readonly alias: string; readonly spans: readonly AliasSpan[] }[]
}

interface TimelineSource {
  readonly versions: readonly Pick<ModelVersion, 'version' | 'creation_timestamp'>[]
  readonly promotions: readonly Promotion[]
  readonly aliases: readonly { readonly alias: string; readonly version: string }[]
  readonly now: number
}

/**
 * Versions and aliases against time. Moves of an alias are known from the decisions of its gate; of an alias without any,
 * only its version of now is, from the creation of that version.
 */
export function timelineOf({ versions, promotions, aliases, now }: TimelineSource): Timeline | undefined {
  if (versions.length === 0) return undefined
  const created = versions
    .map(({ version, creation_timestamp }) => ({ version, at: creation_timestamp }))
    .sort((a, b) => a.at - b.at || Number(a.version) - Number(b.version))
  const moves = promotions
    .filter(({ verdict }) => verdict !== 'failed')
    .sort((a, b) => a.decided_at - b.decided_at)
  const names = [
    ...new Set([...moves.map(({ alias }) => alias), ...aliases.map(({ alias }) => alias)]),
  ].sort()
  return {
    start: created[0]!.at,
    end: now,
    versions: created,
    aliases: names.map((alias) => {
      const current = aliases.find((one) => one.alias === alias)?.version
      const at = created.find(({ version }) => version === current)?.at
      const own = spansOf(
        moves.filter((move) => move.alias === alias),
        current,
        now,
      )
      const known = own.at(-1)?.version === current
      const unknown = current !== undefined && at !== undefined && !known
      return {
        alias,
        spans: unknown ? [...own, { version: current, from: own.at(-1)?.to ?? at, to: undefined }] : own,
      }
    }),
  }
}

/** An alias that has left its last version did so after the last decision, at an unknown time before now. */
function spansOf(moves: readonly Promotion[], current: string | undefined, now: number): AliasSpan[] {
  return moves.map(({ version, decided_at }, index) => {
    const next = moves[index + 1]?.decided_at
    return { version, from: decided_at, to: next ?? (version === current ? undefined : now) }
  })
}
