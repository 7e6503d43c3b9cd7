import type { MeasurementConditions } from '@cairn/platform/statistics/measurement-conditions'
import { median } from '../median.js'
import { currentConditions, recordResult } from '../record.js'

/** Seconds of each tree. */
export interface Trees {
  readonly wall: number[]
  /** Processor seconds of all threads. */
  readonly processor: number[]
}

export interface BoostingResult {
  readonly task: string
  readonly threads: number
  readonly metric: string
  readonly cairn: Trees & { readonly score: number }
  readonly xgboost: Trees & { readonly score: number; readonly version: string }
}

export function writeResult(results: readonly BoostingResult[]): void {
  const conditions = currentConditions('boosting')
  const headline = results.map(({ task, threads, cairn, xgboost }) => {
    const ratio = median(later(cairn.wall)) / median(later(xgboost.wall))
    return `${task.split(', ').at(-1)}, ${threads} thread${threads > 1 ? 's' : ''}: ${ratio.toFixed(2)}× the time of XGBoost`
  })
  recordResult({
    ...conditions,
    name: 'boosting',
    headline: headline.join('; '),
    page: render(results, conditions),
    data: { results },
  })
}

const least = (values: readonly number[]) => values.toSorted((a, b) => a - b)[0] ?? Number.NaN
/** Without the first tree, which includes binning the features. */
const later = (values: readonly number[]) => values.slice(1)
const ms = (seconds: number) => (seconds * 1000).toFixed(seconds < 0.1 ? 1 : 0)
const MEASURES: readonly [string, (trees: Trees) => number][] = [
  ['wall, least', ({ wall }) => least(later(wall))],
  ['wall, median', ({ wall }) => median(later(wall))],
  ['processor, least', ({ processor }) => least(later(processor))],
  ['processor, median', ({ processor }) => median(later(processor))],
  ['first tree, wall', ({ wall }) => wall[0]!],
]

function render(
  results: readonly BoostingResult[],
  { date, machine, commit, command }: MeasurementConditions,
): string {
  const rows = results.flatMap(({ task, threads, cairn, xgboost }) =>
    MEASURES.map(([name, of]) => {
      const [ours, theirs] = [of(cairn), of(xgboost)]
      return `| ${task} | ${threads} | ${name} | ${ms(ours)} | ${ms(theirs)} | **${(ours / theirs).toFixed(2)}×** |`
    }),
  )
  const scores = results.map(({ task, threads, metric, cairn, xgboost }) => {
    const difference = Math.abs(cairn.score / xgboost.score - 1) * 100
    return `| ${task} | ${threads} | ${metric} | ${cairn.score.toFixed(6)} | ${xgboost.score.toFixed(6)} | ${difference.toFixed(3)} % |`
  })
  return `# Boosting against XGBoost ${results[0]?.xgboost.version}, ${date}

${machine}, commit ${commit}

\`\`\`
OMP_WAIT_POLICY=passive (for XGBoost)
${command}
\`\`\`

Both alternate tree by tree on the same rows in memory, so that other load affects both. On a busy machine, compare processor time.
The first tree includes binning the features.

| task | threads | ms per tree | Cairn | XGBoost | Cairn / XGBoost |
|---|---|---|---|---|---|
${rows.join('\n')}

On held-out rows:

| task | threads | metric | Cairn | XGBoost | difference |
|---|---|---|---|---|---|
${scores.join('\n')}
`
}
