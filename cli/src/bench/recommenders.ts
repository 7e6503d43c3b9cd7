import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { type Field, measureModels, type Row } from '@cairn/pipelines/leaderboard/measure-models'
import { conditions } from './conditions.js'
import { type Leaderboard, leaderboardPage } from './leaderboard-page.js'
import { ProgressLine } from './progress-line.js'
import { WITNESS_PROTOCOLS, type Witnesses } from './protocols-page.js'

/** Measures model after model, showing on stderr where it is. Ctrl-C stops it with what is measured so far. */
export async function measureAll(field: Omit<Field, 'signal'>): Promise<Row[]> {
  const line = new ProgressLine(process.stderr)
  const stop = new AbortController()
  const interrupt = () => stop.abort()
  process.once('SIGINT', interrupt)
  const rows: Row[] = []
  try {
    for await (const row of measureModels({ ...field, signal: stop.signal }, (...now) => line.show(...now)))
      rows.push(row)
  } catch (error) {
    if (!stop.signal.aborted || rows.length === 0) throw error
  } finally {
    process.off('SIGINT', interrupt)
    line.clear()
  }
  return rows
}

export async function runLeaderboard(
  field: Omit<Field, 'protocols'>,
  protocol: string,
): Promise<Leaderboard> {
  const measuredUnder = conditions() // the machine's load before we load it
  const rows = await measureAll({ ...field, protocols: [protocol] })
  return { ...measuredUnder, protocol, rows }
}

export async function runWitnesses(path: string, kinds: readonly string[]): Promise<Witnesses> {
  const measuredUnder = conditions()
  return {
    ...measuredUnder,
    rows: await measureAll({ path, kinds, parameters: {}, protocols: WITNESS_PROTOCOLS }),
  }
}

/** `<folder>/<date>-recommenders-<data>-<protocol>.{md,json}`; answers the name without its ending. */
export function fileLeaderboard(leaderboard: Leaderboard, folder: string): string {
  const { rows, date, protocol } = leaderboard
  const name = rows.flatMap((row) => ('error' in row ? [] : [row.data.name]))[0] ?? 'data'
  const path = join(resolve(folder), `${date}-recommenders-${name}-${protocol}`)
  mkdirSync(resolve(folder), { recursive: true })
  writeFileSync(`${path}.md`, leaderboardPage(leaderboard))
  writeFileSync(`${path}.json`, `${JSON.stringify(leaderboard, null, 2)}\n`)
  return relative('.', path)
}
