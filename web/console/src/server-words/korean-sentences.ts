import { jobRunSentences, type Sentence } from './korean-job-runs.js'
import { KOREAN_NOUNS } from './korean-nouns.js'

const NOUN = `(${[...KOREAN_NOUNS.keys()].sort((a, b) => b.length - a.length).join('|')})`
const nounOf = (word: string) => KOREAN_NOUNS.get(word.toLowerCase())!

type Name = string | undefined
const first = (names: readonly Name[]) => names.find((name) => name !== undefined)
const absent = (noun: string, ...names: Name[]) => `${nounOf(noun)} 없음: ${first(names)}`
const taken = (noun: string, ...names: Name[]) => `이미 사용 중인 ${nounOf(noun)} 이름이에요: ${first(names)}`

/** A noun as the subject: 이 follows a final consonant, 가 a vowel. */
const subject = (noun: string) =>
  `${noun}${(noun.charCodeAt(noun.length - 1) - 0xac00) % 28 > 0 ? '이' : '가'}`

/** How the server's messages name an object: `(name=a b)`, `with name 'a b'`, `with id=7`, `'a b'`, `/a b`, `7`. */
const KEY = '(?:\\w*(?:id|name)[ =])?'
const NAMED = `(?: ?\\(${KEY}(.+?)\\)| (?:(?:with (?:the )?|named )?${KEY})'(.+?)'| with ${KEY}(.+?)| (/.+?|\\S+?))`

const NOT_FOUND: readonly Sentence[] = [
  [
    /^Model Version \(name=(.+), version=(\S+)\) not found\.?$/i,
    (name, version) => `모델 버전 없음: ${name}, 버전 ${version}`,
  ],
  [/^Principal '(.+)', named by \w+, does not exist\.$/, (name) => `주체 없음: ${name}`],
  [new RegExp(`^${NOUN} not found: (.+)$`, 'i'), absent],
  [new RegExp(`^No ${NOUN}${NAMED} exists$`, 'i'), absent],
  [new RegExp(`^Could not find ${NOUN}${NAMED}$`, 'i'), absent],
  [new RegExp(`^(?:The )?${NOUN}${NAMED} (?:is )?not found\\.?$`, 'i'), absent],
  [new RegExp(`^(?:The )?${NOUN}${NAMED} does(?:n't| not) exist[.!]?$`, 'i'), absent],
  [
    new RegExp(`^The ${NOUN} was deleted meanwhile\\.$`, 'i'),
    (noun) => `${subject(nounOf(noun))} 그사이 삭제되었어요.`,
  ],
  [/^No such artifact: '(.+)'$/, (path) => `파일 없음: ${path}`],
  [/^The endpoint has no version '(.+)'\.$/, (version) => `엔드포인트에 없는 버전이에요: ${version}`],
]

const TAKEN: readonly Sentence[] = [
  [/^Path \((.+)\) already exists\b/, (path) => `이미 있는 경로예요: ${path}`],
  [new RegExp(`^${NOUN} already exists: (.+)$`, 'i'), taken],
  [new RegExp(`^(?:An? |The )?${NOUN}${NAMED} already exists.*$`, 'i'), taken],
]

const badField = (field: string) => `'${field}' 값이 올바르지 않아요.`
const noValue = (field: string) => `'${field}' 값을 입력하세요.`

const FIELDS: readonly Sentence[] = [
  [/^Missing value for required parameter '([^']+)'/, noValue],
  [/^Missing ([a-z_]+): /, noValue],
  [/^Invalid value .*? for parameter '(.+?)' supplied/s, badField],
  [
    /^'(.+)' exceeds the maximum length of (\d+) characters$/,
    (field, limit) => `'${field}' 값은 ${limit}자까지 쓸 수 있어요.`,
  ],
  [
    /^The traffic percentages must add up to 100, not (.+)\.$/,
    (sum) => `트래픽 비율의 합은 100이어야 해요. 현재 합계: ${sum}`,
  ],
  [/^The (catalog|schema) is not empty\b/, (noun) => `${subject(nounOf(noun))} 비어 있지 않아요.`],
  [/^Folder \((.+)\) is not empty\.$/, (path) => `폴더가 비어 있지 않아요: ${path}`],
  [
    /^csv: line (\d+): Error when converting column "(.*?)"\. Could not convert string "(.*?)" to '/s,
    (line, column, value) => `CSV 파일 ${line}번째 줄의 '${column}' 값이 선택한 형식과 달라요: ${value}`,
  ],
  [
    /^csv: column "(.*)": '(.*)' is not a time\.$/s,
    (column, value) => `CSV 파일의 '${column}' 열에 날짜 및 시간이 아닌 값이 있어요: ${value}`,
  ],
  [/^csv: line (\d+): /, (line) => `CSV 파일의 ${line}번째 줄을 읽을 수 없어요.`],
  [/^([a-z_][\w.[\]]*): /, badField],
  [/^Invalid (?:value for )?([a-z_][\w.[\]]*): /, badField],
  [/^'([a-z_][\w.[\]]*)' (?:must|may have|is longer than|contains the invalid) /, badField],
]

const SIGN_IN: readonly Sentence[] = [
  [/^The name or the password is wrong\.$/, () => '이름이나 비밀번호가 맞지 않아요.'],
  [/^The token is unknown, expired or revoked\.$/, () => '토큰을 알 수 없거나 만료 또는 폐기되었어요.'],
  [/^The session has ended\. Sign in again\.$/, () => '세션이 끝났어요. 다시 로그인하세요.'],
  [/^Too many people sign in at this moment/, () => '로그인 요청이 많아요. 잠시 후 다시 시도하세요.'],
  [
    /^The link is unknown, has expired or was used already\./,
    () => '링크가 만료되었거나 이미 사용되었어요. 관리자에게 새 링크를 요청하세요.',
  ],
  [
    /^The account '(.+)' is deactivated\b/,
    (name) => `비활성화된 계정이에요: ${name}. 관리자에게 문의하세요.`,
  ],
  [/^The password is easy to guess\b/, () => '추측하기 쉬운 비밀번호예요. 다른 비밀번호를 입력하세요.'],
  [
    /^The password contains the name of the account\b/,
    () => '비밀번호에 계정 이름이 들어 있어요. 다른 비밀번호를 입력하세요.',
  ],
]

const DEPLOYMENTS: readonly Sentence[] = [
  [
    /^(.+) Version (\S+) is still served\.$/s,
    (reason, version) => `${koreanState(reason) ?? reason} 버전 ${version} 서빙은 계속돼요.`,
  ],
  [
    /^The process ended (\d+) times while it loaded the models, so they are not loaded again\.$/,
    (times) => `모델을 불러오는 동안 프로세스가 ${times}번 종료되어 더는 불러오지 않아요.`,
  ],
  [
    /^Served entity '(.+?)': (.+)$/s,
    (entity, reason) => `서빙 대상 '${entity}': ${koreanState(reason) ?? reason}`,
  ],
  [/^Another served entity could not be deployed\.$/, () => '다른 서빙 대상을 배포하지 못했어요.'],
  [/^The endpoint was updated meanwhile\.$/, () => '그사이 엔드포인트가 변경되었어요.'],
  [/^The model has failed: (.+)\. Restarting it\.$/s, (reason) => `모델이 실패해 다시 시작해요: ${reason}`],
  [/^The model could not be loaded: (.+)$/s, (reason) => `모델을 불러오지 못했어요: ${reason}`],
  [/^The model is unavailable: (.+)\.$/s, (reason) => `모델을 사용할 수 없어요: ${reason}`],
  [
    /^Version (\S+) of '(.+?)' cannot be served: (.+)$/s,
    (version, model, reason) => `'${model}' 버전 ${version} 서빙 실패: ${koreanState(reason) ?? reason}`,
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
  [/^The endpoint is busy\b.*$/, () => '엔드포인트에 요청이 많아요. 잠시 후 다시 시도하세요.'],
  [
    /^The model did not respond within (\S+) s\.$/,
    (seconds) => `모델이 ${seconds}초 안에 응답하지 않았어요.`,
  ],
  [/^The model failed on this request\.$/, () => '모델이 이 요청을 처리하지 못했어요.'],
]

const LIMITS: readonly Sentence[] = [
  [
    /^A run has at most (\d+) comments\. Delete some\.$/,
    (limit) => `실행 하나에 댓글을 ${limit}개까지 달 수 있어요. 댓글을 일부 삭제하세요.`,
  ],
  [/^Only (.+) may edit this comment\.$/, (author) => `작성자만 편집할 수 있는 댓글이에요: ${author}`],
  [
    /^The regular expressions take too long\b/,
    () => '정규식 검사가 너무 오래 걸려요. 정규식을 줄이거나 필터에 다른 조건을 추가하세요.',
  ],
  [
    /^You have (\d+) statements running\./,
    (count) => `쿼리 ${count}개가 실행 중이에요. 끝날 때까지 기다리거나 취소하세요.`,
  ],
  [/^The server runs many statements\./, () => '서버에서 실행 중인 쿼리가 많아요. 잠시 후 다시 시도하세요.'],
]

const STATES: readonly Sentence[] = [
  ...jobRunSentences((message) => koreanState(message)),
  ...DEPLOYMENTS,
  ...NOT_FOUND,
]
const SENTENCES = [...SIGN_IN, ...LIMITS, ...STATES, ...TAKEN, ...FIELDS]

/** A message of the server in Korean; undefined for an unknown one. */
export const koreanSentence = (message: string) => translated(message, SENTENCES)

/** A message about the state of an object in Korean. Undefined also where Korean would say less, as for fields. */
export const koreanState = (message: string): string | undefined => translated(message, STATES)

function translated(message: string, sentences: readonly Sentence[]): string | undefined {
  for (const [pattern, korean] of sentences) {
    const match = pattern.exec(message)
    if (match) return korean(...match.slice(1))
  }
  return undefined
}
