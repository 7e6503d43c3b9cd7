import { spawn, spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { chmodSync, existsSync, lstatSync, mkdirSync, rmdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { newFolder } from '../testing/folders.js'
import { endProcessesOf } from './end-processes.js'
import { isAlive } from './is-alive.js'
import { newProcessId } from './process-id.js'
import { ProcessUsers } from './process-users.js'
import { runTool } from './run-tool.js'
import { takeOver } from './take-over.js'
import { openWorkRoot, workRoot } from './work-root.js'

const root = workRoot('')
const first = 70_000 + randomInt(1_000_000)
const user = { uid: first, gid: first }
const env = { PATH: '/usr/bin:/bin' }

describe.runIf(process.getuid?.() === 0)('users of processes', () => {
  test('lose all processes, also those that fork without an end and left their group', async () => {
    // Each generation ends its parent: a list of them is old before it is read.
    const script = 'f() { (trap "" TERM; f) & exit; }; f'
    const options = { ...user, cwd: '/', env, stdio: 'ignore' as const }
    spawn('/bin/sh', ['-c', script], { ...options, detached: true })
    const asleep = spawn('/usr/bin/setsid', ['sleep', '1000'], options)
    await new Promise((resolve) => asleep.once('spawn', resolve))
    await endProcessesOf(user)
    const left = spawnSync('/bin/sh', ['-c', 'cat /proc/[0-9]*/status 2>/dev/null'], { encoding: 'utf8' })
    const running = left.stdout.split(/^Name:/m).filter((status) => !/^State:\s+Z/m.test(status))
    expect(running.filter((status) => status.includes(`Uid:\t${first}\t`))).toEqual([])
  })

  test.each([0, -1, Number.NaN])('never include user %d', async (uid) => {
    await expect(endProcessesOf({ uid, gid: first })).rejects.toThrow(TypeError)
  })

  test('are not leased twice, also by several processes', async () => {
    const range = `${first + 10}-${first + 13}`
    const [server, worker] = [new ProcessUsers(range, root), new ProcessUsers(range, root)]
    const leases = [await server.acquire(), await worker.acquire(), await server.acquire()]
    expect(new Set(leases.map((lease) => lease.user.uid)).size).toBe(3)
    await expect(worker.acquire()).rejects.toMatchObject({ code: 'RESOURCE_EXHAUSTED' })
    await leases[0]!.release()
    const again = await worker.acquire()
    expect(again.user.uid).toBe(leases[0]!.user.uid)
    for (const lease of [again, leases[1]!, leases[2]!]) await lease.release()
  })

  test('are freed of the processes and files of a server that was killed', async () => {
    const range = `${first + 20}-${first + 21}`
    await new ProcessUsers(range, root).open()
    const uid = first + 21
    const folder = join(root, String(uid))
    mkdirSync(folder)
    // The holder of the lock is a process of this machine that has ended.
    const [namespace] = newProcessId().split('-')
    mkdirSync(join(root, 'locks', String(uid)))
    writeFileSync(join(root, 'locks', String(uid), `${namespace}-999999999-1-x`), '')
    const left = spawn('sleep', ['1000'], { uid, gid: uid, cwd: '/', env, stdio: 'ignore' })
    const ended = new Promise((resolve) => left.once('exit', (_code, signal) => resolve(signal)))
    await new ProcessUsers(range, root).open()
    expect(await ended).toBe('SIGKILL')
    expect(existsSync(folder)).toBe(false)
    expect(existsSync(join(root, 'locks', String(uid)))).toBe(false)
  })

  test('work below a folder that only root may change', async () => {
    const created = `${root}-${first}`
    const mask = process.umask(0o077)
    await openWorkRoot(created).finally(() => process.umask(mask))
    expect(lstatSync(created).mode & 0o777).toBe(0o711)
    rmdirSync(created)
    await expect(openWorkRoot('/tmp/cairn-tasks')).rejects.toMatchObject({
      code: 'INVALID_STATE',
      message: expect.stringMatching(/^'\/tmp(\/cairn-tasks)?' must be a folder that only root may change/),
    })
  })

  test('leave files that only root can change, and neither setuid nor links that are followed', async () => {
    const folder = newFolder()
    const secret = join(newFolder(), 'secret')
    writeFileSync(secret, '', { mode: 0o600 })
    const path = (name: string) => join(folder, name)
    mkdirSync(path('open'))
    writeFileSync(path('program'), '')
    symlinkSync(secret, path('link'))
    const own = spawnSync('/bin/chown', ['-hR', `${first}:${first}`, folder])
    expect(own.status).toBe(0)
    chmodSync(path('open'), 0o777)
    chmodSync(path('program'), 0o4777)
    await takeOver(folder, user)
    const modeOf = (name: string) => [lstatSync(path(name)).uid, lstatSync(path(name)).mode & 0o7777]
    expect(modeOf('open')).toEqual([0, 0o755])
    expect(modeOf('program')).toEqual([0, 0o755])
    expect([lstatSync(secret).uid, lstatSync(secret).gid, lstatSync(secret).mode & 0o777]).toEqual([
      0, 0, 0o600,
    ])
  })

  test.each([
    [
      'a file of somebody else',
      (path: string) => spawnSync('/bin/sh', ['-c', `: >${path}; chown 1 ${path}`]),
    ],
    ['a pipe', (path: string) => spawnSync('/usr/bin/mkfifo', [path])],
  ])('may not leave %s', async (_name, create) => {
    const folder = newFolder()
    create(join(folder, 'x'))
    await expect(takeOver(folder, user)).rejects.toThrow(/x', which is not its own file/)
  })
})

describe('tools', () => {
  const options = { cwd: '/', env }

  test('gain no privileges', async () => {
    expect(await runTool('cat', ['/proc/self/status'], options)).toMatch(/NoNewPrivs:\s+1/)
  })

  test.runIf(process.getuid?.() === 0)('may start a limited number of processes as a user', async () => {
    const limits = await runTool('cat', ['/proc/self/limits'], { ...options, user })
    expect(limits).toMatch(/Max processes\s+4096\s+4096/)
  })

  test('end with their group when the signal aborts, and with its reason', async () => {
    const controller = new AbortController()
    let pid = 0
    const run = runTool('sh', ['-c', 'sleep 1000 & echo $!; wait'], {
      ...options,
      signal: controller.signal,
      onLine: (line) => {
        pid = Number(line)
        controller.abort(new Error('canceled'))
      },
    })
    await expect(run).rejects.toThrow('canceled')
    while (isAlive(pid)) await sleep(10)
  })

  test('keep the last lines of endless output', async () => {
    const output = await runTool('seq', ['100000'], options)
    expect(output.split('\n')).toHaveLength(1_000)
    expect(output.split('\n').at(-1)).toBe('100000')
  })
})
