import { beforeAll, describe, expect, test } from 'vitest'
import { comparable, withoutAdditions } from './golden/compare.js'
import { ADDITIONS, DIFFERENCES, NONDETERMINISTIC } from './golden/differences.js'
import { readRecording } from './golden/recording.js'
import { type ReplayedExchange, replay } from './golden/replay.js'
import { startServer } from './harness/server.js'

const recording = readRecording(new URL('./golden/mlflow-3.11.jsonl.gz', import.meta.url))
const additions = Object.keys(ADDITIONS)

describe('recorded responses of MLflow', () => {
  let replayed: Map<string, ReplayedExchange>
  beforeAll(async () => {
    await using server = await startServer()
    replayed = new Map((await replay(server.url, recording)).map((one) => [one.recorded.label, one]))
  })

  test.each(recording.map(({ label }) => label))('%s', (label) => {
    const { recorded, answered } = replayed.get(label)!
    const answer = withoutAdditions(answered.answer, recorded.answer, additions)
    const ours = comparable({ ...answered, answer })
    if (DIFFERENCES[label])
      expect(ours, 'explained, but no longer different').not.toEqual(comparable(recorded))
    else if (!NONDETERMINISTIC.has(label)) expect(ours).toEqual(comparable(recorded))
    expect(answered.status).not.toBe(500)
  })

  test('every documented difference belongs to a recorded exchange', () => {
    const labels = new Set(recording.map(({ label }) => label))
    expect([...Object.keys(DIFFERENCES), ...NONDETERMINISTIC].filter((label) => !labels.has(label))).toEqual(
      [],
    )
  })
})
