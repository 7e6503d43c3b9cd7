import { expect, test } from 'vitest'
import { chosen, chosenOrAll } from './select-experiments.js'
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
  for await (const { experiment_id } of chosenOrAll(source, wanted)) found.push(experiment_id)
  return found
}

test('experiments are chosen by name or id, all where none is named, and one that is not there is missed', async () => {
  expect([await ids([]), await ids(['/movies']), await ids(['1', 'Default'])]).toEqual([
    ['0', '1'],
    ['1'],
    ['0', '1'],
  ])
  expect(await chosen(source, [])).toEqual([])
  await expect(ids(['/movies', '/moveis'])).rejects.toThrow("There is no experiment '/moveis'.")
})
