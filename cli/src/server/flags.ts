import { type Config, settings } from '@cairn/platform/config'

/** Maps flags to settings: commander's `databaseUrl` is `database_url`. */
export function settingsOf(flags: Readonly<Record<string, unknown>>): Partial<Record<keyof Config, unknown>> {
  const camelCase = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
  return Object.fromEntries(settings().map(([name]) => [name, flags[camelCase(name)]]))
}
