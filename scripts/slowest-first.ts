import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { root } from './workspaces.mjs'

/** Files that take longer than others, in the order of their start. Few: it matters only that none is left for the end. */
export const SLOWEST = [
  'acceptance/journey.long.test.ts', // runs the demo, for which other files wait
  'acceptance/clients.test.ts',
  'acceptance/migration.test.ts',
  'acceptance/browser.long.test.ts',
  'acceptance/bulk.test.ts',
  'acceptance/clients-on-demo.long.test.ts',
  'acceptance/endpoint-pages.test.ts',
  'acceptance/webhooks.test.ts',
  'acceptance/crash-artifacts.test.ts',
  'acceptance/evaluation.test.ts',
  'acceptance/main-job.long.test.ts',
  'acceptance/bad-input.test.ts',
  'acceptance/serving-crash.test.ts',
  'acceptance/artifacts.test.ts',
  'acceptance/python-models.test.ts',
  'acceptance/java.test.ts',
  'acceptance/crash.test.ts',
  'acceptance/live.test.ts',
  'acceptance/compare-runs.test.ts',
  'acceptance/models-serve.test.ts',
  'acceptance/serving-capture.test.ts',
  'acceptance/serving-stress.test.ts',
  'pipelines/src/engine/crash.long.test.ts',
  'sdk/src/offline/sync.test.ts',
  'serving/src/sidecar/python-environments.long.test.ts',
  'serving/src/deployments/history.test.ts',
  'tracking-server/src/gc/gc.test.ts',
  'serving/src/sidecar/python-host.test.ts',
  'sdk/src/offline/kill.long.test.ts',
  'catalog/src/rights.test.ts',
  'tracking-server/src/gc/pages.test.ts',
  'platform/src/blobs/s3.test.ts',
  'registry/src/registry.test.ts',
  'recommenders/src/transformers/sequence/train.test.ts',
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
