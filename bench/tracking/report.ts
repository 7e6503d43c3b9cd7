import type { MeasurementConditions } from '@cairn/platform/statistics/measurement-conditions'
import { recordResult } from '../record.js'
import type { Latencies } from './load.js'

/** The result of one part of the benchmark. */
export interface Section {
  /** One phrase with the figure that matters. */
  readonly headline: string
  /** Markdown. */
  readonly text: string
  readonly data: unknown
}

export const figure = ({ requestsPerSecond, p50, p99 }: Latencies) =>
  `${Math.round(requestsPerSecond)}/s, p50 ${ms(p50)}, p99 ${ms(p99)}`

export const ms = (value: number) => (value < 10 ? `${value.toFixed(2)} ms` : `${value.toFixed(0)} ms`)

export const times = (ratio: number) => `**${ratio < 100 ? ratio.toFixed(1) : ratio.toFixed(0)}×**`

export const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

export function writeResult(
  name: string,
  conditions: MeasurementConditions,
  sections: Readonly<Record<string, Section>>,
): void {
  const { date, commit, machine, command } = conditions
  const all = Object.values(sections)
  const page = `# Tracking: speed and scale

${date}, commit ${commit}, ${machine}.
\`${command}\`. Keep-alive connections; the servers are measured one after another on the same disk.
Cairn commits with \`synchronous=FULL\` and responds after the commit; MLflow uses its defaults.

${all.map(({ text }) => text).join('\n\n')}
`
  const data = Object.fromEntries(Object.entries(sections).map(([part, section]) => [part, section.data]))
  recordResult({ ...conditions, name, headline: all.map(({ headline }) => headline).join('; '), page, data })
}

export const progress = (text: string) => console.error(`${new Date().toISOString().slice(11, 19)} ${text}`)
