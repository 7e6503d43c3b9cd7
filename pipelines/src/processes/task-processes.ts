import { join } from 'node:path'
import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { Config } from '@cairn/platform/config'
import { ApiError } from '@cairn/platform/errors'
import type { Log } from '@cairn/platform/jobs/deliver'
import type { Wrap } from '@cairn/platform/processes/launch'
import { ProcessUsers, type UserLease } from '@cairn/platform/processes/process-users'
import { PythonEnvironments } from '@cairn/platform/processes/python-environments'
import { openPassage } from '@cairn/platform/processes/share-folders'
import type { UnprivilegedUser } from '@cairn/platform/processes/unprivileged-user'
import { workRoot } from '@cairn/platform/processes/work-root'
import { mayRunJobCode } from '../flow/placement.js'
import { Isolation } from './isolation.js'
import { foldersOf } from './namespace.js'
import type { WorkFolder } from './work-folder.js'

const ROOT_CACHE = '/var/cache/cairn'

/** Decides whether, and as which user, code of jobs runs in this process. */
export class TaskProcesses {
  readonly #config: Config
  readonly #users: ProcessUsers | undefined
  readonly #folder: string
  readonly #isolation: Isolation
  readonly environments: PythonEnvironments
  /** The parent of working folders. */
  readonly workRoot: string

  constructor(config: Config, log?: Log) {
    this.#config = config
    const isRoot = process.getuid?.() === 0
    this.workRoot = workRoot(config.data)
    this.#users = isRoot ? new ProcessUsers(config.task_users, this.workRoot) : undefined
    const folder = join(isRoot ? ROOT_CACHE : join(config.data, 'cache'), 'tasks')
    this.#folder = config.task_environments || folder
    this.environments = new PythonEnvironments(this.#folder)
    this.#isolation = new Isolation(config, this.workRoot, { log })
  }

  get python(): string {
    return this.#config.task_python
  }

  get memoryBytes(): number {
    return this.#config.task_memory * 1024 ** 2
  }

  /** Returns whether this process starts code of jobs; otherwise none, or workers over HTTP do. */
  get isEnabled(): boolean {
    const { task_processes } = this.#config
    return task_processes !== 'off' && task_processes !== 'workers'
  }

  /** Ends tasks of servers and workers that were killed, and removes their folders. */
  async removeLeftovers(log: Log): Promise<void> {
    if (!this.isEnabled) return
    await this.#users?.open().catch((error) => log.warn({ error }, 'cannot remove leftovers of tasks'))
  }

  /** Lets the users of tasks traverse the folders to the environments. */
  async openEnvironments(user: UnprivilegedUser): Promise<void> {
    const isOurs = this.#folder.startsWith(`${ROOT_CACHE}/`)
    await openPassage(isOurs ? ROOT_CACHE : this.#folder, this.#folder, user)
  }

  /**
   * The command that isolates the process of an attempt; undefined if only its user isolates it.
   *
   * @throws FEATURE_DISABLED when the settings demand more
   */
  async isolate(folder: WorkFolder, interpreter = process.execPath): Promise<Wrap | undefined> {
    const { home } = folder
    const wrap = await this.#isolation.wrap({ home, shown: [this.#folder, ...foldersOf(interpreter)] })
    if (wrap) await folder.emptyTmp()
    return wrap
  }

  /** @param where the task, for the message. @throws FEATURE_DISABLED when this server runs no code of jobs */
  requireEnabled(where: string): void {
    if (this.#config.task_processes === 'workers' || mayRunJobCode(this.#config)) return
    throw disabled(where)
  }

  /** @throws FEATURE_DISABLED when this process, a worker, may start no code of jobs */
  requireStarting(): void {
    if (!this.isEnabled) throw disabled(`CAIRN_TASK_PROCESSES=${this.#config.task_processes}`)
    this.requireEnabled('cairn worker')
  }

  /**
   * The user of an attempt; undefined if it runs as the user of this server.
   *
   * @param writer id of the principal that wrote the settings of the job
   * @throws FEATURE_DISABLED when code of that principal may not run without its own user
   */
  async acquireUser(writer: string | null, where: string): Promise<UserLease | undefined> {
    if (this.#config.task_processes === 'workers') throw disabled(where)
    this.requireEnabled(where)
    if (this.#users) return this.#users.acquire()
    if (this.#config.task_processes === 'auto' && writer !== LOCAL_OWNER.id) throw disabled(where)
    return undefined
  }
}

const disabled = (where: string) =>
  new ApiError(
    'FEATURE_DISABLED',
    `${where}: this server does not run code of jobs. An administrator runs it as root, which gives each task its own user, or sets CAIRN_TASK_PROCESSES=on (docs/jobs.md).`,
  )
