import { existsSync } from 'node:fs'

// biome-ignore lint/style/noProcessEnv: a child process inherits everything unless it is given an environment
const own = process.env

/** The variables that package managers need to reach an index, with its credentials, but without those of the server. */
const INDEX_VARIABLES =
  /^(https?_proxy|no_proxy|all_proxy|ssl_cert_file|ssl_cert_dir|requests_ca_bundle|pip_(index_url|extra_index_url|trusted_host|cert|find_links|no_index|config_file)|uv_(default_index|index|index_url|extra_index_url|find_links|no_index|native_tls|config_file|python_install_mirror))$/i

/** Returns the environment of a process that runs code of a model, without settings and credentials of the server. */
export const childEnvironment = (home: string): Record<string, string> => ({
  PATH: own.PATH ?? '/usr/local/bin:/usr/bin:/bin',
  HOME: home,
  TMPDIR: home,
  LANG: 'C.UTF-8',
  DO_NOT_TRACK: 'true', // telemetry of mlflow
})

/** The configuration of uv that an administrator may write. */
const UV_CONFIG = '/etc/uv/uv.toml'

/**
 * Returns the environment of an installation of packages, which may execute code of the model's author too. uv would read the
 * configuration of the parents of its working folder. pip reads that of the machine and of the empty home.
 */
export function installVariables(home: string): Record<string, string> {
  const indexes = Object.entries(own).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && INDEX_VARIABLES.test(entry[0]),
  )
  const config = own.UV_CONFIG_FILE || (existsSync(UV_CONFIG) ? UV_CONFIG : undefined)
  return {
    ...childEnvironment(home),
    ...Object.fromEntries(indexes),
    ...(config ? { UV_CONFIG_FILE: config } : { UV_NO_CONFIG: '1' }),
  }
}
