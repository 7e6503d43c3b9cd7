import { expect, test } from 'vitest'
import { aRun } from '../testing/fixtures.js'
import { modelFolders } from './model-sources.js'

const history = (value: string) => aRun({ tags: { 'mlflow.log-model.history': value } })

test('finds the models of older clients once each', () => {
  const logged = JSON.stringify([
    { artifact_path: 'a' },
    { artifact_path: 'a' },
    { artifact_path: 'b/c' },
    null,
  ])
  expect(modelFolders(history(logged))).toEqual(['a', 'b/c'])
  for (const broken of ['', 'no json', '{}', '[1]']) expect(modelFolders(history(broken))).toEqual([])
})

test('leaves them out of runs with logged models, which hold the same files', () => {
  const run = history('[{"artifact_path":"a"}]')
  expect(modelFolders({ ...run, outputs: { model_outputs: [{ model_id: 'm-1', step: 0 }] } })).toEqual([])
})
