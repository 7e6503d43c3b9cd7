/**
 * Logging by a member who signs in, compared with a server without sign-in. Both servers run at the same time and are measured in
 * turns, so that other load affects both. The member has the right by a group, as in a team.
 *
 * npm run bench -- sign-in [--rounds 12] [--seconds 2]
 */
import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { median } from './median.js'
import { currentConditions, recordResult } from './record.js'
import { type Peer, startCairn } from './servers.js'
import { type Client, client, measure } from './tracking/load.js'
import { progress, table } from './tracking/report.js'

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '12' },
    seconds: { type: 'string', default: '2' },
  },
})
const CLIENTS = 8
const RUNS = '/api/2.0/mlflow/runs'
const PASSWORD = 'three small stones'
const WARM_ROUNDS = 2

/** A server, a client of it, and the run to which it logs. */
interface Caller {
  readonly name: string
  readonly peer: Peer
  readonly to: Client
  readonly runId: string
}

interface Sample {
  readonly requestsPerSecond: number
  /** Microseconds of processor time of the server for a request. */
  readonly cpu: number
}

const point = (n: number, key: string) => ({ key, value: n / 7, timestamp: 1_700_000_000_000 + n, step: n })
const WORKS: Readonly<Record<string, (caller: Caller) => (n: number) => Promise<unknown>>> = {
  'log-metric': ({ to, runId }) => {
    const key = randomBytes(4).toString('hex')
    return (n) => to.post(`${RUNS}/log-metric`, { run_id: runId, ...point(n, `${key}${n % 10}`) })
  },
  'log-batch of 100 metrics': ({ to, runId }) => {
    const key = randomBytes(4).toString('hex')
    const metrics = (n: number) =>
      Array.from({ length: 100 }, (_, i) => point(n * 100 + i, `${key}${i % 20}`))
    return (n) => to.post(`${RUNS}/log-batch`, { run_id: runId, metrics: metrics(n) })
  },
}

async function withoutSignIn(): Promise<Caller> {
  const peer = await startCairn()
  const to = client(peer.url, CLIENTS)
  return { name: 'without sign-in', peer, to, runId: await newRun(to, '0') }
}

/** One server with a member, who sends a token, or a name and a password like MLflow's clients. */
async function withSignIn(): Promise<Caller[]> {
  const secret = randomBytes(24).toString('base64url')
  const peer = await startCairn({ env: { CAIRN_AUTH: 'required', CAIRN_OWNER_TOKEN: secret } })
  const owner = client(peer.url, 1, `Bearer ${secret}`)
  await owner.post('/api/2.0/mlflow/users/create', { username: 'ada', password: PASSWORD })
  const made = (await owner.post('/api/2.0/mlflow/experiments/create', { name: 'churn' })) as {
    experiment_id: string
  }
  const { role } = (await owner.post('/api/3.0/mlflow/roles/create', {
    workspace: 'default',
    name: 'modelling',
  })) as { role: { id: number } }
  const { id: role_id } = role
  await owner.post('/api/3.0/mlflow/roles/assign', { username: 'ada', role_id })
  const { experiment_id } = made
  await owner.post('/api/3.0/mlflow/roles/permissions/add', {
    ...{ role_id, resource_type: 'experiment', resource_pattern: experiment_id, permission: 'EDIT' },
  })
  const issued = (await owner.post('/api/2.0/token-management/on-behalf-of/tokens', {
    application_id: 'ada',
  })) as { token_value: string }
  owner.close()
  const basic = Buffer.from(`ada:${PASSWORD}`).toString('base64')
  return Promise.all(
    [
      ['a token', `Bearer ${issued.token_value}`],
      ['a password', `Basic ${basic}`],
    ].map(async ([name, authorization]) => {
      const to = client(peer.url, CLIENTS, authorization)
      return { name: name!, peer, to, runId: await newRun(to, experiment_id) }
    }),
  )
}

async function newRun(to: Client, experiment_id: string): Promise<string> {
  const { run } = (await to.post(`${RUNS}/create`, { experiment_id })) as {
    run: { info: { run_id: string } }
  }
  return run.info.run_id
}

async function sample({ peer }: Caller, one: (n: number) => Promise<unknown>): Promise<Sample> {
  const before = peer.cpuSeconds()
  const seconds = Number(flags.seconds)
  const { requestsPerSecond } = await measure(CLIENTS, seconds, one)
  return { requestsPerSecond, cpu: ((peer.cpuSeconds() - before) * 1e6) / (requestsPerSecond * seconds) }
}

/** Samples of each caller, in turns. The order changes from round to round. */
async function compare(
  callers: readonly Caller[],
  work: (caller: Caller) => (n: number) => Promise<unknown>,
) {
  const samples = new Map<string, Sample[]>(callers.map(({ name }) => [name, []]))
  for (let round = -WARM_ROUNDS; round < Number(flags.rounds); round++)
    for (const caller of round % 2 ? callers.toReversed() : callers) {
      const taken = await sample(caller, work(caller))
      if (round >= 0) samples.get(caller.name)!.push(taken)
    }
  return samples
}

const conditions = currentConditions('sign-in')
const callers = [await withoutSignIn(), ...(await withSignIn())]
const rows: string[][] = []
const data: Record<string, object> = {}
try {
  for (const [what, work] of Object.entries(WORKS)) {
    progress(what)
    const samples = await compare(callers, work)
    const base = samples.get(callers[0]!.name)!
    for (const { name } of callers) {
      const own = samples.get(name)!
      const ratio = (field: keyof Sample) => median(own.map((one, round) => one[field] / base[round]![field]))
      const figures = {
        requestsPerSecond: median(own.map((one) => one.requestsPerSecond)),
        cpuMicroseconds: median(own.map(({ cpu }) => cpu)),
        ...{ rateRatio: ratio('requestsPerSecond'), cpuRatio: ratio('cpu') },
      }
      data[`${what}, ${name}`] = figures
      rows.push([
        ...[what, name, `${Math.round(figures.requestsPerSecond)}/s`, figures.rateRatio.toFixed(3)],
        ...[`${Math.round(figures.cpuMicroseconds)} µs`, figures.cpuRatio.toFixed(3)],
      ])
    }
  }
} finally {
  for (const { to } of callers) to.close()
  for (const peer of new Set(callers.map(({ peer }) => peer))) await peer.stop()
}
const figureOf = (name: string) => data[name] as { rateRatio: number }
recordResult({
  ...conditions,
  name: 'sign-in',
  headline: `logging with sign-in, against without: log-metric ${figureOf('log-metric, a token').rateRatio.toFixed(2)}×, log-batch ${figureOf('log-batch of 100 metrics, a token').rateRatio.toFixed(2)}×`,
  page: `# Logging with sign-in, against without

${conditions.date}, commit ${conditions.commit}, ${conditions.machine}. \`${conditions.command}\`.
${CLIENTS} clients; medians of ${flags.rounds} rounds of ${flags.seconds} s in turns, and of the ratios of the rounds.

${table(['', 'caller', 'requests', 'of the rate without', 'processor time of a request', 'of that without'], rows)}
`,
  data: { figures: data },
})
