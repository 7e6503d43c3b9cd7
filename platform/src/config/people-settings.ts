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
}
