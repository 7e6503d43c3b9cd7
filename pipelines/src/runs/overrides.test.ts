import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import { expect, test } from 'vitest'
import { applyOverrides, overridesOf } from './overrides.js'

const job: JobSettings = {
  tasks: [
    { task_key: 'script', spark_python_task: { python_file: 'a.py', parameters: ['--from', 'job'] } },
    {
      task_key: 'wheel',
      depends_on: [{ task_key: 'script' }],
      python_wheel_task: { package_name: 'p', entry_point: 'e', named_parameters: { a: '1', b: '2' } },
    },
    {
      task_key: 'book',
      depends_on: [{ task_key: 'script' }, { task_key: 'wheel' }],
      notebook_task: { notebook_path: 'b.py', base_parameters: { a: '1', b: '2' } },
    },
  ],
}

test('replaces the parameters of tasks of a kind, and merges those of notebooks', () => {
  const { tasks } = applyOverrides(job, {
    python_params: ['x'],
    python_named_params: { b: '3' },
    notebook_params: { b: '3', c: '4' },
  })
  expect(tasks).toMatchObject([
    { spark_python_task: { python_file: 'a.py', parameters: ['x'] } },
    { python_wheel_task: { package_name: 'p', parameters: ['x'], named_parameters: { b: '3' } } },
    { notebook_task: { notebook_path: 'b.py', base_parameters: { a: '1', b: '3', c: '4' } } },
  ])
  expect(tasks![1]!.python_wheel_task!.named_parameters).toEqual({ b: '3' })
})

test('keeps only the chosen tasks, without dependencies on others', () => {
  expect(applyOverrides(job, { only: ['wheel', 'book'] }).tasks).toMatchObject([
    { task_key: 'wheel', depends_on: [] },
    { task_key: 'book', depends_on: [{ task_key: 'wheel' }] },
  ])
})

test('rejects unknown tasks and parameters that no task takes, by name', () => {
  expect(() => applyOverrides(job, { only: ['x'] })).toThrow(/^only: the job has no task 'x'/)
  expect(() => applyOverrides(job, { sql_params: { a: '1' } })).toThrow(
    /^sql_params: the run has no sql_task/,
  )
  expect(() => applyOverrides(job, { only: ['wheel'], notebook_params: {} })).toThrow(/^notebook_params: /)
})

test('refuses more than 10,000 bytes of one kind of parameters', () => {
  const text = (bytes: number) => 'x'.repeat(bytes - '["",""]'.length)
  overridesOf({ python_params: [text(10_000), ''], notebook_params: { a: text(9_000) } })
  expect(() => overridesOf({ python_params: [text(10_001), ''] })).toThrow(
    'python_params: the parameters have 10001 bytes together; the limit is 10000.',
  )
})
