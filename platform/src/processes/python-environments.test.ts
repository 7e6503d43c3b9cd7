import { randomInt } from 'node:crypto'
import { chmodSync, lstatSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { newFolder } from '../testing/folders.js'
import { isAlive } from './is-alive.js'
import { ProcessUsers } from './process-users.js'
import { PythonEnvironments } from './python-environments.js'
import { workRoot } from './work-root.js'

const first = 2_000_000 + randomInt(1_000_000)
const key = 'a'.repeat(64)
const SECRET = '/etc/shadow'

/** Acts as Python: its `venv` copies it, and its `pip` runs `install`, as the setup of a package would. */
const interpreter = (install: string) => `#!/bin/sh
case "$3" in
venv) mkdir -p "$4/bin" && cp "$0" "$4/bin/python" ;;
pip) cd "$(dirname "$0")"/.. && echo "pip as $(id -u) in $PWD, $UV_NO_CONFIG" && { ${install}
} ;;
esac
`

function aPython(install: string): string {
  const folder = newFolder()
  chmodSync(folder, 0o755)
  const path = join(folder, 'python')
  writeFileSync(path, interpreter(install), { mode: 0o755 })
  return path
}

function listen(onLine: (line: string) => void = () => undefined) {
  const lines: string[] = []
  return {
    lines,
    onStep: (sentence: string) => void lines.push(sentence),
    onLine(line: string) {
      lines.push(line)
      onLine(line)
    },
  }
}

describe.runIf(process.getuid?.() === 0)('environments of hostile packages', () => {
  const path = process.env.PATH
  beforeEach(() => {
    process.env.PATH = '/usr/bin:/bin' // without uv
  })
  afterEach(() => {
    process.env.PATH = path
  })

  function environments() {
    const data = newFolder()
    chmodSync(data, 0o755)
    const users = new ProcessUsers(`${first}-${first + 2}`, workRoot(data))
    return {
      folder: join(data, 'python'),
      cache: new PythonEnvironments(join(data, 'python'), { users, gid: first }),
    }
  }

  test('belong to root in the end, and no process of the installation survives', async () => {
    const { folder, cache } = environments()
    const python =
      aPython(`ln -s ${SECRET} link; echo x >open; chmod 4777 open; mkdir shared; chmod 777 shared
      setsid sh -c 'while :; do rm -rf shared; ln -s ${SECRET} shared; rm shared; mkdir shared; done' >/dev/null 2>&1 &
      echo "left $!"`)
    const before = lstatSync(SECRET)
    const listener = listen()
    const lease = await cache.acquire({ key, python, requirements: ['x'] }, listener)
    expect(lease.interpreter).toBe(join(folder, key, 'bin', 'python'))
    expect(listener.lines.join('\n')).toMatch(/^pip as [2-9]\d{6} in .*, 1$/m)
    const left = Number(/^left (\d+)$/m.exec(listener.lines.join('\n'))![1])
    while (isAlive(left)) await sleep(10)
    for (const entry of readdirSync(join(folder, key), { withFileTypes: true, recursive: true })) {
      const status = lstatSync(join(entry.parentPath, entry.name))
      expect([entry.name, status.uid, status.gid]).toEqual([entry.name, 0, first])
      if (!status.isSymbolicLink()) expect(status.mode & 0o6022).toBe(0)
    }
    const after = lstatSync(SECRET)
    expect([after.uid, after.gid, after.mode]).toEqual([before.uid, before.gid, before.mode])
  })

  test('leave nothing when the installation fails', async () => {
    const { folder, cache } = environments()
    const spec = { key, python: aPython('setsid sleep 1000 & echo broken; exit 1'), requirements: ['x'] }
    await expect(cache.acquire(spec, listen())).rejects.toMatchObject({
      code: 'INVALID_STATE',
      message: expect.stringMatching(/failed: .*broken$/),
    })
    expect(readdirSync(folder)).toEqual([])
  })

  test('are given up when the signal aborts, and built by the next one that waits', async () => {
    const { folder, cache } = environments()
    const marker = join(newFolder(), 'first')
    chmodSync(join(marker, '..'), 0o777)
    const python = aPython(`[ -e ${marker} ] || { : >${marker}; echo waiting; sleep 1000; }`)
    const controller = new AbortController()
    const spec = { key, python, requirements: ['x'] }
    const waiting = listen()
    let second: Promise<unknown> | undefined
    const canceled = cache.acquire(
      { ...spec, signal: controller.signal },
      listen((line) => {
        if (line !== 'waiting') return
        second = cache.acquire(spec, waiting)
        controller.abort(new Error('canceled'))
      }),
    )
    await expect(canceled).rejects.toThrow('canceled')
    await second
    expect(waiting.lines[0]).toMatch(/^Waiting for/)
    expect(readdirSync(folder)).toEqual([key])
  })
})
