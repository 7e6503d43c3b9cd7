import { type LoadListener, NO_LISTENER } from './load-listener.js'
import type { CachedModel } from './model-cache.js'
import type { ModelHost } from './model-host.js'
import { ModelThread } from './model-thread.js'
import type { ModelVariables } from './model-variables.js'
import { ScalingModel } from './scaling-model.js'

/** A reference to a loaded model, which is closed with its last reference. */
export interface ModelLease {
  /** SHA-256 of the model's files. */
  readonly digest: string
  readonly host: ModelHost
  /** Resolves after the pending requests of the model when this was its last reference. */
  release(): Promise<void>
}

/** The files of a model, and the variables of its process. */
export type ModelFiles = Omit<CachedModel, 'bytes'> & { readonly variables?: ModelVariables }

/** Loads a model of the cache in its own thread or process. @throws INVALID_PARAMETER_VALUE with the model's error */
export type StartModel = (model: ModelFiles, listener: LoadListener) => Promise<ModelHost>

interface SharedHost {
  readonly digest: string
  readonly starting: Promise<ModelHost>
  /** The listeners of all leases. */
  readonly listeners: Set<LoadListener>
  started?: ModelHost
  leases: number
}

const startThread: StartModel = ({ folder }) => ModelThread.start(folder)

/** The loaded models of this process: one for each combination of files and variables, which endpoints and entities share. */
export class ModelPool {
  readonly #hosts = new Map<string, SharedHost>()
  /** The number of leases of models that scale to zero, by digest. */
  readonly #scaling = new Map<string, number>()
  readonly #startModel: StartModel

  constructor(startModel: StartModel = startThread) {
    this.#startModel = startModel
  }

  /** Loads a model, or shares that of the same files unless it has failed. @throws INVALID_PARAMETER_VALUE with the model's error */
  async acquire(model: ModelFiles, listener = NO_LISTENER): Promise<ModelLease> {
    const { digest } = model
    const key = keyOf(model)
    const present = this.#hosts.get(key)
    const shared = present && present.started?.failure === undefined ? present : this.#start(model)
    shared.leases++
    shared.listeners.add(listener)
    try {
      const host = await shared.starting
      return { digest, host, release: () => this.#release(key, shared, listener) }
    } catch (error) {
      this.#remove(key, shared)
      throw error
    }
  }

  /** Like `acquire`, for a model that is freed after it has been idle. Its files must stay in the cache. */
  async acquireScaling(model: ModelFiles, idleMs: number, listener = NO_LISTENER): Promise<ModelLease> {
    const acquire = () => this.acquire(model, listener)
    const { digest } = model
    const host = new ScalingModel({ lease: await acquire(), acquire, idleMs })
    this.#scaling.set(digest, (this.#scaling.get(digest) ?? 0) + 1)
    const release = async () => {
      const others = this.#scaling.get(digest)! - 1
      if (others > 0) this.#scaling.set(digest, others)
      else this.#scaling.delete(digest)
      await host.close()
    }
    return { digest, host, release }
  }

  /** The digests of the models whose files are in use: those that are loaded, are being loaded, or can be loaded again. */
  get digests(): ReadonlySet<string> {
    const loaded = Array.from(this.#hosts.values(), ({ digest }) => digest)
    return new Set([...loaded, ...this.#scaling.keys()])
  }

  #start(model: ModelFiles): SharedHost {
    const { digest } = model
    const listeners = new Set<LoadListener>()
    const shared: SharedHost = {
      digest,
      starting: this.#startModel(model, toAll(listeners)),
      listeners,
      leases: 0,
    }
    shared.starting.then(
      (host) => {
        shared.started = host
      },
      () => undefined,
    )
    this.#hosts.set(keyOf(model), shared)
    return shared
  }

  async #release(key: string, shared: SharedHost, listener: LoadListener): Promise<void> {
    shared.listeners.delete(listener)
    if (--shared.leases > 0) return
    this.#remove(key, shared)
    await shared.started!.close()
  }

  #remove(key: string, shared: SharedHost) {
    if (this.#hosts.get(key) === shared) this.#hosts.delete(key)
  }
}

/** Models are shared by their files and variables: one endpoint never runs with the secrets of another. */
const keyOf = ({ digest, variables }: ModelFiles) => (variables ? `${digest} ${variables.key}` : digest)

const toAll = (listeners: ReadonlySet<LoadListener>): LoadListener => ({
  onStep: async (sentence) => {
    await Promise.all(Array.from(listeners, (listener) => listener.onStep(sentence)))
  },
  onLine: (line) => {
    for (const listener of listeners) listener.onLine(line)
  },
})
