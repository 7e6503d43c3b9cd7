import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { root } from './workspaces.mjs'

/** The slowest files in the order of their start. The list is short: it only keeps them from running last. */
export const SLOWEST = [
  'acceptance/journey.long.test.ts', // runs the demo, for which `browser.long` and others would wait
  'acceptance/clients.test.ts',
  'acceptance/migration.test.ts',
  'acceptance/job-pages.long.test.ts',
  'acceptance/run-pages.long.test.ts',
  'acceptance/trace-pages.long.test.ts',
  'acceptance/browser.long.test.ts',
  'acceptance/main-job.long.test.ts',
  'acceptance/cards.long.test.ts',
  'acceptance/runs-table.long.test.ts',
  'acceptance/mlflow-auth.test.ts',
  'acceptance/bulk.test.ts',
  'acceptance/movies.long.test.ts',
  'acceptance/access.long.test.ts',
  'acceptance/console.long.test.ts',
  'acceptance/endpoint-drift.long.test.ts',
  'acceptance/data-folder.test.ts',
  'acceptance/bad-input.test.ts',
  'acceptance/java.test.ts',
  'acceptance/delays.long.test.ts',
  'acceptance/clients-on-demo.long.test.ts',
  'acceptance/endpoint-pages.long.test.ts',
  'acceptance/sign-in.long.test.ts',
  'acceptance/models-serve-cases.test.ts',
  'acceptance/python-models.test.ts',
  'acceptance/evaluation.test.ts',
  'acceptance/killed-jobs.long.test.ts',
  'acceptance/first-job.long.test.ts',
  'acceptance/behind-nginx.long.test.ts',
  'acceptance/live.test.ts',
  'acceptance/webhooks.test.ts',
  'acceptance/serving-capture.long.test.ts',
  'acceptance/crash-artifacts.long.test.ts',
  'acceptance/serving-stress.long.test.ts',
  'acceptance/outages.test.ts',
  'acceptance/mlflow-ui.test.ts',
  'acceptance/serving-kills.long.test.ts',
  'acceptance/serving-crash.long.test.ts',
  'acceptance/compare-runs.long.test.ts',
  'acceptance/models-serve.test.ts',
  'acceptance/fuzz.long.test.ts',
  'acceptance/crash.test.ts',
  'acceptance/unauthorized.test.ts',
  'cli/src/server/object-rights/matrix.test.ts',
  'tracking-server/src/metrics/audit-cost.long.test.ts',
  'pipelines/src/engine/crash.long.test.ts',
  'pipelines/src/flow/flow.test.ts',
  'sdk/src/offline/sync.test.ts',
  'serving/src/sidecar/python-environments.long.test.ts',
  'serving/src/sidecar/python-host.test.ts',
  'sdk/src/offline/kill.long.test.ts',
  'serving/src/deployments/history.test.ts',
  'tracking-server/src/gc/gc.test.ts',
  'recommenders/src/transformers/sequence/train.test.ts',
  'catalog/src/rights.test.ts',
  'tracking-server/src/gc/pages.test.ts',
  'platform/src/blobs/s3.test.ts',
  'registry/src/registry.test.ts',
  'cli/src/migration/second-run.test.ts',
  'cli/src/server/audit/audit.test.ts',
]
const orderOf = ({ moduleId }: TestSpecification) => {
  const at = SLOWEST.indexOf(relative(root, moduleId))
  return at < 0 ? SLOWEST.length : at
}

/** Starts the slowest files first, so that at the end none of them runs alone. Vitest orders the others, by size or an earlier run. */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.toSorted((one, other) => orderOf(one) - orderOf(other))
  }
}
