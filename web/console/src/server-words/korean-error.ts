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

const BY_CODE: Readonly<Record<string, string>> = {
  UNAUTHENTICATED: '로그인이 필요해요.',
  PERMISSION_DENIED: '이 작업을 할 권한이 없어요.',
  INVALID_STATE: '지금 상태에서는 할 수 없어요.',
  FAILED_PRECONDITION: '지금 상태에서는 할 수 없어요.',
  FEATURE_DISABLED: '이 기능은 꺼져 있어요.',
  RESOURCE_CONFLICT: '다른 변경과 겹쳤어요. 새로 고친 후 다시 시도하세요.',
  ABORTED: '다른 변경과 겹쳤어요. 새로 고친 후 다시 시도하세요.',
  DIRECTORY_NOT_EMPTY: '폴더가 비어 있지 않아요.',
  PAYLOAD_TOO_LARGE: '보낸 데이터가 너무 커요.',
  UNSUPPORTED_MEDIA_TYPE: '지원하지 않는 형식이에요.',
  RESOURCE_EXHAUSTED: '한도를 넘었어요.',
  REQUEST_LIMIT_EXCEEDED: '요청이 너무 많아요. 잠시 후 다시 시도하세요.',
  NOT_IMPLEMENTED: '이 서버에서 지원하지 않는 기능이에요.',
  TEMPORARILY_UNAVAILABLE: '지금은 사용할 수 없어요. 잠시 후 다시 시도하세요.',
  DEADLINE_EXCEEDED: '제한 시간 안에 끝나지 않았어요.',
  INSUFFICIENT_STORAGE: '서버에 남은 저장 공간이 없어요.',
  UNREACHABLE: '서버가 응답하지 않아요.',
}

/** An error of the server in Korean. */
export function koreanError(error: RequestError): string {
  return refusalOf(error.details as Refusal) ?? koreanSentence(error.message) ?? generalOf(error)
}

function generalOf({ code, status }: RequestError): string {
  const known = BY_CODE[code]
  if (known) return known
  if (code.endsWith('ALREADY_EXISTS')) return '이미 사용 중인 이름이에요.'
  if (status === 404) return '대상을 찾을 수 없어요.'
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
