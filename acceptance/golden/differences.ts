/** Fields that Cairn returns and MLflow does not, and why. */
export const ADDITIONS: Readonly<Record<string, string>> = {
  user_id: 'A model version names its creator.',
  'service.name': 'Resource attributes of spans are returned as tags, as in newer releases of MLflow.',
  aliases: 'The latest versions of a model list their aliases, like the version itself.',
}

const JSON_ERROR = 'Errors are JSON with a code and a message, on every path.'
const NO_SQL = 'The message does not contain the failed SQL.'
const CLIENT_ERROR = 'A client error is 4xx: clients retry a 5xx for minutes.'
const OWN_WORDS = 'The same error, with a message that names the problem.'
const BY_VERSION =
  'Latest versions are ordered by version everywhere; MLflow orders them differently in searches than in get.'
const MORE_LANGUAGE =
  'Filters support OR, parentheses and IN on all text fields, and RLIKE on those of runs; filters that MLflow accepts have the same meaning.'
const TOKEN = 'Page tokens are positions, not offsets; the message shows the decoded token.'

/** Intended differences from MLflow 3.11 and their reasons, by the label of the exchange. */
export const DIFFERENCES: Readonly<Record<string, string>> = {
  'unknown route': JSON_ERROR,
  'wrong method': JSON_ERROR,
  'exp create dup': NO_SQL,
  'exp create bad json': 'Malformed JSON is rejected, not read as an empty object.',
  'exp rename dup': `${NO_SQL} The error code is that of an existing name.`,
  'exp search filter OR': MORE_LANGUAGE,
  'exp search filter bad': 'Experiments can be searched by id, as in newer releases of MLflow.',
  'search filter param IN': MORE_LANGUAGE,
  'search filter OR': MORE_LANGUAGE,
  'search filter paren': MORE_LANGUAGE,
  'exp search bad token': TOKEN,
  'exp search bad token2': TOKEN,
  'run create defaults': 'A run without an experiment belongs to experiment 0, and starts now.',
  'get-history full w/o max_results': 'The complete history, not an empty page.',
  'search order dup': CLIENT_ERROR,
  'search bad exp': CLIENT_ERROR,
  'log-inputs bad': OWN_WORDS,
  'proxy get 404': 'The message does not contain the folder of the server.',
  'mpu create': 'Multipart uploads work with every store.',
  'presigned dl': 'Presigned downloads work with every store; this file does not exist.',
  'exp rename deleted': CLIENT_ERROR,
  'exp create same name as deleted': NO_SQL,
  'mv models bad': `${CLIENT_ERROR} A version that does not exist is 404.`,
  'stage archive none': CLIENT_ERROR,
  'alias latest get': 'The alias `latest` is the highest version, independent of stages.',
  'rm search all': BY_VERSION,
  'rm search name': BY_VERSION,
  'rm search ilike': BY_VERSION,
  'rm search tag': BY_VERSION,
  'rm search order': BY_VERSION,
  'rm search order ts': BY_VERSION,
  'rm search order luts': BY_VERSION,
  'rm search order ctime': OWN_WORDS,
  'rm search max1001': OWN_WORDS,
  'mv search max 200001': OWN_WORDS,
  'mv search alias': OWN_WORDS,
  'lm search bad': CLIENT_ERROR,
  'trace get partial': CLIENT_ERROR,
  batchGet: `${CLIENT_ERROR} Traces with spans in another store are omitted.`,
  'trace artifact': 'The message does not contain the folder of the server.',
  'ws header off': CLIENT_ERROR,
  'cors preflight': JSON_ERROR,
  'cors evil post': JSON_ERROR,
  'bad host': JSON_ERROR,
}

/** Exchanges with a response that depends on the order of random ids. */
export const NONDETERMINISTIC: ReadonlySet<string> = new Set(['search order run_id'])
