import { basename, dirname } from 'node:path'
import type { MeasurementConditions } from '@cairn/platform/statistics/measurement-conditions'
import { median } from '../median.js'
import { currentConditions, recordResult } from '../record.js'

/** One training by one library. */
export interface Round {
  /** Seconds of each iteration over users and items. */
  seconds: number[]
  hit_rate: number
  ndcg: number
  /** 95 % interval of the hit rate. */
  interval?: { low: number; high: number }
}

export interface IalsResult {
  data: string
  split: object
  protocol: string
  params: object
  implicit: object
  /** HR@10 of the popularity baseline. */
  popularity: number
  threads: { threads: number; cairn: Round[]; implicit: (Round & { version: string })[] }[]
}

export function writeResult(result: IalsResult): void {
  const data = { ...result, data: dataName(result.data) }
  const conditions = currentConditions('ials')
  const headline = result.threads.map(({ threads, cairn, implicit }) => {
    const ratio = (speed(implicit) / speed(cairn)).toFixed(2)
    return `${threads} thread${threads > 1 ? 's' : ''}: ${ratio}× the speed of implicit`
  })
  recordResult({
    ...conditions,
    name: `ials-${data.data}`,
    headline: headline.join('; '),
    page: render({ ...data, ...conditions }),
    data,
  })
}

const dataName = (path: string) => basename(dirname(path)) || basename(path)

const speed = (rounds: Round[]) => median(rounds.flatMap(({ seconds }) => seconds))
const cell = (value: number | undefined, digits = 4) => value?.toFixed(digits) ?? '–'

function render(measured: IalsResult & MeasurementConditions): string {
  const interval = measured.threads[0]?.cairn[0]?.interval
  const rows = measured.threads.flatMap(({ threads, cairn, implicit }) => {
    const ratio = speed(implicit) / speed(cairn)
    return [
      `| Cairn iALS++ | ${threads} | ${cell(speed(cairn), 3)} | ${cell(cairn[0]?.hit_rate)} | ${cell(cairn[0]?.ndcg)} |`,
      `| implicit ${implicit[0]?.version ?? '(not run)'} | ${threads} | ${cell(speed(implicit), 3)} | ` +
        `${cell(implicit[0]?.hit_rate)} | ${cell(implicit[0]?.ndcg)} |`,
      `| **speed, Cairn / implicit** | ${threads} | **${cell(ratio, 2)}×** | | |`,
    ]
  })
  return `# iALS on ${measured.data}, ${measured.date}

${measured.machine}, commit ${measured.commit}

\`\`\`
OPENBLAS_NUM_THREADS=1 (for implicit)
${measured.command}
\`\`\`

| | threads | seconds per iteration, median | HR@10 | NDCG@10 |
|---|---|---|---|---|
${rows.join('\n')}
| popularity | | | ${cell(measured.popularity)} | |

Protocol \`${measured.protocol}\`, test fold, fitted on all events before it. Cairn: ${JSON.stringify(measured.params)};
implicit (conjugate gradient, 3 steps): ${JSON.stringify(measured.implicit)}. Rounds alternate.
95 % interval of Cairn's HR@10: ${cell(interval?.low)} to ${cell(interval?.high)}.
`
}
