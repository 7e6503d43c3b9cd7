import type { RequestError } from '../api/http.js'
import { KOREAN_NOUNS } from './korean-nouns.js'
import { koreanSentence } from './korean-sentences.js'

interface Refusal {
  readonly missing?: readonly {
    readonly privileges: readonly string[]
    readonly securable_type: string
    readonly securable: string
  }[]
  readonly ask?: readonly { readonly name: string; readonly display_name: string }[]
}

const AGAIN = '잠시 후 다시 시도하세요.'
const CHANGED = '다른 변경과 겹쳤어요. 새로 고친 후 다시 시도하세요.'

const BY_CODE: Readonly<Record<string, string>> = {
  INVALID_STATE: '지금 상태에서는 할 수 없어요.',
  FAILED_PRECONDITION: '지금 상태에서는 할 수 없어요.',
  FEATURE_DISABLED: '이 기능은 꺼져 있어요.',
  DIRECTORY_NOT_EMPTY: '폴더가 비어 있지 않아요.',
  RESOURCE_EXHAUSTED: '한도를 넘었어요.',
}

/** Proxies answer with a status only. */
const BY_STATUS: Readonly<Record<number, string>> = {
  0: '서버가 응답하지 않아요.',
  401: '로그인이 필요해요.',
  403: '이 작업을 할 권한이 없어요.',
  404: '대상을 찾을 수 없어요.',
  405: '이 서버에서 지원하지 않는 요청이에요.',
  408: '제한 시간 안에 끝나지 않았어요.',
  409: CHANGED,
  412: CHANGED,
  413: '보낸 데이터가 너무 커요.',
  415: '지원하지 않는 형식이에요.',
  429: `요청이 너무 많아요. ${AGAIN}`,
  499: '요청이 취소되었어요.',
  501: '이 서버에서 지원하지 않는 기능이에요.',
  502: `지금은 사용할 수 없어요. ${AGAIN}`,
  503: `지금은 사용할 수 없어요. ${AGAIN}`,
  504: '제한 시간 안에 끝나지 않았어요.',
  507: '서버에 남은 저장 공간이 없어요.',
}

/** An error of the server in Korean. */
export function koreanError(error: RequestError): string {
  return refusalOf(error.details as Refusal) ?? koreanSentence(error.message) ?? generalOf(error)
}

function generalOf({ code, status }: RequestError): string {
  if (code.endsWith('ALREADY_EXISTS')) return '이미 사용 중인 이름이에요.'
  const known = BY_CODE[code] ?? BY_STATUS[status]
  if (known) return known
  return status >= 500 ? '서버 오류가 발생했어요.' : '요청한 값이 올바르지 않아요.'
}

/** Names what is missing, and who can grant it. */
function refusalOf({ missing = [], ask = [] }: Refusal): string | undefined {
  if (missing.length === 0) return undefined
  const lacking = missing.map(({ privileges, securable_type, securable }) => {
    const noun = KOREAN_NOUNS.get(securable_type.replaceAll('_', ' ')) ?? '워크스페이스'
    return `${noun} '${securable}': ${privileges.join(' 또는 ')}`
  })
  const people = ask.map(({ name, display_name }) => display_name || name)
  return [
    `필요한 권한이 없어요. ${lacking.join(' / ')}.`,
    people.length > 0 && `권한을 줄 수 있는 사람: ${people.join(', ')}`,
  ]
    .filter(Boolean)
    .join(' ')
}
