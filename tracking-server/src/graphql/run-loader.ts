import type { Client } from '@cairn/platform/protocol/client'
import { type Experiment, GetExperiment } from '@cairn/platform/protocol/experiments'
import { SearchModelVersions } from '@cairn/platform/protocol/model-versions'
import type { ModelVersion } from '@cairn/platform/protocol/registered-models'

const BATCH_SIZE = 100

interface Batch {
  readonly runIds: Set<string>
  /** Of all of them. */
  readonly found: Promise<readonly ModelVersion[]>
}

/** What a query asks of each run beside the run itself, in few questions however many runs there are. */
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
    const asked = this.#call(GetExperiment, { experiment_id: id }).then(({ experiment }) => experiment)
    this.#experiments.set(id, asked)
    return asked
  }

  /** Runs that are asked about in the same turn share their questions. */
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
