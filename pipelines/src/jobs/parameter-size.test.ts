import { loadConfig } from '@cairn/platform/config'
import { expect, test } from 'vitest'
import { parseRunChoices } from '../runs/run-choices.js'
import { TaskRegistry } from '../task-kinds/registry.js'
import { taskKinds } from '../tasks/kinds/kinds.js'
import { checkSettings } from './check-settings.js'

const registry = new TaskRegistry(taskKinds([], loadConfig({})))
const half = 'x'.repeat(24 * 1024)

test('refuses defaults and values of more than 48 KiB in all', () => {
  const tasks = [{ task_key: 'a', run_job_task: { job_id: 1 } }]
  const parameters = [
    { name: 'a', default: half },
    { name: 'b', default: half },
  ]
  const check = (count: number) => () =>
    checkSettings({ tasks, parameters: parameters.slice(0, count) }, registry, 0)
  check(1)()
  expect(check(2)).toThrow('parameters: the parameters have 49167 bytes together; the limit is 49152')
  const choose = (job_parameters: Record<string, string>) => () => parseRunChoices({ job_parameters })
  choose({ a: half })()
  expect(choose({ a: half, b: half })).toThrow(/^job_parameters: the parameters have 49167 bytes together/)
})
