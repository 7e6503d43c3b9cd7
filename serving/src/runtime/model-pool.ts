import type { CachedModel } from './model-cache.js'
import type { ModelHost } from './model-host.js'
import { ModelThread } from './model-thread.js'
import { ScalingModel } from './scaling-model.js'

/** A reference to the thread of a model. The thread is closed with its last reference. */
export interface ModelLease {
  /** SHA-256 of the model's files. */
  readonly digest: string
  readonly thread: ModelHost
  /** Resolves after the pending requests of the thread when this was its last reference. */
  release(): Promise<void>
}

interface SharedThread {
  readonly starting: Promise<ModelThread>
  started?: ModelThread
  leases: number
}

/** The model threads of this process: one for each model, whatever the number of endpoints and entities that serve it. */
export class ModelPool {
  readonly #threads = new Map<string, SharedThread>()
  /** The number of leases of models that scale to zero, by digest. */
  readonly #scaling = new Map<string, number>()

  /** Starts a thread, or shares that of the same files unless it has failed. @throws INVALID_PARAMETER_VALUE with the model's error */
  async acquire({ digest, folder }: Omit<CachedModel, 'bytes'>): Promise<ModelLease> {
    const present = this.#threads.get(digest)
    const shared = present && present.started?.failure === undefined ? present : this.#start(digest, folder)
    shared.leases++
    try {
      const thread = await shared.starting
      return { digest, thread, release: () => this.#release(digest, shared) }
    } catch (error) {
      this.#remove(digest, shared)
      throw error
    }
  }

  /** Like `acquire`, for a model that is freed after it has been idle. Its files must stay in the cache. */
  async acquireScaling(model: Omit<CachedModel, 'bytes'>, idleMs: number): Promise<ModelLease> {
    const acquire = () => this.acquire(model)
    const { digest } = model
    const thread = new ScalingModel({ lease: await acquire(), acquire, idleMs })
    this.#scaling.set(digest, (this.#scaling.get(digest) ?? 0) + 1)
    const release = async () => {
      const others = this.#scaling.get(digest)! - 1
      if (others > 0) this.#scaling.set(digest, others)
      else this.#scaling.delete(digest)
      await thread.close()
    }
    return { digest, thread, release }
  }

  /** The digests of the models whose files are in use: those that are loaded, are being loaded, or can be loaded again. */
  get digests(): ReadonlySet<string> {
    return new Set([...this.#threads.keys(), ...this.#scaling.keys()])
  }

  #start(digest: string, folder: string): SharedThread {
    const shared: SharedThread = { starting: ModelThread.start(folder), leases: 0 }
    shared.starting.then(
      (thread) => {
        shared.started = thread
      },
      () => undefined,
    )
    this.#threads.set(digest, shared)
    return shared
  }

  async #release(digest: string, shared: SharedThread): Promise<void> {
    if (--shared.leases > 0) return
    this.#remove(digest, shared)
    await shared.started!.close()
  }

  #remove(digest: string, shared: SharedThread) {
    if (this.#threads.get(digest) === shared) this.#threads.delete(digest)
  }
}
