import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { PollLoop } from './poll-loop.js'

const advance = (ms: number) => vi.advanceTimersByTimeAsync(ms)

describe('PollLoop', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  function countingLoop(turn: () => Promise<unknown> = async () => undefined, maxIntervalMs?: number) {
    const turnTimes: number[] = []
    const errors: unknown[] = []
    const startedAt = Date.now()
    const loop = new PollLoop({
      turn: () => {
        turnTimes.push(Date.now() - startedAt)
        return turn()
      },
      intervalMs: 100,
      onError: (error) => errors.push(error),
      ...(maxIntervalMs !== undefined && { maxIntervalMs }),
    })
    return { loop, turnTimes, errors }
  }

  test('runs a turn at the start and after each interval', async () => {
    const { loop, turnTimes } = countingLoop()
    await advance(500)
    expect(turnTimes).toEqual([])
    loop.start()
    await advance(250)
    expect(turnTimes).toEqual([500, 600, 700])
    await loop.stop()
  })

  test('can start with a pause', async () => {
    const { loop, turnTimes } = countingLoop()
    loop.start({ immediately: false })
    await advance(150)
    expect(turnTimes).toEqual([100])
    await loop.stop()
  })

  test('counts the interval from the end of a turn', async () => {
    const { loop, turnTimes } = countingLoop(() => new Promise((resolve) => setTimeout(resolve, 250)))
    loop.start()
    await advance(800)
    expect(turnTimes).toEqual([0, 350, 700])
    await advance(200)
    await loop.stop()
  })

  test('wakes up early and then pauses for a whole interval', async () => {
    const { loop, turnTimes } = countingLoop()
    loop.start()
    await advance(30)
    loop.wake()
    await advance(120)
    expect(turnTimes).toEqual([0, 30, 130])
    await loop.stop()
  })

  test('runs one more turn after any number of wake-ups during a turn', async () => {
    const { loop, turnTimes } = countingLoop(() => new Promise((resolve) => setTimeout(resolve, 50)))
    loop.start()
    await advance(10)
    loop.wake()
    loop.wake()
    await advance(80)
    expect(turnTimes).toEqual([0, 50])
    await advance(100)
    await loop.stop()
  })

  test('does not overlap turns when a turn wakes the loop itself', async () => {
    let atOnce = 0
    let most = 0
    const { loop, turnTimes } = countingLoop(async () => {
      most = Math.max(most, ++atOnce)
      if (turnTimes.length < 3) loop.wake()
      await Promise.resolve()
      atOnce--
    })
    loop.start()
    await advance(0)
    expect([turnTimes.length, most]).toEqual([3, 1])
    await loop.stop()
  })

  test('waits for the running turn when it stops, and runs none afterwards', async () => {
    let isDone = false
    const { loop, turnTimes } = countingLoop(async () => {
      await new Promise((resolve) => setTimeout(resolve, 50))
      isDone = true
    })
    loop.start()
    await advance(10)
    loop.wake()
    const stopped = loop.stop().then(() => isDone)
    await advance(50)
    expect(await stopped).toBe(true)
    loop.wake()
    await advance(1000)
    expect(turnTimes).toEqual([0])
  })

  test('starts again after it was stopped', async () => {
    const { loop, turnTimes } = countingLoop()
    loop.start()
    await advance(10)
    await loop.stop()
    await advance(200)
    loop.start()
    await advance(100)
    expect(turnTimes).toEqual([0, 210, 310])
    await loop.stop()
  })

  test('reports failures and doubles the pause up to the limit until a turn succeeds', async () => {
    let isBroken = true
    const { loop, turnTimes, errors } = countingLoop(async () => {
      if (isBroken) throw new Error('no database')
    }, 400)
    loop.start()
    await advance(1100)
    expect(turnTimes).toEqual([0, 100, 300, 700, 1100])
    expect(errors).toHaveLength(5)
    isBroken = false
    await advance(550)
    expect(turnTimes.slice(5)).toEqual([1500, 1600])
    await loop.stop()
  })

  test('does not run again at once when it was woken during a turn that failed', async () => {
    const { loop, turnTimes } = countingLoop(async () => {
      loop.wake()
      throw new Error('no database')
    })
    loop.start()
    await advance(99)
    expect(turnTimes).toEqual([0])
    await loop.stop()
  })
})
