import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newFolder } from '@cairn/platform/testing/folders'
import { expect, test } from 'vitest'
import { type LeaderboardRow, measureModels } from './measure-models.js'

/** Thirty users who go through forty items in order. */
function walks(): string {
  const path = join(newFolder(), 'walks.txt')
  const lines = Array.from(
    { length: 600 },
    (_, n) => `${1 + (n % 30)} ${1 + (((n % 30) * 3 + Math.floor(n / 30)) % 40)}`,
  )
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

const task = {
  path: walks(),
  parameters: { markov: { smoothing: 1 } },
  protocols: ['loo.full.seenfiltered.v1', 'strong.full.v1'],
  threads: 1,
}

async function rowsOf(kinds: readonly string[], signal?: AbortSignal) {
  const rows: LeaderboardRow[] = []
  const phases = new Set<string>()
  const measured = measureModels({ ...task, kinds, ...(signal && { signal }) }, (kind, phase) =>
    phases.add(`${kind} ${phase}`),
  )
  for await (const row of measured) rows.push(row)
  return { rows, phases: [...phases] }
}

const TIMEOUT_MS = 120_000 // Starts three processes, each of which loads its modules.

test('measures each model in a separate process, and returns a row with the error of one that fails', {
  timeout: TIMEOUT_MS,
}, async () => {
  const { rows, phases } = await rowsOf(['markov', 'rating-bias', 'unheard-of'])
  expect(rows.map(({ kind }) => kind)).toEqual(['markov', 'rating-bias', 'unheard-of'])
  const [markov, bias, unknown] = rows
  expect(bias).toEqual({
    kind: 'rating-bias',
    title: 'Item + user bias',
    error: 'a rating bias needs ratings, but the interactions have none',
  })
  expect(unknown).toMatchObject({ error: expect.stringContaining("Unknown model kind 'unheard-of'") })
  if (!markov || 'error' in markov) throw new Error(`not measured: ${markov?.error}`)
  expect(markov.data).toEqual({ name: 'walks', users: 30, items: 40, events: 600 })
  expect(markov.measurements.map(({ summary }) => summary.protocol)).toEqual(task.protocols)
  expect(markov.peak_memory_bytes).toBeGreaterThan(20e6)
  expect(markov.parameters).toMatchObject({ smoothing: 1, window: 3 })
  expect(phases).toContain('markov read')
  expect(phases).toContain('markov evaluate')
})

test('ends with the reason when it is aborted', async () => {
  await expect(rowsOf(['random'], AbortSignal.timeout(100))).rejects.toThrow('timeout')
})
