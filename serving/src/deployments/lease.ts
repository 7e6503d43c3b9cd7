import { type DeploymentKey, type DeploymentStore, LEASE_MS } from '../endpoint-state/deployment-store.js'

/** Runs `work` with the lease of a deployment in progress, and renews it until `work` ends. */
export async function withLease<T>(
  history: DeploymentStore,
  key: DeploymentKey,
  holder: string,
  work: () => Promise<T>,
): Promise<T | 'taken' | 'exhausted'> {
  const claim = await history.claim(key, holder)
  if (claim !== 'claimed') return claim
  // A renewal that fails is repeated before the lease ends.
  const timer = setInterval(() => void history.renew(key, holder).catch(() => undefined), LEASE_MS / 4)
  try {
    return await work()
  } finally {
    clearInterval(timer)
    await history.release(key, holder)
  }
}
