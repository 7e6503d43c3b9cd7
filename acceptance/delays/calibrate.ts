const ROUNDS = 25
const RECORDS = 20_000
/** Milliseconds that the work takes on the machine for which the limit of 100 ms was set. */
const REFERENCE_MS = 12

/** How many times slower this machine is than the reference: from the least time that parsing and writing some JSON takes. */
export const slowness = (): number => (known ??= measureSlowness())
let known: number | undefined

function measureSlowness(): number {
  const text = JSON.stringify(
    Array.from({ length: RECORDS }, (_, i) => ({ key: `k${i % 50}`, value: i / 7, step: i })),
  )
  const times = Array.from({ length: ROUNDS }, () => {
    const started = performance.now()
    JSON.stringify(JSON.parse(text))
    return performance.now() - started
  })
  return Math.max(1, Math.min(...times) / REFERENCE_MS)
}
