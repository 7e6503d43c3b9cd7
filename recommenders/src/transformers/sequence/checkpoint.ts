import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'

/** The state from which a training resumes with identical results. */
export interface Checkpoint {
  /** Hash of the data and parameters; a training with another fingerprint ignores the checkpoint. */
  readonly fingerprint: string
  /** Finished epochs and steps. */
  readonly epoch: number
  readonly steps: number
  readonly best: { readonly epoch: number; readonly ndcg: number }
  readonly parameters: Float32Array
  readonly means: Float32Array
  readonly squares: Float32Array
  readonly bestParameters: Float32Array
}

const FILE = 'training.checkpoint'
const ARRAYS = ['parameters', 'means', 'squares', 'bestParameters'] as const

/** Replaces the checkpoint of the folder atomically. */
export async function writeCheckpoint(folder: string, checkpoint: Checkpoint): Promise<void> {
  const { fingerprint, epoch, steps, best, parameters } = checkpoint
  const header = Buffer.from(JSON.stringify({ fingerprint, epoch, steps, best, size: parameters.length }))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(header.length)
  const arrays = ARRAYS.map((name) => {
    const { buffer, byteOffset, byteLength } = checkpoint[name]
    return Buffer.from(buffer, byteOffset, byteLength)
  })
  const path = join(folder, FILE)
  const file = await open(`${path}.new`, 'w')
  try {
    await file.writeFile(Buffer.concat([length, header, ...arrays]))
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
}

/** Returns undefined if the folder has no checkpoint, a corrupt one, or one of another training. */
export async function findCheckpoint(folder: string, fingerprint: string): Promise<Checkpoint | undefined> {
  const bytes = await readFile(join(folder, FILE)).catch(() => undefined)
  if (!bytes || bytes.length < 4) return undefined
  try {
    const end = 4 + bytes.readUInt32LE(0)
    const { size, ...header } = JSON.parse(bytes.toString('utf8', 4, end))
    if (header.fingerprint !== fingerprint || bytes.length !== end + ARRAYS.length * 4 * size)
      return undefined
    const array = (n: number) =>
      new Float32Array(bytes.buffer.slice(...range(bytes.byteOffset + end, n, size)))
    return { ...header, ...Object.fromEntries(ARRAYS.map((name, n) => [name, array(n)])) }
  } catch {
    return undefined
  }
}

const range = (from: number, n: number, size: number): [number, number] => [
  from + n * 4 * size,
  from + (n + 1) * 4 * size,
]
