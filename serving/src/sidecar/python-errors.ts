import { type ErrorCode, isErrorCode } from '@cairn/platform/errors'
import { DECOMPRESSED_TOO_LARGE } from '../protocols/body-bytes.js'
import type { PredictionError } from '../runtime/prediction-error.js'

interface Failure {
  readonly status: number
  readonly code: string
  readonly message: string
}

const OF_BODY: Readonly<Record<string, string>> = {
  UTF8: 'The request body is not valid UTF-8.',
  TOO_DEEP: 'The request body is nested too deeply.',
  DIGITS: 'The request body has an integer with too many digits.',
  TOO_LARGE: 'The predictions are too large for one response: send fewer rows.',
  BODY: 'The body does not match its Content-Encoding.',
}

/** Parts of MLflow's messages that name columns of the signature but no values. */
const SAFE = [
  /Model is missing inputs \[[^\]]*\]/,
  /Failed to convert column [^\s']+/,
  /Shape of input \([\d, -]+\) does not match expected shape \([\d, -]+\)/,
  /This model contains a tensor-based model signature with input names/,
  /Ensure that input is a valid JSON formatted string/,
  /The input must be a JSON dictionary with exactly one of the input fields \{[^}]*\}/,
  /Dataframe (split|records) format must [a-z ]+/,
  /Failed to parse input as a Pandas DataFrame/,
]

/** MLflow's words for an error that the model itself has raised. */
const FAILED = /unexpected error while evaluating the model/

/**
 * The error of a request, with MLflow's code. The message has only the parts that cannot contain values of the request; the
 * cause has all of it, for the log.
 */
export function predictionError(header: unknown): PredictionError {
  const { status, code, message } = failureOf(header)
  if (code === 'BODY_SIZE') return { code: 'PAYLOAD_TOO_LARGE', message: DECOMPRESSED_TOO_LARGE }
  const body = OF_BODY[code]
  if (body) return { code: 'INVALID_PARAMETER_VALUE', message: body }
  if (status === 415)
    return { code: 'UNSUPPORTED_MEDIA_TYPE', message: 'The model does not support this Content-Type.' }
  if (status >= 500)
    return { code: 'INTERNAL_ERROR', message: 'The model failed on this request.', cause: message }
  const reasons = SAFE.flatMap((pattern) => pattern.exec(message)?.[0] ?? [])
  const hint = FAILED.test(message) ? ' The log of the served entity has its error.' : ''
  return { code: codeOf(code), message: `${sentence(reasons)}${hint}`, cause: message }
}

const codeOf = (code: string): ErrorCode => (isErrorCode(code) ? code : 'BAD_REQUEST')

const sentence = (reasons: readonly string[]) =>
  reasons.length > 0
    ? `The model has refused the request: ${reasons.join('. ')}.`
    : 'The model could not evaluate the request: check that its input matches the signature of the model.'

function failureOf(header: unknown): Failure {
  const { status, code, message } = (header ?? {}) as Partial<Record<keyof Failure, unknown>>
  return {
    status: typeof status === 'number' ? status : 500,
    code: typeof code === 'string' ? code : '',
    message: typeof message === 'string' ? message : '',
  }
}
