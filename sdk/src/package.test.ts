import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const run = promisify(execFile)
const sdk = fileURLToPath(new URL('..', import.meta.url))
const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))
const typeRoots = fileURLToPath(new URL('../../node_modules/@types', import.meta.url))
let project: string

/** A user's project with the package installed like npm does. */
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'cairn-package-'))
  const installed = join(project, 'node_modules/@cairn/sdk')
  await mkdir(installed, { recursive: true })
  await cp(join(sdk, 'package.json'), join(installed, 'package.json'))
  await run(process.execPath, [
    tsc,
    '-p',
    join(sdk, 'tsconfig.types.json'),
    '--outDir',
    join(installed, 'dist'),
  ])
  await writeFile(join(project, 'package.json'), '{ "type": "module" }')
  await writeFile(
    join(project, 'train.ts'),
    `import { HttpTransport } from '@cairn/sdk/http'
     import { startRun, withRun } from '@cairn/sdk/run'
     import { autolog } from '@cairn/sdk/tensorflow'
     import { TrackingClient } from '@cairn/sdk/tracking'
     export const client = new TrackingClient(new HttpTransport({ baseUrl: 'http://127.0.0.1:5000' }))
     export const loss: number = await withRun({ experiment: 'x', client }, async (run) => {
       const { sha256 }: { sha256: string } = await run.logText('x', 'x.txt')
       await run.setTags({ sha256 })
       // @ts-expect-error a metric is a number
       await run.logMetrics({ loss: 'low' })
       return 1
     })
     export const run = await startRun({ mode: 'offline' })
     export const end = (tf: Parameters<typeof autolog>[0]) => autolog(tf, { experiment: 'x' })
    `,
  )
}, 300_000)
afterAll(() => rm(project, { recursive: true, force: true }))

test.each([
  ['node16', 'node16', 'es2022,dom', 'node'],
  ['bundler', 'preserve', 'es2022,dom', ''],
])(
  'its types compile in a strict project with moduleResolution %s',
  async (resolution, module, lib, types) => {
    const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--noEmit']
    const how = ['--target', 'es2022', '--module', module, '--moduleResolution', resolution, '--lib', lib]
    const known = ['--typeRoots', typeRoots, '--types', types]
    const done = run(process.execPath, [tsc, ...strict, ...how, ...known, 'train.ts'], { cwd: project })
    expect(await done.catch((error: { stdout: string }) => error)).toMatchObject({ stdout: '' })
  },
  300_000,
)

test('the package contains sources and build, without tests', async () => {
  const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: sdk })
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }]
  const paths = files.map(({ path }) => path)
  expect(paths).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json', 'src/run.ts']))
  expect(paths.filter((path) => /test|tsconfig/.test(path))).toEqual([])
}, 300_000)
