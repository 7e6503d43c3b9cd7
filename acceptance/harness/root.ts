import { fileURLToPath } from 'node:url'

/** The root folder of the repository under test. */
export const root = fileURLToPath(new URL('../..', import.meta.url))
