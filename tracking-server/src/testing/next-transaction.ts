import type { Engine } from '@cairn/platform/db/db'
import { vi } from 'vitest'

/** Resolves when the next transaction is requested, which may still have to wait for the locks of others. */
export function nextTransaction({ engine }: { readonly engine: Engine }): Promise<void> {
  return new Promise((resolve) => {
    const spy = vi.spyOn(engine, 'transaction').mockImplementationOnce((work) => {
      spy.mockRestore()
      resolve()
      return engine.transaction(work)
    })
  })
}
