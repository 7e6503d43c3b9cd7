import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import type { TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import { expect, test } from 'vitest'
import { checkVariableSets, checkVariables, variablesOf } from './environment-variables.js'

const shell = { task_key: 'a', shell_task: { script: 'true' } }
const sets = (variables: Record<string, string>, key = 'one') => [
  { environment_variables_key: key, spec: { variables } },
]

test('variables of a task replace those of its set and its cluster', () => {
  const job: JobSettings = {
    environment_variables: [...sets({ B: 'set', C: 'set' }), ...sets({ X: 'other' }, 'two')],
    job_clusters: [{ job_cluster_key: 'c', new_cluster: { spark_env_vars: { A: 'cluster', B: 'cluster' } } }],
  }
  const task: TaskSettings = {
    ...{ ...shell, job_cluster_key: 'c', environment_variables_key: 'one' },
    environment_variables: { C: 'own' },
  }
  expect(variablesOf(job, task)).toEqual({ A: 'cluster', B: 'set', C: 'own' })
  expect(() => checkVariables(job, task)).not.toThrow()
  expect(variablesOf(job, { ...shell, new_cluster: { spark_env_vars: { A: '1' } } })).toEqual({ A: '1' })
})

test.each<[string, Partial<TaskSettings>]>([
  ["tasks: 'a': environment_variables: 'a b' is not the name", { environment_variables: { 'a b': '1' } }],
  ["tasks: 'a': environment_variables: PATH is set by the server", { environment_variables: { PATH: '/x' } }],
  [
    "tasks: 'a': environment_variables: MLFLOW_TRACKING_TOKEN is set by the server",
    { environment_variables: { MLFLOW_TRACKING_TOKEN: 'x' } },
  ],
  ["tasks: 'a': environment_variables_key 'none' is not one of", { environment_variables_key: 'none' }],
  ["tasks: 'a': spark_env_vars: A is not a string", { new_cluster: { spark_env_vars: { A: 1 } } }],
  ["tasks: 'a': spark_env_vars is not an object", { new_cluster: { spark_env_vars: 'A=1' } }],
  [
    "tasks: 'a': environment_variables: only tasks that run code of jobs",
    {
      shell_task: undefined,
      sql_task: { query: { query_text: 'select 1' } },
      environment_variables: { A: '1' },
    },
  ] as never,
  [
    "tasks: 'a' has more than 100 environment variables",
    { environment_variables: Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`V${n}`, ''])) },
  ],
])('are refused: %s', (message, settings) => {
  expect(() => checkVariables({}, { ...shell, ...settings })).toThrow(message)
})

test('rejects sets with a repeated key, and with files', () => {
  expect(() => checkVariableSets({ environment_variables: [...sets({}), ...sets({})] })).toThrow(
    "environment_variables: the key 'one' is used twice",
  )
  const files = [{ environment_variables_key: 'one', spec: { files: ['/Workspace/.env'] } }]
  expect(() => checkVariableSets({ environment_variables: files })).toThrow("'one': files is not supported")
})
