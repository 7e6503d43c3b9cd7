import Type from 'typebox'
import { env } from './env.js'

const DAY = 86_400

/** Settings of sign-in (`docs/people.md`). */
export const PEOPLE_SETTINGS = {
  session_idle_timeout: env(
    Type.Integer({
      default: 3 * DAY,
      minimum: 60,
      description: 'Seconds without a request after which a browser has to sign in again.',
    }),
    'CAIRN_SESSION_IDLE_TIMEOUT',
  ),
  session_lifetime: env(
    Type.Integer({
      default: 30 * DAY,
      minimum: 60,
      description: 'Seconds after which a browser has to sign in again in any case.',
    }),
    'CAIRN_SESSION_LIFETIME',
  ),
  trusted_proxies: env(
    Type.String({
      default: '',
      description:
        'Comma-separated addresses or networks of proxies, such as `127.0.0.1` or `10.0.0.0/8`, whose X-Forwarded-For and X-Forwarded-Proto are believed. Failed sign-ins are counted by the address of the client.',
    }),
    'CAIRN_TRUSTED_PROXIES',
  ),
  token_default_lifetime: env(
    Type.Integer({
      default: 90 * DAY,
      minimum: 0,
      description: 'Seconds for which a new token is valid if its creator names no lifetime; 0 for no limit.',
    }),
    'CAIRN_TOKEN_DEFAULT_LIFETIME',
  ),
  token_max_lifetime: env(
    Type.Integer({
      default: 0,
      minimum: 0,
      description: 'Maximum lifetime of a new token in seconds; any when 0.',
    }),
    'CAIRN_TOKEN_MAX_LIFETIME',
  ),
  oidc_issuer: env(
    Type.String({
      default: '',
      description:
        'URL of an OpenID Connect issuer for single sign-on; none when empty. Register `PUBLIC_URL/api/cairn/v1/sso/callback` as redirect URI there.',
    }),
    'CAIRN_OIDC_ISSUER',
  ),
  oidc_client_id: env(
    Type.String({ default: '', description: 'Client id of this server at the issuer.' }),
    'CAIRN_OIDC_CLIENT_ID',
  ),
  oidc_client_secret: env(
    Type.String({ default: '', description: 'Client secret; a public client when empty.' }),
    'CAIRN_OIDC_CLIENT_SECRET',
  ),
  oidc_scopes: env(
    Type.String({ default: 'openid profile email', description: 'Scopes to request, separated by spaces.' }),
    'CAIRN_OIDC_SCOPES',
  ),
  oidc_name: env(
    Type.String({
      default: '',
      description: 'Name of the issuer on the sign-in button; the host of the issuer when empty.',
    }),
    'CAIRN_OIDC_NAME',
  ),
  oidc_name_claim: env(
    Type.String({
      default: 'email',
      description:
        'Claim with the name of the user. People must not be able to choose it themselves at the issuer.',
    }),
    'CAIRN_OIDC_NAME_CLAIM',
  ),
  oidc_allowed_domains: env(
    Type.String({
      default: '',
      description: 'Comma-separated domains of verified e-mail addresses that may sign in; any when empty.',
    }),
    'CAIRN_OIDC_ALLOWED_DOMAINS',
  ),
  oidc_allowed_groups: env(
    Type.String({
      default: '',
      description: 'Comma-separated values of the groups claim, one of which a person needs; any when empty.',
    }),
    'CAIRN_OIDC_ALLOWED_GROUPS',
  ),
  oidc_groups_claim: env(
    Type.String({
      default: '',
      description:
        'Claim with the groups of the person. Groups of the same name here are joined and left at each sign-in. None when empty.',
    }),
    'CAIRN_OIDC_GROUPS_CLAIM',
  ),
  oidc_create_users: env(
    Type.Boolean({
      default: false,
      description:
        'Creates an account for people who have none. Otherwise only those sign in whom an administrator or SCIM has created.',
    }),
    'CAIRN_OIDC_CREATE_USERS',
  ),
  oidc_trust_email: env(
    Type.Boolean({
      default: false,
      description:
        'Believes the e-mail address of an issuer that sends no `email_verified`. People must not be able to choose their address there.',
    }),
    'CAIRN_OIDC_TRUST_EMAIL',
  ),
  mlflow_auth_config: env(
    Type.String({
      default: '',
      description:
        "MLflow's `basic_auth.ini`, for `auth` `required`: the first administrator, and what everybody may do on experiments and models without a permission. None when empty.",
    }),
    'CAIRN_MLFLOW_AUTH_CONFIG',
    'MLFLOW_AUTH_CONFIG_PATH',
  ),
  mlflow_auth_admin_username: env(
    Type.String({
      default: '',
      description: 'Takes precedence over `admin_username` of `mlflow_auth_config`.',
    }),
    'CAIRN_MLFLOW_AUTH_ADMIN_USERNAME',
    'MLFLOW_AUTH_ADMIN_USERNAME',
  ),
  mlflow_auth_admin_password: env(
    Type.String({
      default: '',
      description: 'Takes precedence over `admin_password` of `mlflow_auth_config`.',
    }),
    'CAIRN_MLFLOW_AUTH_ADMIN_PASSWORD',
    'MLFLOW_AUTH_ADMIN_PASSWORD',
  ),
}
