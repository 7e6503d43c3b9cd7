import { expect, test } from 'vitest'
import { findExperiments, selectExperiments } from './select-experiments.js'
import type { SourceExperiment } from './source.js'

const source = {
  async *experiments() {
    for (const [experiment_id, name] of [
      ['0', 'Default'],
      ['1', '/movies'],
    ])
      yield { experiment_id, name } as SourceExperiment
  },
}
const ids = async (wanted: readonly string[]) => {
  const found: string[] = []
  for await (const { experiment_id } of selectExperiments(source, wanted)) found.push(experiment_id)
  return found
}

test('selects experiments by name or id, or all without a filter, and rejects an unknown name', async () => {
  expect([await ids([]), await ids(['/movies']), await ids(['1', 'Default'])]).toEqual([
    ['0', '1'],
    ['1'],
    ['0', '1'],
  ])
  expect(await findExperiments(source, [])).toEqual([])
  await expect(ids(['/movies', '/moveis'])).rejects.toThrow(
    "Experiment '/moveis' does not exist in the source.",
  )
})
