import type { Measurement } from '@cairn/pipelines/leaderboard/measure-model'
import type { LeaderboardRow, MeasuredRow } from '@cairn/pipelines/leaderboard/measure-models'
import type { MeasurementConditions } from '@cairn/platform/statistics/measurement-conditions'
import type { UserMetric } from '@cairn/recommenders/evaluation/metrics'

export interface Leaderboard extends MeasurementConditions {
  readonly protocol: string
  readonly rows: readonly LeaderboardRow[]
}

const METRICS: readonly (readonly [string, UserMetric])[] = [
  ['HR', 'hit_rate'],
  ['NDCG', 'ndcg'],
  ['P', 'precision'],
  ['R', 'recall'],
]

/** One page per protocol, because figures of different protocols are not comparable. */
export function leaderboardPage({ protocol, rows, date, machine, commit, command }: Leaderboard): string {
  const measured = rows.filter((row): row is MeasuredRow => !('error' in row))
  const [first] = measured
  const summary = first?.measurements[0]?.summary
  const header = [
    'model',
    ...METRICS.map(([name]) => `${name}@${summary?.k ?? 10}`),
    'fit',
    'evaluation',
    'peak memory',
  ]
  const lines = [
    header,
    header.map(() => '---'),
    ...rows.map((row) => ('error' in row ? failed(row) : cells(row))),
  ]
  return `# Recommenders on ${first?.data.name ?? 'no data'}, \`${protocol}\`, ${date}

${machine}, commit ${commit}

\`\`\`
${command}
\`\`\`

${lines.map((line) => `| ${line.join(' | ')} |`).join('\n')}

${first && summary ? describeData(first, summary) : 'No model could be measured.'}
${flagLines(measured).join('\n')}
## Parameters

${measured.map(({ title, parameters }) => `- ${title}: \`${JSON.stringify(parameters)}\``).join('\n')}
`
}

function cells({ title, measurements: [measurement], peak_memory_bytes }: MeasuredRow): string[] {
  const { summary, fit_seconds, evaluation_seconds } = measurement!
  return [
    summary.flags.length > 0 ? `${title} ⚑` : title,
    ...METRICS.map(([, metric]) => formatMetric(summary, metric)),
    seconds(fit_seconds),
    seconds(evaluation_seconds),
    `${Math.round(peak_memory_bytes / 1e6)} MB`,
  ]
}

export function formatMetric({ metrics, intervals }: Measurement['summary'], metric: UserMetric): string {
  const { low, high } = intervals[metric]
  return `${digits(metrics[metric])} (${digits(low)}–${digits(high)})`
}

const failed = ({ title, error }: { title: string; error: string }) => [
  title,
  `failed: ${error.replaceAll('|', '/').replaceAll('\n', ' ').slice(0, 300)}`,
  ...Array(METRICS.length + 2).fill(''),
]

function describeData({ data }: MeasuredRow, summary: Measurement['summary']): string {
  const { n_users, n_targets, catalogue_size, order, standing } = summary
  const warning =
    standing === 'honest'
      ? ''
      : ` **These figures are ${standing === 'sampled' ? 'sampled' : 'not honest'}: they do not reflect what users get, and are not comparable with other protocols.**`
  return (
    `${data.events} events of ${data.users} users and ${data.items} items, in the order of ${order}; ${n_users} users with ` +
    `${n_targets} targets among ${catalogue_size} items. In brackets: 95 % bootstrap intervals over users. Each model is trained ` +
    `and evaluated in a separate process, whose peak memory includes the data.${warning} See \`docs/protocols.md\`.\n`
  )
}

const flagLines = (rows: readonly MeasuredRow[]) => {
  const flags = rows.flatMap(({ title, caution, measurements }) => [
    ...(caution ? [`- ${title}: ${caution}`] : []),
    ...measurements.flatMap(({ summary }) => summary.flags.map(({ message }) => `- ⚑ ${title}: ${message}.`)),
  ])
  return flags.length > 0 ? [...flags, ''] : []
}

const digits = (value: number) => value.toFixed(4)
const seconds = (value: number) => `${value < 10 ? value.toFixed(1) : Math.round(value)} s`
