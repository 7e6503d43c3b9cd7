import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Api, api } from '../harness/api.js'
import { environment } from '../harness/environment.js'
import { freePort } from '../harness/free-port.js'
import { cairn, type Server, startServer } from '../harness/server.js'

export interface Backend {
  /** Default: SQLite in the data folder. */
  readonly databaseUrl?: string
  /** Default: the database is the queue. */
  readonly redisUrl?: string
  /** True if the worker has the database, and the server executes tasks too; else it has the URL of the server only. */
  readonly hasDatabase: boolean
}

/** A server and a worker on one data folder, which are killed and started again. */
export class JobCluster implements AsyncDisposable {
  readonly #backend: Backend
  readonly #folder: string
  readonly #port: number
  #server: Server | undefined
  #worker: ChildProcess | undefined

  private constructor(backend: Backend, folder: string, port: number) {
    this.#backend = backend
    this.#folder = folder
    this.#port = port
  }

  static async start(backend: Backend): Promise<JobCluster> {
    const folder = await mkdtemp(join(tmpdir(), 'cairn-kills-'))
    await mkdir(join(folder, 'data'))
    const cluster = new JobCluster(backend, folder, await freePort())
    await cluster.setClock(0)
    await cluster.#startServer()
    cluster.#startWorker()
    return cluster
  }

  get api(): Api {
    return api(`http://127.0.0.1:${this.#port}`)
  }

  async killServer(): Promise<void> {
    await this.#server?.stop('SIGKILL')
    await this.#startServer()
  }

  async killWorker(): Promise<void> {
    this.#worker!.kill('SIGKILL')
    await once(this.#worker!, 'exit')
    this.#startWorker()
  }

  /** Moves the clock of the server and the worker. @param ms ahead of that of this process */
  async setClock(ms: number): Promise<void> {
    const draft = `${this.#clock}.draft`
    await writeFile(draft, String(ms))
    await rename(draft, this.#clock) // An empty file would set the clock to that of this process.
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#worker?.kill('SIGKILL')
    await this.#server?.stop('SIGKILL')
    await rm(this.#folder, { recursive: true, force: true })
  }

  get #clock() {
    return join(this.#folder, 'clock')
  }

  #environment(processes: string) {
    const { databaseUrl, redisUrl, hasDatabase } = this.#backend
    return {
      ...{ CAIRN_TASK_PROCESSES: processes, CAIRN_TASK_CONCURRENCY: '3' },
      ...(databaseUrl && hasDatabase && { CAIRN_DATABASE_URL: databaseUrl }),
      ...(redisUrl && hasDatabase && { CAIRN_REDIS_URL: redisUrl }),
      NODE_OPTIONS: `--import=${new URL('./moved-clock.mjs', import.meta.url).href}`,
      MOVED_CLOCK_FILE: this.#clock,
    }
  }

  async #startServer() {
    this.#server = await startServer({
      folder: join(this.#folder, 'data'),
      args: ['--port', String(this.#port), '--services', 'catalog,pipelines'],
      env: this.#environment(this.#backend.hasDatabase ? 'on' : 'workers'),
    })
  }

  #startWorker() {
    const data = this.#backend.hasDatabase ? ['--data', join(this.#folder, 'data')] : []
    const args = [cairn, '--server', `http://127.0.0.1:${this.#port}`, 'worker', ...data]
    this.#worker = spawn(process.execPath, args, {
      ...{ cwd: this.#folder, stdio: 'ignore', env: environment(this.#environment('on')) },
    })
  }
}
