/**
 * Data of ML-32M's size through everything: a seeded generator writes the files of an edition; a process of its own reads
 * them, splits, trains iALS with 64 factors for an epoch, and ranks all items for 10,000 users. Its peak memory is the
 * figure: it must stay within 8 GB.
 *
 * npm run bench -- large [--events 32000000] [--users 200000] [--items 85000]
 */
import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { writeRatings } from './large/generate.js'
import type { Phase } from './large/through.js'

const { values: flags } = parseArgs({
  options: {
    events: { type: 'string', default: '32000000' },
    users: { type: 'string', default: '200000' },
    items: { type: 'string', default: '85000' },
  },
})
const size = { events: Number(flags.events), users: Number(flags.users), items: Number(flags.items) }
const load = loadavg()[0]!.toFixed(1)
const folder = mkdtempSync(join(tmpdir(), 'bench-large-'))

async function through(): Promise<Phase[]> {
  const phases: Phase[] = []
  const child = fork(new URL('./large/through.ts', import.meta.url), [folder], { execArgv: process.execArgv })
  child.on('message', (phase: Phase) => {
    phases.push(phase)
    console.error(
      `${phase.name}: ${phase.seconds.toFixed(1)} s, peak ${(phase.peakBytes / 1e9).toFixed(2)} GB`,
    )
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`the process ended with exit code ${code}`)
  return phases
}

try {
  const started = performance.now()
  const events = await writeRatings(folder, size)
  console.error(`${events} events written in ${((performance.now() - started) / 1000).toFixed(0)} s`)
  const phases = await through()
  const peak = Math.max(...phases.map(({ peakBytes }) => peakBytes))
  const result = {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus()[0]?.model} × ${cpus().length}, load ${load} before, Node ${process.version}`,
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
    command: `npm run bench -- large --events ${size.events} --users ${size.users} --items ${size.items}`,
    ...size,
    phases,
    peak_bytes: peak,
  }
  const page = `# Data of ML-32M's size, ${result.date}

${result.machine}, commit ${result.commit}. \`${result.command}\`

${events} synthetic ratings of ${size.users} users on ${size.items} items (power laws, seeded), as the CSV files of an edition. One process does the
rest; its peak memory is ${(peak / 1e9).toFixed(2)} GB, threads, DuckDB and shared memory included.

| phase | seconds | peak so far | |
|---|---|---|---|
${phases.map(({ name, seconds, peakBytes, note }) => `| ${name} | ${seconds.toFixed(1)} | ${(peakBytes / 1e9).toFixed(2)} GB | ${note} |`).join('\n')}
`
  const file = new URL(`./results/${result.date}-large`, import.meta.url).pathname
  writeFileSync(`${file}.md`, page)
  writeFileSync(`${file}.json`, `${JSON.stringify(result, null, 2)}\n`)
  console.log(page)
} finally {
  rmSync(folder, { recursive: true })
}
