import { loadConfig } from '@cairn/platform/config'
import type { TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import { expect, test } from 'vitest'
import { TaskRegistry } from '../task-kinds/registry.js'
import { taskKinds } from '../tasks/kinds/kinds.js'
import { checkSettings } from './check-settings.js'

const registry = new TaskRegistry(taskKinds([], loadConfig({})))
const condition = { op: 'EQUAL_TO', left: 'a', right: 'b' } as const
const job = { run_job_task: { job_id: 1 } }
const each = (task: object, more: object = {}) => ({
  task_key: 'each',
  for_each_task: { inputs: '[1]', task: { task_key: 'one', ...task }, ...more },
})
const dependent = (depends_on: TaskSettings['depends_on']) => [
  { task_key: 'if', condition_task: condition },
  { task_key: 'job', ...job },
  { task_key: 'x', ...job, depends_on },
]

test.each<[string, object[]]>([
  [
    "tasks: 'x': depends_on: 'job' has no outcome, because it is not a condition_task.",
    dependent([{ task_key: 'job', outcome: 'true' }]),
  ],
  [
    "tasks: 'x': depends_on: outcome 'yes' of 'if' is not \"true\" or \"false\".",
    dependent([{ task_key: 'if', outcome: 'yes' }]),
  ],
  [
    "tasks: 'x': depends_on: 'if' is listed twice.",
    dependent([
      { task_key: 'if', outcome: 'true' },
      { task_key: 'if', outcome: 'false' },
    ]),
  ],
  [
    "condition_task: left: 'a' is not a number, which LESS_THAN needs.",
    [{ task_key: 'if', condition_task: { ...condition, op: 'LESS_THAN' } }],
  ],
  [
    "tasks: 'if': condition_task has no max_retries; it is decided at once.",
    [{ task_key: 'if', max_retries: 1, condition_task: condition }],
  ],
  [
    "tasks: 'if' refers to {{input}}, which is neither a job parameter nor a value of a task it depends on.",
    [{ task_key: 'if', condition_task: { ...condition, left: '{{input}}' } }],
  ],
  [
    "tasks: 'each': for_each_task has no timeout_seconds; set it on the task in it.",
    [{ ...each(job), timeout_seconds: 5 }],
  ],
  ["tasks: 'each': for_each_task.task: the key 'each' is used twice.", [each({ ...job, task_key: 'each' })]],
  [
    "tasks: 'each': for_each_task.task: condition_task is not supported in a loop.",
    [each({ condition_task: condition })],
  ],
  [
    "tasks: 'each': for_each_task.task.run_as is not supported; set it on 'each'.",
    [each({ ...job, run_as: { user_name: 'somebody' } })],
  ],
  [
    "tasks: 'one' needs one of node_task, spark_python_task, python_wheel_task, notebook_task, shell_task, condition_task, for_each_task, run_job_task, sql_task",
    [each({})],
  ],
  [
    'for_each_task: inputs is not a list; pass a list in JSON, or a reference to one.',
    [each(job, { inputs: '{"a": 1}' })],
  ],
  [
    'for_each_task: inputs has 5001 items; the limit is 5000.',
    [each(job, { inputs: JSON.stringify(Array(5001).fill(0)) })],
  ],
  [
    "tasks: 'one' refers to {{tasks.each.values.x}}",
    [each({ run_job_task: { job_id: 1, job_parameters: { x: '{{tasks.each.values.x}}' } } })],
  ],
  [
    "tasks: 'job': run_job_task.python_params is not supported; pass job_parameters.",
    [{ task_key: 'job', run_job_task: { job_id: 1, python_params: ['a'] } }],
  ],
])('refuses: %s', (message, tasks) => {
  expect(() => checkSettings({ tasks: tasks as TaskSettings[] }, registry, 0)).toThrow(message)
})

test('accepts conditions, loops and runs of other jobs', () => {
  const tasks = [
    ...dependent([{ task_key: 'if', outcome: 'true' }]),
    each({ run_job_task: { job_id: 1, job_parameters: { x: '{{input.id}}' } } }),
  ]
  expect(() => checkSettings({ tasks }, registry, 0)).not.toThrow()
})
