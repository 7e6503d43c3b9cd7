import { loadConfig } from '@cairn/platform/config'
import { describe, expect, test } from 'vitest'
import { TaskRegistry } from '../task-kinds/registry.js'
import { taskKinds } from '../tasks/kinds/kinds.js'
import { checkReferences, resolveReferences, withoutLiterals } from './references.js'
import { createLookup } from './run-values.js'

const settings = {
  parameters: [{ name: 'n', default: '1' }],
  tasks: [
    { task_key: 'a' },
    { task_key: 'b', depends_on: [{ task_key: 'a' }] },
    { task_key: 'c', depends_on: [{ task_key: 'b' }] },
  ],
}
const claimed = {
  run: { run_id: 7, job_id: 3, run_name: 'job', parameters: '{"n":"5"}' },
  task: { task_key: 'b', task_run_id: 70 },
  attempt: 2,
} as Parameters<typeof createLookup>[0]
const lookup = createLookup(claimed, { a: { count: 12, names: ['x', 'y'], 'with.dot': true } })
const resolve = (value: unknown) => resolveReferences(value, lookup, { keepsTypes: true })
const registry = new TaskRegistry(taskKinds([], loadConfig({})))

describe('references', () => {
  test('keep their type if they are the whole string, and become text inside text', () => {
    expect(resolve('{{tasks.a.values.count}}')).toBe(12)
    expect(resolve('{{ tasks.a.values.names }}')).toEqual(['x', 'y'])
    expect(resolve('{{tasks.a.values.with.dot}}')).toBe(true)
    expect(resolve('{{run.id}}/{{task.name}}/{{tasks.a.values.names}}/{{job.parameters.n}}')).toBe(
      '7/b/["x","y"]/5',
    )
    expect(resolve({ deep: ['{{task.run_id}}', { at: '{{task.attempt}}' }], plain: 3 })).toEqual({
      deep: [70, { at: 2 }],
      plain: 3,
    })
    expect(resolve('{ {not.one} } {{also not}}')).toBe('{ {not.one} } {{also not}}')
  })

  test('become text for kinds whose settings are text', () => {
    const text = (value: unknown) => resolveReferences(value, lookup, {})
    expect(text(['{{tasks.a.values.count}}', '{{tasks.a.values.names}}', '{{job.parameters.n}}'])).toEqual([
      '12',
      '["x","y"]',
      '5',
    ])
  })

  test('stay unresolved in code', () => {
    expect(withoutLiterals({ script: 'echo {{x}}', parameters: [] }, { literal: ['script'] })).toEqual({
      parameters: [],
    })
  })

  test('without a value are rejected by name, including names of Object.prototype', () => {
    for (const reference of [
      'tasks.a.values.nothing',
      'tasks.a.values.constructor',
      'tasks.__proto__.values.toString',
      'job.parameters.constructor',
      'constructor',
    ])
      expect(() => resolve(`{{${reference}}}`)).toThrow(`{{${reference}}} has no value`)
  })

  test('have at most 256 KiB of values in all, counted before they are copied', () => {
    const large = createLookup(claimed, { a: { text: 'x'.repeat(100_000), list: Array(50_000).fill(1) } })
    const all = (value: unknown) => () => resolveReferences(value, large, { keepsTypes: true })
    expect(all('{{tasks.a.values.text}}{{tasks.a.values.text}}')()).toHaveLength(200_000)
    for (const value of [
      '{{tasks.a.values.text}}'.repeat(35_000),
      Array(5_000).fill('{{tasks.a.values.text}}'),
      ['{{tasks.a.values.list}}', '{{tasks.a.values.list}}', '{{tasks.a.values.list}}'],
    ])
      expect(all(value)).toThrow(/^The values of the references have more than 262144 bytes, from {{tasks\.a/)
  })

  test('that can never have a value are rejected when the job is saved', () => {
    const task = (task_key: string, text: string) => ({
      ...settings.tasks.find((known) => known.task_key === task_key)!,
      node_task: { entry: 'x', parameters: { text } },
    })
    const check = (one: ReturnType<typeof task>) => checkReferences(settings, one, registry.get(one))
    check(task('c', '{{tasks.a.values.x}} {{tasks.b.values.y}} {{job.parameters.n}} {{job.id}}'))
    for (const text of [
      '{{tasks.c.values.x}}',
      '{{tasks.zz.values.x}}',
      '{{job.parameters.m}}',
      '{{nothing}}',
    ])
      expect(() => check(task('b', text)), text).toThrow(/'b' refers to .* neither a job parameter/)
  })

  test('to secrets are rejected in fields that are not resolved', () => {
    const task = { task_key: 'a', node_task: { entry: 'x', parameters: { key: 'k={{ secrets/a/b }}' } } }
    const check = (text: string, one = task) =>
      checkReferences({ parameters: [{ name: 'n', default: text }], tasks: [one] }, one, registry.get(one))
    expect(() => check('1')).toThrow(
      /^tasks: 'a': \{\{secrets\/SCOPE\/KEY\}\} is allowed in environment variables/,
    )
    const shell = { task_key: 'a', shell_task: { script: 'true', parameters: ['{{secrets/a/b}}'] } }
    const shellKind = { kind: registry.get(task).kind, settings: shell.shell_task }
    expect(() => checkReferences({ tasks: [shell] }, shell, shellKind)).toThrow(/arguments of a process/)
    const plain = { ...task, node_task: { entry: 'x', parameters: { key: 'secrets/a/b' } } }
    check('1', plain)
    expect(() => check('{{secrets/a/b}}', plain)).toThrow(/^parameters: /)
  })
})
