import { Artifacts } from './tracking/artifacts.js'
import { Experiments } from './tracking/experiments.js'
import { LoggedModels } from './tracking/logged-models.js'
import { Runs } from './tracking/runs.js'
import type { Transport } from './transport.js'

/** The tracking API, call by call: `tracking.runs.logBatch(runId, …)`. `withRun` in `run.ts` is the comfortable way. */
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
