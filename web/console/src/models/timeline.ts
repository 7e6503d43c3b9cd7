import type { AliasMove, ModelVersion } from '../api/models.js'

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
  /** Newest first. */
  readonly moves: readonly AliasMove[]
  readonly aliases: readonly { readonly alias: string; readonly version: string }[]
  readonly now: number
}

/**
 * Versions and aliases against time. An alias that was set by an older release has no moves: only its version of now is
 * known, from the creation of that version.
 */
export function timelineOf({ versions, moves, aliases, now }: TimelineSource): Timeline | undefined {
  if (versions.length === 0) return undefined
  const created = versions
    .map(({ version, creation_timestamp }) => ({ version, at: creation_timestamp }))
    .sort((a, b) => a.at - b.at || Number(a.version) - Number(b.version))
  const oldestFirst = moves.toReversed()
  const names = [
    ...new Set([...oldestFirst.map(({ alias }) => alias), ...aliases.map(({ alias }) => alias)]),
  ].sort()
  return {
    start: created[0]!.at,
    end: now,
    versions: created,
    aliases: names.map((alias) => {
      const current = aliases.find((one) => one.alias === alias)?.version
      const at = created.find(({ version }) => version === current)?.at
      const own = spansOf(
        oldestFirst.filter((move) => move.alias === alias),
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

/** An alias that moved without a record, by an older release, left its version at an unknown time before now. */
function spansOf(moves: readonly AliasMove[], current: string | undefined, now: number): AliasSpan[] {
  return moves.flatMap(({ version, moved_at }, index) => {
    if (version === undefined) return [] // the alias was deleted
    const next = moves[index + 1]?.moved_at
    return [{ version, from: moved_at, to: next ?? (version === current ? undefined : now) }]
  })
}
