import { resolve } from 'node:path'
import Type, { type Static, type TSchema } from 'typebox'
import { ApiError } from './errors.js'
import { compileParser } from './protocol/validate.js'
import { maskedUrl } from './text/masked-url.js'

const env = <T extends TSchema>(schema: T, ...names: readonly string[]) =>
  ({ ...schema, env: names }) as T & { env: string[] }

/** Every setting, with the environment variables that set it; an earlier name wins. An empty value counts as not given. */
export const Config = Type.Object({
  host: env(
    Type.String({
      default: '127.0.0.1',
      description: 'Address to listen on. Any but a loopback address demands authentication.',
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
    Type.String({ default: '.cairn', description: 'Folder of the embedded database, artifacts and tables.' }),
    'CAIRN_DATA',
  ),
  services: env(
    Type.String({
      default: '',
      description:
        'Comma-separated services to run: tracking, registry, catalog, serving, pipelines, web. All when empty.',
    }),
    'CAIRN_SERVICES',
  ),
  database_url: env(
    Type.String({ default: '', description: '`postgres://…`; SQLite in the data folder when empty.' }),
    'CAIRN_DATABASE_URL',
  ),
  graphql_max_root_fields: env(
    Type.Integer({ default: 10, minimum: 1, description: 'Root fields that one GraphQL query may have.' }),
    'CAIRN_GRAPHQL_MAX_ROOT_FIELDS',
    'MLFLOW_SERVER_GRAPHQL_MAX_ROOT_FIELDS',
  ),
  graphql_max_aliases: env(
    Type.Integer({
      default: 10,
      minimum: 0,
      description: 'Aliases that one selection of a GraphQL query may have.',
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
      description: 'Tasks of jobs that this process executes at once; 0 leaves them to `cairn worker`.',
    }),
    'CAIRN_TASK_CONCURRENCY',
  ),
  artifacts_destination: env(
    Type.String({
      default: '',
      description:
        'Where proxied artifacts are stored: a folder or `s3://bucket/prefix`, for one database alone; the data folder when empty.',
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
        'Comma-separated folders and `s3://bucket/prefix` locations, beside the default artifact root, whose artifacts this server shows. Experiments may lie elsewhere; then only clients reach their artifacts.',
    }),
    'CAIRN_ARTIFACT_ROOTS',
  ),
  auth: env(
    Type.Union([Type.Literal('local'), Type.Literal('required')], {
      default: 'local',
      description:
        '`local`: on a loopback address a request without a token is the owner. `required`: every request needs a token.',
    }),
    'CAIRN_AUTH',
  ),
  owner_token: env(
    Type.String({
      default: '',
      description:
        'A token of the owner, valid from the first start, for servers that are set up unattended: 32 characters or more. When empty and `auth` is `required`, the first start generates one and prints it.',
    }),
    'CAIRN_OWNER_TOKEN',
  ),
  allowed_hosts: env(
    Type.String({
      default: '',
      description:
        'Comma-separated host names that requests may name beside loopback and private addresses: `*.example.com`; `*` for any.',
    }),
    'CAIRN_ALLOWED_HOSTS',
    'MLFLOW_SERVER_ALLOWED_HOSTS',
  ),
  cors_allowed_origins: env(
    Type.String({
      default: '',
      description:
        'Comma-separated origins whose pages may call this server, beside those of this machine: `https://*.example.com`; `*` for any.',
    }),
    'CAIRN_CORS_ALLOWED_ORIGINS',
    'MLFLOW_SERVER_CORS_ALLOWED_ORIGINS',
  ),
  x_frame_options: env(
    Type.String({
      default: 'SAMEORIGIN',
      description: 'Who may show pages of this server in a frame: SAMEORIGIN, DENY, or NONE for no header.',
    }),
    'CAIRN_X_FRAME_OPTIONS',
    'MLFLOW_SERVER_X_FRAME_OPTIONS',
  ),
  disable_security_middleware: env(
    Type.Boolean({
      default: false,
      description:
        'No checks of Host and Origin, and no headers of theirs: only behind a proxy that does it.',
    }),
    'CAIRN_DISABLE_SECURITY_MIDDLEWARE',
    'MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE',
  ),
  model_version_source_pattern: env(
    Type.String({
      default: '',
      description: 'Regular expression that the source of a new model version must match; any when empty.',
    }),
    'CAIRN_MODEL_VERSION_SOURCE_PATTERN',
    'MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX',
  ),
  deployments_target: env(
    Type.String({
      default: '',
      description: "Server of LLM endpoints that MLflow's prompt pages are forwarded to; none when empty.",
    }),
    'CAIRN_DEPLOYMENTS_TARGET',
    'MLFLOW_DEPLOYMENTS_TARGET',
  ),
  public_url: env(
    Type.String({ default: '', description: 'The address people use, behind a proxy; for links.' }),
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
    Type.String({ default: '', description: 'Access key; the AWS default chain when empty.' }),
    'CAIRN_S3_ACCESS_KEY',
    'AWS_ACCESS_KEY_ID',
  ),
  s3_secret_key: env(
    Type.String({ default: '', description: 'Secret key.' }),
    'CAIRN_S3_SECRET_KEY',
    'AWS_SECRET_ACCESS_KEY',
  ),
  webhook_allowed_schemes: env(
    Type.String({ default: 'https', description: 'Comma-separated schemes of webhook URLs: https, http.' }),
    'CAIRN_WEBHOOK_ALLOWED_SCHEMES',
    'MLFLOW_WEBHOOK_ALLOWED_SCHEMES',
  ),
  webhook_allow_private_ips: env(
    Type.Boolean({
      default: false,
      description: 'Whether webhooks may go to addresses that are not on the public internet.',
    }),
    'CAIRN_WEBHOOK_ALLOW_PRIVATE_IPS',
    'MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS',
  ),
  webhook_secret_key: env(
    Type.String({
      default: '',
      description:
        'What the secrets of webhooks are encrypted with, the same for all servers on one database; `webhook-secrets.key` in the data folder when empty.',
    }),
    'CAIRN_WEBHOOK_SECRET_KEY',
    'MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY',
  ),
  webhook_timeout: env(
    Type.Integer({
      default: 30,
      minimum: 1,
      maximum: 600,
      description: 'Seconds that a webhook has to take a delivery, from the name look-up to the last byte.',
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
        'Further attempts at a delivery that was answered 429 or 5xx, or not at all: after 1, 2, 4, … up to 60 seconds.',
    }),
    'CAIRN_WEBHOOK_MAX_RETRIES',
    'MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES',
  ),
  webhook_max_workers: env(
    Type.Integer({
      default: 10,
      minimum: 1,
      maximum: 100,
      description: 'Deliveries to webhooks that this process makes at once, of which up to four to one.',
    }),
    'CAIRN_WEBHOOK_MAX_WORKERS',
    'MLFLOW_WEBHOOK_DELIVERY_MAX_WORKERS',
  ),
})
export type Config = Static<typeof Config>

const parse = compileParser<Config>(Config)

type Setting = TSchema & { env: readonly string[]; default: unknown; description: string }
export const settings = (): [keyof Config, Setting][] =>
  Object.entries(Config.properties) as unknown as [keyof Config, Setting][]

/**
 * The one reader of the environment: flags over variables over defaults.
 *
 * @throws INVALID_PARAMETER_VALUE naming the setting
 */
export function loadConfig(
  environment: Readonly<Record<string, string | undefined>>,
  flags: Partial<Record<keyof Config, unknown>> = {},
): Config {
  const given = settings().map(([name, setting]) => {
    const variable = setting.env.map((key) => environment[key]).find((value) => value)
    return [name, present(flags[name]) ?? spelled(setting, variable) ?? setting.default]
  })
  const config = parse(Object.fromEntries(given))
  refuseOpenDoor(config)
  refuseShortToken(config)
  refuseUnknownDatabase(config)
  return {
    ...config,
    data: resolve(config.data),
    database_url: config.database_url || `sqlite:${resolve(config.data, 'cairn.db')}`,
  }
}

const present = (value: unknown) => (value === '' ? undefined : value)

/** MLflow's variables say yes and no in numbers too. */
const spelled = (setting: TSchema, variable: string | undefined) =>
  'type' in setting && setting.type === 'boolean' && /^[01]$/.test(variable ?? '')
    ? variable === '1'
    : variable

function refuseOpenDoor({ host, auth }: Config) {
  const loopback = /^(localhost|127(\.\d+){3}|::1)$/.test(host)
  if (!loopback && auth !== 'required')
    throw new ApiError(
      'INVALID_PARAMETER_VALUE',
      `Listening on ${host} lets others in: set CAIRN_AUTH=required so that every request needs a token, or listen on 127.0.0.1.`,
    )
}

const MIN_TOKEN_LENGTH = 32

function refuseShortToken({ owner_token }: Config) {
  if (owner_token && owner_token.length < MIN_TOKEN_LENGTH)
    throw new ApiError(
      'INVALID_PARAMETER_VALUE',
      `The value of 'owner_token' is too short: use ${MIN_TOKEN_LENGTH} random characters or more, for example from \`openssl rand -hex 32\`.`,
    )
}

/** A file would be made of that name, and the server begin with nothing in it. */
function refuseUnknownDatabase({ database_url }: Config) {
  const [, scheme] = /^([a-z][a-z0-9+.-]+):/i.exec(database_url) ?? []
  if (scheme && !['postgres', 'postgresql', 'sqlite'].includes(scheme))
    throw new ApiError(
      'INVALID_PARAMETER_VALUE',
      `Invalid value '${maskedUrl(database_url)}' for parameter 'database_url' supplied: write postgres://USER@HOST/DATABASE, or nothing for SQLite in the data folder.`,
    )
}

/** What may be printed: secrets and the passwords inside URLs are masked. */
export function redacted(config: Config): Config {
  return {
    ...config,
    database_url: maskedUrl(config.database_url),
    redis_url: maskedUrl(config.redis_url),
    owner_token: config.owner_token && '***',
    s3_secret_key: config.s3_secret_key && '***',
    webhook_secret_key: config.webhook_secret_key && '***',
  }
}

/** The S3 settings that are set, as `openBlobs` takes them. */
export const s3Options = ({ s3_endpoint, s3_region, s3_access_key, s3_secret_key }: Config) => ({
  region: s3_region,
  ...(s3_endpoint && { endpoint: s3_endpoint }),
  ...(s3_access_key && { accessKeyId: s3_access_key, secretAccessKey: s3_secret_key }),
})
