import { existsSync, readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { join } from 'node:path'
import { startProcess } from '@cairn/platform/processes/child-process'
import { expect, onTestFinished, test } from 'vitest'

const FOLDER = import.meta.dirname

/** The files of this folder that a module imports, directly or not. */
function imported(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found
  found.add(file)
  const text = readFileSync(join(FOLDER, file), 'utf8').replaceAll(/^import type .*$/gm, '')
  for (const [, name] of text.matchAll(/(?:from|import\() ?'\.\/([\w-]+)\.js'/g))
    if (existsSync(join(FOLDER, `${name}.ts`))) imported(`${name}.ts`, found)
  return found
}

test('only the process of a training task reads data and fits models', () => {
  const heavy = ['load-training-data.ts', 'fit-and-measure.ts', 'measure.ts', 'train-recipe.ts']
  for (const task of ['train-any.ts', 'train-als.ts', 'train-popularity.ts']) {
    const onServer = imported(task)
    expect(onServer).toContain('train-in-child-process.ts')
    expect([task, heavy.filter((file) => onServer.has(file))]).toEqual([task, []])
  }
  expect([...imported('train.process.ts')]).toEqual(expect.arrayContaining(heavy))
})

test('the process of a training task yields the processors to the server, as models do', async () => {
  const child = startProcess(new URL('./train.process.js', import.meta.url))
  onTestFinished(() => void child.kill('SIGKILL'))
  await expect.poll(() => getPriority(child.pid)).toBe(Math.min(getPriority() + 5, 19))
})
