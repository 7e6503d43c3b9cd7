import { resolve } from 'node:path'
import Type, { type Static, type TSchema } from 'typebox'
import { checkSettings } from './config/check-settings.js'
import { env } from './config/env.js'
import { parseSetting } from './config/parse-setting.js'
import { PEOPLE_SETTINGS } from './config/people-settings.js'
import { PYTHON_SETTINGS } from './config/python-settings.js'
import { RETENTION_SETTINGS } from './config/retention-settings.js'
import { STORAGE_SETTINGS } from './config/storage-settings.js'
import { TASK_SETTINGS } from './config/task-settings.js'
import { WORKSPACE_SETTINGS } from './config/workspace-settings.js'
import { maskedUrl } from './text/masked-url.js'

/** All settings with their environment variables; an earlier name takes precedence. An empty value counts as unset. */
export const Config = Type.Object({
  host: env(
    Type.String({
      default: '127.0.0.1',
      description: 'Address to listen on. Other than loopback addresses require authentication.',
    }),
    'CAIRN_HOST',
  ),
  port: env(
    Type.Integer({
      default: 5000,
      minimum: 0,
      maximum: 65535,
      description: 'Port to listen on; 0 for any free one.',
    }),
    'CAIRN_PORT',
  ),
  data: env(
    Type.String({
      default: '.cairn',
      description: 'Folder for the embedded database, artifacts and tables.',
    }),
    'CAIRN_DATA',
  ),
  services: env(
    Type.String({
      default: '',
      description:
        'Comma-separated services to run: tracking, registry, catalog, serving, workspace, pipelines, web. All when empty.',
    }),
    'CAIRN_SERVICES',
  ),
  database_url: env(
    Type.String({ default: '', description: '`postgres://…`; SQLite in the data folder when empty.' }),
    'CAIRN_DATABASE_URL',
  ),
  tracking_url: env(
    Type.String({
      default: '',
      description:
        'URL of the server with tracking and registry, for a server that runs `serving` without them on the same database and artifact store. None when empty.',
    }),
    'CAIRN_TRACKING_URL',
  ),
  tracking_token: env(
    Type.String({
      default: '',
      description:
        'Token for `tracking_url`, of a principal with READ MODELS. To configure inference tables it needs READ AUDIT too.',
    }),
    'CAIRN_TRACKING_TOKEN',
  ),
  graphql_max_root_fields: env(
    Type.Integer({
      default: 10,
      minimum: 1,
      description: 'Maximum number of root fields of a GraphQL query.',
    }),
    'CAIRN_GRAPHQL_MAX_ROOT_FIELDS',
    'MLFLOW_SERVER_GRAPHQL_MAX_ROOT_FIELDS',
  ),
  graphql_max_aliases: env(
    Type.Integer({
      default: 10,
      minimum: 0,
      description: 'Maximum number of aliases in one selection of a GraphQL query.',
    }),
    'CAIRN_GRAPHQL_MAX_ALIASES',
    'MLFLOW_SERVER_GRAPHQL_MAX_ALIASES',
  ),
  redis_url: env(
    Type.String({
      default: '',
      description: '`redis://…` for the BullMQ queue; the embedded queue when empty.',
    }),
    'CAIRN_REDIS_URL',
  ),
  task_concurrency: env(
    Type.Integer({
      default: 2,
      minimum: 0,
      maximum: 64,
      description:
        'Maximum number of concurrent job tasks in this process; 0 leaves all tasks to `cairn worker`.',
    }),
    'CAIRN_TASK_CONCURRENCY',
  ),
  sql_concurrency: env(
    Type.Integer({
      default: 2,
      minimum: 0,
      maximum: 64,
      description: 'Maximum number of concurrent SQL statements in this process; 0 refuses them.',
    }),
    'CAIRN_SQL_CONCURRENCY',
  ),
  artifacts_destination: env(
    Type.String({
      default: '',
      description:
        'Store of proxied artifacts: a folder or `s3://bucket/prefix`, not shared with another database; the data folder when empty.',
    }),
    'CAIRN_ARTIFACTS_DESTINATION',
    'MLFLOW_ARTIFACTS_DESTINATION',
  ),
  default_artifact_root: env(
    Type.String({
      default: 'mlflow-artifacts:/',
      description: 'Artifact location of new experiments; the default proxies through this server.',
    }),
    'CAIRN_DEFAULT_ARTIFACT_ROOT',
    'MLFLOW_DEFAULT_ARTIFACT_ROOT',
  ),
  artifact_roots: env(
    Type.String({
      default: '',
      description:
        'Comma-separated folders and `s3://bucket/prefix` locations, besides the default artifact root, from which this server serves artifacts. Artifacts of experiments in other locations are accessible only to clients.',
    }),
    'CAIRN_ARTIFACT_ROOTS',
  ),
  auth: env(
    Type.Union([Type.Literal('local'), Type.Literal('required')], {
      default: 'local',
      description:
        '`local`: requests from loopback addresses without credentials act as the owner, unless a proxy forwarded them. `required`: everybody signs in or sends a token; demanded with `public_url`, `allowed_hosts` and other listen addresses.',
    }),
    'CAIRN_AUTH',
  ),
  movies_public: env(
    Type.Boolean({
      default: false,
      description:
        'Lets anyone who reaches this server list film titles and get recommendations in the movie client, without a token.',
    }),
    'CAIRN_MOVIES_PUBLIC',
  ),
  owner_token: env(
    Type.String({
      default: '',
      description:
        'A token of the owner that is valid from the first start, for unattended setups: 32 characters or more. When empty and `auth` is `required`, the first start generates one and prints it.',
    }),
    'CAIRN_OWNER_TOKEN',
  ),
  allowed_hosts: env(
    Type.String({
      default: '',
      description:
        'Comma-separated Host headers to accept besides the host of `public_url`, loopback and private addresses, such as `*.example.com`; `*` for any.',
    }),
    'CAIRN_ALLOWED_HOSTS',
    'MLFLOW_SERVER_ALLOWED_HOSTS',
  ),
  cors_allowed_origins: env(
    Type.String({
      default: '',
      description:
        'Comma-separated origins whose pages may call this server besides those of this machine, such as `https://*.example.com`; `*` for any.',
    }),
    'CAIRN_CORS_ALLOWED_ORIGINS',
    'MLFLOW_SERVER_CORS_ALLOWED_ORIGINS',
  ),
  x_frame_options: env(
    Type.String({
      default: 'SAMEORIGIN',
      description: 'Value of the X-Frame-Options header: SAMEORIGIN, DENY, or NONE for no header.',
    }),
    'CAIRN_X_FRAME_OPTIONS',
    'MLFLOW_SERVER_X_FRAME_OPTIONS',
  ),
  disable_security_middleware: env(
    Type.Boolean({
      default: false,
      description:
        'Disables the checks of Host and Origin and the security headers. Use it only behind a proxy that provides them.',
    }),
    'CAIRN_DISABLE_SECURITY_MIDDLEWARE',
    'MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE',
  ),
  model_version_source_pattern: env(
    Type.String({
      default: '',
      description:
        'Regular expression that the source of a new model version must match; any source when empty.',
    }),
    'CAIRN_MODEL_VERSION_SOURCE_PATTERN',
    'MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX',
  ),
  deployments_target: env(
    Type.String({
      default: '',
      description:
        "Server of LLM endpoints to which requests of MLflow's prompt pages are forwarded; none when empty.",
    }),
    'CAIRN_DEPLOYMENTS_TARGET',
    'MLFLOW_DEPLOYMENTS_TARGET',
  ),
  public_url: env(
    Type.String({ default: '', description: 'Public URL of this server behind a proxy, used in links.' }),
    'CAIRN_PUBLIC_URL',
  ),
  log_level: env(
    Type.String({ default: 'warn', description: 'trace, debug, info, warn, error or silent.' }),
    'CAIRN_LOG_LEVEL',
  ),
  s3_endpoint: env(
    Type.String({ default: '', description: 'Endpoint of an S3-compatible store; AWS when empty.' }),
    'CAIRN_S3_ENDPOINT',
    'MLFLOW_S3_ENDPOINT_URL',
    'AWS_ENDPOINT_URL_S3',
    'AWS_ENDPOINT_URL',
  ),
  s3_region: env(
    Type.String({ default: 'us-east-1', description: 'Region of the S3 store.' }),
    'CAIRN_S3_REGION',
    'AWS_REGION',
    'AWS_DEFAULT_REGION',
  ),
  s3_access_key: env(
    Type.String({ default: '', description: 'Access key; the AWS default credential chain when empty.' }),
    'CAIRN_S3_ACCESS_KEY',
    'AWS_ACCESS_KEY_ID',
  ),
  s3_secret_key: env(
    Type.String({ default: '', description: 'Secret key.' }),
    'CAIRN_S3_SECRET_KEY',
    'AWS_SECRET_ACCESS_KEY',
  ),
  ...PEOPLE_SETTINGS,
  ...PYTHON_SETTINGS,
  ...TASK_SETTINGS,
  ...RETENTION_SETTINGS,
  ...STORAGE_SETTINGS,
  ...WORKSPACE_SETTINGS,
  webhook_allowed_schemes: env(
    Type.String({ default: 'https', description: 'Comma-separated schemes of webhook URLs: https, http.' }),
    'CAIRN_WEBHOOK_ALLOWED_SCHEMES',
    'MLFLOW_WEBHOOK_ALLOWED_SCHEMES',
  ),
  webhook_allow_private_ips: env(
    Type.Boolean({
      default: false,
      description: 'Allows webhooks to addresses that are not on the public internet.',
    }),
    'CAIRN_WEBHOOK_ALLOW_PRIVATE_IPS',
    'MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS',
  ),
  scale_to_zero_after: env(
    Type.Integer({
      default: 1800,
      minimum: 1,
      maximum: 86_400,
      description:
        'Seconds without a query after which a served entity with `scale_to_zero_enabled` is freed. The next query loads it again.',
    }),
    'CAIRN_SCALE_TO_ZERO_AFTER',
  ),
  drain_timeout: env(
    Type.Integer({
      default: 5,
      minimum: 0,
      maximum: 3600,
      description:
        'Seconds for which a stopping server still answers while requests arrive. `/ready` answers 503 meanwhile. It ends five seconds later, even if clients are connected.',
    }),
    'CAIRN_DRAIN_TIMEOUT',
  ),
  webhook_secret_key: env(
    Type.String({
      default: '',
      description:
        'Key that encrypts the secrets of webhooks and the URLs of notification destinations and alert rules, the same for all servers on one database; `webhook-secrets.key` in the data folder when empty.',
    }),
    'CAIRN_WEBHOOK_SECRET_KEY',
    'MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY',
  ),
  secrets_key: env(
    Type.String({
      default: '',
      description:
        'Key that encrypts the secrets of the workspace, the same for all servers on one database; `secrets.key` in the data folder when empty.',
    }),
    'CAIRN_SECRETS_KEY',
  ),
  secrets_previous_key: env(
    Type.String({
      default: '',
      description:
        'The earlier `secrets_key`, with which secrets can still be read until `cairn secrets rotate-key` has encrypted them with the new one.',
    }),
    'CAIRN_SECRETS_PREVIOUS_KEY',
  ),
  webhook_timeout: env(
    Type.Integer({
      default: 30,
      minimum: 1,
      maximum: 600,
      description: 'Timeout of a webhook delivery in seconds, from the DNS lookup to the last byte.',
    }),
    'CAIRN_WEBHOOK_TIMEOUT',
    'MLFLOW_WEBHOOK_REQUEST_TIMEOUT',
  ),
  webhook_max_retries: env(
    Type.Integer({
      default: 8,
      minimum: 0,
      maximum: 100,
      description:
        'Maximum number of retries of a webhook delivery after status 429 or 5xx or without a response, with back-off of 1, 2, 4, … up to 60 seconds.',
    }),
    'CAIRN_WEBHOOK_MAX_RETRIES',
    'MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES',
  ),
  webhook_max_workers: env(
    Type.Integer({
      default: 10,
      minimum: 1,
      maximum: 100,
      description:
        'Maximum number of concurrent webhook deliveries in this process, at most four of them to the same webhook. Those of serving endpoints are counted apart, without slow ones.',
    }),
    'CAIRN_WEBHOOK_MAX_WORKERS',
    'MLFLOW_WEBHOOK_DELIVERY_MAX_WORKERS',
  ),
})
export type Config = Static<typeof Config>

type Setting = TSchema & { env: readonly string[]; default: unknown; description: string }
export const settings = (): [keyof Config, Setting][] =>
  Object.entries(Config.properties) as unknown as [keyof Config, Setting][]

/**
 * Reads all settings: flags take precedence over environment variables, and those over defaults.
 *
 * @throws INVALID_PARAMETER_VALUE naming the variable or flag
 */
export function loadConfig(
  environment: Readonly<Record<string, string | undefined>>,
  flags: Partial<Record<keyof Config, unknown>> = {},
): Config {
  const values = settings().map(([name, setting]) => {
    const variable = setting.env.find((key) => environment[key])
    const flag = flags[name]
    if (flag !== undefined && flag !== '') return [name, parseFlag(name, setting, flag)]
    return [name, variable ? parseSetting(setting, environment[variable]!, variable) : setting.default]
  })
  const config = Object.fromEntries(values) as Config
  checkSettings(config)
  return {
    ...config,
    data: resolve(config.data),
    database_url: config.database_url || `sqlite:${resolve(config.data, 'cairn.db')}`,
  }
}

const parseFlag = (name: string, setting: TSchema, flag: unknown) =>
  parseSetting(setting, String(flag), `--${name.replaceAll('_', '-')}`)

/** Masks secrets and passwords in URLs, for printing. */
export function redacted(config: Config): Config {
  return {
    ...config,
    database_url: maskedUrl(config.database_url),
    redis_url: maskedUrl(config.redis_url),
    owner_token: config.owner_token && '***',
    worker_token: config.worker_token && '***',
    tracking_token: config.tracking_token && '***',
    s3_secret_key: config.s3_secret_key && '***',
    oidc_client_secret: config.oidc_client_secret && '***',
    webhook_secret_key: config.webhook_secret_key && '***',
    secrets_key: config.secrets_key && '***',
    secrets_previous_key: config.secrets_previous_key && '***',
    mlflow_auth_admin_password: config.mlflow_auth_admin_password && '***',
  }
}

/** Returns the S3 settings that are set, for `openBlobs`. */
export const s3Options = ({ s3_endpoint, s3_region, s3_access_key, s3_secret_key }: Config) => ({
  region: s3_region,
  ...(s3_endpoint && { endpoint: s3_endpoint }),
  ...(s3_access_key && { accessKeyId: s3_access_key, secretAccessKey: s3_secret_key }),
})
