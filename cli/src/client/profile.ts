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

/** Where a setting came from, for `cairn whoami`. */
export interface Origin {
  readonly value: string
  readonly origin: string
}

/** Flag over environment over stored profile over default. @throws INVALID_PARAMETER_VALUE for what is no address */
export function serverAddress(flag: string | undefined): Origin {
  if (flag) return { value: checked(flag, flag), origin: '--server' }
  const { CAIRN_SERVER: own, MLFLOW_TRACKING_URI: shared } = process.env
  if (own) return { value: checked(own, `CAIRN_SERVER=${own}`), origin: 'CAIRN_SERVER' }
  // MLflow's own may name a file or a database.
  if (shared && ADDRESS.test(shared)) return { value: shared, origin: 'MLFLOW_TRACKING_URI' }
  const stored = readProfile()
  return stored ? { value: stored.server, origin: file() } : { value: DEFAULT_SERVER, origin: 'default' }
}

const ADDRESS = /^https?:\/\/[^/]/

function checked(address: string, said: string): string {
  if (ADDRESS.test(address) && URL.canParse(address)) return address
  throw invalid(`'${said}' is no address of a server: write it as http://127.0.0.1:5000.`)
}

/** A stored token is for its own server only. */
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

/** Readable by the owner only. */
export function writeProfile(profile: Profile): string {
  mkdirSync(dirname(file()), { recursive: true, mode: 0o700 })
  writeFileSync(file(), `${JSON.stringify(profile, null, 2)}\n`, { mode: 0o600 })
  chmodSync(file(), 0o600)
  return file()
}

export const removeProfile = () => rmSync(file(), { force: true })
