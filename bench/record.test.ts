import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test, vi } from 'vitest'
import { currentConditions, recordResult } from './record.js'

test('a second run overwrites the result and adds a row to the history', () => {
  vi.spyOn(console, 'log').mockImplementation(() => {})
  const folder = mkdtempSync(join(tmpdir(), 'cairn-bench-'))
  const results = pathToFileURL(`${folder}/`)
  const conditions = {
    date: '2026-11-28',
    commit: 'abc1234',
    machine: 'X × 2, load 0.1, Node v20',
    command: 'npm run bench -- ease',
  }
  const run = (ratio: number) =>
    recordResult(
      {
        ...conditions,
        name: 'ease',
        headline: `${ratio}× numpy`,
        page: `# EASE\n\n${ratio}\n`,
        data: { ratio },
      },
      results,
    )
  run(0.9)
  run(1.1)
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  expect(read('ease.md')).toBe('# EASE\n\n1.1\n')
  expect(JSON.parse(read('ease.json'))).toEqual({ ...conditions, ratio: 1.1 })
  expect(read('history.md').trim().split('\n').slice(-2)).toEqual([
    '| 2026-11-28 | abc1234 | X × 2, load 0.1 | [ease](ease.md) | 0.9× numpy |',
    '| 2026-11-28 | abc1234 | X × 2, load 0.1 | [ease](ease.md) | 1.1× numpy |',
  ])
})

test('the command of a result names no path of the machine', () => {
  const argv = process.argv
  process.argv = [
    ...argv.slice(0, 2),
    '--python',
    '/srv/venv/bin/python',
    '--data',
    '/home/ada/ml-1m.txt.gz',
    '--rounds',
    '3',
  ]
  const { command } = currentConditions('ials')
  process.argv = argv
  expect(command).toBe('npm run bench -- ials --python VENV/bin/python --data PATH/ml-1m.txt.gz --rounds 3')
})
