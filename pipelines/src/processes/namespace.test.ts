import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { loadConfig } from '@cairn/platform/config'
import { runTool } from '@cairn/platform/processes/run-tool'
import { newFolder } from '@cairn/platform/testing/folders'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { describeIsolation, Isolation } from './isolation.js'
import { inNamespace } from './namespace.js'

const isRoot = process.getuid?.() === 0
const user = isRoot ? { uid: 70_001, gid: 70_001 } : undefined
const enter = isRoot ? ['--mount'] : ['--user', '--map-root-user', '--mount']
const allowsUserNamespaces =
  spawnSync(
    'unshare',
    ['--user', '--map-root-user', '--mount', 'true'],
    isRoot ? { uid: 70_002, gid: 70_003 } : {},
  ).status === 0
const isAllowed = spawnSync('unshare', [...enter, 'true']).status === 0

function newHome(owner = user) {
  const root = newFolder()
  chmodSync(root, 0o711)
  const home = join(root, "a task's")
  for (const name of ['', 'tmp', 'work']) {
    mkdirSync(join(home, name))
    if (owner) chownSync(join(home, name), owner.uid, owner.gid)
  }
  return home
}

describe.runIf(isAllowed)('a namespace of a process', () => {
  test('has private temporary folders, hides folders and shows others below them', async () => {
    const home = newHome()
    const data = '/usr/share'
    const script = `echo "$NAME"; id -u; pwd; ls -A /tmp /dev/shm; ls -d ${data}/doc ${data}/man; touch /tmp/x; [ -n "$(ls ${data}/doc)" ]`
    const wrap = inNamespace({ home, hidden: [data], shown: [`${data}/doc`] })
    const env = { PATH: '/usr/bin:/bin', NAME: "one\ntwo '$HOME'" }
    const lines = (await runTool('sh', ['-c', script], { cwd: '/', env, user, wrap })).split('\n')
    expect(lines.slice(0, 4)).toEqual(['one', "two '$HOME'", String(user?.uid ?? process.getuid!()), '/'])
    expect(lines).toContain(`${data}/doc`)
    expect(lines).not.toContain(`${data}/man`)
    expect(spawnSync('ls', [join(home, 'tmp')], { encoding: 'utf8' }).stdout).toContain('x')
  })

  test('lets the task enter a folder that it needs below /tmp, whatever the umask of the server', async () => {
    const bin = join(mkdtempSync('/tmp/cairn-needed-'), 'node', 'bin')
    mkdirSync(bin, { recursive: true })
    for (const folder of [bin, dirname(bin), dirname(dirname(bin))]) chmodSync(folder, 0o755)
    writeFileSync(join(bin, 'program'), '#!/bin/sh\necho started', { mode: 0o755 })
    const wrap = inNamespace({ home: newHome(), hidden: [], shown: [dirname(bin)] })
    const umask = process.umask(0o077)
    try {
      const output = await runTool(join(bin, 'program'), [], { cwd: '/', env: {}, user, wrap })
      expect(output.trim()).toBe('started')
    } finally {
      process.umask(umask)
      rmSync(dirname(dirname(bin)), { recursive: true })
    }
  })

  test('has the variables of the task, with any names', async () => {
    // Each shell sets IFS and OPTIND itself.
    const kept = { i: '50', at: '$(exit 1)', count: '0', PATH: '/nowhere', LAST: 'x y' }
    const wrap = inNamespace({ home: newHome(), hidden: [], shown: [] })
    const env = { IFS: '1', OPTIND: '7', ...kept }
    const lines = await runTool('/usr/bin/env', [], { cwd: '/', env, user, wrap })
    expect(lines.split('\n')).toEqual(
      expect.arrayContaining(Object.entries(kept).map(([name, value]) => `${name}=${value}`)),
    )
    expect(lines).not.toContain('CAIRN_VARIABLE')
  })

  test.runIf(isRoot)('is rejected for links that a user has put in place of its folders', async () => {
    const hidden = newFolder() // 0700, of root
    mkdirSync(join(hidden, 'open'), { mode: 0o755 })
    const home = newHome()
    const wrap = inNamespace({ home, hidden: [], shown: [] })
    const list = (cwd: string) => runTool('ls', ['-a', '.', '/tmp'], { cwd, env: {}, user, wrap })
    rmdirSync(join(home, 'work'))
    symlinkSync(join(hidden, 'open'), join(home, 'work'))
    await expect(list(join(home, 'work'))).rejects.toThrow(/can't cd to|failed/)
    renameSync(join(home, 'tmp'), join(home, 'other'))
    symlinkSync(join(hidden, 'open'), join(home, 'tmp'))
    await expect(list('/')).rejects.toThrow("'ls -a' failed")
  })

  test('is created without the variables of the task', async () => {
    const home = newHome()
    const {
      env,
      user: starter,
      argv,
    } = inNamespace({ home, hidden: [], shown: [] })({
      argv: ['true'],
      env: { LD_PRELOAD: '/evil.so', SECRET: 'x' },
      user: { uid: 70_001, gid: 70_001 },
    })
    expect(starter).toBeUndefined()
    expect(Object.keys(env).sort()).toEqual(['CAIRN_VARIABLE_0', 'CAIRN_VARIABLE_1', 'PATH'])
    expect(argv.join(' ')).not.toContain('evil')
  })
})

test.runIf(isRoot && allowsUserNamespaces)('a server without root uses user namespaces', () => {
  const starter = { uid: 70_002, gid: 70_003 }
  const home = newHome(starter)
  const script = `
    id -u; id -g; ls -A /tmp | grep -v ^cairn-; ls /usr/share; touch /tmp/x "$WORK/y"; umount /tmp; unshare -rm umount /usr/share
    cat /proc/$SERVER/environ; exit 3`
  const server = spawn('sleep', ['100'], { ...starter, stdio: 'ignore' })
  const { argv, env } = inNamespace(
    { home, hidden: ['/usr/share'], shown: [] },
    starter,
  )({
    argv: ['/bin/sh', '-c', script],
    env: { PATH: '/usr/bin:/bin', SERVER: String(server.pid), WORK: join(home, 'work') },
    user: undefined,
  })
  const { stdout, stderr, status } = spawnSync(argv[0]!, argv.slice(1), {
    ...starter,
    cwd: '/',
    env,
    encoding: 'utf8',
  })
  server.kill()
  expect(status).toBe(3)
  expect(stdout).toBe('70002\n70003\n')
  expect(stderr).toMatch(/environ: Permission denied/)
  expect(stderr.match(/umount: .*/g)).toHaveLength(2)
  expect([
    readdirSync(join(home, 'tmp')).filter((name) => name !== basename(dirname(home))),
    readdirSync(join(home, 'work')),
  ]).toEqual([['x'], ['y']])
})

describe('the isolation of tasks', () => {
  const config = loadConfig({})
  afterEach(() => void vi.restoreAllMocks())

  // Not below /tmp, which is hidden in any case.
  test.each(['/usr/share', 'file:///usr/share', relative(process.cwd(), '/usr/share')])(
    'hides the store %s, unless tasks get paths in it',
    async (artifacts_destination) => {
      const options = { attempt: async () => undefined }
      const isolation = new Isolation({ ...config, artifacts_destination }, '/nowhere', options)
      const mounts = async (uid: number) => {
        vi.spyOn(process, 'getuid').mockReturnValue(uid)
        const wrap = await isolation.wrap({ home: '/', shown: [] })
        return wrap!({ argv: ['true'], env: {}, user: undefined }).argv.join('\n')
      }
      expect(await mounts(0)).toMatch(/mount .* tmpfs '\/usr\/share'/)
      expect(await mounts(1000)).not.toContain('/usr/share')
    },
  )

  test('is retried after a temporary refusal, and warns once', async () => {
    const refusals = [
      { reason: 'no space left on device', isLasting: false },
      { reason: 'no space left on device', isLasting: false },
      undefined,
    ]
    const warnings: unknown[] = []
    const attempt = async () => refusals.shift()
    const log = { warn: (facts: unknown) => void warnings.push(facts) }
    const isolation = new Isolation({ ...config, task_namespaces: 'auto' }, '/', { attempt, log })
    const task = { home: '/', shown: [] }
    expect(await isolation.wrap(task)).toBeUndefined()
    expect(await isolation.wrap(task)).toBeUndefined()
    expect(warnings).toEqual([{ refusal: 'no space left on device' }])
    expect(await isolation.wrap(task)).toBeDefined()
    expect(await isolation.wrap(task)).toBeDefined()
  })

  test('is not retried after a lasting refusal', async () => {
    const refusals = [{ reason: 'unshare: Operation not permitted', isLasting: true }]
    const isolation = new Isolation(config, '/', { attempt: async () => refusals.shift() })
    expect([await isolation.refusal(), await isolation.refusal()]).toEqual([
      'unshare: Operation not permitted',
      'unshare: Operation not permitted',
    ])
  })

  test('is described by a sentence', async () => {
    expect(await describeIsolation({ ...config, task_processes: 'workers' })).toEqual({
      ok: true,
      detail: 'code of jobs does not run here: CAIRN_TASK_PROCESSES=workers',
    })
    vi.spyOn(process, 'getuid').mockReturnValueOnce(1000)
    expect(await describeIsolation({ ...config, auth: 'required' })).toEqual({
      ok: true,
      detail:
        'code of jobs does not run here: CAIRN_TASK_PROCESSES=auto, without root, and CAIRN_AUTH=required',
    })
    const { detail } = await describeIsolation({ ...config, task_namespaces: 'off' })
    expect(detail).toMatch(/tasks share \/tmp of this machine: CAIRN_TASK_NAMESPACES=off$/)
    const expected = isAllowed ? /a private \/tmp, and does not see the data folder/ : /share \/tmp/
    expect((await describeIsolation(config)).detail).toMatch(expected)
  })
})
