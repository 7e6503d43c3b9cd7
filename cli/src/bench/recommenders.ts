import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import {
  type LeaderboardRow,
  type LeaderboardTask,
  measureModels,
} from '@cairn/pipelines/leaderboard/measure-models'
import { ApiError } from '@cairn/platform/errors'
import { conditions } from './conditions.js'
import { type Leaderboard, leaderboardPage } from './leaderboard-page.js'
import { ProgressLine } from './progress-line.js'
import { COMPARED_PROTOCOLS, type ProtocolComparison } from './protocols-page.js'

/** Measures one model after the other, with progress on stderr. Ctrl-C stops and returns the finished rows. */
export async function measureAll(task: Omit<LeaderboardTask, 'signal'>): Promise<LeaderboardRow[]> {
  const line = new ProgressLine(process.stderr)
  const stop = new AbortController()
  const interrupt = () => stop.abort()
  process.once('SIGINT', interrupt)
  const rows: LeaderboardRow[] = []
  try {
    for await (const row of measureModels({ ...task, signal: stop.signal }, (...now) => line.show(...now)))
      rows.push(row)
  } catch (error) {
    if (!stop.signal.aborted) throw error
    if (rows.length === 0) throw new ApiError('ABORTED', 'Stopped before a model was measured.')
  } finally {
    process.off('SIGINT', interrupt)
    line.clear()
  }
  return rows
}

export async function runLeaderboard(
  task: Omit<LeaderboardTask, 'protocols'>,
  protocol: string,
): Promise<Leaderboard> {
  const environment = conditions() // Read first, because it includes the load of the machine.
  const rows = await measureAll({ ...task, protocols: [protocol] })
  return { ...environment, protocol, rows }
}

export async function runReferenceModels(
  path: string,
  kinds: readonly string[],
): Promise<ProtocolComparison> {
  const environment = conditions()
  return {
    ...environment,
    rows: await measureAll({ path, kinds, parameters: {}, protocols: COMPARED_PROTOCOLS }),
  }
}

/** Writes `<folder>/recommenders-<data>-<protocol>.{md,json}`. @returns the path without its extension */
export function writeLeaderboard(leaderboard: Leaderboard, folder: string): string {
  const { rows, protocol } = leaderboard
  const name = rows.flatMap((row) => ('error' in row ? [] : [row.data.name]))[0] ?? 'data'
  const path = join(resolve(folder), `recommenders-${name}-${protocol}`)
  mkdirSync(resolve(folder), { recursive: true })
  writeFileSync(`${path}.md`, leaderboardPage(leaderboard))
  writeFileSync(`${path}.json`, `${JSON.stringify(leaderboard, null, 2)}\n`)
  return relative('.', path)
}
