import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFolder } from '@cairn/flavors/testing/write-folder'
import { loadConfig } from '@cairn/platform/config'
import { newFolder } from '@cairn/platform/testing/folders'
import { expect, test } from 'vitest'
import { NO_LISTENER } from '../runtime/load-listener.js'
import { modelStarter, pythonModels } from './start-model.js'

const settings = (python_models: string, python_user = 'nobody') =>
  pythonModels(loadConfig({}, { data: newFolder(), python_models, python_user }))

test.each(['', 'off', 'false', '0'])('does not serve Python models by default, nor with %j', (value) => {
  expect(settings(value)).toBeUndefined()
})

test.each(['on', 'true', '1'])('restores the environment of each model with %j', (value) => {
  expect(settings(value)).toMatchObject({ interpreter: undefined, memoryBytes: 8 * 1024 ** 3 })
})

test('uses the interpreter that the setting names', () => {
  expect(settings('/opt/ml/bin/python')).toMatchObject({ interpreter: '/opt/ml/bin/python' })
})

const isRoot = process.getuid?.() === 0

test.skipIf(!isRoot)('runs Python models as nobody if the server runs as root', () => {
  expect(settings('on')).toMatchObject({ user: { uid: 65_534 } })
  expect(settings('on', '1234')).toMatchObject({ user: { uid: 1234, gid: 1234 } })
  expect(() => settings('on', 'no-such-user')).toThrow(/User 'no-such-user'.*CAIRN_PYTHON_USER/)
})

test.skipIf(isRoot)('runs Python models as the user of the server if it is not root', () => {
  expect(settings('on')?.user).toBeUndefined()
})

test.skipIf(!isRoot)('names the path that the user may not access', async () => {
  const parent = newFolder()
  const folder = join(parent, 'model')
  await writeFolder(folder, { MLmodel: 'flavors: {python_function: {}}' })
  const start = modelStarter(settings('/bin/sh'))
  await chmod(parent, 0o700)
  await expect(start({ folder, digest: 'a' }, NO_LISTENER)).rejects.toMatchObject({
    code: 'INVALID_STATE',
    message: expect.stringMatching(/cannot access '.*MLmodel'.*CAIRN_PYTHON_USER/),
  })
})
