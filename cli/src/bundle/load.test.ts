import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type LoadOptions, loadBundle } from './load.js'

function aFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-bundle-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

const load = (files: Readonly<Record<string, string>>, options: Partial<LoadOptions> = {}) =>
  loadBundle({ folder: aFolder(files), target: undefined, variables: {}, ...options })

const ROOT = `bundle:
  name: movies
include:
  - resources/*.yml
variables:
  schema:
    default: main.dev
  count:
    default: 3
targets:
  dev:
    default: true
    mode: development
  prod:
    variables:
      schema: main.prod
    resources:
      jobs:
        train:
          max_concurrent_runs: 5
`
const JOB = `resources:
  jobs:
    train:
      name: train-\${bundle.target}
      max_concurrent_runs: \${var.count}
      tasks:
        - task_key: fit
          node_task:
            entry: movielens/import
            parameters:
              schema: \${var.schema}
              file: ../src/fit.py
`
const FILES = { 'databricks.yml': ROOT, 'resources/job.yml': JOB, 'src/fit.py': 'print(1)' }

test('merges included files and the target, and resolves variables', () => {
  const settings = (target: string | undefined, variables = {}) =>
    load(FILES, { target, variables }).resources[0]!.settings
  expect(settings(undefined)).toEqual({
    name: 'train-dev',
    max_concurrent_runs: 3,
    tasks: [
      {
        task_key: 'fit',
        node_task: {
          entry: 'movielens/import',
          parameters: { schema: 'main.dev', file: `\${workspace.file_path}/src/fit.py` },
        },
      },
    ],
  })
  const prod = settings('prod') as { max_concurrent_runs: number }
  expect(prod.max_concurrent_runs).toBe(5)
  expect(JSON.stringify(prod)).toContain('main.prod')
  expect(JSON.stringify(settings('prod', { schema: 'main.mine' }))).toContain('main.mine')
})

test.each([
  ['an unknown field', JOB.replace('max_concurrent_runs', 'max_runs'), 'job.yml:5: unknown field'],
  [
    'an unknown field of a task',
    JOB.replace('task_key: fit', 'task_key: fit\n          cluster: big'),
    'job.yml:8:',
  ],
  [
    'a wrong type',
    JOB.replace(`\${var.count}`, 'many'),
    'job.yml:5: resources.jobs.train.max_concurrent_runs must be',
  ],
  [
    'an unknown variable',
    JOB.replace('var.count', 'var.none'),
    `job.yml:3: jobs.train: unknown reference \${var.none}`,
  ],
  ['an unknown resource', JOB.replace(`\${var.schema}`, `\${resources.jobs.none.id}`), 'unknown reference'],
  ['a file that does not exist', JOB.replace('fit.py', 'none.py'), "'../src/none.py' does not exist"],
  ['a file outside of the bundle', JOB.replace('../src/fit.py', '../../etc'), 'outside of the bundle'],
  ['a mistake of syntax', JOB.replace('jobs:', 'jobs: ['), 'job.yml:'],
])('names the file and the line of %s', (_, job, message) => {
  expect(() => load({ ...FILES, 'resources/job.yml': job })).toThrow(message)
})

test('resolves variables in the patterns of sync', () => {
  const root = `bundle:
  name: movies
variables:
  kept: { default: dist }
  year: { default: 2026 }
sync:
  paths: [., ..old]
  include: ["\${var.kept}/", "\${var.year}"]
targets:
  dev:
    sync:
      exclude: ["\${bundle.target}.log"]
`
  const { sync, syncRoot, folder } = load({ 'databricks.yml': root, '..old/a.py': '' })
  expect(syncRoot).toBe(folder)
  const { include, exclude } = sync
  expect(include.some((matches) => matches('dist/a.js'))).toBe(true)
  expect(include.some((matches) => matches('2026'))).toBe(true)
  expect(exclude.some((matches) => matches('dev.log'))).toBe(true)
})

test('gives scalars the types of their fields, also those of variables', () => {
  const job = `resources:
  jobs:
    train:
      name: 7
      max_concurrent_runs: "\${var.many}"
      queue: { enabled: "true" }
      parameters:
        - { name: rows, default: "\${var.count}" }
        - { name: day, default: 5 }
      tasks:
        - task_key: fit
          shell_task: { script: "echo \${var.count}", parameters: ["\${var.count}", "\${workspace.file_path}"] }
`
  const root = ROOT.replace('variables:', 'variables:\n  many:\n    default: "4"')
  const [train] = load({ 'databricks.yml': root, 'resources/job.yml': job }).resources
  expect(train!.settings).toEqual({
    ...{ name: '7', max_concurrent_runs: 4, queue: { enabled: true } },
    parameters: [
      { name: 'rows', default: '3' },
      { name: 'day', default: '5' },
    ],
    tasks: [
      {
        task_key: 'fit',
        shell_task: { script: 'echo 3', parameters: ['3', `\${workspace.file_path}`] },
      },
    ],
  })
})

test('names the first mistake of syntax only, and explains references in braces', () => {
  const job = JOB.replace(`train-\${bundle.target}`, `x\n      tags: { team: a-\${bundle.target} }`)
  const message = (text: string) => {
    try {
      load({ ...FILES, 'resources/job.yml': text })
    } catch (error) {
      return (error as Error).message
    }
    return undefined
  }
  expect(message(job)).toMatch(
    /^resources\/job.yml:5: .* Put values with references in braces into quotes\.$/,
  )
  expect(message(JOB.replace('jobs:', 'jobs: ['))).toMatch(/^resources\/job.yml:\d+: [^\n]*$/)
})

test('lists all unknown fields at once', () => {
  const job = JOB.replace('      name:', '      nam:').replace('task_key:', 'task_kee:')
  expect(() => load({ ...FILES, 'resources/job.yml': job })).toThrow(/'nam'[\s\S]*'task_kee'/)
})

test('names targets, variables and patterns that do not exist', () => {
  expect(() => load(FILES, { target: 'test' })).toThrow("Unknown target 'test'; known: dev, prod.")
  expect(() => load(FILES, { variables: { none: 'x' } })).toThrow(
    "Unknown variable 'none'; known: schema, count.",
  )
  expect(() => load({ 'databricks.yml': ROOT })).toThrow(
    "databricks.yml:4: 'resources/*.yml' matches no file",
  )
  const without = ROOT.replace('    default: main.dev\n', '    description: d\n')
  expect(() => load({ ...FILES, 'databricks.yml': without })).toThrow(
    "databricks.yml:6: variable 'schema' has no value: pass --var schema=VALUE",
  )
  expect(() => load({})).toThrow('cairn bundle init')
})
