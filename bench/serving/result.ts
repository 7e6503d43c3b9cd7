import { currentConditions, recordResult } from '../record.js'
import type { Overload } from './overload.js'

export interface MeasuredWork {
  readonly peer: string
  readonly rows: number
  readonly clients: number
  readonly requestsPerSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Processor time of the server per request. */
  readonly cpuMicros: number
}

/** The round with the least processor time of each peer and work. */
function bestRounds(measured: readonly MeasuredWork[]): MeasuredWork[] {
  const best = new Map<string, MeasuredWork>()
  for (const one of measured) {
    const key = `${one.rows} ${one.clients} ${one.peer}`
    if (one.cpuMicros < (best.get(key)?.cpuMicros ?? Number.POSITIVE_INFINITY)) best.set(key, one)
  }
  return [...best.values()]
}

export function writeResult(settings: object, measured: readonly MeasuredWork[], overload: Overload): void {
  const conditions = currentConditions('serving')
  const rows = bestRounds(measured)
  const find = (peer: string, rowCount: number, clients: number) =>
    rows.find((one) => one.peer === peer && one.rows === rowCount && one.clients === clients)!
  const cairn = find('Cairn', 1, 16)
  const [floor, thread] = [find('bare Fastify', 1, 16), find('Fastify and a model thread', 1, 16)]
  const mlflow = find('mlflow models serve', 1, 16)
  const headline =
    `1 row: ${cairn.cpuMicros.toFixed(0)} µs of CPU, ${(cairn.cpuMicros / floor.cpuMicros).toFixed(1)}× a bare handler, ` +
    `${(cairn.cpuMicros / thread.cpuMicros).toFixed(1)}× one with a model thread, ` +
    `${(cairn.requestsPerSecond / mlflow.requestsPerSecond).toFixed(1)}× the rate of MLflow`
  const lines = rows.map(
    (one) =>
      `| ${one.rows} | ${one.clients} | ${one.peer} | ${one.requestsPerSecond.toFixed(0)} | ${one.p50.toFixed(2)} | ${one.p99.toFixed(2)} | ` +
      `${one.cpuMicros.toFixed(0)} | ${(one.cpuMicros / find('bare Fastify', one.rows, one.clients).cpuMicros).toFixed(2)}× |`,
  )
  const page = `# Queries of an XGBoost model, ${conditions.date}

${conditions.machine}, commit ${conditions.commit}. \`${conditions.command}\`

Of alternating rounds, the one with the least processor time. Servers and clients share the machine.

| rows | clients | server | requests/s | p50 ms | p99 ms | CPU µs per request | of bare Fastify |
|---|---|---|---|---|---|---|---|
${lines.join('\n')}

## Overload

Requests of 2,000 rows. Two clients get ${overload.peak.toFixed(1)} answers a second, three hundred ${overload.goodput.toFixed(1)}
(${((100 * overload.goodput) / overload.peak).toFixed(0)} %). Responses by status: ${JSON.stringify(overload.statuses)}. The longest \`/health\` took
${overload.healthMs.toFixed(0)} ms; a timer of the process that asked was up to ${overload.timerMs.toFixed(0)} ms late. The clients of this part take only the processor
time that the server leaves, because clients are usually on other machines. In the first second after the overload: ${JSON.stringify(overload.nextStatuses)}, in ${overload.nextMs.toFixed(0)} ms each.
`
  recordResult({ ...conditions, name: 'serving', headline, page, data: { settings, measured, overload } })
}
