import type { Client } from '@cairn/platform/protocol/client'
import { type Experiment, GetExperiment } from '@cairn/platform/protocol/mlflow/experiments'
import { SearchModelVersions } from '@cairn/platform/protocol/mlflow/model-versions'
import type { ModelVersion } from '@cairn/platform/protocol/mlflow/registered-models'

const BATCH_SIZE = 100

interface Batch {
  readonly runIds: Set<string>
  /** Model versions of all runs in the batch. */
  readonly found: Promise<readonly ModelVersion[]>
}

/** Batches and caches the lookups of related objects that a query makes for each run. */
export class RunLoader {
  readonly #call: Client
  readonly #experiments = new Map<string, Promise<Experiment>>()
  #batch: Batch | undefined

  constructor(call: Client) {
    this.#call = call
  }

  experiment(id: string): Promise<Experiment> {
    const known = this.#experiments.get(id)
    if (known) return known
    const loading = this.#call(GetExperiment, { experiment_id: id }).then(({ experiment }) => experiment)
    this.#experiments.set(id, loading)
    return loading
  }

  /** Lookups of the same event loop turn are batched. */
  async modelVersions(runId: string): Promise<ModelVersion[]> {
    this.#batch ??= this.#open()
    const { runIds, found } = this.#batch
    runIds.add(runId)
    return (await found).filter(({ run_id }) => run_id === runId)
  }

  #open(): Batch {
    const runIds = new Set<string>()
    const found = new Promise(setImmediate).then(async () => {
      this.#batch = undefined
      const ids = [...runIds]
      const parts = Array.from({ length: Math.ceil(ids.length / BATCH_SIZE) }, (_, i) =>
        this.#versionsOf(ids.slice(i * BATCH_SIZE, (i + 1) * BATCH_SIZE)),
      )
      return (await Promise.all(parts)).flat()
    })
    return { runIds, found }
  }

  async #versionsOf(runIds: readonly string[]): Promise<ModelVersion[]> {
    const filter = `run_id IN (${runIds.map((id) => `'${id}'`).join(', ')})`
    return (await this.#call(SearchModelVersions, { filter })).model_versions ?? []
  }
}
