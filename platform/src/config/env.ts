import type { TSchema } from 'typebox'

/** Declares a setting that is read from these environment variables. An earlier name takes precedence. */
export const env = <T extends TSchema>(schema: T, ...names: readonly string[]) =>
  ({ ...schema, env: names }) as T & { env: string[] }
