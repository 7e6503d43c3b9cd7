/**
 * Scoring and explaining with an XGBoost model against the library on one thread, in alternating rounds; the minimum of all rounds
 * counts. The margins must be bit-equal.
 *
 * npm run bench -- xgboost-scoring --python VENV/bin/python [--rounds 5]
 */
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { XgboostExplainer } from '@cairn/flavors/xgboost/explainer'
import { readXgboost } from '@cairn/flavors/xgboost/read'
import { XgboostScorer } from '@cairn/flavors/xgboost/scorer'
import type { MeasurementConditions } from '@cairn/platform/statistics/measurement-conditions'
import { currentConditions, recordResult } from './record.js'

const { values: flags } = parseArgs({
  options: {
    python: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    trees: { type: 'string', default: '300' },
    depth: { type: 'string', default: '6' },
    rows: { type: 'string', default: '50000' },
    features: { type: 'string', default: '20' },
  },
})

/** Microseconds per row. */
interface Cost {
  readonly wall: number
  readonly cpu: number
}
const WAYS = ['batch', 'batch_dmatrix', 'single', 'explained'] as const
type Costs = Partial<Record<(typeof WAYS)[number], Cost>>

function cost(count: number, work: () => void): Cost {
  work()
  const [wall, cpu] = [performance.now(), process.cpuUsage()]
  work()
  const { user, system } = process.cpuUsage(cpu)
  return { wall: ((performance.now() - wall) * 1000) / count, cpu: (user + system) / count }
}

function ours(scorer: XgboostScorer, rows: Float32Array): Costs {
  const { features } = scorer
  const explainer = new XgboostExplainer(scorer)
  const row = (index: number) => rows.subarray(index * features, (index + 1) * features)
  const each = (count: number, work: (row: Float32Array) => unknown) =>
    cost(count, () => {
      for (let index = 0; index < count; index++) work(row(index))
    })
  return {
    batch: cost(rows.length / features, () => scorer.margins(rows)),
    single: each(5_000, (one) => scorer.margins(one)),
    explained: each(100, (one) => explainer.contributions(one)),
  }
}

const least = (rounds: readonly Costs[], way: (typeof WAYS)[number]): Cost | undefined => {
  const all = rounds.flatMap((round) => round[way] ?? [])
  if (all.length === 0) return undefined
  return { wall: Math.min(...all.map((one) => one.wall)), cpu: Math.min(...all.map((one) => one.cpu)) }
}

const floats = async (path: string) => new Float32Array(new Uint8Array(await readFile(path)).buffer)

async function main(python: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-xgboost-'))
  try {
    const script = new URL('./xgboost-scoring.py', import.meta.url).pathname
    const run = (...args: string[]) => execFileSync(python, [script, ...args], { encoding: 'utf8' })
    const { trees, depth, rows: count, features } = flags
    run('train', folder, trees, depth, count, features)
    const [rows, margins] = [await floats(join(folder, 'rows')), await floats(join(folder, 'margins'))]
    const bytes = await readFile(join(folder, 'model.ubj'))
    const started = performance.now()
    const scorer = new XgboostScorer(readXgboost(bytes, 'model.ubj'))
    const load = performance.now() - started
    const same = Buffer.compare(Buffer.from(scorer.margins(rows).buffer), Buffer.from(margins.buffer)) === 0
    if (!same) throw new Error('The margins differ from those of XGBoost')
    const [cairn, library]: Costs[][] = [[], []]
    let version = ''
    for (let round = 0; round < Number(flags.rounds); round++) {
      cairn!.push(ours(scorer, rows))
      const theirs = JSON.parse(run('measure', folder)) as Costs & { version: string }
      library!.push(theirs)
      version = theirs.version
    }
    report({ version, load, megabytes: bytes.length / 1e6, cairn: cairn!, library: library! })
  } finally {
    await rm(folder, { recursive: true })
  }
}

interface Result {
  readonly version: string
  readonly load: number
  readonly megabytes: number
  readonly cairn: readonly Costs[]
  readonly library: readonly Costs[]
}

function report(result: Result): void {
  const conditions = currentConditions('xgboost-scoring')
  const { python: _, ...settings } = flags
  const ratio = (way: (typeof WAYS)[number]) =>
    (least(result.library, way)!.cpu / least(result.cairn, way)!.cpu).toFixed(2)
  recordResult({
    ...conditions,
    name: 'xgboost-scoring',
    headline: `batch ${ratio('batch')}×, single rows ${ratio('single')}× the speed of XGBoost`,
    page: render({ ...conditions, ...result }),
    data: { settings, ...result },
  })
}

const TITLES = {
  batch: 'all rows at once (library: inplace_predict)',
  batch_dmatrix: 'all rows at once (library: DMatrix created and scored)',
  single: 'row by row',
  explained: 'contributions of each feature (library: pred_contribs, 100 rows at once)',
}

function render(result: Result & MeasurementConditions): string {
  const lines = WAYS.map((way) => {
    const [cairn, library] = [
      least(result.cairn, way === 'batch_dmatrix' ? 'batch' : way),
      least(result.library, way),
    ]
    const shown = (one: Cost | undefined) => (one ? `${one.cpu.toFixed(1)} (${one.wall.toFixed(1)})` : '–')
    const ratio = cairn && library ? `**${(library.cpu / cairn.cpu).toFixed(2)}×**` : '–'
    return `| ${TITLES[way]} | ${shown(cairn)} | ${shown(library)} | ${ratio} |`
  })
  return `# Scoring with XGBoost models, ${result.date}

${result.machine}, commit ${result.commit}. \`${result.command}\`

${flags.trees} trees of depth ${flags.depth}, ${flags.features} features, ${flags.rows} rows, 5 % missing; one thread each. Processor time per row in µs (wall time
in brackets), the minimum of ${flags.rounds} rounds. All margins are bit-equal. Loading the model of ${result.megabytes.toFixed(1)} MB: ${result.load.toFixed(0)} ms.

| | Cairn | xgboost ${result.version} | speed, Cairn / xgboost |
|---|---|---|---|
${lines.join('\n')}
`
}

if (!flags.python) throw new Error('Name a Python that has xgboost: --python VENV/bin/python')
await main(flags.python)
