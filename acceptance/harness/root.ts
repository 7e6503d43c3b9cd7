import { fileURLToPath } from 'node:url'

/** The folder of the clone under test. */
export const root = fileURLToPath(new URL('../..', import.meta.url))
