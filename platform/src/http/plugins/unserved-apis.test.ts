import { expect, test } from 'vitest'
import { unservedReason } from './unserved-apis.js'

test.each([
  ['/api/2.1/clusters/list', 'Cairn has no clusters: workers run the tasks of jobs.'],
  ['/api/2.0/policies/clusters/list', 'Cairn has no clusters: workers run the tasks of jobs.'],
  ['/api/2.0/dbfs/list', expect.stringContaining('files are in volumes')],
  ['/api/2.0/repos/7', expect.stringContaining('`cairn bundle deploy`')],
  ['/api/2.0/mlflow/unity-catalog/prompts', expect.stringContaining('set the registry URI')],
  ['/api/2.1/unity-catalog/models/a.b.c', expect.stringContaining('`w.model_registry`')],
  ['/api/2.1/unity-catalog/functions', expect.stringContaining('only tables and volumes')],
  ['/api/2.1/unity-catalog/storage-credentials', expect.stringContaining('in the store of this server')],
  ['/api/2.1/unity-catalog/modelships', undefined],
  ['/api/2.0/mlflow/nope', undefined],
  ['/clusters/list', undefined],
])('explains %s', (path, reason) => {
  expect(unservedReason(path)).toEqual(reason)
})
