import { KOREAN_NOUNS } from './korean-nouns.js'

type Sentence = readonly [pattern: RegExp, korean: (...groups: string[]) => string]

const NOUN = `(${[...KOREAN_NOUNS.keys()].sort((a, b) => b.length - a.length).join('|')})`
const nounOf = (word: string) => KOREAN_NOUNS.get(word.toLowerCase())!

const absent = (noun: string, name: string) => `${nounOf(noun)} 없음: ${name}`
const taken = (noun: string, name: string) => `이미 사용 중인 ${nounOf(noun)} 이름이에요: ${name}`

/** How the server's messages name an object: `with id=7`, `(name=a)`, `'a'`. */
const NAMED = `\\s?\\(?(?:with )?(?:(?:request_)?(?:id|name)[ =])?['"(]?(.+?)['")]*`

const NOT_FOUND: readonly Sentence[] = [
  [new RegExp(`^${NOUN} not found: (.+)$`, 'i'), absent],
  [new RegExp(`^No ${NOUN}${NAMED} exists$`, 'i'), absent],
  [new RegExp(`^(?:Could not find )${NOUN}${NAMED}$`, 'i'), absent],
  [new RegExp(`^(?:The )?${NOUN}${NAMED} (?:is )?not found\\.?$`, 'i'), absent],
  [new RegExp(`^(?:The )?${NOUN}${NAMED} does(?:n't| not) exist[.!]?$`, 'i'), absent],
  [
    new RegExp(`^The ${NOUN} was deleted meanwhile\\.$`, 'i'),
    (noun) => `그사이 삭제되었어요: ${nounOf(noun)}`,
  ],
  [/^No such artifact: '(.+)'$/, (path) => `파일 없음: ${path}`],
  [/^The endpoint has no version '(.+)'\.$/, (version) => `엔드포인트에 없는 버전이에요: ${version}`],
]

const TAKEN: readonly Sentence[] = [
  [new RegExp(`^${NOUN} already exists: (.+)$`, 'i'), taken],
  [new RegExp(`^(?:An? |The )?${NOUN}${NAMED} (?:already exists|is taken).*$`, 'i'), taken],
]

const badField = (field: string) => `'${field}' 값이 올바르지 않아요.`

const FIELDS: readonly Sentence[] = [
  [/^Missing value for required parameter '(.+?)'\./, (field) => `'${field}' 값을 입력하세요.`],
  [/^Invalid value .*? for parameter '(.+?)' supplied/s, badField],
  [
    /^'(.+)' exceeds the maximum length of (\d+) characters$/,
    (field, limit) => `'${field}' 값은 ${limit}자까지 쓸 수 있어요.`,
  ],
  [
    /^The traffic percentages must add up to 100, not (.+)\.$/,
    (sum) => `트래픽 비율의 합은 100이어야 해요. 지금은 ${sum}이에요.`,
  ],
  [/^([a-z_]+(?:[.[][\w\].]*)*): /, badField],
  [/^Invalid ([a-z_ ]+): /, badField],
]

const SIGN_IN: readonly Sentence[] = [
  [/^The name or the password is wrong\.$/, () => '이름이나 비밀번호가 맞지 않아요.'],
  [/^The token is unknown, expired or revoked\.$/, () => '토큰을 알 수 없거나 만료 또는 폐기되었어요.'],
  [/^The session has ended\. Sign in again\.$/, () => '세션이 끝났어요. 다시 로그인하세요.'],
  [/^Too many people sign in at this moment/, () => '로그인 요청이 많아요. 잠시 후 다시 시도하세요.'],
]

const RUNS: readonly Sentence[] = [
  [/^Failed: (.+)$/s, (tasks) => `실패한 태스크: ${tasks}`],
  [
    /^(\d+) of (\d+) iterations did not succeed\.$/,
    (failed, total) => `반복 ${total}개 중 ${failed}개가 성공하지 못했어요.`,
  ],
  [/^Waiting for another run of this job to end\.$/, () => '이 작업의 다른 실행이 끝나기를 기다려요.'],
  [/^The process ended with exit code (\d+)\.?$/, (code) => `프로세스 종료 코드: ${code}`],
  [
    /^The process ended with exit code (\d+): (.+)$/s,
    (code, line) => `프로세스 종료 코드: ${code} (${line})`,
  ],
  [
    /^The (?:training )?process (?:of the query )?ended with (?:code )?(\w+)\.?$/,
    (end) => `프로세스 종료: ${end}`,
  ],
  [
    /^No trial that succeeded has the metric '(.+)'\.$/,
    (metric) => `성공한 시도 중에 메트릭 '${metric}' 값이 있는 시도가 없어요.`,
  ],
  [
    /^Run (\d+) of job (\d+) ended with (\w+)\.\s?(.*)$/s,
    (run, job, result, rest) =>
      [`작업 ${job}의 실행 ${run} 결과: ${result}`, rest && (koreanSentence(rest) ?? rest)]
        .filter(Boolean)
        .join('. '),
  ],
]

const DEPLOYMENTS: readonly Sentence[] = [
  [
    /^(.+) Version (\S+) is still served\.$/s,
    (reason, version) => `${koreanSentence(reason) ?? reason} 버전 ${version} 서빙은 계속돼요.`,
  ],
  [
    /^The process ended (\d+) times while it loaded the models, so they are not loaded again\.$/,
    (times) => `모델을 불러오는 동안 프로세스가 ${times}번 종료되어 더는 불러오지 않아요.`,
  ],
  [/^Another served entity could not be deployed\.$/, () => '다른 서빙 항목을 배포하지 못했어요.'],
  [/^The endpoint was updated meanwhile\.$/, () => '그사이 엔드포인트가 변경되었어요.'],
  [/^The model has failed: (.+)\. Restarting it\.$/s, (reason) => `모델이 실패해 다시 시작해요: ${reason}`],
  [/^The model could not be loaded: (.+)$/s, (reason) => `모델을 불러오지 못했어요: ${reason}`],
  [/^The model is unavailable: (.+)\.$/s, (reason) => `모델을 사용할 수 없어요: ${reason}`],
  [
    /^Version (\S+) of '(.+?)' cannot be served: (.+)$/s,
    (version, model, reason) => `'${model}' 버전 ${version} 서빙 실패: ${koreanSentence(reason) ?? reason}`,
  ],
  [
    /^Resolved (\S+) of '(.+)' to version (\S+)\.$/,
    (alias, model, version) => `'${model}'의 ${alias} 별칭: 버전 ${version}`,
  ],
  [/^Version (\S+) is ready\.$/, (version) => `버전 ${version} 준비 완료`],
  [/^Fetching the files\.$/, () => '파일을 가져오는 중이에요.'],
  [
    /^Fetched (\d+) bytes; the SHA-256 of the files is (\w+)\.$/,
    (bytes, digest) => `파일 ${bytes}바이트를 가져왔어요. SHA-256: ${digest}`,
  ],
  [
    /^Loading the model and predicting its input example\.$/,
    () => '모델을 불러와 입력 예시로 예측하는 중이에요.',
  ],
  [/^The files that it was deployed with are in the cache\.$/, () => '배포할 때 쓴 파일이 캐시에 있어요.'],
  [/^Starting a Python process for the model\.$/, () => '모델의 Python 프로세스를 시작하는 중이에요.'],
  [
    /^Endpoint '(.+)' is being updated\. Wait until .+$/,
    (name) => `엔드포인트를 업데이트하는 중이에요. 끝난 후 다시 시도하세요: ${name}`,
  ],
  [/^The endpoint is busy\b.*$/, () => '엔드포인트가 바빠요. 잠시 후 다시 시도하세요.'],
  [
    /^The model did not respond within (\S+) s\.$/,
    (seconds) => `모델이 ${seconds}초 안에 응답하지 않았어요.`,
  ],
  [/^The model failed on this request\.$/, () => '모델이 이 요청을 처리하지 못했어요.'],
]

const SENTENCES = [...SIGN_IN, ...RUNS, ...DEPLOYMENTS, ...NOT_FOUND, ...TAKEN, ...FIELDS]

/** A message of the server in Korean; undefined for an unknown one. */
export function koreanSentence(message: string): string | undefined {
  for (const [pattern, korean] of SENTENCES) {
    const match = pattern.exec(message)
    if (match) return korean(...match.slice(1))
  }
  return undefined
}
