import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFolder } from '@cairn/flavors/testing/write-folder'
import { ProcessUsers } from '@cairn/platform/processes/process-users'
import { PythonEnvironments } from '@cairn/platform/processes/python-environments'
import { openPassage, shareFolder } from '@cairn/platform/processes/share-folders'
import { unprivilegedUser } from '@cairn/platform/processes/unprivileged-user'
import { workRoot } from '@cairn/platform/processes/work-root'
import { newFolder } from '@cairn/platform/testing/folders'
import { expect, test } from 'vitest'
import { NO_LISTENER } from '../runtime/load-listener.js'
import { acquireModelEnvironment } from './model-environment.js'

const VERSION = 'import sys; print("%d.%d.%d" % sys.version_info[:3])'
const { stdout = '' } = spawnSync('python3', ['-c', `${VERSION}; import venv, ensurepip`], {
  encoding: 'utf8',
})
const version = stdout.trim()

/** Writes a wheel of a package `mlflow` into the folder: installing it needs no network. */
const WHEEL = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1] + "/mlflow-9.9-py3-none-any.whl", "w") as wheel:
    info = "mlflow-9.9.dist-info/"
    wheel.writestr("mlflow/__init__.py", "name = 'from the wheel'")
    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: mlflow\\nVersion: 9.9\\n")
    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: t\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(info + "RECORD", "")
`

async function aModel(requirement = 'mlflow-9.9-py3-none-any.whl', python = version) {
  const folder = newFolder()
  await chmod(folder, 0o755) // for the user that installs
  return writeModel(folder, requirement, python)
}

async function writeModel(folder: string, requirement: string, python: string) {
  await writeFolder(folder, {
    MLmodel: 'flavors: {python_function: {}}',
    'python_env.yaml': `{python: ${python}, dependencies: [-r requirements.txt]}`,
    'requirements.txt': `mlflow @ file://${folder}/${requirement}\n`,
  })
  execFileSync('python3', ['-c', WHEEL, folder])
  return { folder, digest: 'a'.repeat(64) }
}

const installUsers = (gid: number) => ({ users: new ProcessUsers('61184-65519', workRoot('')), gid })

async function environmentsIn(data: string) {
  await mkdir(data, { recursive: true })
  await chmod(data, 0o755)
  return new PythonEnvironments(join(data, 'python'))
}

function aListener() {
  const steps: string[] = []
  return { ...NO_LISTENER, steps, onStep: async (sentence: string) => void steps.push(sentence) }
}

test.skipIf(!version)(
  'restores an environment once for concurrent models, keeps it while one uses it, then removes it',
  async () => {
    const data = newFolder()
    const environments = await environmentsIn(data)
    const [model, listener] = [await aModel(), aListener()]
    const [first, second] = await Promise.all([
      acquireModelEnvironment(environments, model, listener),
      acquireModelEnvironment(environments, model, listener),
    ])
    expect(second.interpreter).toBe(first.interpreter)
    const code = ['-I', '-c', 'import mlflow; print(mlflow.name)']
    expect(execFileSync(first.interpreter, code, { encoding: 'utf8' })).toBe('from the wheel\n')
    const restored = () => listener.steps.filter((step) => step.startsWith('Restored'))
    expect(restored()).toHaveLength(1)
    await acquireModelEnvironment(await environmentsIn(data), model, listener)
    expect(restored()).toHaveLength(1)
    expect(readdirSync(join(data, 'python'))).toHaveLength(1)
    second.release()
    expect(await environments.unused()).toEqual([])
    first.release()
    first.release()
    const [unused, ...others] = await environments.unused()
    expect(others).toEqual([])
    expect(unused!.files).toBeGreaterThan(1)
    await environments.remove(unused!.key)
    expect(existsSync(first.interpreter)).toBe(false)
  },
)

test.skipIf(!version)('reports the error of the package manager, and leaves nothing behind', async () => {
  const data = newFolder()
  const environments = await environmentsIn(data)
  const acquired = acquireModelEnvironment(environments, await aModel('missing.whl'), NO_LISTENER)
  await expect(acquired).rejects.toMatchObject({
    code: 'INVALID_STATE',
    message: expect.stringMatching(/missing\.whl/),
  })
  expect(readdirSync(join(data, 'python'))).toEqual([])
  expect(await environments.unused()).toEqual([])
})

test.skipIf(!version)('names the version of Python that the machine does not have', async () => {
  const environments = await environmentsIn(newFolder())
  const acquired = acquireModelEnvironment(environments, await aModel(undefined, '3.2.1'), NO_LISTENER)
  await expect(acquired).rejects.toThrow(/Python 3\.2|python3\.2/i)
})

test.skipIf(!version || process.getuid?.() !== 0)(
  'installs packages as an unprivileged user, which runs a model of a private data folder with them, and cannot change them',
  async () => {
    const data = newFolder()
    await chmod(data, 0o700)
    const nobody = unprivilegedUser('nobody')!
    const mask = process.umask(0o077) // as `cairn up` sets it
    try {
      const caches = ['models', 'python', 'python-interpreters'].map((name) => join(data, 'cache', name))
      for (const cache of caches) await openPassage(data, cache, nobody)
      const folder = join(caches[0]!, 'a')
      const model = await writeModel(folder, 'mlflow-9.9-py3-none-any.whl', version)
      await shareFolder(folder, nobody)
      const { interpreter } = await acquireModelEnvironment(
        new PythonEnvironments(caches[1]!, installUsers(nobody.gid)),
        model,
        NO_LISTENER,
      )
      const code = `import mlflow; print(mlflow.name, len(open("${folder}/MLmodel").read()) > 0)`
      const run = spawnSync(interpreter, ['-I', '-c', code], { ...nobody, cwd: '/', encoding: 'utf8' })
      expect([run.stdout, run.stderr]).toEqual(['from the wheel True\n', ''])
      const changed = join(interpreter, '../../lib', 'changed')
      expect(spawnSync('touch', [changed], { ...nobody }).status).not.toBe(0)
      expect(existsSync(interpreter)).toBe(true)
    } finally {
      process.umask(mask)
    }
  },
)
