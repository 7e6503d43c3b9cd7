/** Combines several numbers into one seed with the finalizer of MurmurHash3. */
export function mixSeed(...parts: readonly number[]): number {
  let hash = 0x9e3779b9
  for (const part of parts) {
    hash = Math.imul(hash ^ part, 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
    hash ^= hash >>> 16
  }
  return hash >>> 0
}

/** A random permutation of 0 … size − 1 (Fisher-Yates). */
export function shuffled(size: number, random: () => number): Int32Array {
  const order = Int32Array.from({ length: size }, (_, n) => n)
  for (let n = size - 1; n > 0; n--) {
    const other = Math.floor(random() * (n + 1))
    const swapped = order[n]!
    order[n] = order[other]!
    order[other] = swapped
  }
  return order
}
