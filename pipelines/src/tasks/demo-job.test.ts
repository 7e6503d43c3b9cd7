import { loadConfig } from '@cairn/platform/config'
import { BASELINES } from '@cairn/recommenders/models/kinds'
import { expect, test } from 'vitest'
import { ancestors } from '../flow/graph.js'
import { checkSettings } from '../jobs/check-settings.js'
import { TaskRegistry } from '../task-kinds/registry.js'
import { demoJob, FIRST_SERVED } from './demo-job.js'
import { importJob } from './import-job.js'
import { taskKinds } from './kinds/kinds.js'
import { TASKS } from './tasks.js'

test('builds jobs that pass validation', () => {
  const registry = new TaskRegistry(taskKinds(TASKS, loadConfig({})))
  checkSettings(demoJob(), registry, 0)
  checkSettings(demoJob({ source: 'ml-32m.zip' }), registry, 0)
  checkSettings(importJob({ source: 'ml-1m.zip', schema: 'main.movielens', imdb: 'imdb' }), registry, 0)
})

test('serves the first model before slow ones train, and the challengers last', () => {
  const { tasks = [] } = demoJob()
  const before = (key: string) => ancestors(tasks, key)
  const slow = ['train_als', 'train_two_stage', 'train_bert4rec', 'train_hybrid']
  expect(slow.filter((key) => before(FIRST_SERVED).has(key))).toEqual([])
  for (const key of slow) expect([key, before(key).has(FIRST_SERVED)]).toEqual([key, true])
  for (const kind of BASELINES)
    expect([kind, before('train_two_stage').has(`train_${kind}`)]).toEqual([kind, true])
  for (const key of ['train_bert4rec', 'train_hybrid']) expect(before(key)).toContain('deploy_two_stage')
})

test('registers each trained model once', () => {
  const { tasks = [] } = demoJob()
  const trained = tasks.filter(({ node_task }) => node_task?.entry === 'recommender/train')
  const registered = tasks.flatMap(({ node_task }) => {
    const { runs = [] } = (node_task?.parameters ?? {}) as { runs?: string[] }
    return runs
  })
  expect(registered.toSorted()).toEqual(
    trained.map(({ task_key }) => `{{tasks.${task_key}.values.run_id}}`).toSorted(),
  )
})
