/** FNV-1a over UTF-16, 32 bits. */
export function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value >>> 0
}

export interface RandomSource {
  /** In [low, high), in steps of 0.1 to keep SVG paths short. */
  between(low: number, high: number): number
  pick<T>(list: readonly T[]): T
}

/** A seeded random generator (mulberry32) with the same sequence on every platform. */
export function createRandom(seed: number): RandomSource {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    between: (low, high) => Math.floor((low + next() * (high - low)) * 10) / 10,
    pick: (list) => list[Math.floor(next() * list.length)]!,
  }
}
