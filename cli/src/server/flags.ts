import { type Config, loadConfig, settings } from '@cairn/platform/config'
import { unknownSettings } from './unknown-settings.js'

/** Maps flags to settings: commander's `databaseUrl` is `database_url`. */
export function settingsOf(flags: Readonly<Record<string, unknown>>): Partial<Record<keyof Config, unknown>> {
  const camelCase = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
  return Object.fromEntries(settings().map(([name]) => [name, flags[camelCase(name)]]))
}

/** Reads the settings of a server from flags and the environment. Warns about unknown variables. */
export function loadSettings(flags: Readonly<Record<string, unknown>>): Config {
  for (const sentence of unknownSettings(process.env)) process.stderr.write(`${sentence}\n`)
  return loadConfig(process.env, settingsOf(flags))
}
