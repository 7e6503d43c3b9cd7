import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parseParameter, readJobFile } from './job-file.js'

async function aFile(content: string) {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-job-file-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'job.yml')
  await writeFile(path, content)
  return path
}

test('reads YAML and JSON', async () => {
  const settings = { name: 'x', tasks: [{ task_key: 'a' }] }
  expect(await readJobFile(await aFile('name: x\ntasks:\n  - task_key: a\n'))).toEqual(settings)
  expect(await readJobFile(await aFile(JSON.stringify(settings)))).toEqual(settings)
})

test.each([
  ['name: [', /cannot be read as YAML or JSON/],
  ['- a\n- b\n', /does not contain the settings of a job/],
  ['', /does not contain the settings of a job/],
])('refuses %j', async (content, message) => {
  await expect(readJobFile(await aFile(content))).rejects.toThrow(message)
})

test('names a file that does not exist', async () => {
  await expect(readJobFile('/nowhere/job.yml')).rejects.toThrow("'/nowhere/job.yml' cannot be read")
})

test('collects parameters; values may contain =', () => {
  expect(parseParameter('b=x=y', parseParameter('a='))).toEqual({ a: '', b: 'x=y' })
  expect(() => parseParameter('=x')).toThrow("'=x' is not a parameter")
})
