import { expect, test } from 'vitest'
import { Coordinator, callQueue } from './call-queue.js'

test('executes every call once with its arguments before the phase ends', () => {
  const done = new Map<number, number[][]>()
  const note =
    (name: number) =>
    (...args: number[]) =>
      void done.set(name, [...(done.get(name) ?? []), args])
  const coordinator = new Coordinator(callQueue(), { one: note(1), other: note(2) })
  for (let phase = 0; phase < 2; phase++) {
    done.clear()
    for (let n = 0; n < 10_000; n++) coordinator.add(n % 3 === 0 ? 'one' : 'other', n, -n, 0.5)
    coordinator.run()
    const expected = Array.from({ length: 10_000 }, (_, n) => n)
    expect(done.get(1)!.map(([n]) => n)).toEqual(expected.filter((n) => n % 3 === 0))
    expect(done.get(2)!.map(([n]) => n)).toEqual(expected.filter((n) => n % 3 !== 0))
    for (const args of done.get(2)!) expect(args.slice(0, 3)).toEqual([args[0], -args[0]!, 0.5])
  }
})

test('ends a phase without calls immediately', () => {
  const coordinator = new Coordinator(callQueue(), { one: () => expect.unreachable() })
  coordinator.run()
})
