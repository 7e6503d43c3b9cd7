import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCli } from './harness/cli.js'
import { freshFolder } from './harness/folder.js'
import { python, runPython } from './harness/python.js'
import { root } from './harness/root.js'
import { type Server, startServer } from './harness/server.js'

const CAIRN_TOKEN = 'workspace-control-token-of-the-owner'

let server: Server
beforeAll(async () => {
  server = await startServer({ env: { CAIRN_OWNER_TOKEN: CAIRN_TOKEN, CAIRN_AUTH: 'required' } })
})
afterAll(async () => server[Symbol.asyncDispose]())

const cli = async (args: readonly string[], options: object = {}) => {
  const { code, stdout, stderr } = await runCli(server.url, args, { env: { CAIRN_TOKEN }, ...options })
  return { code, stdout, stderr }
}

test.skipIf(!python)('databricks-sdk manages secrets, notebooks and files', async () => {
  const script = join(root, 'acceptance/clients/databricks_workspace.py')
  const said = await runPython(script, { env: { CAIRN_URL: server.url, CAIRN_TOKEN } })
  expect(said.match(/^ok /gm)).toHaveLength(28)
  expect(server.stderr() + server.stdout()).not.toContain('s3cr3t')
})

const BUNDLE = `bundle:
  name: movies
targets:
  dev: { mode: development, default: true }
  prod: { mode: production }
resources:
  jobs:
    prepare:
      name: prepare
      parameters: [{ name: schema, default: main.none }]
      tasks:
        - task_key: import
          node_task:
            entry: movielens/import
            parameters: { schema: '{{job.parameters.schema}}', source: ./data.csv }
    code:
      name: code
      tasks:
        - task_key: notebook
          notebook_task: { notebook_path: ./src/fit.py, source: WORKSPACE }
        - task_key: script
          spark_python_task: { python_file: ./src/script.py }
`
const NOTEBOOK = `# Databricks notebook source
# COMMAND ----------
dbutils.notebook.exit("from the notebook")
`

test('a bundle is checked, deployed, run and destroyed by the command', async () => {
  const folder = await freshFolder()
  await writeFile(join(folder, 'databricks.yml'), BUNDLE.replace('task_key', 'task_kee'))
  const bundle = (...args: string[]) => cli(['bundle', ...args, '-C', folder])
  expect(await bundle('validate')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("databricks.yml:12: unknown field 'task_kee'"),
  })
  await mkdir(join(folder, 'src'))
  await writeFile(join(folder, 'src', 'fit.py'), NOTEBOOK)
  await writeFile(join(folder, 'src', 'script.py'), 'print("from the script")\n')
  await writeFile(join(folder, 'data.csv'), 'x\n')
  await writeFile(join(folder, 'databricks.yml'), BUNDLE)
  expect(await bundle('validate')).toMatchObject({ code: 0, stderr: expect.stringContaining('no mistakes') })
  expect((await bundle('plan', '-t', 'prod')).stdout).toMatch(/create +jobs\.prepare/)
  expect(await bundle('deploy', '-t', 'prod')).toMatchObject({ code: 0 })
  expect((await bundle('plan', '-t', 'prod')).stderr).toContain('No changes.')
  const run = await bundle('run', 'prepare', '-t', 'prod', '--param', 'schema=nowhere')
  expect(run.code).not.toBe(0) // the schema does not exist
  expect(run.stderr).toContain('FAILED')
  expect(await bundle('run', 'code', '-t', 'prod')).toMatchObject({ code: 0 })
  expect(await bundle('destroy', '-t', 'prod')).toMatchObject({
    stderr: expect.stringContaining('--auto-approve'),
  })
  expect(await bundle('destroy', '-t', 'prod', '--auto-approve')).toMatchObject({ code: 0 })
  expect((await cli(['jobs', 'list', '-o', 'json'])).stdout).toBe('[]\n')
  expect(JSON.parse((await cli(['bundle', 'schema'])).stdout)).toMatchObject({ title: 'databricks.yml' })
})

test('the command stores a secret from stdin, grants it, and rotates the key', async () => {
  expect(await cli(['secrets', 'create-scope', 'cli'])).toMatchObject({ code: 0 })
  expect(await cli(['secrets', 'put', 'cli', 'k'], { input: 'value\n' })).toMatchObject({ code: 0 })
  expect(await cli(['secrets', 'grant', 'cli', 'account users', 'read'])).toMatchObject({ code: 0 })
  expect(await cli(['secrets', 'rotate-key'])).toMatchObject({
    stderr: expect.stringMatching(/Encrypted [1-9] secrets?/),
  })
  expect(await cli(['secrets', 'get', 'cli', 'k'])).toMatchObject({ code: 0, stdout: 'value' })
})
