/** Fields that Cairn shows and MLflow leaves out, and why. */
export const ADDITIONS: Readonly<Record<string, string>> = {
  user_id: 'A model version names who made it.',
  'service.name': 'What a sender of spans says of itself shows as tags, as in newer releases of MLflow.',
  aliases: 'The latest versions of a model show their aliases, as the version itself does.',
}

const JSON_ERROR = 'Errors are JSON with a code and a sentence, on every path.'
const NO_SQL = 'The sentence without the SQL that failed.'
const CLIENT_ERROR =
  'A mistake of the client is 4xx: clients repeat a request that was answered 5xx for minutes.'
const OWN_WORDS = 'The same refusal, naming what was wrong.'
const BY_VERSION =
  'Latest versions are listed by version everywhere; MLflow lists them otherwise in searches than in get.'
const MORE_LANGUAGE = 'Filters know OR, parentheses and IN on every text; what MLflow accepts means the same.'
const TOKEN = 'Page tokens are positions and no offsets; the message shows what was decoded.'

/** Where Cairn answers otherwise than MLflow 3.11 on purpose, and why; by the label of the exchange. */
export const DIFFERENCES: Readonly<Record<string, string>> = {
  'unknown route': JSON_ERROR,
  'wrong method': JSON_ERROR,
  'exp create dup': NO_SQL,
  'exp create bad json': 'Malformed JSON is refused as such, and not read as an empty object.',
  'exp rename dup': `${NO_SQL} The code is the one of a taken name.`,
  'exp search filter OR': MORE_LANGUAGE,
  'exp search filter bad': 'Experiments are found by their ids too, as in newer releases of MLflow.',
  'search filter param IN': MORE_LANGUAGE,
  'search filter OR': MORE_LANGUAGE,
  'search filter paren': MORE_LANGUAGE,
  'exp search bad token': TOKEN,
  'exp search bad token2': TOKEN,
  'run create defaults': 'A run without an experiment belongs to experiment 0, and starts now.',
  'get-history full w/o max_results': 'The whole history, and not an empty page.',
  'search order dup': CLIENT_ERROR,
  'search bad exp': CLIENT_ERROR,
  'log-inputs bad': OWN_WORDS,
  'proxy get 404': 'The sentence without the folder of the server.',
  'mpu create': 'Files may come in parts, whatever the store.',
  'presigned dl': 'Downloads may be presigned, whatever the store; this file does not exist.',
  'exp rename deleted': CLIENT_ERROR,
  'exp create same name as deleted': NO_SQL,
  'mv models bad': `${CLIENT_ERROR} A version that does not exist is 404.`,
  'stage archive none': CLIENT_ERROR,
  'alias latest get': 'The alias `latest` is the highest version, whatever stages are in use.',
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
  batchGet: `${CLIENT_ERROR} Traces whose spans are elsewhere are left out.`,
  'trace artifact': 'The sentence without the folder of the server.',
  'ws header off': CLIENT_ERROR,
  'cors preflight': JSON_ERROR,
  'cors evil post': JSON_ERROR,
  'bad host': JSON_ERROR,
}

/** Exchanges whose answer depends on chance: the order of random ids. */
export const CHANCE: ReadonlySet<string> = new Set(['search order run_id'])
