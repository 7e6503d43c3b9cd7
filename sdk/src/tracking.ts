import { Artifacts } from './tracking/artifacts.js'
import { Experiments } from './tracking/experiments.js'
import { LoggedModels } from './tracking/logged-models.js'
import { Runs } from './tracking/runs.js'
import type { Transport } from './transport.js'

/** Low-level client of the tracking API: `tracking.runs.logBatch(runId, …)`. `withRun` in `run.ts` is the high-level API. */
export class TrackingClient {
  readonly experiments: Experiments
  readonly runs: Runs
  readonly loggedModels: LoggedModels
  readonly artifacts: Artifacts
  readonly transport: Transport

  constructor(transport: Transport) {
    this.transport = transport
    this.experiments = new Experiments(transport)
    this.runs = new Runs(transport)
    this.loggedModels = new LoggedModels(transport)
    this.artifacts = new Artifacts(transport)
  }
}
