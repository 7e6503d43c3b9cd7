const MAX_BITS = 15

export interface PrefixCode {
  /** The only symbol, if there is just one; it needs no bits. */
  readonly single?: number
  readonly lengths: Uint8Array
  /** Each symbol's code, the first bit lowest. */
  readonly codes: Uint16Array
}

/** Builds a canonical Huffman code of at most 15 bits per symbol. */
export function prefixCode(counts: Uint32Array): PrefixCode {
  const used = [...counts.keys()].filter((symbol) => counts[symbol]! > 0)
  const none = { lengths: new Uint8Array(counts.length), codes: new Uint16Array(counts.length) }
  if (used.length < 2) return { single: used[0] ?? 0, ...none }
  // Raises the counts of rare symbols until no code is longer than 15 bits.
  for (let atLeast = 1; ; atLeast *= 2) {
    const lengths = huffman(counts, used, atLeast)
    if (Math.max(...lengths) <= MAX_BITS) return { lengths, codes: canonical(lengths) }
  }
}

interface Node {
  readonly count: number
  readonly symbols: readonly number[]
}

function huffman(counts: Uint32Array, used: readonly number[], atLeast: number): Uint8Array {
  const lengths = new Uint8Array(counts.length)
  const nodes: Node[] = used.map((symbol) => ({
    count: Math.max(counts[symbol]!, atLeast),
    symbols: [symbol],
  }))
  while (nodes.length > 1) {
    nodes.sort((a, b) => b.count - a.count)
    const [a, b] = [nodes.pop()!, nodes.pop()!]
    const symbols = [...a.symbols, ...b.symbols]
    for (const symbol of symbols) lengths[symbol]!++
    nodes.push({ count: a.count + b.count, symbols })
  }
  return lengths
}

/** Assigns codes in order of length, then symbol (RFC 1951 §3.2.2), bit-reversed for a stream that starts with the lowest bit. */
function canonical(lengths: Uint8Array): Uint16Array {
  const codes = new Uint16Array(lengths.length)
  let next = 0
  for (let length = 1; length <= MAX_BITS; length++) {
    for (const [symbol, own] of lengths.entries())
      if (own === length) codes[symbol] = reversed(next++, length)
    next <<= 1
  }
  return codes
}

function reversed(code: number, length: number): number {
  let out = 0
  for (let bit = 0; bit < length; bit++) out |= ((code >> bit) & 1) << (length - 1 - bit)
  return out
}
