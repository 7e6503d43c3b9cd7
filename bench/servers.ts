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
  /** Milliseconds from the start of the process to its first response. */
  readonly coldStart: number
  /** Megabytes of the server and its workers; shared pages count once. */
  memory(): number
  /** Megabytes of mapped files, such as the database, which the kernel can reclaim. */
  mapped(): number
  /** Processor seconds of the server and its workers so far. */
  cpuSeconds(): number
  /** Resolves when the server and its workers are idle: those of MLflow continue to start after its first response. */
  atRest(): Promise<void>
  stop(): Promise<void>
}

const cairn = new URL('../cli/bin/cairn.mjs', import.meta.url).pathname

export interface ServerOptions {
  /** Kept when the server stops. Default: a new folder, removed at the end. */
  readonly folder?: string
  readonly databaseUrl?: string
  /** Further options of `cairn up`. */
  readonly args?: readonly string[]
  /** Further variables of its environment. */
  readonly env?: Readonly<Record<string, string>>
}

export const startCairn = ({ folder, databaseUrl, args = [], env = {} }: ServerOptions = {}) =>
  start(
    'Cairn',
    folder,
    (port, data) => [
      ...[process.execPath, cairn, 'up', '--no-demo', '--port', String(port), '--data', data],
      ...(databaseUrl ? ['--database-url', databaseUrl] : []),
      ...args,
    ],
    { env },
  )

/** Starts `mlflow server`. @param python interpreter of an environment with mlflow, and psycopg for PostgreSQL */
export const startMlflow = (python: string, workers: number, { folder, databaseUrl }: ServerOptions = {}) =>
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

/** Process groups that are killed when the benchmark exits. */
const running = new Set<number>()
process.once('SIGINT', () => process.exit(130))
process.once('SIGTERM', () => process.exit(143))
process.once('exit', () => {
  for (const pid of running) process.kill(-pid, 'SIGKILL')
})

interface StartOptions {
  readonly health?: string
  readonly env?: Readonly<Record<string, string>>
}

/**
 * Starts a server and waits until it answers.
 *
 * @param kept its working folder, which is kept; default: a new one, removed at the end
 * @param options.health the path that answers 200 when the server is ready
 */
export async function start(
  name: string,
  kept: string | undefined,
  command: (port: number, folder: string) => string[],
  { health = '/health', env = {} }: StartOptions = {},
): Promise<Peer> {
  const folder = kept ?? freshFolder()
  const port = await freePort()
  const [program, ...args] = command(port, folder)
  const startedAt = performance.now()
  const child = spawn(program!, args, {
    stdio: 'ignore',
    cwd: folder,
    detached: true,
    env: {
      ...process.env,
      PATH: `${dirname(program!)}:${process.env.PATH}`, // MLflow starts uvicorn by its name
      MLFLOW_DISABLE_TELEMETRY: 'true',
      DO_NOT_TRACK: 'true',
      ...env,
    },
  })
  running.add(child.pid!)
  const url = `http://127.0.0.1:${port}`
  await healthy(url + health, child)
  return {
    name,
    url,
    pid: child.pid!,
    coldStart: performance.now() - startedAt,
    memory: () => megabytes(child.pid!, 'Pss'),
    mapped: () => megabytes(child.pid!, 'Pss_File'),
    cpuSeconds: () => cpuSeconds(child.pid!),
    atRest: () => atRest(child.pid!),
    async stop() {
      const ended = once(child, 'exit')
      process.kill(-child.pid!, 'SIGTERM') // the group includes the workers
      await Promise.race([ended, sleep(10_000)])
      running.delete(child.pid!)
      if (!kept) rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function healthy(health: string, child: ChildProcess) {
  for (const deadline = Date.now() + 300_000; Date.now() < deadline; ) {
    if (child.exitCode !== null) {
      running.delete(child.pid!)
      throw new Error(`The server exited with code ${child.exitCode}`)
    }
    const ok = await fetch(health).then(
      (response) => response.ok,
      () => false,
    )
    if (ok) return
    await sleep(10)
  }
  throw new Error(`No response from ${health}`)
}

/** The process and its descendants. */
function processTree(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), parentOf(name)] as const)
  const tree = [pid]
  for (const member of tree)
    tree.push(...parents.filter(([, parent]) => parent === member).map(([child]) => child))
  return tree
}

const parentOf = (pid: string) => Number(/^PPid:\s+(\d+)/m.exec(readProcess(pid, 'status'))?.[1])

const IDLE_WINDOW_MS = 2_000
const IDLE_SHARE = 0.05
const MAX_WAIT_MS = 120_000

async function atRest(pid: number): Promise<void> {
  for (let waited = 0, before = cpuSeconds(pid); waited < MAX_WAIT_MS; waited += IDLE_WINDOW_MS) {
    await sleep(IDLE_WINDOW_MS)
    const now = cpuSeconds(pid)
    if (now - before < (IDLE_SHARE * IDLE_WINDOW_MS) / 1000) return
    before = now
  }
  throw new Error(`Process ${pid} is still busy after ${MAX_WAIT_MS / 1000} s`)
}

/** Processor seconds of the process tree. The unit of `stat` is a hundredth of a second: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
const cpuSeconds = (pid: number) =>
  processTree(pid).reduce((sum, one) => {
    const [, ...fields] = readProcess(String(one), 'stat').split(') ')
    const [user = '0', system = '0'] = (fields.at(-1) ?? '').split(' ').slice(11, 13)
    return sum + (Number(user) + Number(system)) / 100
  }, 0)

/** Proportional set size of the process tree: shared pages are divided among their processes. */
const megabytes = (pid: number, field: 'Pss' | 'Pss_File') =>
  processTree(pid).reduce((sum, one) => {
    const [, kilobytes = '0'] =
      new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readProcess(String(one), 'smaps_rollup')) ?? []
    return sum + Number(kilobytes) / 1024
  }, 0)

function readProcess(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return '' // the process has exited
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  return port
}
