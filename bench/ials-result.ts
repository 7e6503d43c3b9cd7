import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { basename, dirname } from 'node:path'

/** One training of one side. */
export interface Round {
  /** Of each iteration, users and items. */
  seconds: number[]
  hit_rate: number
  ndcg: number
  /** 95 % of the hit rate. */
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

/** Writes `results/<date>-ials-<data>.{md,json}` and prints the table. */
export async function writeResult(result: IalsResult): Promise<void> {
  const name = dataName(result.data)
  const date = new Date().toISOString().slice(0, 10)
  const measured = {
    ...result,
    data: name,
    date,
    machine: machine(),
    commit: commit(),
    command: command(result.data),
  }
  const file = new URL(`./results/${date}-ials-${name}`, import.meta.url).pathname
  const page = render(measured)
  await writeFile(`${file}.json`, `${JSON.stringify(measured, null, 2)}\n`)
  await writeFile(`${file}.md`, page)
  console.log(page)
}

const dataName = (path: string) => basename(dirname(path)) || basename(path)
const machine = () =>
  `${cpus()[0]?.model ?? 'unknown'} × ${cpus().length}, load ${loadavg()[0]!.toFixed(1)}, Node ${process.version}`
const commit = () => execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()

/** The command line without the paths of this machine. */
function command(data: string): string {
  const args = process.argv.slice(2).map((arg) => {
    if (arg === data) return `PATH/${basename(dirname(data))}/${basename(data)}`
    return arg.includes('/') ? `VENV/bin/${basename(arg)}` : arg
  })
  return ['node --conditions=source --import tsx bench/ials.ts', ...args].join(' ')
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

const speed = (rounds: Round[]) => median(rounds.flatMap(({ seconds }) => seconds))
const cell = (value: number | undefined, digits = 4) => value?.toFixed(digits) ?? '–'

function render(
  measured: IalsResult & { date: string; machine: string; commit: string; command: string },
): string {
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

| | threads | s / iteration, median | HR@10 | NDCG@10 |
|---|---|---|---|---|
${rows.join('\n')}
| popularity | | | ${cell(measured.popularity)} | |

Protocol \`${measured.protocol}\`, test fold, fitted on everything before it. Ours: ${JSON.stringify(measured.params)};
implicit (conjugate gradient, 3 steps): ${JSON.stringify(measured.implicit)}. Rounds of the two alternate.
95 % interval of our HR@10: ${cell(interval?.low)} to ${cell(interval?.high)}.
`
}
