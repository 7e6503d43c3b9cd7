import { existsSync } from 'node:fs'

// biome-ignore lint/style/noProcessEnv: a child process inherits everything unless it is given an environment
const own = process.env

/** Package managers need these to reach an index. Credentials for an index are passed on purpose, unlike those of the server. */
const INDEX_VARIABLES =
  /^(https?_proxy|no_proxy|all_proxy|ssl_cert_file|ssl_cert_dir|requests_ca_bundle|pip_(index_url|extra_index_url|trusted_host|cert|find_links|no_index|config_file)|uv_(default_index|index|index_url|extra_index_url|find_links|no_index|native_tls|config_file|python_install_mirror))$/i

/** The environment of a process that runs code of a model: nothing of the server's settings and credentials. */
export const childEnvironment = (home: string): Record<string, string> => ({
  PATH: own.PATH ?? '/usr/local/bin:/usr/bin:/bin',
  HOME: home,
  TMPDIR: home,
  LANG: 'C.UTF-8',
  DO_NOT_TRACK: 'true', // telemetry of mlflow
})

/** Read if the administrator wrote it. */
const UV_CONFIG = '/etc/uv/uv.toml'

/**
 * Installing packages may execute code of the model's author too. uv would read configuration of the parents of its
 * working folder; pip reads that of the machine and of the empty home.
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
