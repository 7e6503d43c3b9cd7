import { chown, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Config } from '@cairn/platform/config'
import { ApiError, messageOf } from '@cairn/platform/errors'
import type { Wrap } from '@cairn/platform/processes/launch'
import { runTool } from '@cairn/platform/processes/run-tool'
import { inNamespace } from './namespace.js'

interface Attempt {
  /** The folder of the attempt. */
  readonly home: string
  /** Folders that its process needs. */
  readonly shown: readonly string[]
}

/** Mount namespaces of processes, where the kernel lets this process create them. */
export class Isolation {
  readonly #config: Config
  readonly #workRoot: string
  #refusal: Promise<string | undefined> | undefined

  /** @param workRoot the parent of the folders of all attempts */
  constructor(config: Config, workRoot: string) {
    this.#config = config
    this.#workRoot = workRoot
  }

  /** @throws FEATURE_DISABLED when the settings demand a namespace that the kernel refuses */
  async wrap({ home, shown }: Attempt): Promise<Wrap | undefined> {
    const { data, task_namespaces } = this.#config
    if (task_namespaces === 'off') return undefined
    const refusal = await this.refusal()
    if (refusal === undefined) {
      const stores = this.#storeFolder
      return inNamespace({
        home,
        hidden: [this.#workRoot, data, ...stores],
        shown: [...shown, ...(this.#givesPaths ? stores : [])],
      })
    }
    if (task_namespaces === 'auto') return undefined
    throw new ApiError(
      'FEATURE_DISABLED',
      `CAIRN_TASK_NAMESPACES=on: a task cannot get a namespace (${refusal}). Let the server create mount namespaces, or set 'auto'.`,
    )
  }

  /** The reason why no process gets a namespace; undefined if all do. Tries once. */
  refusal(): Promise<string | undefined> {
    this.#refusal ??= tryNamespace(this.#config)
    return this.#refusal
  }

  get #storeFolder(): string[] {
    const { artifacts_destination: place, data } = this.#config
    if (place === '') return [join(data, 'artifacts')]
    if (place.startsWith('file:')) return [fileURLToPath(place)]
    return isAbsolute(place) ? [place] : []
  }

  /** Whether tasks get paths of tables on the disk from the catalog. */
  get #givesPaths(): boolean {
    const { local_table_paths, auth } = this.#config
    return process.getuid?.() !== 0 && (local_table_paths || auth === 'local')
  }
}

async function tryNamespace({ task_users }: Config): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'only Linux has them'
  const uid = Number(task_users.split('-')[0])
  const user = process.getuid?.() === 0 ? { uid, gid: uid } : undefined
  const home = await mkdtemp(join(tmpdir(), 'cairn-namespace-'))
  try {
    await mkdir(join(home, 'tmp'))
    const wrap = inNamespace({ home, hidden: [], shown: [] })
    if (user) await chown(join(home, 'tmp'), uid, uid)
    await runTool('sh', ['-c', ':'], { cwd: '/', env: {}, user, wrap })
    return undefined
  } catch (error) {
    return messageOf(error)
      .replace(/^'sh -c' failed: /, '')
      .split(' | ')[0]
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

const SHARED = 'share /tmp of this machine'

/** How this machine keeps processes of tasks apart, in a sentence. */
export async function describeIsolation(config: Config): Promise<{ ok: boolean; detail: string }> {
  const { task_processes, task_namespaces } = config
  if (task_processes === 'off' || task_processes === 'workers')
    return { ok: true, detail: `code of jobs does not run here: CAIRN_TASK_PROCESSES=${task_processes}` }
  const own = process.getuid?.() === 0 ? 'its own user' : 'the user of the server'
  const start = `each task has ${own}`
  if (task_namespaces === 'off')
    return { ok: true, detail: `${start}; tasks ${SHARED}: CAIRN_TASK_NAMESPACES=off` }
  const refusal = await new Isolation(config, '/').refusal()
  if (refusal === undefined)
    return { ok: true, detail: `${start}, a private /tmp, and does not see the data folder` }
  return { ok: task_namespaces === 'auto', detail: `${start}; tasks ${SHARED}: ${refusal}` }
}
