const POLL_MS = 100 // a request to a server costs it milliseconds

/** Polls until `holds` resolves to true. The error after the timeout starts with `what`. */
export async function until(what: string, holds: () => Promise<boolean>, timeoutMs = 240_000): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}
