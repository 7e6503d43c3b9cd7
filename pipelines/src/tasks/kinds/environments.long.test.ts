import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { CollectTaskCache } from '@cairn/platform/protocol/cairn/garbage'
import { GetRunOutput, SubmitRun } from '@cairn/platform/protocol/databricks/job-runs'
import type { Input } from '@cairn/platform/protocol/operation'
import { newFolder } from '@cairn/platform/testing/folders'
import { expect, test } from 'vitest'
import { waitForEnd } from '../../testing/client.js'
import { servePipelines } from '../../testing/serve.js'

const hasPython = spawnSync('python3', ['-c', 'import venv, ensurepip']).status === 0

/** Writes a wheel `hello` into a folder; installing it needs no network. */
const WHEEL = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1] + "/hello-1.0-py3-none-any.whl", "w") as wheel:
    info = "hello-1.0.dist-info/"
    wheel.writestr("hello/__init__.py", "import sys\\ndef main():\\n    print('hello', *sys.argv[1:])\\n")
    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: hello\\nVersion: 1.0\\n")
    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: t\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(info + "RECORD", "")
    wheel.writestr(info + "entry_points.txt", "[console_scripts]\\ngreet = hello:main\\n")
`

test.runIf(hasPython)('builds the environment of a wheel once, and calls its entry points', async () => {
  const folder = newFolder()
  chmodSync(folder, 0o711)
  execFileSync('python3', ['-c', WHEEL, folder])
  const task_environments = join(folder, 'environments')
  mkdirSync(task_environments)
  const { client, close } = await servePipelines([], { settings: { task_environments } })
  try {
    const wheel = `file:${folder}/hello-1.0-py3-none-any.whl`
    const settings: Input<typeof SubmitRun> = {
      environments: [{ environment_key: 'hello', spec: { dependencies: [wheel] } }],
      tasks: [
        {
          task_key: 'named',
          libraries: [{ whl: wheel }],
          python_wheel_task: { package_name: 'hello', entry_point: 'greet', named_parameters: { n: '1' } },
        },
        {
          task_key: 'function',
          environment_key: 'hello',
          python_wheel_task: { package_name: 'hello', entry_point: 'main', parameters: ['a b'] },
        },
      ],
    }
    const { run_id } = await client(SubmitRun, settings)
    const { tasks } = await waitForEnd(client, run_id, 120_000)
    const outputs = await Promise.all(tasks!.map((task) => client(GetRunOutput, { run_id: task.run_id })))
    expect(outputs.map(({ logs }) => logs.split('\n').at(-1))).toEqual(['hello --n=1', 'hello a b'])
    expect(readdirSync(task_environments).filter((name) => /^[0-9a-f]{64}$/.test(name))).toHaveLength(1)
    const collect = (apply: boolean) => client(CollectTaskCache, { older_than_seconds: 3600, apply })
    expect(await collect(true)).toEqual({ items: [] })
    const [key] = readdirSync(task_environments).filter((name) => /^[0-9a-f]{64}$/.test(name))
    utimesSync(join(task_environments, key!), 0, 0)
    for (const apply of [false, true])
      expect((await collect(apply)).items).toMatchObject([{ kind: 'task_environment', id: key }])
    expect(existsSync(join(task_environments, key!))).toBe(false)
  } finally {
    await close()
  }
})
