import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export interface RunningServer {
  readonly url: string
  stop(): Promise<void>
}

export interface TestServer {
  readonly name: string
  /** Starts a server with an empty store, unless an environment variable names a running one. */
  start(): Promise<RunningServer>
}

const root = fileURLToPath(new URL('../../..', import.meta.url))
const { TEST_CAIRN_URL, TEST_MLFLOW_URL, TEST_PYTHON } = process.env

const cairn: TestServer = {
  name: 'cairn',
  start: async () => (TEST_CAIRN_URL ? borrowed(TEST_CAIRN_URL) : launch(cairnCommand)),
}

const mlflow: TestServer = {
  name: 'mlflow',
  start: async () => (TEST_MLFLOW_URL ? borrowed(TEST_MLFLOW_URL) : launch(mlflowCommand)),
}

/** Cairn, and MLflow's server if TEST_PYTHON or TEST_MLFLOW_URL is set. */
export const servers: readonly TestServer[] = TEST_PYTHON || TEST_MLFLOW_URL ? [cairn, mlflow] : [cairn]

const borrowed = (url: string): RunningServer => ({ url, stop: async () => {} })

type Command = (folder: string, port: number) => { program: string; args: string[]; env?: object }

const cairnCommand: Command = (folder, port) => ({
  program: process.execPath,
  args: [join(root, 'cli/bin/cairn.mjs'), 'up', '--no-demo', '--port', String(port), '--data', folder],
})

const mlflowCommand: Command = (folder, port) => ({
  program: join(dirname(TEST_PYTHON!), 'mlflow'),
  args: [
    ...['server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1'],
    ...[
      '--backend-store-uri',
      `sqlite:///${folder}/mlflow.db`,
      '--artifacts-destination',
      `${folder}/artifacts`,
    ],
  ],
  env: { MLFLOW_DISABLE_TELEMETRY: 'true', MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false' },
})

async function launch(command: Command): Promise<RunningServer> {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-sdk-'))
  const port = await freePort()
  const { program, args, env } = command(folder, port)
  const options = { cwd: root, env: { ...cleanEnvironment(), ...env }, detached: true } as const
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const end = () => killGroup(child)
  process.once('exit', end)
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
  const url = `http://127.0.0.1:${port}`
  const stop = async () => {
    process.off('exit', end)
    const exit = once(child, 'close')
    killGroup(child)
    await exit
    await rm(folder, { recursive: true, force: true })
  }
  while (!(await isHealthy(`${url}/health`))) {
    if (child.exitCode !== null) throw new Error(`${program} ${args.join(' ')} did not start:\n${output}`)
    await sleep(100)
  }
  return { url, stop }
}

/** Kills the server and its children: mlflow starts a worker process. */
function killGroup(child: ChildProcess): void {
  try {
    process.kill(-child.pid!, 'SIGKILL')
  } catch {
    // The server has already exited.
  }
}

const isHealthy = (url: string): Promise<boolean> =>
  fetch(url).then(
    (response) => response.ok,
    () => false,
  )

const cleanEnvironment = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(CAIRN|MLFLOW|NODE_OPTIONS|VITEST)/.test(name)),
  )

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
