import type { LoadedDeployment } from '../deployments/loaded-deployments.js'
import type { ModelQuery } from '../runtime/messages.js'
import type { Prediction } from '../runtime/request-queue.js'
import { compareAnswers } from './compare-answers.js'
import { ShadowStats } from './shadow-stats.js'

/** Requests to one shadow at a time. */
const MAX_PENDING = 16
/** Larger answers are not compared. */
const MAX_LENGTH = 256 * 1024

/**
 * Sends a share of the answered queries to the shadow of their endpoint, and compares the answers. It starts after the client's
 * answer, and neither its failures nor its delay reach the client.
 */
export class Shadow {
  /** A new deployment begins new statistics. */
  readonly #stats = new WeakMap<LoadedDeployment, ShadowStats>()
  readonly #pending = new WeakMap<LoadedDeployment, number>()

  mirror(deployment: LoadedDeployment, query: ModelQuery, answer: Prediction): void {
    const { shadow } = deployment.config
    if (!shadow || Math.random() * 100 >= shadow.sampling_percentage) return
    const served = deployment.served.get(shadow.served_model_name)
    if (!served || query.protocol !== 'mlflow') return
    const stats = this.stats(deployment)
    const pending = this.#pending.get(deployment) ?? 0
    if (pending >= MAX_PENDING) {
      stats.dropped++
      return
    }
    this.#pending.set(deployment, pending + 1)
    void served.model.host
      .predict({ ...query, version: served.version })
      .then((prediction) => compare(stats, answer, prediction))
      .catch(() => {
        stats.failed++
      })
      .finally(() => this.#pending.set(deployment, this.#pending.get(deployment)! - 1))
  }

  stats(deployment: LoadedDeployment): ShadowStats {
    const present = this.#stats.get(deployment) ?? new ShadowStats()
    this.#stats.set(deployment, present)
    return present
  }
}

function compare(stats: ShadowStats, answer: Prediction, shadow: Prediction): void {
  const [one, other] = [answer.response.body, shadow.response.body]
  if (typeof one !== 'string' || typeof other !== 'string' || one.length > MAX_LENGTH) return
  stats.add(compareAnswers(one, other), answer.modelMs, shadow.modelMs)
}
