import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { builtFile } from '../processes/module-file.js'
import { DiskBlobs } from './disk.js'

const WRITER = builtFile(new URL('../testing/crashing-blobs.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'cairn-crash-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs the writer until it acknowledged a few blobs, kills it a moment later, and returns what it acknowledged. */
async function writeAndKill(afterMs: number): Promise<Map<string, number>> {
  const writer = spawn(process.execPath, [WRITER, folder])
  const acknowledged = new Map<string, number>()
  let text = ''
  writer.stdout.on('data', (chunk) => {
    text += chunk
  })
  await new Promise((resolve) => writer.stdout.once('data', resolve))
  await sleep(afterMs)
  const ended = new Promise((resolve) => writer.once('close', resolve))
  writer.kill('SIGKILL')
  await ended
  for (const line of text.split('\n').slice(0, -1)) {
    const [key = '', fill] = line.split(' ')
    acknowledged.set(key, Number(fill))
  }
  return acknowledged
}

test('after kill -9 every acknowledged blob is there, none is half written, and no part remains', async () => {
  for (const afterMs of [3, 20, 57, 110]) {
    const acknowledged = await writeAndKill(afterMs)
    expect(acknowledged.size).toBeGreaterThan(0)
    const blobs = await DiskBlobs.open(folder)
    expect(readdirSync(join(folder, '.incoming'))).toEqual([])
    for (const [key, fill] of acknowledged) {
      const content = await buffer(await blobs.get(key))
      expect(content.length).toBe(200_000)
      expect(new Set(content).size).toBe(1)
      // The last put may have landed unacknowledged, over an acknowledged one.
      if (!key.endsWith('same')) expect(content[0]).toBe(fill)
    }
    for (const entry of (await blobs.list('')).folders) await blobs.delete(entry)
  }
}, 300_000)
