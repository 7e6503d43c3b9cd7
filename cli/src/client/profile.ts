import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { invalid } from '@cairn/platform/errors'

export interface Profile {
  readonly server: string
  readonly token?: string
}

const DEFAULT_SERVER = 'http://127.0.0.1:5000'

const file = () => join(process.env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'cairn', 'profile.json')

/** A setting and where it came from. */
export interface Setting {
  readonly value: string
  readonly origin: string
}

/** Precedence: flag, environment, stored profile, default. @throws INVALID_PARAMETER_VALUE for a malformed address */
export function serverAddress(flag: string | undefined): Setting {
  if (flag) return { value: checked(flag, flag), origin: '--server' }
  const { CAIRN_SERVER: cairn, MLFLOW_TRACKING_URI: mlflow } = process.env
  if (cairn) return { value: checked(cairn, `CAIRN_SERVER=${cairn}`), origin: 'CAIRN_SERVER' }
  // MLflow also accepts files and databases here.
  if (mlflow && ADDRESS.test(mlflow)) return { value: mlflow, origin: 'MLFLOW_TRACKING_URI' }
  const stored = readProfile()
  return stored ? { value: stored.server, origin: file() } : { value: DEFAULT_SERVER, origin: 'default' }
}

/** The address for links to a server. On the server's own machine or in its container, links lead to its public URL. */
export function linkAddress(server: string): string {
  return ((server === DEFAULT_SERVER && process.env.CAIRN_PUBLIC_URL) || server).replace(/\/$/, '')
}

const ADDRESS = /^https?:\/\/[^/]/

function checked(address: string, setting: string): string {
  if (ADDRESS.test(address) && URL.canParse(address)) return address
  throw invalid(`'${setting}' is not a server address; use e.g. http://127.0.0.1:5000.`)
}

/** The stored token is used for the stored server only. */
export function accessToken(flag: string | undefined, server: string): string | undefined {
  const stored = readProfile()
  return (
    flag ||
    process.env.CAIRN_TOKEN ||
    process.env.MLFLOW_TRACKING_TOKEN ||
    (stored?.server === server ? stored.token : undefined)
  )
}

export function readProfile(): Profile | undefined {
  try {
    return existsSync(file()) ? (JSON.parse(readFileSync(file(), 'utf8')) as Profile) : undefined
  } catch {
    return undefined
  }
}

/** Writes the profile, readable by the owner only. @returns its path */
export function writeProfile(profile: Profile): string {
  mkdirSync(dirname(file()), { recursive: true, mode: 0o700 })
  writeFileSync(file(), `${JSON.stringify(profile, null, 2)}\n`, { mode: 0o600 })
  chmodSync(file(), 0o600)
  return file()
}

export const removeProfile = () => rmSync(file(), { force: true })
