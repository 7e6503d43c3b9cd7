import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Peer {
  readonly name: string
  readonly url: string
  readonly pid: number
  /** Milliseconds from the start of the process to its first answer. */
  readonly coldStart: number
  /** Megabytes of the server and its workers, shared pages counted once. */
  memory(): number
  /** Those of them that are pages of files, such as the database's, which the system takes back when it needs them. */
  mapped(): number
  /** Resolves when it and its workers have done nothing for a while: MLflow's go on starting long after its first answer. */
  atRest(): Promise<void>
  stop(): Promise<void>
}

const cairn = new URL('../cli/bin/cairn.mjs', import.meta.url).pathname

export interface Place {
  /** Kept when the server stops; a fresh one that is removed if absent. */
  readonly folder?: string
  readonly databaseUrl?: string
  /** More options of `cairn up`. */
  readonly args?: readonly string[]
}

export const startCairn = ({ folder, databaseUrl, args = [] }: Place = {}) =>
  start('Cairn', folder, (port, data) => [
    ...[process.execPath, cairn, 'up', '--no-demo', '--port', String(port), '--data', data],
    ...(databaseUrl ? ['--database-url', databaseUrl] : []),
    ...args,
  ])

/** A real `mlflow server`. @param python of an environment that has mlflow, and psycopg for PostgreSQL */
export const startMlflow = (python: string, workers: number, { folder, databaseUrl }: Place = {}) =>
  start(`MLflow, ${workers} worker${workers === 1 ? '' : 's'}`, folder, (port, data) => [
    join(dirname(python), 'mlflow'),
    'server',
    ...['--host', '127.0.0.1', '--port', String(port), '--workers', String(workers)],
    ...[
      '--backend-store-uri',
      databaseUrl?.replace('postgres:', 'postgresql:') ?? `sqlite:///${data}/mlflow.db`,
    ],
    ...['--artifacts-destination', `${data}/artifacts`],
  ])

export const freshFolder = () => mkdtempSync(join(tmpdir(), 'bench-'))

/** Groups of processes that end with the benchmark, whatever ends it. */
const running = new Set<number>()
process.once('SIGINT', () => process.exit(130))
process.once('SIGTERM', () => process.exit(143))
process.once('exit', () => {
  for (const pid of running) process.kill(-pid, 'SIGKILL')
})

async function start(
  name: string,
  kept: string | undefined,
  command: (port: number, folder: string) => string[],
): Promise<Peer> {
  const folder = kept ?? freshFolder()
  const port = await freePort()
  const [program, ...args] = command(port, folder)
  const begun = performance.now()
  const child = spawn(program!, args, {
    stdio: 'ignore',
    cwd: folder,
    detached: true,
    env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true', DO_NOT_TRACK: 'true' },
  })
  running.add(child.pid!)
  const url = `http://127.0.0.1:${port}`
  await healthy(url, child)
  return {
    name,
    url,
    pid: child.pid!,
    coldStart: performance.now() - begun,
    memory: () => megabytes(child.pid!, 'Pss'),
    mapped: () => megabytes(child.pid!, 'Pss_File'),
    atRest: () => atRest(child.pid!),
    async stop() {
      const ended = once(child, 'exit')
      process.kill(-child.pid!, 'SIGTERM') // with its workers
      await Promise.race([ended, sleep(10_000)])
      running.delete(child.pid!)
      if (!kept) rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function healthy(url: string, child: ChildProcess) {
  for (const deadline = Date.now() + 300_000; Date.now() < deadline; ) {
    if (child.exitCode !== null) {
      running.delete(child.pid!)
      throw new Error(`the server ended with exit code ${child.exitCode}`)
    }
    const ok = await fetch(`${url}/health`).then(
      (answer) => answer.ok,
      () => false,
    )
    if (ok) return
    await sleep(10)
  }
  throw new Error(`no answer at ${url}`)
}

/** A process and all below it. */
function familyOf(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), parentOf(name)] as const)
  const family = [pid]
  for (const one of family)
    family.push(...parents.filter(([, parent]) => parent === one).map(([child]) => child))
  return family
}

const parentOf = (pid: string) => Number(/^PPid:\s+(\d+)/m.exec(readProcess(pid, 'status'))?.[1])

const REST_MS = 2_000
const RESTING_SHARE = 0.05
const MOST_WAITED_MS = 120_000

async function atRest(pid: number): Promise<void> {
  for (let waited = 0, before = cpuSeconds(pid); waited < MOST_WAITED_MS; waited += REST_MS) {
    await sleep(REST_MS)
    const now = cpuSeconds(pid)
    if (now - before < (RESTING_SHARE * REST_MS) / 1000) return
    before = now
  }
  throw new Error(`process ${pid} is still at work after ${MOST_WAITED_MS / 1000} s`)
}

/** Of a process and all below it; a hundred ticks are a second, https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
const cpuSeconds = (pid: number) =>
  familyOf(pid).reduce((sum, one) => {
    const [, ...fields] = readProcess(String(one), 'stat').split(') ')
    const [user = '0', system = '0'] = (fields.at(-1) ?? '').split(' ').slice(11, 13)
    return sum + (Number(user) + Number(system)) / 100
  }, 0)

/** Proportional: what processes share is divided among them. */
const megabytes = (pid: number, what: 'Pss' | 'Pss_File') =>
  familyOf(pid).reduce((sum, one) => {
    const [, kilobytes = '0'] =
      new RegExp(`^${what}:\\s+(\\d+)`, 'm').exec(readProcess(String(one), 'smaps_rollup')) ?? []
    return sum + Number(kilobytes) / 1024
  }, 0)

function readProcess(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return '' // it has ended meanwhile
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  return port
}
