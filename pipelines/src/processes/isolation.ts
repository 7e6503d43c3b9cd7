import { existsSync, realpathSync } from 'node:fs'
import { chown, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { localStore, storeUri } from '@cairn/platform/blobs/open'
import type { Config } from '@cairn/platform/config'
import { ApiError, messageOf } from '@cairn/platform/errors'
import type { Log } from '@cairn/platform/jobs/deliver'
import type { Wrap } from '@cairn/platform/processes/launch'
import { runTool } from '@cairn/platform/processes/run-tool'
import { mayRunJobCode } from '../flow/placement.js'
import { inNamespace } from './namespace.js'

interface Attempt {
  /** The folder of the attempt. */
  readonly home: string
  /** Folders that its process needs. */
  readonly shown: readonly string[]
}

interface Refusal {
  readonly reason: string
  readonly isLasting: boolean
}

interface IsolationOptions {
  /** Starts a process in a namespace. */
  readonly attempt?: (config: Config) => Promise<Refusal | undefined>
  readonly log?: Pick<Log, 'warn'> | undefined
}

/** Creates mount namespaces of processes, if the kernel allows it. */
export class Isolation {
  readonly #config: Config
  readonly #workRoot: string
  readonly #attempt: (config: Config) => Promise<Refusal | undefined>
  readonly #log: Pick<Log, 'warn'> | undefined
  #refusal: Promise<Refusal | undefined> | undefined
  #hasWarned = false

  /** @param workRoot the parent of the folders of all attempts */
  constructor(config: Config, workRoot: string, { attempt = tryNamespace, log }: IsolationOptions = {}) {
    this.#config = config
    this.#workRoot = workRoot
    this.#attempt = attempt
    this.#log = log
  }

  /** @throws FEATURE_DISABLED when the settings demand a namespace that the kernel refuses */
  async wrap({ home, shown }: Attempt): Promise<Wrap | undefined> {
    const { data, task_namespaces } = this.#config
    if (task_namespaces === 'off') return undefined
    const refusal = await this.refusal()
    if (refusal === undefined) {
      const hidden = [this.#workRoot, data]
      if (this.#givesPaths) return inNamespace({ home, hidden, shown: [...shown, ...this.#storeFolder] })
      return inNamespace({ home, hidden: [...hidden, ...this.#storeFolder], shown })
    }
    if (task_namespaces === 'auto') return this.#warn(refusal)
    throw new ApiError(
      'FEATURE_DISABLED',
      `CAIRN_TASK_NAMESPACES=on: a task cannot get a namespace (${refusal}). Let the server create mount namespaces, or set 'auto'.`,
    )
  }

  /** The reason why no process gets a namespace; undefined if all do. Temporary reasons are not cached. */
  async refusal(): Promise<string | undefined> {
    this.#refusal ??= this.#attempt(this.#config)
    const current = this.#refusal
    const refusal = await current
    if (refusal && !refusal.isLasting && this.#refusal === current) this.#refusal = undefined
    return refusal?.reason
  }

  #warn(refusal: string): undefined {
    if (!this.#hasWarned) this.#log?.warn({ refusal }, 'tasks run without their own mount namespaces')
    this.#hasWarned = true
  }

  /** Behind links, which may lead out of the data folder. */
  get #storeFolder(): string[] {
    const folder = localStore(storeUri(this.#config))
    return folder !== undefined && existsSync(folder) ? [realpathSync(folder)] : []
  }

  /** Returns whether the catalog gives tasks paths of tables on the disk. */
  get #givesPaths(): boolean {
    const { local_table_paths, auth } = this.#config
    return process.getuid?.() !== 0 && (local_table_paths || auth === 'local')
  }
}

/** Permanent reasons: a missing program or permission. Others, such as a full disk or too many processes, are temporary. */
const LASTING = /operation not permitted|permission denied|not found|ENOENT|EACCES|EPERM/i

async function tryNamespace(config: Config): Promise<Refusal | undefined> {
  if (process.platform !== 'linux') return { reason: 'only Linux has them', isLasting: true }
  try {
    await enterNamespace(config)
    return undefined
  } catch (error) {
    const [reason] = messageOf(error)
      .replace(/^'sh -c' failed: /, '')
      .split(' | ') as [string]
    return { reason, isLasting: LASTING.test(reason) }
  }
}

async function enterNamespace({ task_users }: Config): Promise<void> {
  const uid = Number(task_users.split('-')[0])
  const user = process.getuid?.() === 0 ? { uid, gid: uid } : undefined
  const home = await mkdtemp(join(tmpdir(), 'cairn-namespace-'))
  try {
    await mkdir(join(home, 'tmp'))
    const wrap = inNamespace({ home, hidden: [], shown: [] })
    if (user) await chown(join(home, 'tmp'), uid, uid)
    await runTool('sh', ['-c', ':'], { cwd: '/', env: {}, user, wrap })
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

const SHARED = 'share /tmp of this machine'

/** Describes in a sentence how this machine isolates processes of tasks. */
export async function describeIsolation(config: Config): Promise<{ ok: boolean; detail: string }> {
  const { task_processes, task_namespaces } = config
  if (!mayRunJobCode(config)) {
    const reason = task_processes === 'auto' ? ', without root, and CAIRN_AUTH=required' : ''
    return {
      ok: true,
      detail: `code of jobs does not run here: CAIRN_TASK_PROCESSES=${task_processes}${reason}`,
    }
  }
  const isRoot = process.getuid?.() === 0
  const own = isRoot ? 'its own user' : 'the user of the server'
  const start = `each task has ${own}`
  if (task_namespaces === 'off')
    return { ok: true, detail: `${start}; tasks ${SHARED}: CAIRN_TASK_NAMESPACES=off` }
  const refusal = await new Isolation(config, '/').refusal()
  if (refusal === undefined) {
    const read = isRoot ? '' : ', but all other files of that user'
    return { ok: true, detail: `${start}, a private /tmp, and does not see the data folder${read}` }
  }
  return { ok: task_namespaces === 'auto', detail: `${start}; tasks ${SHARED}: ${refusal}` }
}
