import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SequenceModel } from '../sequence/artifact.js'
import { someItems } from './item-item-model.js'

const golden = join(import.meta.dirname, '../sequence/golden')

/** The recorded graph of 30 items that uses the last 16 events, with two users. */
export function aSequenceModel(): SequenceModel {
  return {
    kind: 'bert4rec',
    onnx: readFileSync(join(golden, 'model.onnx')),
    maxHistory: 16,
    items: someItems(30),
    users: {
      ids: ['ann', 'bo'],
      histories: { offsets: Int32Array.of(0, 3, 3), items: Int32Array.of(1, 2, 3) },
    },
    parameters: { blocks: 2 },
    protocol: 'loo.full.seenfiltered.v1',
  }
}

/** Scores recorded from the official runtime. */
export const recordedScores = () =>
  readFileSync(join(golden, 'scores.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { history: number[]; scores: number[]; top_items: number[] })
