import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { withRun } from '../run.js'
import { effort } from '../testing/effort.js'
import { newFolder } from '../testing/folders.js'
import { eventsOf, recordRun } from '../testing/offline.js'
import { decodeLine, encodeLine, type LogEvent } from './event.js'
import { LogFile } from './log-file.js'
import { summarizeLog } from './log-summary.js'
import { type LogDamage, readLog } from './read-log.js'

let log: Buffer
let events: LogEvent[]
let ends: number[]

beforeAll(async () => {
  const folder = await recordRun('offline log', 5)
  log = await readFile(join(folder, 'log.jsonl'))
  events = await eventsOf(folder)
  ends = [...log.keys()].filter((at) => log[at] === 0x0a).map((at) => at + 1)
})

async function read(path: string, from = 0) {
  let damage: LogDamage | undefined
  const found: LogEvent[] = []
  const lines = readLog<LogEvent>(path, from, (found) => {
    damage = found
  })
  for await (const { event } of lines) found.push(event)
  return { found, ...damage! }
}

test('writes every event as one line of JSON', () => {
  expect(events.map((event) => event.type)).toEqual([
    ...['run', 'batch', 'inputs', 'model'],
    ...Array.from({ length: 7 }, () => 'batch'),
    ...['register', 'artifact', 'artifact', 'table', 'table', 'batch', 'batch', 'end'],
  ])
  expect(ends).toHaveLength(events.length)
  for (const line of log.toString().trimEnd().split('\n'))
    expect(JSON.parse(line)).toMatchObject({ sum: expect.stringMatching(/^[0-9a-f]{16}$/) })
})

test('reads the complete events of a log truncated at any byte, and reports the torn bytes', async () => {
  const path = join(await newFolder(), 'cut')
  const step = effort(7, 4, 1)
  for (let length = 0; length <= log.length; length += step) {
    await writeFile(path, log.subarray(0, length))
    const whole = ends.filter((end) => end - 1 <= length).length // the newline may be missing
    const { found, tornBytes, lines } = await read(path)
    expect(found.length).toBe(whole)
    expect(found).toEqual(events.slice(0, whole))
    expect(lines).toBe(0)
    const lastEnd = whole > 0 ? ends[whole - 1]! : 0
    expect(tornBytes).toBe(Math.max(0, length - lastEnd))
  }
}, 180_000)

test('a corrupt byte loses only its own line', async () => {
  const path = join(await newFolder(), 'changed')
  const change = fc.record({ at: fc.nat({ max: log.length - 2 }), by: fc.integer({ min: 1, max: 255 }) })
  await fc.assert(
    fc.asyncProperty(change, async ({ at, by }) => {
      fc.pre(log[at] !== 0x0a && (log[at]! + by) % 256 !== 0x0a)
      const bytes = Buffer.from(log)
      bytes[at] = (bytes[at]! + by) % 256
      await writeFile(path, bytes)
      const hit = ends.findIndex((end) => at < end)
      const { found, lines, tornBytes } = await read(path)
      expect(found).toEqual(events.filter((_, i) => i !== hit))
      expect([lines, tornBytes]).toEqual([1, 0])
    }),
    { numRuns: effort(40, 80, 300) },
  )
})

test('reading can start at the end of any line', async () => {
  const path = join(await newFolder(), 'from')
  await writeFile(path, log)
  for (const [i, end] of ends.entries()) expect((await read(path, end)).found).toEqual(events.slice(i + 1))
})

test('decodes any encoded event', () => {
  fc.assert(
    fc.property(fc.object(), (event) => {
      const line = encodeLine(event)
      expect(line.indexOf('\n')).toBe(line.length - 1)
      expect(decodeLine(line.trimEnd())).toEqual(JSON.parse(JSON.stringify(event)))
    }),
  )
})

test('starts a new line after a torn one', async () => {
  const path = join(await newFolder(), 'torn')
  await writeFile(path, log.subarray(0, ends[2]! + 10))
  const file = LogFile.open(path)
  file.append({ type: 'end', status: 'FINISHED', end_time: 1 })
  await file.sync()
  file.close()
  expect((await read(path)).found).toEqual([
    ...events.slice(0, 3),
    { type: 'end', status: 'FINISHED', end_time: 1 },
  ])
  expect(() => file.append({})).toThrow('ended')
})

test('a log without a complete first line has no summary', async () => {
  const folder = await newFolder()
  await writeFile(join(folder, 'log.jsonl'), log.subarray(0, 20))
  expect(await summarizeLog(folder)).toBeUndefined()
  await appendFile(join(folder, 'log.jsonl'), 'x\n')
  expect(await summarizeLog(folder)).toBeUndefined()
})

test.each(['../x.json', '/x.json', ''])('rejects the path %j at log time', async (path) => {
  const options = { mode: 'offline', folder: await newFolder(), experiment: 'x' } as const
  await withRun(options, async (run) => {
    await expect(run.logText('x', path)).rejects.toThrow(TypeError)
    await expect(run.logTable([], path)).rejects.toThrow(TypeError)
  })
})
