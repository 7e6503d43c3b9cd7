/** Returns a seeded stream of uniform numbers in [0, 1) by sfc32, which passes PractRand. */
export function randomStream(seed: number): () => number {
  let a = 0x9e3779b9 ^ seed
  let b = 0x243f6a88
  let c = 0xb7e15162
  let counter = 1
  const next = () => {
    const sum = (a + b + counter++) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return (sum >>> 0) / 4_294_967_296
  }
  for (let warm = 0; warm < 15; warm++) next()
  return next
}

/** Returns a seeded stream of standard normal numbers by Box–Muller. */
export function normalStream(seed: number): () => number {
  const uniform = randomStream(seed)
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
}
