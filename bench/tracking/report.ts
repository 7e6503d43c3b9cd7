import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import type { Measured } from './load.js'

/** What one part of the benchmark found: Markdown for people, data for the JSON file. */
export interface Section {
  readonly text: string
  readonly data: unknown
}

export const figure = ({ requestsPerSecond, p50, p99 }: Measured) =>
  `${Math.round(requestsPerSecond)}/s, p50 ${ms(p50)}, p99 ${ms(p99)}`

export const ms = (value: number) => (value < 10 ? `${value.toFixed(2)} ms` : `${value.toFixed(0)} ms`)

export const times = (ratio: number) => `**${ratio < 100 ? ratio.toFixed(1) : ratio.toFixed(0)}×**`

export const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

export function machine(): string {
  return `${cpus()[0]?.model} × ${cpus().length}, load ${loadavg()[0]!.toFixed(1)} before, Node ${process.version}`
}

/** Writes `results/<date>-<name>.{md,json}`. */
export function writeResult(name: string, on: string, sections: Readonly<Record<string, Section>>): void {
  const date = new Date().toISOString().slice(0, 10)
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  const command = ['npm run bench -- tracking', ...process.argv.slice(2)].join(' ')
  const text = Object.values(sections).map((section) => section.text)
  const page = `# Tracking: speed and scale

${date}, commit ${commit}, ${on}.
\`${command.replace(/--python \S+/, '--python VENV/bin/python')}\`. Keep-alive connections, the servers one after another, each alone, on the same disk.
Cairn commits with \`synchronous=FULL\` and answers after the commit; MLflow uses its defaults.

${text.join('\n\n')}
`
  const file = new URL(`../results/${date}-${name}`, import.meta.url).pathname
  writeFileSync(`${file}.md`, page)
  const data = Object.fromEntries(Object.entries(sections).map(([part, section]) => [part, section.data]))
  writeFileSync(`${file}.json`, `${JSON.stringify({ date, commit, on, command, ...data }, null, 2)}\n`)
  console.log(page)
}

export const progress = (text: string) => console.error(`${new Date().toISOString().slice(11, 19)} ${text}`)
