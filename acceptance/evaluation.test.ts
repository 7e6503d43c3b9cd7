import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { effort, isExhaustive } from './harness/effort.js'
import { python, runPython } from './harness/python.js'
import { Random } from './harness/random.js'
import { root } from './harness/root.js'
import { runProcess } from './harness/run-process.js'
import { cairn } from './harness/server.js'

const USERS = effort(60, 60, 120)

/** Ratings of up to 60 of 300 films per user, many with equal timestamps. */
function ratings(random: Random): string {
  const rows = new Map<string, string>()
  for (let user = 1; user <= USERS; user++)
    for (let n = random.int(5, 60); n > 0; n--) {
      const pair = `${user},${random.int(1, 30) * random.int(1, 10)}`
      rows.set(pair, `${pair},${random.int(1, 10) / 2},${1e9 + random.int(1, 400)}`)
    }
  return ['userId,movieId,rating,timestamp', ...rows.values(), ''].join('\n')
}

const ALL_PROTOCOLS = [
  'loo.full.seenfiltered.v1',
  'loo.pop100.v1',
  'gts.q90.full.seenfiltered.v1',
  'strong.full.v1',
  'rated-only.v1',
]
const PROTOCOLS = ALL_PROTOCOLS.filter((_, position) => isExhaustive || position % 2 === 0)

const without = python ? '' : ' (skipped: TEST_PYTHON names no Python with ranx)'

describe.skipIf(!python)(`the metrics and ranx's${without}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-ranx-'))
  const lists = join(folder, 'lists')
  const ours = new Map<string, { n_users: number; metrics: Record<string, number> }>()
  let theirs: Record<string, Record<string, number>> = {}

  beforeAll(async () => {
    writeFileSync(join(folder, 'ratings.csv'), ratings(new Random(7)))
    writeFileSync(join(folder, 'movies.csv'), 'movieId,title,genres\n1,One (1999),Drama\n')
    for (const protocol of PROTOCOLS) ours.set(protocol, await measure(protocol))
    const files = PROTOCOLS.map((protocol) => join(lists, `random-${protocol}.jsonl`))
    theirs = JSON.parse(
      await runPython(join(root, 'acceptance/evaluation/ranx_metrics.py'), {
        args: files,
        env: { NUMBA_DISABLE_JIT: '1' }, // compiling ranx takes longer than these lists
        timeoutMs: 400_000,
      }),
    )
  }, 600_000)
  afterAll(() => rmSync(folder, { recursive: true }))

  async function measure(protocol: string) {
    const { code, stdout, stderr } = await runProcess(process.execPath, [
      ...[cairn, 'bench', 'recommenders', '--data', folder, '--models', 'random', '--protocol', protocol],
      ...['--lists', lists, '--results', join(folder, 'results'), '--threads', '1', '-o', 'json'],
    ])
    expect(code, stderr).toBe(0)
    const { rows } = JSON.parse(stdout)
    return rows.find((row: { kind: string }) => row.kind === 'random').measurements[0].summary
  }

  test.each(PROTOCOLS)('%s: all metrics of random lists are equal', (protocol) => {
    const { n_users, ...figures } = theirs[`random-${protocol}`]!
    expect(Object.keys(figures)).toHaveLength(7)
    expect(ours.get(protocol)!.n_users).toBe(n_users)
    for (const [name, value] of Object.entries(figures))
      expect(ours.get(protocol)!.metrics[name], name).toBeCloseTo(value, 9)
  })
})
