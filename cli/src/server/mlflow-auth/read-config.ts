import { readFileSync } from 'node:fs'
import { type MlflowObjectType, privilegesOfLevel } from '@cairn/catalog/mlflow-auth/levels'
import type { DefaultAccess } from '@cairn/platform/auth/decide'
import type { Config } from '@cairn/platform/config'
import { ApiError, invalid, messageOf } from '@cairn/platform/errors'
import { readIniSection } from './ini-file.js'

/** The settings of MLflow's `basic_auth.ini` that this server enforces. */
export interface MlflowAuth {
  readonly defaults: DefaultAccess
  readonly admin: { readonly username: string; readonly password: string } | undefined
  /** One sentence for each key that is not enforced. */
  readonly notes: readonly string[]
}

const OWN_AUTHENTICATION = 'mlflow.server.auth:authenticate_request_basic_auth'
const OTHER_DATABASE = '`cairn migrate mlflow --auth-database` copies its users here'
/** Keys without an effect here, with the reason. */
const UNUSED: Readonly<Record<string, string>> = {
  database_uri: OTHER_DATABASE,
  read_database_uri: OTHER_DATABASE,
  grant_default_workspace_access: 'this server has no workspaces',
  workspace_cache_max_size: 'this server has no workspaces',
  workspace_cache_ttl_seconds: 'this server has no workspaces',
  auth_cache_max_size: 'passwords are always cached, and changes take effect at once',
  auth_cache_ttl_seconds: 'passwords are always cached, and changes take effect at once',
}
const USED = ['default_permission', 'admin_username', 'admin_password', 'authorization_function']

type Settings = Pick<
  Config,
  'auth' | 'mlflow_auth_config' | 'mlflow_auth_admin_username' | 'mlflow_auth_admin_password'
>

/** Reads the configured file. @throws INVALID_PARAMETER_VALUE for what cannot be enforced safely */
export function readMlflowAuth(settings: Settings): MlflowAuth | undefined {
  const path = settings.mlflow_auth_config
  if (!path) return undefined
  if (settings.auth !== 'required')
    return {
      ...{ defaults: {}, admin: undefined },
      notes: [`${path} is ignored, because nobody signs in: set CAIRN_AUTH=required.`],
    }
  try {
    return parse(readFileSync(path, 'utf8'), settings)
  } catch (cause) {
    throw new ApiError('INVALID_PARAMETER_VALUE', `'mlflow_auth_config': ${path}: ${messageOf(cause)}`, {
      cause,
    })
  }
}

function parse(text: string, settings: Settings): MlflowAuth {
  const values = readIniSection(text, 'mlflow')
  if (!values) throw invalid('The section [mlflow] is missing.')
  const level = values.get('default_permission')
  if (!level) throw invalid("'default_permission' is missing: READ, EDIT, MANAGE or NO_PERMISSIONS.")
  const by = values.get('authorization_function') || OWN_AUTHENTICATION
  if (by !== OWN_AUTHENTICATION)
    throw invalid(
      `'authorization_function': this server cannot call ${by}. Remove the key, and configure single sign-on (docs/people.md) or tokens.`,
    )
  const username = settings.mlflow_auth_admin_username || values.get('admin_username') || ''
  const password = settings.mlflow_auth_admin_password || values.get('admin_password') || ''
  return {
    defaults: defaultsOf(level),
    admin: username && password ? { username, password } : undefined,
    notes: notesOf(values),
  }
}

function defaultsOf(level: string): DefaultAccess {
  const of = (type: MlflowObjectType) => privilegesOfLevel(type, level)
  return { experiment: of('experiment'), registered_model: of('registered_model') }
}

function notesOf(values: ReadonlyMap<string, string>): string[] {
  return [...values.keys()]
    .filter((key) => !USED.includes(key))
    .map((key) =>
      Object.hasOwn(UNUSED, key)
        ? `'${key}' is not used: ${UNUSED[key]}.`
        : `'${key}' is unknown and ignored.`,
    )
}
